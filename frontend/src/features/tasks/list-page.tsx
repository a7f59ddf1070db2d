import { useNavigate, useSearch } from '@tanstack/react-router'
import { type ComponentProps, type ReactNode, useCallback } from 'react'
import { useNow, useReplica, useTagsById } from '@/data/hooks'
import type { Replica } from '@/data/replica'
import type { Task, TaskPatch } from '@/data/task'
import { type Filter, isMatch, type Now, nested, orderOf, type Sort } from '@/data/views'
import { WIDE } from '@/features/shell/app-shell'
import { Page } from '@/features/shell/page'
import { classes } from '@/lib/classes'
import { useMedia } from '@/lib/media'
import { useStore } from '@/lib/store'
import { useText } from '@/text/text'
import type { DayDrop } from './drag'
import type { ListSearch } from './filter'
import { leaving } from './leaving'
import type { Section } from './list-items'
import { ActiveFilters, ListMenus } from './list-menus'
import { isReplicaComplete, ListSkeleton } from './list-skeleton'
import { TaskList } from './task-list'

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
  /** Beside the list, or above it where there is no room. */
  beside?: (sections: Section[], hasRoom: boolean) => ReactNode
  list?: Pick<ComponentProps<typeof TaskList>, 'goal' | 'headingAction'>
  /** Tasks can be dropped on days of the calendar that is beside the list. */
  onDrop?: DayDrop
}

/** A page of open tasks, with filters and order in its address. `isShown` and `sections` must be stable. */
export function ListPage(props: Props) {
  const { title, aside, empty, isShown, defaultSort, defaults, sections, beside, list, onDrop } = props
  const t = useText()
  const now = useNow()
  const tags = useTagsById()
  const search: ListSearch = useSearch({ strict: false })
  const navigate = useNavigate()
  const sort = search.sort ?? defaultSort
  const { priority, tag, due } = search
  const departing = useStore(leaving)
  const select = useCallback(
    (replica: Replica) => {
      const filter = { priority, tag, due }
      const tasks = openTasks(replica, departing).filter(
        (task) => isShown(task, now) && isMatch(task, filter, now),
      )
      return sections(tasks, now, sort)
    },
    [priority, tag, due, departing, isShown, sections, now, sort],
  )
  const shown = useReplica(select)
  const isComplete = useReplica(isReplicaComplete)
  const hasRoom = useMedia(WIDE) && beside !== undefined && search.task === undefined
  const isBare = shown.every(isEmpty)
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
      isWide={hasRoom}
    >
      <ActiveFilters filter={search} tags={tags} onChange={change} />
      <div className={classes(hasRoom && 'flex flex-row-reverse gap-10')}>
        {beside?.(shown, hasRoom)}
        <div className="min-w-0 grow">
          {isBare && !isComplete && <ListSkeleton />}
          {isBare && isComplete && (
            <p className="px-2 py-16 text-center text-muted">{isFiltered ? t.tasks.empty.filtered : empty}</p>
          )}
          {!isBare && (
            <TaskList
              label={t.tasks.listOf(title)}
              sections={shown}
              isMovable={sort === 'position'}
              {...(hasRoom && onDrop && { onDrop })}
              {...list}
            />
          )}
        </div>
      </div>
    </Page>
  )
}

const NONE: ReadonlyMap<string, Task> = new Map()

/** Those that are still seen leaving are among them, as they were. */
export function openTasks(replica: Replica, departing = NONE): Task[] {
  return keptTasks(replica).flatMap((task) => (task.is_completed ? (departing.get(task.id) ?? []) : task))
}

/** Neither in the trash nor a part of what is. */
export function keptTasks(replica: Replica): Task[] {
  const isGone = (task: Task): boolean => {
    if (task.deleted_at !== null) return true
    const parent = task.parent_id === null ? null : replica.task(task.parent_id)
    return parent !== null && isGone(parent)
  }
  return [...replica.tasks()].filter((task) => !isGone(task))
}

function isEmpty({ title, rows }: Section): boolean {
  return title === undefined && rows.length === 0
}

/** One section: every task below what it is a part of. */
export function asTree(tasks: Task[], _now: Now, sort: Sort): Section[] {
  return [{ id: 'all', rows: nested(tasks, orderOf(sort)) }]
}

export function asRows(tasks: Task[], sort: Sort): Section['rows'] {
  return tasks.toSorted(orderOf(sort)).map((task) => ({ task, depth: 0 }))
}
