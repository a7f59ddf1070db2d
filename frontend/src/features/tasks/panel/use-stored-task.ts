import { useQuery } from '@tanstack/react-query'
import { useTask, useWorkspace } from '@/data/hooks'
import type { Replica } from '@/data/replica'
import { type Task, taskFromApi } from '@/data/task'
import { api, unwrap } from '@/lib/api'
import { ApiError } from '@/lib/errors'
import { queryClient } from '@/lib/query'

type Stored = { task: Task } | { task: null; state: 'loading' | 'missing' | 'away' }

/** A task of the replica; one that is not there, because it was completed long ago, is fetched into it. */
export function useStoredTask(id: string): Stored {
  const { replica } = useWorkspace()
  const task = useTask(id)
  const { error, isSuccess, isPaused, isError } = useQuery(
    {
      queryKey: ['task', id],
      queryFn: () => fetchTask(replica, id),
      enabled: task === null,
    },
    queryClient,
  )
  if (task !== null) return { task }
  const isMissing = isSuccess || (error instanceof ApiError && !error.isTransient)
  return { task, state: isMissing ? 'missing' : isError || isPaused ? 'away' : 'loading' }
}

async function fetchTask(replica: Replica, id: string): Promise<string> {
  const params = { path: { task_id: id } }
  await replica.receive([taskFromApi(await unwrap(api.GET('/api/v1/tasks/{task_id}', { params })))])
  return id
}

/** Brings all parts of a task into the replica, those completed long ago too. */
export function useStoredParts({ id, version, deleted_at }: Task): void {
  const { replica } = useWorkspace()
  const isInTrash = deleted_at !== null
  useQuery(
    {
      queryKey: ['parts', id, isInTrash],
      queryFn: () => fetchParts(replica, id, isInTrash),
      enabled: version > 0,
    },
    queryClient,
  )
}

async function fetchParts(replica: Replica, id: string, trash: boolean): Promise<string> {
  let cursor: string | null = null
  do {
    const query: { parent_id: string; trash: boolean; limit: number; cursor?: string } = {
      parent_id: id,
      trash,
      limit: 200,
      ...(cursor === null ? {} : { cursor }),
    }
    const page = await unwrap(api.GET('/api/v1/tasks', { params: { query } }))
    await replica.receive(page.items.map(taskFromApi))
    cursor = page.next_cursor
  } while (cursor !== null)
  return id
}
