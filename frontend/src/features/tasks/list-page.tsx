import { useNavigate, useSearch } from '@tanstack/react-router'
import { type ReactNode, useCallback } from 'react'
import { useNow, useReplica, useTagsById } from '@/data/hooks'
import type { Replica } from '@/data/replica'
import type { Task, TaskPatch } from '@/data/task'
import { type Filter, isMatch, type Now, nested, orderOf, type Sort } from '@/data/views'
import { Page } from '@/features/shell/page'
import { useText } from '@/text/text'
import { ActiveFilters, ListMenus } from './list-menus'
import { type Section, TaskList } from './task-list'

interface Props {
  title: string
  /** What stands beside the title. */
  aside?: ReactNode
  empty: string
  /** Which open tasks the page is about. */
  isShown: (task: Task, now: Now) => boolean
  defaultSort: Sort
  defaults?: TaskPatch
  sections: (tasks: Task[], now: Now, sort: Sort) => Section[]
}

/** A page of open tasks, with filters and order in its address. `isShown` and `sections` must be stable. */
export function ListPage({ title, aside, empty, isShown, defaultSort, defaults, sections }: Props) {
  const t = useText()
  const now = useNow()
  const tags = useTagsById()
  const search = useSearch({ strict: false }) as Filter
  const navigate = useNavigate()
  const sort = search.sort ?? defaultSort
  const { priority, tag, due } = search
  const select = useCallback(
    (replica: Replica) => {
      const filter = { priority, tag, due }
      const tasks = openTasks(replica).filter((task) => isShown(task, now) && isMatch(task, filter, now))
      return sections(tasks, now, sort)
    },
    [priority, tag, due, isShown, sections, now, sort],
  )
  const shown = useReplica(select)
  const isComplete = useReplica(isReplicaComplete)
  const isFiltered = Boolean(priority || tag || due)
  const change = (filter: Filter) =>
    void navigate({ to: '.', search: (before: object) => ({ ...before, ...filter }), replace: true })

  return (
    <Page
      title={title}
      aside={aside}
      menus={<ListMenus filter={search} sort={sort} onChange={change} />}
      hasQuickAdd
      defaults={defaults}
    >
      <ActiveFilters filter={search} tags={tags} onChange={change} />
      {shown.every((section) => section.rows.length === 0) ? (
        isComplete ? (
          <p className="px-2 py-16 text-center text-muted">{isFiltered ? t.tasks.empty.filtered : empty}</p>
        ) : (
          <ListSkeleton />
        )
      ) : (
        <TaskList label={t.tasks.listOf(title)} sections={shown} isMovable={sort === 'position'} />
      )}
    </Page>
  )
}

const isReplicaComplete = (replica: Replica) => replica.isComplete

/** Where the tasks will be, until they are there. */
function ListSkeleton() {
  const t = useText()
  return (
    <div role="status" aria-label={t.app.loading} className="animate-pulse">
      {[60, 45, 70, 35, 55].map((width) => (
        <div key={width} aria-hidden className="flex h-15 items-start gap-3 border-b border-line px-2 py-2.5">
          <span className="size-5 rounded-full border-2 border-line" />
          <span className="h-4 rounded-sm bg-line" style={{ width: `${width}%` }} />
        </div>
      ))}
    </div>
  )
}

/** Not completed, and neither in the trash nor a part of what is. */
function openTasks(replica: Replica): Task[] {
  const isGone = (task: Task): boolean => {
    if (task.deleted_at !== null) return true
    const parent = task.parent_id === null ? null : replica.task(task.parent_id)
    return parent !== null && isGone(parent)
  }
  return [...replica.tasks()].filter((task) => !task.is_completed && !isGone(task))
}

/** One section: every task below what it is a part of. */
export function asTree(tasks: Task[], _now: Now, sort: Sort): Section[] {
  return [{ id: 'all', rows: nested(tasks, orderOf(sort)) }]
}

export function asRows(tasks: Task[], sort: Sort): Section['rows'] {
  return tasks.toSorted(orderOf(sort)).map((task) => ({ task, depth: 0 }))
}
