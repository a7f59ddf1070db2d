import type { operations } from '@/client/schema'
import { api, unwrap } from '@/lib/api'
import type { Replica } from './replica'
import { type Task, taskFromApi } from './task'

type Query = NonNullable<operations['list_tasks']['parameters']['query']>

const PAGE = 200
/** Of what is completed, and of what is in the trash. */
const NEWEST = 1000
/** A transaction may become visible this much after the instant that it gives to its rows. */
const OVERLAP_MS = 120_000
const FULL_AFTER_MS = 12 * 3_600_000

/** Brings the replica up to what the server has: what changed since the last time, or now and then everything. */
export async function pull(replica: Replica): Promise<void> {
  const [since, fullAt] = await Promise.all([replica.mark('changes'), replica.mark('full')])
  const isDue = fullAt === undefined || Date.now() - Date.parse(fullAt) > FULL_AFTER_MS
  await (isDue || since === undefined ? pullAll(replica) : pullChanges(replica, since))
}

/** Everything open, the tags, and what was completed or deleted last. What the server no longer has is forgotten. */
export async function pullAll(replica: Replica): Promise<void> {
  const known = new Map([...replica.serverTasks()].map((task) => [task.id, task.version]))
  const latest = await latestChange()
  await pullTags(replica)
  const seen = new Set<string>()
  const keep = async (tasks: Task[]) => {
    for (const task of tasks) seen.add(task.id)
    await replica.receive(tasks)
  }
  await pullPages({ completed: false, sort: 'position' }, keep)
  await pullPages({ completed: true, sort: '-completed_at' }, newest(keep))
  await pullPages({ trash: true, sort: '-updated_at' }, newest(keep))
  const gone = [...replica.serverTasks()].filter(
    (task) => !seen.has(task.id) && known.get(task.id) === task.version,
  )
  await replica.receive(
    [],
    gone.map((task) => task.id),
  )
  await replica.setMark('changes', latest ?? new Date(0).toISOString())
  await replica.setComplete()
}

/** Takes pages until they are enough. */
function newest(keep: (tasks: Task[]) => Promise<void>): (tasks: Task[]) => Promise<boolean> {
  let count = 0
  return async (tasks) => {
    await keep(tasks)
    count += tasks.length
    return count < NEWEST
  }
}

/** What changed since an instant of the server's. */
async function pullChanges(replica: Replica, since: string): Promise<void> {
  const from = new Date(Date.parse(since) - OVERLAP_MS).toISOString()
  let newest = since
  const take = async (tasks: Task[]) => {
    const changed = tasks.filter((task) => task.updated_at >= from)
    for (const task of changed) if (task.updated_at > newest) newest = task.updated_at
    await replica.receive(changed)
    return changed.length === tasks.length
  }
  await Promise.all([
    pullTags(replica),
    pullPages({ sort: '-updated_at', limit: 50 }, take),
    pullPages({ sort: '-updated_at', limit: 50, trash: true }, take),
  ])
  await replica.setMark('changes', newest)
}

async function latestChange(): Promise<string | null> {
  const query: Query = { sort: '-updated_at', limit: 1 }
  const page = await unwrap(api.GET('/api/v1/tasks', { params: { query } }))
  return page.items[0]?.updated_at ?? null
}

async function pullPages(query: Query, take: (tasks: Task[]) => Promise<unknown>): Promise<void> {
  let cursor: string | null = null
  do {
    const params: { query: Query } = {
      query: { limit: PAGE, ...query, ...(cursor === null ? {} : { cursor }) },
    }
    const page = await unwrap(api.GET('/api/v1/tasks', { params }))
    const goOn = await take(page.items.map(taskFromApi))
    cursor = goOn === false ? null : page.next_cursor
  } while (cursor !== null)
}

export async function pullTags(replica: Replica): Promise<void> {
  const tags = []
  let cursor: string | null = null
  do {
    const params: { query: { limit: number; cursor?: string } } = {
      query: { limit: PAGE, ...(cursor ? { cursor } : {}) },
    }
    const page = await unwrap(api.GET('/api/v1/tags', { params }))
    tags.push(...page.items)
    cursor = page.next_cursor
  } while (cursor !== null)
  await replica.receiveTags(tags.map(({ task_count: _, ...tag }) => tag))
}
