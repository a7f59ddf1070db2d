import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from 'react'
import type { TaskStats } from '@/client/schema'
import { classes } from '@/lib/classes'
import { formatDay } from '@/lib/dates'
import { useText } from '@/text/pages'
import { useLocale } from '@/text/text'
import { ticks } from './scale'

type Day = TaskStats['completed_per_day'][number]

const HEIGHT = 220
const TOP = 28
const BOTTOM = 24
const AXIS = 32
const LABEL_WIDTH = 84
const ROUND = 3

interface Props {
  days: readonly Day[]
  average: number
  label: string
}

/** A bar for each day. The pointer or the arrow keys show what it stands for. */
export function DayChart({ days, average, label }: Props) {
  const t = useText()
  const locale = useLocale()
  const figure = useRef<HTMLDivElement>(null)
  const width = useWidth(figure)
  const [active, setActive] = useState<number | null>(null)
  const [entered, setEntered] = useState(days.length - 1)

  const marks = ticks(Math.max(0, ...days.map((day) => day.count)))
  const largest = marks.at(-1) ?? 1
  const plot = HEIGHT - TOP - BOTTOM
  const y = (count: number) => TOP + plot * (1 - count / largest)
  const slot = Math.max(0, width - AXIS) / days.length
  const x = (index: number) => AXIS + index * slot
  const every = Math.max(1, Math.ceil(LABEL_WIDTH / slot))
  const shown = active === null ? undefined : days[active]

  const press = (event: KeyboardEvent<SVGSVGElement>) => {
    const last = days.length - 1
    const moves: Record<string, number> = {
      ArrowLeft: entered - 1,
      ArrowRight: entered + 1,
      Home: 0,
      End: last,
    }
    const next = moves[event.key]
    if (next === undefined) return
    event.preventDefault()
    const index = Math.min(Math.max(next, 0), last)
    setEntered(index)
    event.currentTarget.querySelector<SVGElement>(`[data-index="${index}"]`)?.focus()
  }

  return (
    <div ref={figure} className="relative" dir="ltr">
      {shown !== undefined && active !== null && (
        <p
          aria-hidden
          className="pointer-events-none absolute top-0 z-1 -translate-x-1/2 rounded-sm border border-line bg-raised px-2 text-sm whitespace-nowrap shadow-raised"
          style={{ left: Math.min(Math.max(x(active) + slot / 2, 80), width - 80) }}
        >
          {formatDay(shown.date, locale, { weekday: 'short', day: 'numeric', month: 'short' })}
          {': '}
          <b>{t.tasks.count(shown.count)}</b>
        </p>
      )}
      {/* biome-ignore lint/a11y/useSemanticElements: no element of SVG is a group by itself */}
      <svg
        role="group"
        aria-label={`${label}. ${t.views.chartHint}`}
        width="100%"
        height={HEIGHT}
        onKeyDown={press}
        onPointerLeave={() => setActive(null)}
        className="block overflow-visible"
      >
        <g aria-hidden className="text-xs">
          {marks.map((mark) => (
            <g key={mark}>
              <line x1={AXIS} x2={width} y1={y(mark)} y2={y(mark)} className="stroke-line" />
              <text x={AXIS - 8} y={y(mark)} dy="0.32em" textAnchor="end" className="fill-muted tabular-nums">
                {mark.toLocaleString(locale)}
              </text>
            </g>
          ))}
          {days.map(
            (day, index) =>
              (days.length - 1 - index) % every === 0 && (
                <text
                  key={day.date}
                  x={Math.min(x(index) + slot / 2, width - LABEL_WIDTH / 3)}
                  y={HEIGHT - 6}
                  textAnchor="middle"
                  className="fill-muted"
                >
                  {formatDay(day.date, locale, { day: 'numeric', month: 'short' })}
                </text>
              ),
          )}
        </g>
        {days.map((day, index) => (
          // biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: the arrow keys go from bar to bar
          <g
            key={day.date}
            role="img"
            aria-label={`${formatDay(day.date, locale, { dateStyle: 'full' })}: ${t.tasks.count(day.count)}`}
            data-index={index}
            tabIndex={index === Math.min(entered, days.length - 1) ? 0 : -1}
            onFocus={() => {
              setEntered(index)
              setActive(index)
            }}
            onBlur={() => setActive(null)}
            onPointerEnter={() => setActive(index)}
            className="outline-none"
          >
            <rect
              x={x(index)}
              y={TOP}
              width={slot}
              height={plot}
              className={classes('outline-none', index === active ? 'fill-hover' : 'fill-transparent')}
            />
            <path
              d={bar(x(index), y(day.count), slot, y(0))}
              className={index === active ? 'fill-ink' : 'fill-accent'}
            />
          </g>
        ))}
        {average > 0 && (
          <line
            aria-hidden
            x1={AXIS}
            x2={width}
            y1={y(average)}
            y2={y(average)}
            strokeDasharray="4 4"
            className="pointer-events-none stroke-muted"
          />
        )}
      </svg>
    </div>
  )
}

/** With round shoulders, and a gap to the next one. */
function bar(x: number, top: number, slot: number, base: number): string {
  const gap = slot > 6 ? slot * 0.22 : 0.5
  const [left, right] = [x + gap / 2, x + slot - gap / 2]
  const round = Math.max(0, Math.min(ROUND, (right - left) / 2, base - top))
  return `M${left},${base}V${top + round}Q${left},${top} ${left + round},${top}H${right - round}Q${right},${top} ${right},${top + round}V${base}Z`
}

function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0)
  useEffect(() => {
    if (element.current === null) return
    const observer = new ResizeObserver(([entry]) => entry && setWidth(entry.contentRect.width))
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [element])
  return width
}
