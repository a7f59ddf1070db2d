import { useCallback } from 'react'
import { useReplica } from '@/data/hooks'
import type { Replica } from '@/data/replica'
import { type TaskPages, useTaskPages } from '@/data/task-pages'
import { isFound, type Row } from '@/data/views'
import { keptTasks } from '@/features/tasks/list-page'
import { isOnline } from '@/lib/connection'
import { useStore } from '@/lib/store'

interface Found {
  rows: Row[]
  /** The server could not be asked; these are the tasks of this device. */
  isLocal: boolean
  pages: TaskPages
}

/** Tasks by their words, the most relevant first. */
export function useFound(query: string): Found {
  const isLocal = !useStore(isOnline)
  const pages = useTaskPages({ q: query, sort: 'relevance' }, { isEnabled: query !== '' })
  const { data } = pages
  const rows = useReplica(
    useCallback(
      (replica: Replica) => {
        if (query === '') return []
        const tasks = isLocal
          ? keptTasks(replica).filter((task) => isFound(task, query))
          : (data?.pages ?? []).flatMap(({ ids }) => ids.flatMap((id) => replica.task(id) ?? []))
        return tasks.filter((task) => task.deleted_at === null).map((task) => ({ task, depth: 0 }))
      },
      [query, isLocal, data],
    ),
  )
  return { rows, isLocal, pages }
}
