import type { Task } from '@/data/task'
import { dueDay, type Now, type Sort } from '@/data/views'
import { formatDay } from '@/lib/dates'
import { addDays, type Day } from '@/lib/days'
import { grouped } from '@/lib/grouped'
import type { FirstText } from '@/text/text'
import type { Section } from './list-items'
import { asRows } from './list-page'

export const LATE = 'late'

interface Options {
  now: Now
  sort: Sort
  /** A day that is shown even if it has no task. */
  chosen: Day | null
  locale: string
  t: FirstText
}

/** What is late, then today, then every day that has a task. */
export function sectionsByDay(tasks: Task[], { now, sort, chosen, locale, t }: Options): Section[] {
  const byDay = grouped(tasks, (task) => dueDay(task, now.zone) ?? '')
  const late = tasks.filter((task) => (dueDay(task, now.zone) ?? '') < now.day)
  const days = new Set([...byDay.keys()].filter((day) => day >= now.day))
  if (tasks.length > 0) days.add(now.day)
  if (chosen !== null && (chosen >= now.day || !byDay.has(chosen))) days.add(chosen)
  const sections = [...days].sort().map((day) => ({
    id: day,
    ...dayHeading(day, now.day, locale, t),
    isDay: true,
    rows: asRows(byDay.get(day) ?? [], sort),
  }))
  if (late.length === 0) return sections
  return [{ id: LATE, title: t.tasks.overdue, rows: asRows(late, sort) }, ...sections]
}

/** Near days by a word, others by their weekday; and the date. */
export function dayHeading(
  day: Day,
  today: Day,
  locale: string,
  t: FirstText,
): { title: string; note: string } {
  const words = new Map([
    [addDays(today, -1), t.tasks.dueYesterday],
    [today, t.tasks.dueToday],
    [addDays(today, 1), t.tasks.dueTomorrow],
  ])
  const word = words.get(day)
  const year = day.slice(0, 4) === today.slice(0, 4) ? {} : { year: 'numeric' as const }
  const date = { day: 'numeric', month: 'long', ...year } as const
  return word === undefined
    ? { title: formatDay(day, locale, { weekday: 'long' }), note: formatDay(day, locale, date) }
    : { title: word, note: formatDay(day, locale, { weekday: 'long', ...date }) }
}

export function countsByDay(sections: Section[], now: Now): ReadonlyMap<Day, number> {
  const counts = new Map<Day, number>()
  for (const { task } of sections.flatMap((section) => section.rows)) {
    const day = dueDay(task, now.zone)
    if (day !== null) counts.set(day, (counts.get(day) ?? 0) + 1)
  }
  return counts
}
