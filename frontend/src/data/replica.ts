import { grouped } from '@/lib/grouped'
import { uuidv7 } from '@/lib/uuid'
import type { Database } from './database'
import { applied, type Change, type Operation } from './operations'
import type { Tag, Task } from './task'

type Note =
  | { kind: 'tasks'; tasks: Task[]; gone: string[] }
  | { kind: 'tags'; tags: Tag[] }
  | { kind: 'complete' }
  | { kind: 'outbox'; added: Operation[]; changed: Operation[]; removed: string[] }

/**
 * What this device knows of one account: the server's tasks and tags, and over them the changes that wait in the
 * outbox. All of it is in memory, written through to disk, and told to the other tabs of the account.
 */
export class Replica {
  /** Grows with every change; what was computed at another revision is stale. */
  revision = 0
  private readonly server = new Map<string, Task>()
  private readonly shown = new Map<string, Task>()
  private tagList: readonly Tag[] = []
  /** Whether everything was fetched once, so that an empty list is an empty list. */
  isComplete = false
  private pending: Operation[] = []
  private readonly listeners = new Set<() => void>()
  private readonly channel: BroadcastChannel

  private constructor(
    readonly userId: string,
    private readonly database: Database,
  ) {
    this.channel = new BroadcastChannel(`todo-${userId}`)
    this.channel.onmessage = (event: MessageEvent<Note>) => this.take(event.data)
  }

  static async open(userId: string, database: Database): Promise<Replica> {
    const replica = new Replica(userId, database)
    const [tasks, tags, outbox, full] = await Promise.all([
      database.getAll('tasks'),
      database.getAll('tags'),
      database.getAll('outbox'),
      replica.mark('full'),
    ])
    replica.isComplete = full !== undefined
    replica.take({ kind: 'tags', tags })
    replica.take({ kind: 'tasks', tasks, gone: [] })
    replica.take({ kind: 'outbox', added: outbox, changed: [], removed: [] })
    return replica
  }

  close(): void {
    this.channel.close()
    this.database.close()
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  getRevision = (): number => this.revision

  /** As the person sees it. */
  task(id: string): Task | null {
    return this.shown.get(id) ?? null
  }

  tasks(): IterableIterator<Task> {
    return this.shown.values()
  }

  /** As the server said last. */
  serverTask(id: string): Task | null {
    return this.server.get(id) ?? null
  }

  serverTasks(): IterableIterator<Task> {
    return this.server.values()
  }

  tags(): readonly Tag[] {
    return this.tagList
  }

  operations(): readonly Operation[] {
    return this.pending
  }

  /** Shows the changes at once; resolves when they are on disk. */
  async enqueue(changes: { taskId: string; change: Change }[]): Promise<void> {
    const at = new Date().toISOString()
    const added = changes.map(({ taskId, change }): Operation => ({ id: uuidv7(), taskId, at, change }))
    this.publish({ kind: 'outbox', added, changed: [], removed: [] })
    const store = this.database.transaction('outbox', 'readwrite').store
    await Promise.all([...added.map((operation) => store.put(operation)), store.transaction.done])
  }

  /** The outbox as it is on disk, with what other tabs have put there. */
  readOutbox(): Promise<Operation[]> {
    return this.database.getAll('outbox')
  }

  async changeOperations(changed: Operation[], removed: string[] = []): Promise<void> {
    this.publish({ kind: 'outbox', added: [], changed, removed })
    const store = this.database.transaction('outbox', 'readwrite').store
    await Promise.all([
      ...changed.map((operation) => store.put(operation)),
      ...removed.map((id) => store.delete(id)),
      store.transaction.done,
    ])
  }

  /** What the server answered to operations, and the end of these. */
  async settle(tasks: Task[], gone: string[], removed: string[]): Promise<void> {
    const news = this.newer(tasks)
    this.publish({ kind: 'tasks', tasks: news, gone })
    this.publish({ kind: 'outbox', added: [], changed: [], removed })
    const transaction = this.database.transaction(['tasks', 'outbox'], 'readwrite')
    await Promise.all([
      ...news.map((task) => transaction.objectStore('tasks').put(task)),
      ...gone.map((id) => transaction.objectStore('tasks').delete(id)),
      ...removed.map((id) => transaction.objectStore('outbox').delete(id)),
      transaction.done,
    ])
  }

  /** Tasks as the server has them; those that it no longer has are `gone`. Older versions than those known are left. */
  async receive(tasks: Task[], gone: string[] = []): Promise<void> {
    const news = this.newer(tasks)
    if (news.length + gone.length > 0) await this.settle(news, gone, [])
  }

  async receiveTags(tags: Tag[]): Promise<void> {
    this.publish({ kind: 'tags', tags })
    const store = this.database.transaction('tags', 'readwrite').store
    await Promise.all([store.clear(), ...tags.map((tag) => store.put(tag)), store.transaction.done])
  }

  mark(name: string): Promise<string | undefined> {
    return this.database.get('marks', name)
  }

  async setMark(name: string, value: string): Promise<void> {
    await this.database.put('marks', value, name)
  }

  async setComplete(): Promise<void> {
    await this.setMark('full', new Date().toISOString())
    if (!this.isComplete) this.publish({ kind: 'complete' })
  }

  private newer(tasks: Task[]): Task[] {
    return tasks.filter((task) => task.version > (this.server.get(task.id)?.version ?? 0))
  }

  private publish(note: Note): void {
    this.take(note)
    this.channel.postMessage(note)
  }

  private take(note: Note): void {
    if (note.kind === 'tags') {
      this.tagList = note.tags.toSorted((one, other) =>
        one.name.localeCompare(other.name, undefined, { numeric: true }),
      )
    } else if (note.kind === 'tasks') {
      for (const task of this.newer(note.tasks)) this.server.set(task.id, task)
      for (const id of note.gone) this.server.delete(id)
      this.show([...note.tasks.map((task) => task.id), ...note.gone])
    } else if (note.kind === 'complete') {
      this.isComplete = true
    } else {
      this.takeOutbox(note)
    }
    this.revision += 1
    for (const listener of this.listeners) listener()
  }

  private takeOutbox({ added, changed, removed }: Extract<Note, { kind: 'outbox' }>): void {
    const by = new Map(this.pending.map((operation) => [operation.id, operation]))
    const touched = removed.flatMap((id) => by.get(id)?.taskId ?? [])
    for (const id of removed) by.delete(id)
    for (const operation of [...added, ...changed.filter((one) => by.has(one.id))]) {
      by.set(operation.id, operation)
      touched.push(operation.taskId)
    }
    this.pending = [...by.values()].sort((one, other) => (one.id < other.id ? -1 : 1))
    this.show(touched)
  }

  private show(ids: string[]): void {
    const touched = new Set(ids)
    const operations = grouped(
      this.pending.filter((operation) => touched.has(operation.taskId)),
      (operation) => operation.taskId,
    )
    for (const id of touched) {
      const task = (operations.get(id) ?? []).reduce(applied, this.serverTask(id))
      if (task === null) this.shown.delete(id)
      else this.shown.set(id, task)
    }
  }
}
