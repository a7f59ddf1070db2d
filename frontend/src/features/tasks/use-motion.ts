import { useEffect, useState } from 'react'

/** A little longer than the transitions. */
const MOVING_MS = 250

interface Motion {
  /** The order has just changed: whatever has another place glides to it. */
  isMoving: boolean
  /** What was not in the list before. */
  arrived: ReadonlySet<string>
}

interface Keyed {
  key: string
}

const STILL: Motion = { isMoving: false, arrived: new Set() }

/** What to animate in a list. Only its order counts: rows that come into sight while one scrolls do not move. */
export function useMotion(items: readonly Keyed[]): Motion {
  const [state, setState] = useState({ items, motion: STILL })
  if (state.items !== items) setState({ items, motion: changeOf(state.items, items) ?? state.motion })
  const { motion } = state
  useEffect(() => {
    if (motion === STILL) return
    const timer = setTimeout(() => setState((latest) => ({ ...latest, motion: STILL })), MOVING_MS)
    return () => clearTimeout(timer)
  }, [motion])
  return motion
}

/** Null where the order is the same. */
export function changeOf(before: readonly Keyed[], after: readonly Keyed[]): Motion | null {
  const isSame = before.length === after.length && after.every(({ key }, index) => key === before[index]?.key)
  if (isSame) return null
  const known = new Set(before.map(({ key }) => key))
  const arrived = after.map(({ key }) => key).filter((key) => !known.has(key))
  return { isMoving: true, arrived: new Set(arrived) }
}
