import type { RecurringTaskUpdate } from '@/client/schema'
import { type Task, taskFromApi } from '@/data/task'
import { byPosition } from '@/data/views'
import type { Workspace } from '@/data/workspace'
import { api, unwrap } from '@/lib/api'
import type { Day } from '@/lib/days'
import { ApiError } from '@/lib/errors'
import { forgetSeries, forgetSeriesList, type Series } from './queries'

/** When tasks come again. */
export type Recurrence = Pick<Series, 'rrule' | 'mode' | 'missed'>

/** What is changed of a series is based on its tasks as they are shown, so what waits of them is sent first. */
async function changed<Result>(workspace: Workspace, change: () => Promise<Result>): Promise<Result> {
  await workspace.work()
  const result = await change()
  await Promise.all([workspace.refresh(), forgetSeries()])
  return result
}

/** `from`: this day and those after it, in a series of its own where there are some before. */
export function changeSeries(
  workspace: Workspace,
  id: string,
  body: RecurringTaskUpdate,
  from: Day | null = null,
): Promise<Series> {
  const query = from === null ? {} : { scope: 'future' as const, from }
  const params = { path: { recurring_task_id: id }, query }
  return changed(workspace, () =>
    unwrap(api.PATCH('/api/v1/recurring-tasks/{recurring_task_id}', { params, body })),
  )
}

/** Answers with the task that is open then. */
export function skipDate(workspace: Workspace, id: string, day: Day): Promise<Task | null> {
  const params = { path: { recurring_task_id: id, occurrence_date: day } }
  return changed(workspace, async () => {
    const path = '/api/v1/recurring-tasks/{recurring_task_id}/instances/{occurrence_date}/skip'
    await unwrap(api.POST(path, { params }))
    return openTaskOf(workspace, id)
  })
}

/** Its open tasks go to the trash; `kept` comes back from there as an ordinary task. */
export async function deleteSeries(
  workspace: Workspace,
  id: string,
  kept: string | null = null,
): Promise<void> {
  const params = { path: { recurring_task_id: id } }
  await workspace.work()
  await unwrap(api.DELETE('/api/v1/recurring-tasks/{recurring_task_id}', { params }))
  if (kept !== null) {
    await unwrap(api.POST('/api/v1/tasks/{task_id}/restore', { params: { path: { task_id: kept } } }))
  }
  await Promise.all([workspace.refresh(), forgetSeriesList()])
}

/**
 * Makes a series that begins with a task. Its first task takes the place and the parts of that one, which goes to the
 * trash. `seriesId` makes the request one that can be sent again. Null where the rule has no date left.
 */
export async function makeRecurring(
  workspace: Workspace,
  task: Task,
  recurrence: Recurrence & { start_date: Day },
  seriesId: string,
): Promise<Task | null> {
  const { title, description, priority, tags, due_time } = task
  const zone = task.timezone === null ? {} : { timezone: task.timezone }
  const body = { title, description, priority, tags, due_time, ...zone, ...recurrence }
  await workspace.work()
  await createOnce(seriesId, body)
  const first = await openTaskOf(workspace, seriesId)
  if (first === null) {
    await deleteSeries(workspace, seriesId)
    return null
  }
  await handOver(workspace, task, first)
  await forgetSeries()
  return first
}

/** An answer that was lost leaves a series behind; what was wanted since is a change of it. */
async function createOnce(
  id: string,
  body: RecurringTaskUpdate & { title: string; rrule: string },
): Promise<void> {
  try {
    await unwrap(api.POST('/api/v1/recurring-tasks', { body: { id, ...body } }))
  } catch (error) {
    if (!(error instanceof ApiError && error.code === 'id_in_use')) throw error
    const params = { path: { recurring_task_id: id } }
    await unwrap(api.PATCH('/api/v1/recurring-tasks/{recurring_task_id}', { params, body }))
  }
}

async function handOver(workspace: Workspace, from: Task, to: Task): Promise<void> {
  const parts = [...workspace.replica.tasks()]
    .filter((part) => part.parent_id === from.id && part.deleted_at === null)
    .sort(byPosition)
  await workspace.change([
    { taskId: to.id, change: { kind: 'move', anchor: { before: from.id }, position: from.position } },
    ...parts.map((part) => ({
      taskId: part.id,
      change: { kind: 'update' as const, patch: { parent_id: to.id }, before: { parent_id: from.id } },
    })),
    { taskId: from.id, change: { kind: 'delete', permanent: false } },
  ])
  await workspace.refresh()
}

/** The earliest open task of a series, brought into the replica. */
async function openTaskOf({ replica }: Workspace, id: string): Promise<Task | null> {
  const params = { path: { recurring_task_id: id }, query: { status: 'open' as const, limit: 200 } }
  const { items } = await unwrap(api.GET('/api/v1/recurring-tasks/{recurring_task_id}/instances', { params }))
  const task_id = items.at(-1)?.task_id
  if (!task_id) return null
  const task = taskFromApi(
    await unwrap(api.GET('/api/v1/tasks/{task_id}', { params: { path: { task_id } } })),
  )
  await replica.receive([task])
  return task
}
