import {
  type PointerEvent as ReactPointerEvent,
  type RefObject,
  useCallback,
  useEffect,
  useRef,
  useState,
} from 'react'
import type { Row } from '@/data/views'
import type { Day } from '@/lib/days'
import { type Anchor, parentsIn, type Reorder } from './reorder'

const EDGE = 72
const SCROLL_STEP = 14

export type DayDrop = (id: string, day: Day) => void

interface Options {
  isMovable: boolean
  onDrop: DayDrop | undefined
}

export interface Drag {
  start: (id: string, event: ReactPointerEvent) => void
  /** Where in the list the task would go, in pixels; null while nothing is dragged. */
  line: number | null
}

/**
 * Moves a task by its grip, to another place or onto a day. A line shows the place; the page scrolls at its edges; Escape
 * leaves all as it was.
 */
export function useDrag(
  list: RefObject<HTMLElement | null>,
  rows: Row[],
  reorder: Reorder,
  options: Options,
): Drag {
  const [line, setLine] = useState<number | null>(null)
  const latest = useRef({ rows, reorder, ...options })
  latest.current = { rows, reorder, ...options }
  const stop = useRef<(() => void) | null>(null)
  useEffect(() => () => stop.current?.(), [])

  const start = useCallback(
    (id: string, event: ReactPointerEvent) => {
      if (event.button !== 0 || list.current === null) return
      event.preventDefault()
      const element = list.current
      let target: Target | null = null
      let day: HTMLElement | null = null
      let { clientX: x, clientY: y } = event
      const look = () => {
        const { rows, isMovable, onDrop } = latest.current
        day = onDrop ? overDay(day, x, y) : null
        if (day === null && y < EDGE) scrollBy(0, -SCROLL_STEP)
        else if (day === null && y > innerHeight - EDGE) scrollBy(0, SCROLL_STEP)
        target = day === null && isMovable ? targetAt(element, rows, id, y) : null
        setLine(target?.line ?? null)
        frame = requestAnimationFrame(look)
      }
      let frame = requestAnimationFrame(look)
      const listening = new AbortController()
      const { signal } = listening
      const end = () => {
        listening.abort()
        cancelAnimationFrame(frame)
        delete day?.dataset.over
        setLine(null)
        stop.current = null
      }
      stop.current = end
      addEventListener(
        'pointermove',
        (moved) => {
          x = moved.clientX
          y = moved.clientY
        },
        { signal },
      )
      addEventListener(
        'pointerup',
        () => {
          end()
          if (day?.dataset.day !== undefined) latest.current.onDrop?.(id, day.dataset.day)
          else if (target !== null) latest.current.reorder.place(id, target.anchor)
        },
        { signal },
      )
      addEventListener('pointercancel', end, { signal })
      addEventListener('keydown', (pressed) => pressed.key === 'Escape' && end(), { signal })
    },
    [list],
  )
  return { start, line }
}

/** The day under the pointer, marked as such. */
function overDay(before: HTMLElement | null, x: number, y: number): HTMLElement | null {
  const day = document.elementFromPoint(x, y)?.closest<HTMLElement>('[data-day]') ?? null
  if (before !== null && before !== day) delete before.dataset.over
  if (day !== null) day.dataset.over = ''
  return day
}

interface Target {
  anchor: Anchor
  line: number
}

/** Beside the task of the same level that the pointer is over; null where that is the task itself. */
function targetAt(list: HTMLElement, rows: Row[], id: string, y: number): Target | null {
  const elements = [...list.querySelectorAll<HTMLElement>('[data-task]')]
  const over = elements.find((element) => y < element.getBoundingClientRect().bottom) ?? elements.at(-1)
  if (over?.dataset.task === undefined) return null
  const box = over.getBoundingClientRect()
  const parents = parentsIn(rows)
  const sibling = ancestorBeside(parents, over.dataset.task, id)
  if (sibling === null || sibling === id) return null
  const isAfter = sibling !== over.dataset.task || y > (box.top + box.bottom) / 2
  return {
    anchor: isAfter ? { after: sibling } : { before: sibling },
    line: (isAfter ? box.bottom : box.top) - list.getBoundingClientRect().top - 1,
  }
}

function ancestorBeside(parents: Map<string, string | null>, from: string, beside: string): string | null {
  let current: string | null = from
  while (current !== null && parents.get(current) !== parents.get(beside))
    current = parents.get(current) ?? null
  return current
}
