import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query'
import type { InstancePublic, RecurringTaskPublic } from '@/client/schema'
import { type Streak, streakOf } from '@/features/series/streak'
import { api, unwrap } from '@/lib/api'
import { queryClient } from '@/lib/query'

const PAGE = 200
const SHOWN_SERIES = 10

export function useTaskStats(days: number) {
  return useQuery(
    {
      queryKey: ['stats', days],
      queryFn: () => unwrap(api.GET('/api/v1/tasks/stats', { params: { query: { days } } })),
      placeholderData: keepPreviousData,
      networkMode: 'always',
    },
    queryClient,
  )
}

export interface SeriesStreak extends Streak {
  series: RecurringTaskPublic
}

/** Of the series that were done most often. */
export function useStreaks() {
  const list = useQuery(
    { queryKey: ['stats', 'series'], queryFn: allSeries, networkMode: 'always' },
    queryClient,
  )
  const all = (list.data ?? []).filter((series) => series.completed_count > 0)
  const shown = all
    .toSorted((one, other) => other.completed_count - one.completed_count)
    .slice(0, SHOWN_SERIES)
  const instances = useQueries(
    {
      queries: shown.map(({ id, version }) => ({
        queryKey: ['stats', 'instances', id, version],
        queryFn: () => allInstances(id),
        networkMode: 'always' as const,
      })),
    },
    queryClient,
  )
  const streaks = shown.flatMap((series, index): SeriesStreak[] => {
    const found = instances[index]?.data
    return found === undefined ? [] : [{ series, ...streakOf(found) }]
  })
  return {
    streaks,
    count: all.length,
    isPending: list.isPending || instances.some((one) => one.isPending),
    isError: list.isError || instances.some((one) => one.isError),
  }
}

async function allSeries(): Promise<RecurringTaskPublic[]> {
  const found: RecurringTaskPublic[] = []
  let cursor: string | null = null
  do {
    const query: { limit: number; cursor?: string } = { limit: PAGE, ...(cursor === null ? {} : { cursor }) }
    const page = await unwrap(api.GET('/api/v1/recurring-tasks', { params: { query } }))
    found.push(...page.items)
    cursor = page.next_cursor
  } while (cursor !== null)
  return found
}

async function allInstances(id: string): Promise<InstancePublic[]> {
  const found: InstancePublic[] = []
  const path = { recurring_task_id: id }
  let cursor: string | null = null
  do {
    const query: { limit: number; cursor?: string } = { limit: PAGE, ...(cursor === null ? {} : { cursor }) }
    const params = { path, query }
    const page = await unwrap(api.GET('/api/v1/recurring-tasks/{recurring_task_id}/instances', { params }))
    found.push(...page.items)
    cursor = page.next_cursor
  } while (cursor !== null)
  return found
}
