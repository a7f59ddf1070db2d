import { ChevronLeft, ChevronRight } from 'lucide-react'
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { Button, IconButton } from '@/components/ui/button'
import { INPUT } from '@/components/ui/field'
import { useNow } from '@/data/hooks'
import type { TaskPatch } from '@/data/task'
import { classes } from '@/lib/classes'
import { firstWeekday, formatDay } from '@/lib/dates'
import { addDays, addMonths, type Day, monthGrid, startOfWeek, weekday } from '@/lib/days'
import { useLocale, useText } from '@/text/text'
import type { Due } from './pickers'

interface Props {
  due: Due
  onChange: (patch: TaskPatch) => void
  onDone: () => void
}

/** A day by a word or on a calendar, and a time of that day. */
export function DuePicker({ due, onChange, onDone }: Props) {
  const t = useText()
  const now = useNow()
  const timeId = useId()
  const choose = (day: Day | null) => {
    onChange(day === null ? { due_date: null, due_time: null, timezone: null } : { due_date: day })
    onDone()
  }
  const soon: [string, Day][] = [
    [t.tasks.dueToday, now.day],
    [t.tasks.dueTomorrow, addDays(now.day, 1)],
    [t.tasks.weekend, addDays(startOfWeek(now.day, 1), weekday(now.day) >= 6 ? 12 : 5)],
    [t.tasks.nextWeek, addDays(startOfWeek(now.day, 1), 7)],
  ]
  return (
    <div className="flex w-72 flex-col gap-3 p-3">
      <div className="grid grid-cols-2 gap-1.5">
        {soon.map(([label, day]) => (
          <Button key={label} className="min-h-8 px-2 text-sm" onClick={() => choose(day)}>
            {label}
          </Button>
        ))}
      </div>
      <Calendar chosen={due.due_date} today={now.day} onChoose={choose} />
      <div className="flex items-center gap-2">
        <label htmlFor={timeId} className="text-sm">
          {t.tasks.time}
        </label>
        <input
          id={timeId}
          type="time"
          className={classes(INPUT, 'min-h-8 w-auto grow')}
          defaultValue={due.due_time?.slice(0, 5) ?? ''}
          onBlur={(event) => onChange(timePatch(due, event.currentTarget.value, now.day))}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return
            onChange(timePatch(due, event.currentTarget.value, now.day))
            onDone()
          }}
        />
      </div>
      {due.due_date !== null && (
        <Button look="quiet" className="min-h-8 text-sm" onClick={() => choose(null)}>
          {t.tasks.clearDate}
        </Button>
      )}
    </div>
  )
}

/** A time needs a day; without one it is today. */
function timePatch(due: Due, value: string, today: Day): TaskPatch {
  const time = value === '' ? null : `${value}:00`
  if (time === due.due_time) return {}
  return time === null
    ? { due_time: null, timezone: null }
    : { due_time: time, due_date: due.due_date ?? today }
}

interface CalendarProps {
  chosen: Day | null
  today: Day
  onChoose: (day: Day) => void
}

/** A month as a grid, moved through with the arrow keys (ARIA's date picker pattern). */
function Calendar({ chosen, today, onChoose }: CalendarProps) {
  const t = useText()
  const locale = useLocale()
  const [focused, setFocused] = useState<Day>(chosen ?? today)
  const grid = useRef<HTMLTableElement>(null)
  const byKey = useRef(false)
  const first = firstWeekday(locale)
  const days = monthGrid(focused, first)
  const month = focused.slice(0, 7)

  useEffect(() => {
    if (byKey.current) grid.current?.querySelector<HTMLElement>(`[data-day="${focused}"]`)?.focus()
    byKey.current = false
  }, [focused])

  const press = (event: KeyboardEvent) => {
    const next = dayByKey(event.key, focused, first)
    if (next === null) return
    event.preventDefault()
    byKey.current = true
    setFocused(next)
  }

  return (
    <div>
      <div className="flex items-center justify-between pb-1">
        <IconButton label={t.tasks.previousMonth} onClick={() => setFocused(addMonths(focused, -1))}>
          <ChevronLeft size={16} className="rtl:-scale-x-100" />
        </IconButton>
        <span aria-live="polite" className="text-sm font-semibold">
          {formatDay(focused, locale, { month: 'long', year: 'numeric' })}
        </span>
        <IconButton label={t.tasks.nextMonth} onClick={() => setFocused(addMonths(focused, 1))}>
          <ChevronRight size={16} className="rtl:-scale-x-100" />
        </IconButton>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table whose cells are buttons, moved through with arrow keys */}
      <table ref={grid} role="grid" onKeyDown={press} className="w-full table-fixed text-center text-sm">
        <thead>
          <tr>
            {days.slice(0, 7).map((day) => (
              <th
                key={day}
                scope="col"
                className="font-normal text-muted"
                abbr={formatDay(day, locale, { weekday: 'long' })}
              >
                {formatDay(day, locale, { weekday: 'narrow' })}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: 6 }, (_, week) => days.slice(week * 7, week * 7 + 7)).map((week) => (
            <tr key={week[0]}>
              {week.map((day) => (
                <td key={day} className="p-0">
                  <button
                    type="button"
                    data-day={day}
                    tabIndex={day === focused ? 0 : -1}
                    aria-label={formatDay(day, locale, { dateStyle: 'full' })}
                    aria-pressed={day === chosen}
                    aria-current={day === today ? 'date' : undefined}
                    onClick={() => onChoose(day)}
                    className={classes(
                      'size-8 rounded-full hover:bg-hover',
                      !day.startsWith(month) && 'text-muted',
                      day === today && 'font-bold text-accent',
                      day === chosen && 'bg-accent text-on-accent hover:bg-accent',
                    )}
                  >
                    {Number(day.slice(8))}
                  </button>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function dayByKey(key: string, day: Day, first: number): Day | null {
  const isRtl = document.documentElement.dir === 'rtl'
  const moves: Record<string, () => Day> = {
    ArrowLeft: () => addDays(day, isRtl ? 1 : -1),
    ArrowRight: () => addDays(day, isRtl ? -1 : 1),
    ArrowUp: () => addDays(day, -7),
    ArrowDown: () => addDays(day, 7),
    PageUp: () => addMonths(day, -1),
    PageDown: () => addMonths(day, 1),
    Home: () => startOfWeek(day, first),
    End: () => addDays(startOfWeek(day, first), 6),
  }
  return moves[key]?.() ?? null
}
