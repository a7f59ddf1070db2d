import { type DBSchema, deleteDB, type IDBPDatabase, openDB, type StoreNames } from 'idb'
import type { Operation } from './operations'
import type { Tag, Task } from './task'

/** What the device keeps of one account. */
interface Schema extends DBSchema {
  tasks: { key: string; value: Task }
  tags: { key: string; value: Tag }
  outbox: { key: string; value: Operation }
  marks: { key: string; value: string }
}

export type Database = IDBPDatabase<Schema>

/** Each account has a database of its own, so what one user keeps is never opened for another. */
function nameOf(userId: string): string {
  return `todo-${userId}`
}

export function openDatabase(userId: string): Promise<Database> {
  return openDB<Schema>(nameOf(userId), 1, {
    upgrade(database) {
      database.createObjectStore('tasks', { keyPath: 'id' })
      database.createObjectStore('tags', { keyPath: 'id' })
      database.createObjectStore('outbox', { keyPath: 'id' })
      database.createObjectStore('marks')
    },
    blocking(_current, _blocked, event) {
      ;(event.target as IDBDatabase).close()
    },
  })
}

/** Where a tab that sleeps still holds it open, it is emptied at once and deleted when that tab lets go. */
export async function deleteDatabase(userId: string): Promise<void> {
  await clear(userId, ['tasks', 'tags', 'marks', 'outbox'])
  await new Promise<void>((resolve, reject) => {
    deleteDB(nameOf(userId), { blocked: () => resolve() }).then(resolve, reject)
  })
}

/** Forgets what came from the server and keeps what has not been sent: after a session ended by itself. */
export function forgetServerData(userId: string): Promise<void> {
  return clear(userId, ['tasks', 'tags', 'marks'])
}

async function clear(userId: string, stores: StoreNames<Schema>[]): Promise<void> {
  const database = await openDatabase(userId)
  const transaction = database.transaction(stores, 'readwrite')
  await Promise.all([...stores.map((store) => transaction.objectStore(store).clear()), transaction.done])
  database.close()
}
