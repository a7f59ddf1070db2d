import { ChevronLeft, ChevronRight } from 'lucide-react'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { IconButton } from '@/components/ui/button'
import { classes } from '@/lib/classes'
import { firstWeekday, formatDay } from '@/lib/dates'
import { addDays, addMonths, type Day, monthGrid, startOfWeek } from '@/lib/days'
import { useLocale, useText } from '@/text/text'

interface Props {
  chosen: Day | null
  today: Day
  onChoose: (day: Day) => void
  /** How many tasks each day has, where that is to be seen. */
  counts?: ReadonlyMap<Day, number>
  /** It was opened to choose from: the focus goes to its day. */
  isFocused?: boolean
}

/** A month as a grid, moved through with the arrow keys (ARIA's date picker pattern). */
export function Calendar({ chosen, today, onChoose, counts, isFocused = false }: Props) {
  const t = useText()
  const locale = useLocale()
  const [focused, setFocused] = useState<Day>(chosen ?? today)
  const grid = useRef<HTMLTableElement>(null)
  const isWanted = useRef(isFocused)
  const first = firstWeekday(locale)
  const days = monthGrid(focused, first)
  const month = focused.slice(0, 7)

  useEffect(() => {
    if (isWanted.current) grid.current?.querySelector<HTMLElement>(`[data-day="${focused}"]`)?.focus()
    isWanted.current = false
  }, [focused])

  const press = (event: KeyboardEvent) => {
    const next = dayByKey(event.key, focused, first)
    if (next === null) return
    event.preventDefault()
    isWanted.current = true
    setFocused(next)
  }
  const choose = (day: Day) => {
    setFocused(day)
    onChoose(day)
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
                  <DayButton
                    day={day}
                    count={counts?.get(day) ?? 0}
                    isInMonth={day.startsWith(month)}
                    isToday={day === today}
                    isChosen={day === chosen}
                    isFocusable={day === focused}
                    onChoose={choose}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface DayProps {
  day: Day
  count: number
  isInMonth: boolean
  isToday: boolean
  isChosen: boolean
  isFocusable: boolean
  onChoose: (day: Day) => void
}

function DayButton({ day, count, isInMonth, isToday, isChosen, isFocusable, onChoose }: DayProps) {
  const t = useText()
  const name = formatDay(day, useLocale(), { dateStyle: 'full' })
  return (
    <button
      type="button"
      data-day={day}
      tabIndex={isFocusable ? 0 : -1}
      aria-label={count === 0 ? name : `${name}, ${t.tasks.count(count)}`}
      aria-pressed={isChosen}
      aria-current={isToday ? 'date' : undefined}
      onClick={() => onChoose(day)}
      className={classes(
        'relative size-8 rounded-full pointer-coarse:h-11 pointer-coarse:w-full pointer-coarse:rounded-lg data-over:outline-2 data-over:outline-accent',
        isChosen ? 'bg-accent text-on-accent' : 'hover:bg-hover',
        isToday && 'font-bold',
        !isChosen && isToday && 'text-accent',
        !isChosen && !isToday && !isInMonth && 'text-muted',
      )}
    >
      {Number(day.slice(8))}
      {count > 0 && <Dots count={count} />}
    </button>
  )
}

const MOST_DOTS = 3

function Dots({ count }: { count: number }) {
  return (
    <span aria-hidden className="absolute inset-x-0 bottom-0.5 flex justify-center gap-px">
      {Array.from({ length: Math.min(count, MOST_DOTS) }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: dots are all alike
        <span key={index} className="size-1 rounded-full bg-current" />
      ))}
    </span>
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
