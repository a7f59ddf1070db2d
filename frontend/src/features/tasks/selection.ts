import { useCallback, useMemo, useState } from 'react'

export interface Selection {
  ids: ReadonlySet<string>
  /** Clicks select instead of opening. */
  isActive: boolean
  toggle: (id: string) => void
  /** All between the one that was chosen last and this one. */
  extend: (id: string, order: readonly string[]) => void
  set: (ids: readonly string[]) => void
  start: () => void
  clear: () => void
}

/**
 * Which tasks of a list are chosen for a bulk action. Tasks that are not in `present` any more are not. The same object
 * until something changes, so that rows that are already in sight need not be rendered while one scrolls.
 */
export function useSelection(present: readonly string[]): Selection {
  const [chosen, setChosen] = useState<readonly string[]>([])
  const [isStarted, setStarted] = useState(false)
  const ids = useMemo(() => {
    const there = new Set(present)
    return new Set(chosen.filter((id) => there.has(id)))
  }, [chosen, present])

  const toggle = useCallback((id: string) => {
    setChosen((before) => (before.includes(id) ? before.filter((one) => one !== id) : [...before, id]))
  }, [])
  const extend = useCallback((id: string, order: readonly string[]) => {
    setChosen((before) => {
      const from = order.indexOf(before.at(-1) ?? id)
      const to = order.indexOf(id)
      return [...new Set([...before, ...order.slice(Math.min(from, to), Math.max(from, to) + 1), id])]
    })
  }, [])
  const clear = useCallback(() => {
    setChosen([])
    setStarted(false)
  }, [])
  const start = useCallback(() => setStarted(true), [])
  const isActive = isStarted || ids.size > 0
  return useMemo(
    () => ({ ids, isActive, toggle, extend, set: setChosen, start, clear }),
    [ids, isActive, toggle, extend, start, clear],
  )
}
