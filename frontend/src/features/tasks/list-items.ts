import type { Task } from '@/data/task'
import type { Row } from '@/data/views'

export interface Section {
  id: string
  title?: string
  /** Beside the title. */
  note?: string
  /** All of its tasks are due on the day that it is called by, so that they need not say so. */
  isDay?: boolean
  rows: Row[]
}

/** What stands in a list, one below the other. `row` is what can be gone to and changed. */
export type Item = { key: string; section: Section } & (
  | { kind: 'heading'; title: string; count: number; row: null }
  | { kind: 'row'; row: Row; index: number }
  | { kind: 'leaving'; leaving: Row; row: null }
)

export function itemsOf(sections: Section[], leaving: ReadonlyMap<string, Task>): Item[] {
  let index = 0
  const isLeaving = ({ task }: Row) => leaving.get(task.id) === task
  const itemOf = (section: Section, row: Row): Item => ({
    key: row.task.id,
    section,
    ...(isLeaving(row)
      ? { kind: 'leaving', leaving: tickedOff(row), row: null }
      : { kind: 'row', row, index: index++ }),
  })
  return sections.flatMap((section) => {
    const { id, title, rows } = section
    const items = rows.map((row) => itemOf(section, row))
    if (title === undefined) return items
    const count = items.filter((item) => item.row).length
    return [{ kind: 'heading', key: headingKey(id), section, title, count, row: null }, ...items]
  })
}

export function headingKey(section: string): string {
  return `section-${section}`
}

function tickedOff({ task, depth }: Row): Row {
  return { task: { ...task, is_completed: true }, depth }
}
