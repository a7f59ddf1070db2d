import 'fake-indexeddb/auto'
import { expect, test } from 'vitest'
import { deleteDatabase, forgetServerData, openDatabase } from './database'
import type { Operation } from './operations'

const OPERATION: Operation = {
  id: 'operation',
  taskId: 'task',
  at: '2026-12-01T00:00:00Z',
  change: { kind: 'complete', isCompleted: true },
}

async function filled(userId: string) {
  const database = await openDatabase(userId)
  await database.put('outbox', OPERATION)
  await database.put('tags', { id: 'tag', name: 'home', color: '#112233' } as never)
  await database.put('marks', 'yesterday', 'changes')
  return database
}

test('what was not sent outlives what came from the server', async () => {
  const database = await filled('ana')
  await forgetServerData('ana')
  expect(await database.getAll('outbox')).toEqual([OPERATION])
  expect(await database.count('tags')).toBe(0)
  expect(await database.count('marks')).toBe(0)
})

test('a database is deleted although this page has it open', async () => {
  await filled('bob')
  await deleteDatabase('bob')
  expect((await indexedDB.databases()).map(({ name }) => name)).not.toContain('todo-bob')
})

test('a tab that sleeps keeps nothing and holds nobody up', async () => {
  await (await filled('cy')).close()
  const sleeping = await new Promise<IDBDatabase>((resolve) => {
    const request = indexedDB.open('todo-cy')
    request.onsuccess = () => resolve(request.result)
  })
  await deleteDatabase('cy')
  const left = await new Promise<number>((resolve) => {
    const request = sleeping.transaction('outbox').objectStore('outbox').count()
    request.onsuccess = () => resolve(request.result)
  })
  expect(left).toBe(0)
  sleeping.close()
})
