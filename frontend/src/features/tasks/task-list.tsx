import { useNavigate, useSearch } from '@tanstack/react-router'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import {
  type KeyboardEvent,
  type MouseEvent,
  useCallback,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import { useNow, useOperations, useReplica, useTagsById } from '@/data/hooks'
import type { Replica } from '@/data/replica'
import { PRIORITIES } from '@/data/task'
import type { Row } from '@/data/views'
import { classes } from '@/lib/classes'
import { isTextField, useShortcuts } from '@/lib/shortcuts'
import { useText } from '@/text/text'
import { useTaskActions } from './actions'
import { BulkBar } from './bulk-bar'
import { useDrag } from './drag'
import { useReorder } from './reorder'
import { useRowFocus } from './row-focus'
import { useSelection } from './selection'
import { type Progress, TaskRow } from './task-row'

export interface Section {
  id: string
  title?: string
  rows: Row[]
}

interface Props {
  /** What the list is called. */
  label: string
  sections: Section[]
  /** The order is the person's own, and can be changed. */
  isMovable?: boolean
}

type Item =
  | { key: string; title: string; count: number; row: null }
  | { key: string; row: Row; index: number }

const ROW_HEIGHT = 60

/** Tasks in sections, however many: only those in sight are in the page. */
export function TaskList({ label, sections, isMovable = false }: Props) {
  const items = useMemo(() => itemsOf(sections), [sections])
  const order = useMemo(() => items.flatMap((item) => (item.row ? [item.row.task.id] : [])), [items])
  const rows = useMemo(() => items.flatMap((item) => (item.row ? [item.row] : [])), [items])
  const selection = useSelection(order)
  const actions = useTaskActions()
  const open = useOpenTask()
  const now = useNow()
  const tags = useTagsById()
  const progress = useReplica(progressOf)
  const titles = useReplica(titlesOf)
  const states = useStates()
  const t = useText()
  const [editing, setEditing] = useState<string | null>(null)

  const list = useRef<HTMLUListElement>(null)
  const [top, setTop] = useState(0)
  useLayoutEffect(() => setTop(list.current?.offsetTop ?? 0), [])
  const virtualizer = useWindowVirtualizer({
    count: items.length,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => items[index]?.key ?? index,
    overscan: 8,
    scrollMargin: top,
    scrollPaddingStart: 80,
    scrollPaddingEnd: 120,
  })
  const focus = useRowFocus(list, items, (index) => virtualizer.scrollToIndex(index))
  const reorder = useReorder(rows, actions)
  const drag = useDrag(list, rows, reorder)

  const activate = useCallback(
    (id: string, event: MouseEvent) => {
      if (event.shiftKey) selection.extend(id, order)
      else if (event.metaKey || event.ctrlKey || selection.isActive) selection.toggle(id)
      else open.set(id)
    },
    [selection, order, open.set],
  )
  const endEdit = useCallback(
    (title: string | null) => {
      if (editing !== null && title !== null) actions.edit([editing], { title })
      if (editing !== null) focus.to(editing)
      setEditing(null)
    },
    [editing, actions, focus],
  )

  const press = (event: KeyboardEvent<HTMLElement>) => {
    const id = focus.rowOf(event.target)
    if (id === null || event.nativeEvent.isComposing) return
    const chosen = selection.ids.size > 0 ? [...selection.ids] : [id]
    const run = rowKey(event, id, chosen)
    if (run === null) return
    event.preventDefault()
    event.stopPropagation()
    run()
  }
  const rowKey = (event: KeyboardEvent<HTMLElement>, id: string, chosen: string[]): (() => void) | null => {
    if (event.ctrlKey || event.metaKey || (event.target as HTMLElement).matches('input:not([type=checkbox])'))
      return null
    const isOnTitle = (event.target as HTMLElement).matches('[data-title], [type=checkbox]')
    const task = rows.find((row) => row.task.id === id)?.task
    if (event.altKey) {
      const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
      return step === 0 ? null : () => (isMovable ? reorder.step(id, step) : reorder.refuse())
    }
    const priority = PRIORITIES[4 - Number(event.key)]
    if (priority) return () => actions.edit(chosen, { priority })
    const keys: Record<string, (() => void) | undefined> = {
      ' ': isOnTitle ? () => actions.complete(chosen, !task?.is_completed) : undefined,
      0: () => actions.edit(chosen, { priority: null }),
      x: () => selection.toggle(id),
      e: () => setEditing(id),
      d: () => pressButton(event.currentTarget, id, 'd'),
      p: () => pressButton(event.currentTarget, id, 'p'),
      '#': () => pressButton(event.currentTarget, id, '#'),
      ArrowDown: () => focus.step(id, 1),
      ArrowUp: () => focus.step(id, -1),
      Delete: () => actions.trash(chosen),
      Backspace: () => actions.trash(chosen),
      Escape: selection.isActive ? selection.clear : undefined,
    }
    return keys[event.key] ?? null
  }
  useShortcuts({
    j: () => focus.step(focus.current(), 1),
    k: () => focus.step(focus.current(), -1),
    'mod+a': (event) => (order.length > 0 && !isTextField(event.target) ? selection.set(order) : false),
    Escape: () => (selection.isActive ? selection.clear() : false),
  })

  return (
    <>
      <ul
        ref={list}
        aria-label={label}
        onKeyDown={press}
        className="relative"
        style={{ height: virtualizer.getTotalSize() }}
      >
        {virtualizer.getVirtualItems().map((virtual) => {
          const item = items[virtual.index]
          if (item === undefined) return null
          return (
            <li
              key={item.key}
              ref={virtualizer.measureElement}
              data-index={virtual.index}
              aria-setsize={item.row ? order.length : undefined}
              aria-posinset={item.row ? item.index + 1 : undefined}
              className={classes('absolute inset-x-0 top-0', item.row && 'border-b border-line')}
              style={{ transform: `translateY(${virtual.start - top}px)` }}
            >
              {item.row ? (
                <TaskRow
                  task={item.row.task}
                  depth={item.row.depth}
                  now={now}
                  tags={tags}
                  progress={progress.get(item.row.task.id)}
                  parentTitle={item.row.depth > 0 ? undefined : titles.get(item.row.task.parent_id ?? '')}
                  state={states.get(item.row.task.id) ?? 'sent'}
                  isSelected={selection.ids.has(item.row.task.id)}
                  isSelecting={selection.isActive}
                  isEditing={editing === item.row.task.id}
                  isOpen={open.id === item.row.task.id}
                  actions={actions}
                  onActivate={activate}
                  onEditEnd={endEdit}
                  onGrip={isMovable ? drag.start : undefined}
                />
              ) : (
                <h2 className="flex items-baseline gap-2 px-2 pt-5 pb-1.5 font-semibold">
                  {item.title}{' '}
                  <span className="text-sm font-normal text-muted">{t.tasks.count(item.count)}</span>
                </h2>
              )}
            </li>
          )
        })}
        {drag.line !== null && (
          <li
            aria-hidden
            className="pointer-events-none absolute inset-x-0 z-2 h-0.5 rounded-full bg-accent"
            style={{ top: drag.line }}
          />
        )}
      </ul>
      <button
        type="button"
        onClick={selection.start}
        className="mt-2 hidden min-h-11 px-2 text-sm text-muted pointer-coarse:block"
      >
        {t.tasks.selectSeveral}
      </button>
      <p aria-live="assertive" className="sr-only">
        {reorder.announcement}
      </p>
      {selection.isActive && <BulkBar selection={selection} order={order} actions={actions} />}
    </>
  )
}

function itemsOf(sections: Section[]): Item[] {
  let index = 0
  return sections.flatMap(({ id, title, rows }) => [
    ...(title === undefined ? [] : [{ key: `section-${id}`, title, count: rows.length, row: null }]),
    ...rows.map((row) => ({ key: row.task.id, row, index: index++ })),
  ])
}

/** How many of the parts of each task are done. */
function progressOf(replica: Replica): ReadonlyMap<string, Progress> {
  const counts = new Map<string, Progress>()
  for (const task of replica.tasks()) {
    if (task.parent_id === null || task.deleted_at !== null) continue
    const { done, all } = counts.get(task.parent_id) ?? { done: 0, all: 0 }
    counts.set(task.parent_id, { done: done + Number(task.is_completed), all: all + 1 })
  }
  return counts
}

/** The titles of tasks that have parts. */
function titlesOf(replica: Replica): ReadonlyMap<string, string> {
  const titles = new Map<string, string>()
  for (const { parent_id } of replica.tasks()) {
    const parent = parent_id === null ? null : replica.task(parent_id)
    if (parent !== null) titles.set(parent.id, parent.title)
  }
  return titles
}

/** Of tasks with changes that the server does not have yet. */
function useStates(): ReadonlyMap<string, 'waiting' | 'problem'> {
  const operations = useOperations()
  return useMemo(() => {
    const states = new Map<string, 'waiting' | 'problem'>()
    for (const { taskId, problem } of operations) {
      if (states.get(taskId) !== 'problem') states.set(taskId, problem ? 'problem' : 'waiting')
    }
    return states
  }, [operations])
}

/** The task whose details are open: in the address, so that it can be linked to and gone back from. */
function useOpenTask() {
  const { task } = useSearch({ strict: false })
  const navigate = useNavigate()
  const set = useCallback(
    (id: string) => void navigate({ to: '.', search: (before) => ({ ...before, task: id }) }),
    [navigate],
  )
  return { id: task ?? null, set }
}

function pressButton(list: HTMLElement, id: string, key: string): void {
  list.querySelector<HTMLElement>(`[data-task="${id}"] [data-key="${key}"]`)?.click()
}
