import { type Day, dayIn, timeIn } from '@/lib/days'
import { grouped } from '@/lib/grouped'
import { level, type Priority, type Task } from './task'

export type Sort = 'position' | 'due_date' | 'priority' | 'title' | 'created_at' | '-created_at'
export const SORTS: readonly Sort[] = [
  'position',
  'due_date',
  'priority',
  'title',
  'created_at',
  '-created_at',
]

/** What a list shows, beside what its page is about. As in the address. */
export interface Filter {
  priority?: Priority[] | undefined
  tag?: string[] | undefined
  due?: 'today' | 'overdue' | 'upcoming' | 'none' | undefined
  sort?: Sort | undefined
}

/** Now, as the person's zone has it. */
export interface Now {
  day: Day
  time: string
  zone: string
  instant: string
}

export function nowIn(zone: string, instant = new Date()): Now {
  return { day: dayIn(zone, instant), time: timeIn(zone, instant), zone, instant: instant.toISOString() }
}

export type Order = (one: Task, other: Task) => number

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

function text(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}

function nullsLast(one: string | null, other: string | null): number {
  if (one === null || other === null) return Number(one === null) - Number(other === null)
  return text(one, other)
}

export const byPosition: Order = (one, other) => text(one.position, other.position) || text(one.id, other.id)

/** By day, then by the time of day (the whole day last), then what is urgent first. */
const byDue: Order = (one, other) =>
  nullsLast(one.due_date, other.due_date) ||
  nullsLast(one.due_time, other.due_time) ||
  level(other.priority) - level(one.priority) ||
  byPosition(one, other)

const ORDERS: Record<Sort, Order> = {
  position: byPosition,
  due_date: byDue,
  priority: (one, other) => level(other.priority) - level(one.priority) || byDue(one, other),
  title: (one, other) => collator.compare(one.title, other.title) || byPosition(one, other),
  created_at: (one, other) => text(one.created_at, other.created_at) || text(one.id, other.id),
  '-created_at': (one, other) => text(other.created_at, one.created_at) || text(one.id, other.id),
}

export function orderOf(sort: Sort): Order {
  return ORDERS[sort]
}

/** Open, and the day is past, or the time of this day. In the zone of the task where it names another one. */
export function isOverdue(task: Task, now: Now): boolean {
  if (task.is_completed || task.due_date === null) return false
  if (task.due_time === null) return task.due_date < now.day
  if (task.due_at !== null) return task.due_at < now.instant
  const here =
    task.timezone === null || task.timezone === now.zone ? now : nowIn(task.timezone, new Date(now.instant))
  return task.due_date < here.day || (task.due_date === here.day && task.due_time.slice(0, 5) < here.time)
}

/** The day on which a task is due where the person is: a time in another zone may fall on another day there. */
export function dueDay(task: Task, zone: string): Day | null {
  if (task.due_at === null || task.timezone === null || task.timezone === zone) return task.due_date
  return dayIn(zone, new Date(task.due_at))
}

export function isMatch(task: Task, filter: Filter, now: Now): boolean {
  if (filter.priority?.length && !(task.priority !== null && filter.priority.includes(task.priority)))
    return false
  if (filter.tag && !filter.tag.every((tag) => task.tags.includes(tag))) return false
  return filter.due === undefined || isDue(task, filter.due, now)
}

function isDue(task: Task, due: NonNullable<Filter['due']>, now: Now): boolean {
  const day = dueDay(task, now.zone)
  if (due === 'none') return day === null
  if (due === 'overdue') return isOverdue(task, now)
  return day !== null && (due === 'today' ? day === now.day : day > now.day)
}

/** As the server's search without a server: every word begins a word of the title or the description. */
export function isFound(task: Task, query: string): boolean {
  const words = folded(query).split(/\s+/).filter(Boolean)
  const text = ` ${folded(`${task.title} ${task.description ?? ''}`).replaceAll(/[^\p{L}\p{N}]+/gu, ' ')}`
  return words.every((word) =>
    word.startsWith('-') && word.length > 1
      ? !text.includes(` ${word.slice(1)}`)
      : text.includes(` ${word.replaceAll('"', '')}`),
  )
}

function folded(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
}

export interface Row {
  task: Task
  /** 0 is a task on its own; parts of a task stand below it, one deeper. */
  depth: number
}

/** A forest in order: the parts of a task follow it. A part whose task is not in the list stands on its own. */
export function nested(tasks: Task[], order: Order): Row[] {
  const ids = new Set(tasks.map((task) => task.id))
  const children = grouped(tasks.toSorted(order), (task) =>
    task.parent_id !== null && ids.has(task.parent_id) ? task.parent_id : null,
  )
  const rows: Row[] = []
  const add = (parent: string | null, depth: number): void => {
    for (const task of children.get(parent) ?? []) {
      rows.push({ task, depth })
      add(task.id, depth + 1)
    }
  }
  add(null, 0)
  return rows
}
