import { PRIORITIES, type Priority } from '@/data/task'
import { type Filter, SORTS, type Sort } from '@/data/views'

/** What the address of a list may say. Anything else in it is ignored. */
export interface ListSearch extends Filter {
  /** The task whose details are open. */
  task?: string
}

const DUES = ['today', 'overdue', 'upcoming', 'none'] as const

export function listSearch(search: Record<string, unknown>): ListSearch {
  const priority = listOf(search.priority).filter((name): name is Priority =>
    PRIORITIES.includes(name as Priority),
  )
  const tag = listOf(search.tag)
  const due = DUES.find((name) => name === search.due)
  const sort = SORTS.find((name) => name === search.sort)
  return {
    ...(priority.length > 0 && { priority }),
    ...(tag.length > 0 && { tag }),
    ...(due && { due }),
    ...(sort && { sort: sort as Sort }),
    ...(typeof search.task === 'string' && { task: search.task }),
  }
}

function listOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string')
}
