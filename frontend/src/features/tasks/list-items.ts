import type { Task } from '@/data/task'
import type { Row } from '@/data/views'

export interface Section {
  id: string
  title?: string
  /** Beside the title. */
  note?: string
  rows: Row[]
}

/** What stands in a list, one below the other. `row` is what can be gone to and changed. */
export type Item = { key: string } & (
  | { kind: 'heading'; section: Section; title: string; count: number; row: null }
  | { kind: 'row'; row: Row; index: number }
  | { kind: 'leaving'; leaving: Row; row: null }
)

export function itemsOf(sections: Section[], leaving: ReadonlyMap<string, Task>): Item[] {
  let index = 0
  const isLeaving = ({ task }: Row) => leaving.get(task.id) === task
  const itemOf = (row: Row): Item =>
    isLeaving(row)
      ? { kind: 'leaving', key: row.task.id, leaving: tickedOff(row), row: null }
      : { kind: 'row', key: row.task.id, row, index: index++ }
  return sections.flatMap((section) => {
    const { id, title, rows } = section
    const items = rows.map(itemOf)
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
