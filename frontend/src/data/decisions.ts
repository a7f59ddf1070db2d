import { grouped } from '@/lib/grouped'
import { uuidv7 } from '@/lib/uuid'
import { type Change, type Operation, type Problem, valuesOf } from './operations'
import type { Task, TaskPatch } from './task'
import type { Workspace } from './workspace'

/** Changes of one task that cannot be sent as they are, and what the person may do about them. */
export interface Conflict {
  taskId: string
  problem: Problem
  operations: Operation[]
  /** What the person wanted. */
  mine: TaskPatch
  /** As the server has it; null when it has nothing. */
  theirs: Task | null
}

export function conflictsOf({ replica }: Workspace): Conflict[] {
  const groups = grouped(
    replica.operations().filter((operation) => operation.problem),
    (operation) => operation.taskId,
  )
  return [...groups].flatMap(([taskId, operations]) => {
    const problem = operations[0]?.problem
    return problem
      ? [{ taskId, problem, operations, mine: wanted(operations), theirs: replica.serverTask(taskId) }]
      : []
  })
}

function wanted(operations: Operation[]): TaskPatch {
  return Object.assign({}, ...operations.map(({ change }) => fieldsOf(change)))
}

function fieldsOf(change: Change): TaskPatch {
  if (change.kind === 'create') return change.data
  if (change.kind === 'quick') return { title: change.text }
  return change.kind === 'update' ? change.patch : {}
}

/** The fields that differ, for the person to compare. */
export function differingFields({ mine, theirs }: Conflict): (keyof TaskPatch)[] {
  const names = Object.keys(mine) as (keyof TaskPatch)[]
  return theirs === null ? names : names.filter((name) => `${mine[name]}` !== `${theirs[name]}`)
}

/** The server's stays. */
export async function keepTheirs(workspace: Workspace, conflict: Conflict): Promise<void> {
  await replaced(workspace, conflict, [])
}

/** The person's goes over the server's; a task that is gone is made again, one in the trash is taken out. */
export async function keepMine(workspace: Workspace, conflict: Conflict, title?: string): Promise<void> {
  await replaced(workspace, conflict, insisting(conflict, title))
}

function insisting({ taskId, problem, operations, mine, theirs }: Conflict, title?: string): NewChange[] {
  const fields = { ...mine, ...(title === undefined ? {} : { title }) }
  const [first] = operations
  if (problem.reason === 'gone') return [remade(problem.last ?? null, fields)]
  if (first?.change.kind === 'quick') {
    return [{ taskId: uuidv7(), change: { ...first.change, text: fields.title ?? first.change.text } }]
  }
  if (first?.change.kind === 'create') return [remade(null, fields)]
  if (theirs === null) return []
  const update: NewChange = {
    taskId,
    change: { kind: 'update', patch: fields, before: valuesOf(theirs, fields) },
  }
  return problem.reason === 'trashed' ? [{ taskId, change: { kind: 'restore' } }, update] : [update]
}

type NewChange = { taskId: string; change: Change }

/** Under a new id: the old one may still be known to the server. */
function remade(last: Task | null, fields: TaskPatch): NewChange {
  const { title = last?.title ?? '', ...rest } = fields
  const known: TaskPatch = last
    ? valuesOf(last, {
        description: null,
        priority: null,
        due_date: null,
        due_time: null,
        timezone: null,
        tags: [],
      })
    : {}
  return {
    taskId: uuidv7(),
    change: { kind: 'create', data: { ...known, ...rest, title }, position: last?.position ?? 'z' },
  }
}

async function replaced(workspace: Workspace, { operations }: Conflict, changes: NewChange[]): Promise<void> {
  await workspace.replica.enqueue(changes)
  await workspace.replica.changeOperations(
    [],
    operations.map((operation) => operation.id),
  )
  void workspace.work()
}
