import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Task } from '@/data/task'
import { nowIn } from '@/data/views'
import { addDays } from '@/lib/days'
import { en } from '@/text/en'
import { countsByDay, dayHeading, LATE, sectionsByDay } from './days'

const now = nowIn('Europe/Berlin', new Date('2026-12-30T10:00:00Z'))
const options = { now, sort: 'due_date', locale: 'en-GB', t: en } as const

function tasksOn(days: string[]): Task[] {
  return days.map(
    (due_date, index) => ({ id: `${index}`, due_date, due_at: null, position: `${index}` }) as Task,
  )
}

function idsOf(days: string[], chosen: string | null = null): string[] {
  return sectionsByDay(tasksOn(days), { ...options, chosen }).map((section) => section.id)
}

test('what is late comes first, then today, then the days that have tasks', () => {
  expect(idsOf(['2027-01-02', '2026-12-01', '2026-12-31'])).toEqual([
    LATE,
    '2026-12-30',
    '2026-12-31',
    '2027-01-02',
  ])
  expect(idsOf([])).toEqual([])
})

test('a day that was chosen is there without tasks, but not a second time', () => {
  expect(idsOf([], '2027-03-01')).toEqual(['2027-03-01'])
  expect(idsOf(['2026-12-31'], '2026-12-31')).toEqual(['2026-12-30', '2026-12-31'])
  expect(idsOf(['2026-12-01'], '2026-12-01')).toEqual([LATE, '2026-12-30'])
  expect(idsOf([], '2026-12-01')).toEqual(['2026-12-01'])
})

test('near days are called by a word, those of another year have it', () => {
  const heading = (day: string) => Object.values(dayHeading(day, now.day, 'en-GB', en)).join(' | ')
  expect(heading('2026-12-30')).toBe('Today | Wednesday 30 December')
  expect(heading('2026-12-29')).toBe('Yesterday | Tuesday 29 December')
  expect(heading('2027-01-01')).toBe('Friday | 1 January 2027')
})

test('every task is in one section, and counted on its day', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -40, max: 400 })), (distances) => {
      const days = distances.map((distance) => addDays(now.day, distance))
      const sections = sectionsByDay(tasksOn(days), { ...options, chosen: null })
      expect(sections.flatMap((section) => section.rows)).toHaveLength(days.length)
      const counts = countsByDay(sections, now)
      for (const day of days) expect(counts.get(day)).toBe(days.filter((one) => one === day).length)
    }),
  )
})
