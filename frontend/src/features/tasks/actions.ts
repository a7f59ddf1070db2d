import { useMemo } from 'react'
import { useWorkspace } from '@/data/hooks'
import { type Change, difference, inverse, valuesOf } from '@/data/operations'
import type { Replica } from '@/data/replica'
import type { Task, TaskPatch } from '@/data/task'
import type { Workspace } from '@/data/workspace'
import { grouped } from '@/lib/grouped'
import { toast } from '@/lib/toasts'
import { uuidv7 } from '@/lib/uuid'
import { currentText } from '@/text/text'
import { seeOff } from './leaving'

type Changes = { taskId: string; change: Change }[]

/** What a person can do to tasks. Shown at once, kept on disk, sent when there is a network. */
export interface TaskActions {
  create: (data: TaskPatch & { title: string }) => string
  quickAdd: (text: string, timezone: string, defaults?: TaskPatch) => string
  /** `onUndo` is offered where `told` names what was done, and for more than one task. */
  edit: (ids: readonly string[], patch: TaskPatch | ((task: Task) => TaskPatch), told?: string) => void
  /** What was typed into a field, over what stood there when the typing began. Resolves when it is on disk. */
  write: (id: string, patch: TaskPatch, before: TaskPatch) => Promise<void>
  complete: (ids: readonly string[], isCompleted: boolean) => void
  trash: (ids: readonly string[]) => void
  restore: (ids: readonly string[]) => void
  removeForGood: (ids: readonly string[]) => void
  move: (id: string, anchor: { before: string } | { after: string }, position: string) => void
}

export function useTaskActions(): TaskActions {
  const workspace = useWorkspace()
  return useMemo(() => actionsOf(workspace), [workspace])
}

function actionsOf(workspace: Workspace): TaskActions {
  const { replica } = workspace
  const change = (changes: Changes) => void workspace.change(changes)
  const undoable = (changes: Changes, told: string) => {
    if (changes.length === 0) return
    change(changes)
    const undoing = changes.toReversed().flatMap(({ taskId, change: done }) => {
      const undo = inverse(done)
      return undo === null ? [] : [{ taskId, change: undo }]
    })
    toast(told, { action: { label: currentText().app.undo, run: () => change(undoing) } })
  }
  const each = (ids: readonly string[], make: (task: Task) => Change | null): Changes =>
    ids.flatMap((taskId) => {
      const task = replica.task(taskId)
      const made = task === null ? null : make(task)
      return made === null ? [] : [{ taskId, change: made }]
    })

  return {
    create: (data) => {
      const taskId = uuidv7()
      change([{ taskId, change: { kind: 'create', data, position: lastPosition() } }])
      return taskId
    },
    quickAdd: (text, timezone, defaults = {}) => {
      const taskId = uuidv7()
      change([{ taskId, change: { kind: 'quick', text, timezone, position: lastPosition(), defaults } }])
      return taskId
    },
    edit: (ids, patch, told) => {
      const changes = each(ids, (task) => updateOf(task, typeof patch === 'function' ? patch(task) : patch))
      if (told !== undefined || ids.length > 1)
        undoable(changes, told ?? currentText().tasks.changed(changes.length))
      else change(changes)
    },
    write: async (taskId, patch, before) => {
      const task = replica.task(taskId)
      const isThere = task !== null && difference(task, patch) === null
      if (!isThere) await workspace.change([{ taskId, change: { kind: 'update', patch, before } }])
    },
    complete: (ids, isCompleted) => {
      const changes = each(ids, (task) =>
        task.is_completed === isCompleted ? null : { kind: 'complete', isCompleted },
      )
      if (isCompleted) seeOff(changes.flatMap(({ taskId }) => replica.task(taskId) ?? []))
      const { completed, reopened } = currentText().tasks
      undoable(changes, (isCompleted ? completed : reopened)(changes.length))
    },
    trash: (ids) => {
      const changes = each(ids, (task) =>
        task.deleted_at === null ? { kind: 'delete', permanent: false } : null,
      )
      undoable(changes, currentText().tasks.trashed(changes.length))
    },
    restore: (ids) => {
      const changes = each(parentsFirst(replica, ids), () => ({ kind: 'restore' }))
      undoable(changes, currentText().tasks.restored(changes.length))
    },
    removeForGood: (ids) => {
      const changes = each(withParts(replica, ids), () => ({ kind: 'delete', permanent: true }))
      change(changes)
      toast(currentText().tasks.removed(changes.length))
    },
    move: (taskId, anchor, position) => change([{ taskId, change: { kind: 'move', anchor, position } }]),
  }
}

/** Each task behind the parts of it: they go with it, and the server does not tell of those that are gone. */
function withParts(replica: Replica, ids: readonly string[]): string[] {
  const parts = grouped(replica.tasks(), (task) => task.parent_id)
  const found = new Set<string>()
  const add = (id: string): void => {
    for (const part of parts.get(id) ?? []) add(part.id)
    found.add(id)
  }
  for (const id of ids) add(id)
  return [...found]
}

/** A part that is restored before its task becomes a part of none. */
function parentsFirst(replica: Replica, ids: readonly string[]): string[] {
  const depth = (id: string): number => {
    const parent = replica.task(id)?.parent_id ?? null
    return parent === null ? 0 : 1 + depth(parent)
  }
  return ids.toSorted((one, other) => depth(one) - depth(other))
}

function updateOf(task: Task, patch: TaskPatch): Change | null {
  const changed = difference(task, normalized(patch))
  return changed === null ? null : { kind: 'update', patch: changed, before: valuesOf(task, changed) }
}

/** As the server will store it, so that a later comparison with what it stored finds no difference. */
export function normalized(patch: TaskPatch): TaskPatch {
  const { title, description, ...rest } = patch
  return {
    ...rest,
    ...(title === undefined ? {} : { title: title.normalize('NFC').trim() }),
    ...(description === undefined ? {} : { description: cleanText(description) }),
  }
}

function cleanText(text: string | null): string | null {
  const clean = text?.normalize('NFC').replaceAll(/\r\n?/g, '\n').trim()
  return clean ? clean : null
}

/** Behind everything else until the server gives the real one: hexadecimal digits of the microsecond, as it does. */
function lastPosition(): string {
  return (BigInt(Date.now()) * 1000n).toString(16).padStart(14, '0')
}
