import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import type { InstancePublic, RecurringTaskPublic } from '@/client/schema'
import { api, unwrap } from '@/lib/api'
import { addDays, addMonths, type Day } from '@/lib/days'
import { queryClient } from '@/lib/query'

export type Series = RecurringTaskPublic
export type Instance = InstancePublic

const PAGE = 50
const SHOWN_DATES = 10

/** Everything of series is computed anew by the server after any change of one. */
export function forgetSeries(): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: ['series'] })
}

/** After a series is gone, which must not be asked for again. */
export function forgetSeriesList(): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: ['series', 'list'] })
}

export function useSeries(id: string) {
  const params = { path: { recurring_task_id: id } }
  return useQuery(
    {
      queryKey: ['series', id],
      queryFn: () => unwrap(api.GET('/api/v1/recurring-tasks/{recurring_task_id}', { params })),
    },
    queryClient,
  )
}

export function useSeriesList() {
  return useInfiniteQuery(
    {
      queryKey: ['series', 'list'],
      initialPageParam: undefined as string | undefined,
      queryFn: ({ pageParam: cursor }) => {
        const query = { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) }
        return unwrap(api.GET('/api/v1/recurring-tasks', { params: { query } }))
      },
      getNextPageParam: (page) => page.next_cursor ?? undefined,
    },
    queryClient,
  )
}

/** What became of each date, the latest first. */
export function useInstances(id: string) {
  return useInfiniteQuery(
    {
      queryKey: ['series', id, 'instances'],
      initialPageParam: undefined as string | undefined,
      queryFn: ({ pageParam: cursor }) => {
        const query = { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) }
        const params = { path: { recurring_task_id: id }, query }
        return unwrap(api.GET('/api/v1/recurring-tasks/{recurring_task_id}/instances', { params }))
      },
      getNextPageParam: (page) => page.next_cursor ?? undefined,
    },
    queryClient,
  )
}

/** The next dates after a day, by the rule. */
export function useNextDates({ id, rrule, version }: Series, after: Day): Day[] {
  const query = { after, before: horizon(rrule, after) }
  const params = { path: { recurring_task_id: id }, query }
  const { data } = useQuery(
    {
      queryKey: ['series', id, 'dates', version, after],
      queryFn: () => unwrap(api.GET('/api/v1/recurring-tasks/{recurring_task_id}/occurrences', { params })),
      placeholderData: keepPreviousData,
    },
    queryClient,
  )
  return (data?.items ?? []).slice(0, SHOWN_DATES).map((occurrence) => occurrence.date)
}

/** Far enough for some dates of the rule, and not so far that there are a thousand. */
export function horizon(rrule: string, from: Day): Day {
  const interval = Number(/INTERVAL=(\d+)/.exec(rrule)?.[1] ?? 1)
  const span = SHOWN_DATES * interval
  const end = rrule.includes('FREQ=DAILY')
    ? addDays(from, span + 1)
    : rrule.includes('FREQ=WEEKLY')
      ? addDays(from, 7 * span + 1)
      : addMonths(from, (rrule.includes('FREQ=MONTHLY') ? 1 : 12) * span + 1)
  return end.startsWith('+') || end > LATEST ? LATEST : end
}

const LATEST: Day = '9998-12-31'

/** What a rule means from a start, kept while the next one is asked. */
export function usePreview(body: {
  rrule: string
  start_date: Day
  due_time: string | null
  timezone: string
}) {
  return useQuery(
    {
      queryKey: ['preview', body],
      queryFn: ({ signal }) => unwrap(api.POST('/api/v1/recurring-tasks/preview', { body, signal })),
      staleTime: Number.POSITIVE_INFINITY,
      placeholderData: keepPreviousData,
    },
    queryClient,
  )
}
