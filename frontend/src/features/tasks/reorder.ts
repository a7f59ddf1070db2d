import { useCallback, useMemo, useState } from 'react'
import { positionBetween } from '@/data/position'
import type { Row } from '@/data/views'
import { useText } from '@/text/text'
import type { TaskActions } from './actions'

export type Anchor = { before: string } | { after: string }

export interface Reorder {
  /** Past the neighbour of the same level. */
  step: (id: string, step: 1 | -1) => void
  place: (id: string, anchor: Anchor) => void
  refuse: () => void
  /** For screen readers, after each move. */
  announcement: string
}

/** Puts a task elsewhere among those of its level. */
export function useReorder(rows: Row[], actions: TaskActions): Reorder {
  const t = useText()
  const [announcement, setAnnouncement] = useState('')

  const place = useCallback(
    (id: string, anchor: Anchor) => {
      const all = siblingsOf(rows, id)
      const moved = all.find((row) => row.task.id === id)
      const others = all.filter((row) => row.task.id !== id)
      const index = indexAt(others, anchor)
      if (moved === undefined || index < 0) return
      const position = positionBetween(
        others[index - 1]?.task.position ?? null,
        others[index]?.task.position ?? null,
      )
      actions.move(id, anchor, position)
      setAnnouncement(t.tasks.moved(moved.task.title, index + 1, all.length))
    },
    [rows, actions, t],
  )
  const step = useCallback(
    (id: string, by: 1 | -1) => {
      const all = siblingsOf(rows, id)
      const neighbour = all[all.findIndex((row) => row.task.id === id) + by]
      if (neighbour) place(id, by === 1 ? { after: neighbour.task.id } : { before: neighbour.task.id })
    },
    [rows, place],
  )
  const refuse = useCallback(() => setAnnouncement(t.tasks.notMovable), [t])
  return useMemo(() => ({ step, place, refuse, announcement }), [step, place, refuse, announcement])
}

function indexAt(rows: Row[], anchor: Anchor): number {
  const id = 'before' in anchor ? anchor.before : anchor.after
  const index = rows.findIndex((row) => row.task.id === id)
  return index < 0 ? -1 : index + Number('after' in anchor)
}

/** The tasks of the same level: the parts of the same task, or those that stand on their own. */
function siblingsOf(rows: Row[], id: string): Row[] {
  const parents = parentsIn(rows)
  const parent = parents.get(id)
  return rows.filter((row) => parents.get(row.task.id) === parent)
}

/** For each row the row that it is indented under; null at the top. */
export function parentsIn(rows: Row[]): Map<string, string | null> {
  const path: string[] = []
  return new Map(
    rows.map(({ task, depth }) => {
      path.length = depth
      path.push(task.id)
      return [task.id, path[depth - 1] ?? null]
    }),
  )
}
