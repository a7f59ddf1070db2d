import 'fake-indexeddb/auto'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { deleteDatabase, openDatabase } from './database'
import type { Change, Operation } from './operations'
import { batchable } from './outbox'
import { Replica } from './replica'
import type { Task } from './task'

const USER = 'user'
const opened: Replica[] = []

async function open(): Promise<Replica> {
  const replica = await Replica.open(USER, await openDatabase(USER))
  opened.push(replica)
  return replica
}

function task(id: string, values: Partial<Task> = {}): Task {
  return {
    id,
    title: id,
    description: null,
    is_completed: false,
    completed_at: null,
    priority: null,
    due_date: null,
    due_time: null,
    timezone: null,
    due_at: null,
    tags: [],
    parent_id: null,
    position: id,
    recurring_task_id: null,
    occurrence_date: null,
    deleted_at: null,
    created_at: '2026-01-01T00:00:00Z',
    updated_at: '2026-01-01T00:00:00Z',
    version: 1,
    ...values,
  }
}

const rename = (from: string, to: string): Change => ({
  kind: 'update',
  patch: { title: to },
  before: { title: from },
})

let replica: Replica
beforeEach(async () => {
  replica = await open()
})
afterEach(async () => {
  for (const one of opened.splice(0)) one.close()
  await deleteDatabase(USER)
})

test('a change is shown at once, over what the server said', async () => {
  await replica.receive([task('a')])
  const stored = replica.enqueue([{ taskId: 'a', change: rename('a', 'b') }])
  expect(replica.task('a')?.title).toBe('b')
  expect(replica.serverTask('a')?.title).toBe('a')
  await stored
})

test('all is there again when it is opened anew', async () => {
  await replica.receive([task('a'), task('gone')])
  await replica.receive([], ['gone'])
  await replica.enqueue([{ taskId: 'a', change: { kind: 'complete', isCompleted: true } }])
  await replica.setComplete()
  const again = await open()
  expect(again.task('a')?.is_completed).toBe(true)
  expect(again.task('gone')).toBeNull()
  expect(again.operations()).toHaveLength(1)
  expect(again.isComplete).toBe(true)
})

test('an older answer that comes late changes nothing', async () => {
  await replica.receive([task('a', { version: 3, title: 'new' })])
  await replica.receive([task('a', { version: 2, title: 'old' })])
  expect(replica.task('a')?.title).toBe('new')
})

test('a change that is dropped leaves what the server has', async () => {
  await replica.receive([task('a')])
  await replica.enqueue([{ taskId: 'a', change: { kind: 'delete', permanent: true } }])
  expect(replica.task('a')).toBeNull()
  await replica.changeOperations(
    [],
    replica.operations().map((operation) => operation.id),
  )
  expect(replica.task('a')?.title).toBe('a')
})

test('another tab sees changes and answers', async () => {
  const other = await open()
  await replica.receive([task('a')])
  await replica.enqueue([{ taskId: 'a', change: rename('a', 'b') }])
  await vi.waitFor(() => expect(other.task('a')?.title).toBe('b'))
  const ids = replica.operations().map((operation) => operation.id)
  await replica.settle([task('a', { title: 'b', version: 2 })], [], ids)
  await vi.waitFor(() => expect(other.operations()).toEqual([]))
  expect(other.serverTask('a')?.version).toBe(2)
})

test('a batch holds edits of a task in a row as one, and ends before anything that needs an answer first', () => {
  const operation = (id: string, taskId: string, change: Change): Operation => ({
    id,
    taskId,
    at: '',
    change,
  })
  const edit = rename('x', 'y')
  const complete: Change = { kind: 'complete', isCompleted: true }
  const waiting = [
    operation('1', 'a', edit),
    operation('2', 'b', complete),
    operation('3', 'a', edit),
    operation('4', 'b', edit),
    operation('5', 'c', complete),
  ]
  expect(batchable(waiting).map((group) => group.map((one) => one.id))).toEqual([['1', '3'], ['2']])
  const move: Change = { kind: 'move', anchor: { before: 'b' }, position: 'p' }
  expect(batchable([operation('1', 'a', edit), operation('2', 'b', move)])).toHaveLength(1)
})
