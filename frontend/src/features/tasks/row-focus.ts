import { type RefObject, useEffect, useMemo, useRef } from 'react'

interface Item {
  key: string
  row: unknown
}

type Align = 'auto' | 'start'

export interface RowFocus {
  /** The row that has the focus, or had it last; or a heading, from which one goes on to its rows. */
  current: () => string | null
  to: (id: string, align?: Align) => void
  /** To the next row or the one before; to the first where there is none. */
  step: (id: string | null, step: 1 | -1) => void
  /** The row that an element belongs to. */
  rowOf: (element: EventTarget) => string | null
}

/**
 * The focus among rows of which most are not in the page. When the row with the focus goes away, because its task was
 * completed or moved, the row that took its place gets it.
 */
export function useRowFocus(
  list: RefObject<HTMLElement | null>,
  items: Item[],
  scrollTo: (index: number, align: Align) => void,
): RowFocus {
  const last = useRef<{ id: string; index: number } | null>(null)
  const isInside = useRef(false)
  const wanted = useRef<string | null>(null)
  const latest = useRef({ items, scrollTo })
  latest.current = { items, scrollTo }

  useEffect(() => {
    const element = list.current
    if (element === null) return
    const enter = (event: FocusEvent) => {
      const id = rowOf(event.target) ?? headingOf(event.target)
      if (id === null) return
      isInside.current = true
      last.current = { id, index: latest.current.items.findIndex((item) => item.key === id) }
    }
    const leave = (event: FocusEvent) => {
      if (event.relatedTarget !== null && rowOf(event.relatedTarget) === null) isInside.current = false
    }
    element.addEventListener('focusin', enter)
    element.addEventListener('focusout', leave)
    return () => {
      element.removeEventListener('focusin', enter)
      element.removeEventListener('focusout', leave)
    }
  }, [list])

  const api = useMemo<RowFocus>(() => {
    const to = (id: string, align: Align = 'auto') => {
      wanted.current = id
      const index = latest.current.items.findIndex((item) => item.key === id)
      if (index >= 0) latest.current.scrollTo(index, align)
      if (focusRow(list.current, id)) wanted.current = null
    }
    return {
      to,
      rowOf,
      current: () => last.current?.id ?? null,
      step: (id, step) => {
        const { items } = latest.current
        const index = items.findIndex((item) => item.key === id)
        const isRow = (item: Item) => item.row !== null
        const next =
          step === 1 || index < 0 ? items.slice(index + 1).find(isRow) : items.slice(0, index).findLast(isRow)
        if (next) to(next.key)
      },
    }
  }, [list])

  useEffect(() => {
    if (wanted.current !== null && focusRow(list.current, wanted.current)) wanted.current = null
    const before = last.current
    if (before === null || !isInside.current || document.activeElement !== document.body) return
    if (items.some((item) => item.key === before.id)) return
    const next = items.slice(before.index).find((item) => item.row) ?? items.findLast((item) => item.row)
    if (next) api.to(next.key)
  })
  return api
}

function rowOf(element: EventTarget | null): string | null {
  return element instanceof Element
    ? (element.closest<HTMLElement>('[data-task]')?.dataset.task ?? null)
    : null
}

function headingOf(element: EventTarget | null): string | null {
  return element instanceof HTMLElement ? (element.dataset.heading ?? null) : null
}

function focusRow(list: HTMLElement | null, id: string): boolean {
  const target = list?.querySelector<HTMLElement>(
    `[data-task="${id}"] :is([data-title], [type=checkbox]), [data-heading="${id}"]`,
  )
  target?.focus()
  return target !== null && target !== undefined
}
