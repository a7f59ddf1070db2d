import { useInfiniteQuery } from '@tanstack/react-query'
import type { operations } from '@/client/schema'
import { api, unwrap } from '@/lib/api'
import { isOnline } from '@/lib/connection'
import { NoAnswer } from '@/lib/errors'
import { queryClient } from '@/lib/query'
import { useStore } from '@/lib/store'
import { useWorkspace } from './hooks'
import { taskFromApi } from './task'

type Query = NonNullable<operations['list_tasks']['parameters']['query']>

const PAGE = 100

/** A list of the server, page by page. Its tasks go into the replica, which shows them; the pages keep their order. */
export function useTaskPages(query: Query, { isEnabled = true } = {}) {
  const workspace = useWorkspace()
  const online = useStore(isOnline)
  return useInfiniteQuery(
    {
      queryKey: ['tasks', query],
      initialPageParam: null as string | null,
      queryFn: async ({ pageParam: cursor, signal }) => {
        const params = { query: { limit: PAGE, ...query, ...(cursor === null ? {} : { cursor }) } }
        const page = await unwrap(api.GET('/api/v1/tasks', { params, signal })).catch((error: unknown) => {
          if (error instanceof NoAnswer) workspace.disconnected(error)
          throw error
        })
        const tasks = page.items.map(taskFromApi)
        await workspace.replica.receive(tasks)
        return { ids: tasks.map((task) => task.id), cursor: page.next_cursor }
      },
      getNextPageParam: (last) => last.cursor,
      enabled: isEnabled && online,
      placeholderData: (previous) => previous,
      networkMode: 'always',
      refetchOnWindowFocus: false,
    },
    queryClient,
  )
}

export type TaskPages = ReturnType<typeof useTaskPages>
