import type { Task, TaskFields, TaskPatch } from './task'

/** What the person wants done to one task. */
export type Change =
  | { kind: 'create'; data: Pick<TaskFields, 'title'> & TaskPatch; position: string }
  | { kind: 'quick'; text: string; timezone: string; position: string; defaults: TaskPatch }
  | { kind: 'update'; patch: TaskPatch; before: TaskPatch }
  | { kind: 'complete'; isCompleted: boolean }
  | { kind: 'delete'; permanent: boolean }
  | { kind: 'restore' }
  | { kind: 'move'; anchor: { before: string } | { after: string }; position: string }

/** Why an operation is not sent: the person has to decide. */
export interface Problem {
  /** Somebody else changed the same; moved the task to the trash; deleted it for good; or the server refuses it. */
  reason: 'changed' | 'trashed' | 'gone' | 'refused'
  /** In the server's words. */
  detail: string
  /** Of a task that is gone, what was last known of it. */
  last?: Task | null
}

/** A change that waits in the outbox. Ids are UUIDv7, so their order is that of the changes. */
export interface Operation {
  id: string
  taskId: string
  at: string
  change: Change
  problem?: Problem
}

const EMPTY: Omit<Task, 'id' | 'title' | 'position' | 'created_at' | 'updated_at'> = {
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
  recurring_task_id: null,
  occurrence_date: null,
  deleted_at: null,
  version: 0,
}

/** The task as it will be, or null when it will be gone. A change of what does not exist changes nothing. */
export function applied(task: Task | null, { taskId, at, change }: Operation): Task | null {
  if (change.kind === 'create' || change.kind === 'quick') {
    if (task !== null) return task
    const fields = change.kind === 'create' ? change.data : { ...change.defaults, title: change.text.trim() }
    return { ...EMPTY, ...fields, id: taskId, position: change.position, created_at: at, updated_at: at }
  }
  if (task === null) return null
  switch (change.kind) {
    case 'update':
      return withoutStaleInstant({ ...task, ...change.patch, updated_at: at }, change.patch)
    case 'complete':
      if (task.is_completed === change.isCompleted) return task
      return { ...task, is_completed: change.isCompleted, completed_at: change.isCompleted ? at : null }
    case 'delete':
      return change.permanent ? null : { ...task, deleted_at: task.deleted_at ?? at }
    case 'restore':
      return { ...task, deleted_at: null }
    case 'move':
      return { ...task, position: change.position }
  }
}

/** `due_at` is computed by the server; after a change of what it is computed from it is unknown. */
function withoutStaleInstant(task: Task, patch: TaskPatch): Task {
  const isMoved = 'due_date' in patch || 'due_time' in patch || 'timezone' in patch
  return isMoved ? { ...task, due_at: null } : task
}

/** The fields of `patch` as they are in `task`. */
export function valuesOf(task: Task, patch: TaskPatch): TaskPatch {
  return Object.fromEntries(Object.keys(patch).map((name) => [name, task[name as keyof TaskPatch]]))
}

/** What `patch` changes of `task`; null when nothing. */
export function difference(task: Task, patch: TaskPatch): TaskPatch | null {
  const changed = Object.entries(patch).filter(
    ([name, value]) => !isSame(task[name as keyof TaskPatch], value),
  )
  return changed.length === 0 ? null : Object.fromEntries(changed)
}

export function isSame(one: unknown, other: unknown): boolean {
  if (!Array.isArray(one) || !Array.isArray(other)) return one === other
  return one.length === other.length && one.every((value) => other.includes(value))
}

/**
 * A three-way merge of an edit with what the server has by now. `patch` is what remains to be sent; `conflicts` are
 * the fields that somebody else changed to something else since the person saw `before`.
 */
export function rebased(
  theirs: Task,
  { patch, before }: { patch: TaskPatch; before: TaskPatch },
): { patch: TaskPatch; conflicts: (keyof TaskPatch)[] } {
  const mine = patch.tags ? { ...patch, tags: mergedTags(theirs.tags, patch.tags, before.tags ?? []) } : patch
  const names = (Object.keys(mine) as (keyof TaskPatch)[]).filter((name) => !isSame(theirs[name], mine[name]))
  return {
    patch: Object.fromEntries(names.map((name) => [name, mine[name]])),
    conflicts: names.filter((name) => name !== 'tags' && !isSame(theirs[name], before[name])),
  }
}

/** Theirs, with what the person added and without what the person took away. */
function mergedTags(theirs: readonly string[], mine: readonly string[], before: readonly string[]): string[] {
  const kept = theirs.filter((tag) => mine.includes(tag) || !before.includes(tag))
  return [...kept, ...mine.filter((tag) => !before.includes(tag) && !theirs.includes(tag))]
}

/** What a new task gets from where it was added, unless its text said otherwise: a day, a tag. */
export function missingDefaults(task: Task, { due_date, tags = [] }: TaskPatch): TaskPatch | null {
  const isUndated = task.due_date === null && task.recurring_task_id === null
  return difference(task, {
    ...(due_date !== undefined && isUndated && { due_date }),
    tags: [...new Set([...task.tags, ...tags])],
  })
}

/** Edits of one task in their order, as one. */
export function combined(edits: { patch: TaskPatch; before: TaskPatch }[]): {
  patch: TaskPatch
  before: TaskPatch
} {
  return edits.reduce((first, next) => ({
    patch: { ...first.patch, ...next.patch },
    before: { ...next.before, ...first.before },
  }))
}

/** What undoes a change; null where nothing can. */
export function inverse(change: Change): Change | null {
  switch (change.kind) {
    case 'create':
    case 'quick':
      return { kind: 'delete', permanent: false }
    case 'update':
      return { kind: 'update', patch: change.before, before: change.patch }
    case 'complete':
      return { kind: 'complete', isCompleted: !change.isCompleted }
    case 'delete':
      return change.permanent ? null : { kind: 'restore' }
    case 'restore':
      return { kind: 'delete', permanent: false }
    case 'move':
      return null
  }
}
