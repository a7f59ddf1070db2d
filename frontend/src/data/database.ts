import { type DBSchema, deleteDB, type IDBPDatabase, openDB } from 'idb'
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

export function deleteDatabase(userId: string): Promise<void> {
  return deleteDB(nameOf(userId))
}

/** Forgets what came from the server and keeps what has not been sent: after a session ended by itself. */
export async function forgetServerData(userId: string): Promise<void> {
  const database = await openDatabase(userId)
  const transaction = database.transaction(['tasks', 'tags', 'marks'], 'readwrite')
  await Promise.all([
    transaction.objectStore('tasks').clear(),
    transaction.objectStore('tags').clear(),
    transaction.objectStore('marks').clear(),
    transaction.done,
  ])
  database.close()
}
