import type { BulkResult, TaskBulk } from '@/client/schema'
import { api, unwrap } from '@/lib/api'
import { ApiError } from '@/lib/errors'
import {
  type Change,
  combined,
  missingDefaults,
  type Operation,
  type Problem,
  rebased,
  valuesOf,
} from './operations'
import type { Replica } from './replica'
import { type Task, taskFromApi } from './task'

const MAXIMUM_BATCH = 200

/** One operation of a batch, and the changes in the outbox that it carries out. */
interface Request {
  operations: Operation[]
  body: Body
}
type Body = TaskBulk['operations'][number]
type Quick = Extract<Change, { kind: 'quick' }>

export interface Sent {
  /** The server changed more than it answered with: parts of a task, the next instance of a series, new tags. */
  hasSideEffects: boolean
}

/**
 * Sends what waits in the outbox, in order, until nothing is left that can be sent. Each change goes out once: creates
 * carry their id, edits the version they are based on, and the rest may be repeated without harm. Throws NoAnswer or
 * ApiError when it has to be tried again later.
 */
export async function drain(replica: Replica, onDropped: (detail: string) => void): Promise<Sent> {
  const sender = new Sender(replica, onDropped)
  for (;;) {
    const waiting = (await replica.readOutbox()).filter((operation) => operation.problem === undefined)
    const [first] = waiting
    if (first === undefined) return { hasSideEffects: sender.hasSideEffects }
    if (first.change.kind === 'quick') await sender.quick(first, first.change)
    else if (first.change.kind === 'move') await sender.move(first, first.change)
    else await sender.batch(waiting)
  }
}

class Sender {
  hasSideEffects = false

  constructor(
    private readonly replica: Replica,
    private readonly onDropped: (detail: string) => void,
  ) {}

  async quick(operation: Operation, { text, timezone, defaults }: Quick): Promise<void> {
    const body = { id: operation.taskId, text, timezone }
    await this.single(operation, async () => {
      const answer = await unwrap(api.POST('/api/v1/tasks/quick', { body }))
      const task = answer.task ? taskFromApi(answer.task) : null
      this.hasSideEffects = true
      await this.settle([operation], task)
      const patch = task && missingDefaults(task, defaults)
      if (!patch) return
      const change = { kind: 'update', patch, before: valuesOf(task, patch) } as const
      await this.replica.enqueue([{ taskId: task.id, change }])
    })
  }

  async move(
    operation: Operation,
    { anchor }: { anchor: { before: string } | { after: string } },
  ): Promise<void> {
    const params = { path: { task_id: operation.taskId } }
    await this.single(operation, async () => {
      const task = await unwrap(api.POST('/api/v1/tasks/{task_id}/move', { params, body: anchor }))
      await this.settle([operation], taskFromApi(task))
    })
  }

  async batch(waiting: Operation[]): Promise<void> {
    const requests = await this.requests(waiting)
    if (requests.length > 0) await this.send(requests)
  }

  /** As many of the operations, from the first on, as one batch can hold. May settle some without sending. */
  private async requests(waiting: Operation[]): Promise<Request[]> {
    const requests: Request[] = []
    for (const operations of batchable(waiting)) {
      const [first] = operations
      if (first === undefined) continue
      const body = first.change.kind === 'update' ? await this.update(operations) : simple(first)
      if (body !== null) requests.push({ operations, body })
    }
    return requests
  }

  /** Null where there is nothing to send: it is so already, or somebody else changed the same. */
  private async update(operations: Operation[]): Promise<Body | null> {
    const id = operations[0]?.taskId ?? ''
    const theirs = this.replica.serverTask(id) ?? (await this.fetched(id))
    if (theirs === null) {
      await this.refuse(operations, { reason: 'gone', detail: '', last: null })
      return null
    }
    const edits = operations.flatMap(({ change }) => (change.kind === 'update' ? [change] : []))
    const { patch, conflicts } = rebased(theirs, combined(edits))
    if (conflicts.length > 0) {
      await this.refuse(operations, { reason: 'changed', detail: conflicts.join() })
      return null
    }
    if (Object.keys(patch).length > 0) return { op: 'update', id, if_version: theirs.version, data: patch }
    await this.settle(operations, null)
    return null
  }

  private async send(requests: Request[]): Promise<void> {
    const body = { operations: requests.map((request) => request.body), partial: true }
    try {
      const { results } = await unwrap(api.POST('/api/v1/tasks/bulk', { body }))
      for (const [index, result] of results.entries()) {
        const request = requests[index]
        if (request !== undefined) await this.conclude(request, result)
      }
    } catch (error) {
      if (!isRefusal(error)) throw error
      const [only] = requests
      if (requests.length > 1) for (const request of requests) await this.send([request])
      else if (only !== undefined)
        await this.refuse(only.operations, { reason: 'refused', detail: error.message })
    }
  }

  private async conclude({ operations, body }: Request, result: BulkResult): Promise<void> {
    const id = operations[0]?.taskId ?? ''
    if (result.status < 300) {
      const before = this.replica.serverTask(id)
      if (body.op === 'delete' || body.op === 'restore' || before?.recurring_task_id)
        this.hasSideEffects = true
      if (body.op === 'delete') await this.settleDeletion(operations, before, body.data?.permanent === true)
      else await this.settle(operations, result.task ? taskFromApi(result.task) : null)
    } else if (result.status === 412) {
      await this.fetched(id)
    } else if (result.status === 404 && body.op !== 'create') {
      await this.refuse(operations, { reason: 'gone', detail: '', last: this.replica.serverTask(id) })
      await this.replica.receive([], [id])
    } else {
      const reason = result.error?.code === 'in_trash' ? 'trashed' : 'refused'
      await this.refuse(operations, {
        reason,
        detail: result.error?.errors[0]?.message ?? result.error?.detail ?? '',
      })
    }
  }

  private async single(operation: Operation, send: () => Promise<void>): Promise<void> {
    try {
      await send()
    } catch (error) {
      if (!isRefusal(error)) throw error
      await this.refuse([operation], { reason: 'refused', detail: error.message })
    }
  }

  private async settle(operations: Operation[], task: Task | null, gone: string[] = []): Promise<void> {
    await this.replica.settle(
      task === null ? [] : [task],
      gone,
      operations.map((operation) => operation.id),
    )
  }

  /** The answer to a deletion holds no task; until the next pull, this is what it must be. */
  private async settleDeletion(
    operations: Operation[],
    before: Task | null,
    isPermanent: boolean,
  ): Promise<void> {
    const [first] = operations
    if (before === null || first === undefined || isPermanent) {
      await this.settle(operations, null, before === null ? [] : [before.id])
    } else {
      await this.settle(operations, { ...before, deleted_at: first.at, version: before.version + 1 })
    }
  }

  /** What a person wrote is kept for them to decide; anything else is dropped, and they are told. */
  private async refuse(operations: Operation[], problem: Problem): Promise<void> {
    const [kept, dropped] = [
      operations.filter(holdsText),
      operations.filter((operation) => !holdsText(operation)),
    ]
    await this.replica.changeOperations(
      kept.map((operation) => ({ ...operation, problem })),
      dropped.map((operation) => operation.id),
    )
    if (dropped.length > 0 && problem.reason !== 'gone') this.onDropped(problem.detail)
  }

  /** The task as the server has it by now; null when it is gone. */
  private async fetched(id: string): Promise<Task | null> {
    const params = { path: { task_id: id } }
    try {
      const task = taskFromApi(await unwrap(api.GET('/api/v1/tasks/{task_id}', { params })))
      await this.replica.receive([task])
      return task
    } catch (error) {
      if (!isRefusal(error) || error.status !== 404) throw error
      await this.replica.receive([], [id])
      return null
    }
  }
}

function isRefusal(error: unknown): error is ApiError {
  return error instanceof ApiError && !error.isTransient && error.status !== 401
}

function holdsText({ change }: Operation): boolean {
  return change.kind === 'create' || change.kind === 'quick' || change.kind === 'update'
}

/** Operations in groups of one request each. Edits of a task in a row are one; any other repetition waits. */
export function batchable(waiting: Operation[]): Operation[][] {
  const groups = new Map<string, Operation[]>()
  for (const operation of waiting) {
    const { kind } = operation.change
    const group = groups.get(operation.taskId)
    const isNext = kind === 'update' && group?.[0]?.change.kind === 'update'
    if (kind === 'quick' || kind === 'move' || (group && !isNext) || groups.size === MAXIMUM_BATCH) break
    groups.set(operation.taskId, [...(group ?? []), operation])
  }
  return [...groups.values()]
}

function simple({ taskId, change }: Operation): Body | null {
  switch (change.kind) {
    case 'create':
      return { op: 'create', data: { id: taskId, ...change.data } }
    case 'complete':
      return { op: 'complete', id: taskId, data: { is_completed: change.isCompleted } }
    case 'delete':
      return { op: 'delete', id: taskId, data: { permanent: change.permanent } }
    case 'restore':
      return { op: 'restore', id: taskId }
    default:
      return null
  }
}
