import { useNavigate, useSearch } from '@tanstack/react-router'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import { useNow, useReplica, useTagsById } from '@/data/hooks'
import type { Row } from '@/data/views'
import { classes } from '@/lib/classes'
import { isTextField, useShortcuts } from '@/lib/shortcuts'
import { useText } from '@/text/text'
import { type Abilities, OPEN } from './abilities'
import { type TaskActions, useTaskActions } from './actions'
import { BulkBar } from './bulk-bar'
import { type DayDrop, useDrag } from './drag'
import { progressOf, titlesOf, useStates } from './list-facts'
import { useReorder } from './reorder'
import { useRowFocus } from './row-focus'
import { rowKey } from './row-keys'
import { useSelection } from './selection'
import { TaskRow } from './task-row'

export interface Section {
  id: string
  title?: string
  /** Beside the title. */
  note?: string
  rows: Row[]
}

interface Props {
  /** What the list is called. */
  label: string
  sections: Section[]
  /** The order is the person's own, and can be changed. */
  isMovable?: boolean
  can?: Abilities
  /** In place of what the person can do elsewhere: to ask before, say. Must be stable. */
  actions?: TaskActions
  /** The section to go to, anew with each object. */
  goal?: { section: string } | null
  /** What stands at the end of the heading of a section. */
  headingAction?: (section: string) => ReactNode
  /** The title of a task as it is shown. Must be stable. */
  markTitle?: (title: string) => ReactNode
  /** Tasks can be dropped on days of a calendar. */
  onDrop?: DayDrop
}

type Item =
  | { key: string; section: Section & { title: string }; row: null }
  | { key: string; row: Row; index: number }

const ROW_HEIGHT = 60

/** Tasks in sections, however many: only those in sight are in the page. */
export function TaskList(props: Props) {
  const {
    label,
    sections,
    isMovable = false,
    can = OPEN,
    goal = null,
    headingAction,
    markTitle,
    onDrop,
  } = props
  const items = useMemo(() => itemsOf(sections), [sections])
  const order = useMemo(() => items.flatMap((item) => (item.row ? [item.row.task.id] : [])), [items])
  const rows = useMemo(() => items.flatMap((item) => (item.row ? [item.row] : [])), [items])
  const selection = useSelection(order)
  const ownActions = useTaskActions()
  const actions = props.actions ?? ownActions
  const open = useOpenTask()
  const now = useNow()
  const tags = useTagsById()
  const progress = useReplica(progressOf)
  const titles = useReplica(titlesOf)
  const states = useStates()
  const t = useText()
  const [editing, setEditing] = useState<string | null>(null)

  const list = useRef<HTMLUListElement>(null)
  const top = useTop(list)
  const virtualizer = useWindowVirtualizer({
    count: items.length,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => items[index]?.key ?? index,
    overscan: 8,
    scrollMargin: top,
    scrollPaddingStart: 80,
    scrollPaddingEnd: 120,
  })
  const focus = useRowFocus(list, items, (index, align) => virtualizer.scrollToIndex(index, { align }))
  useEffect(() => {
    if (goal !== null) focus.to(headingKey(goal.section), 'start')
  }, [goal, focus])
  const reorder = useReorder(rows, actions)
  const drag = useDrag(list, rows, reorder, { isMovable, onDrop })

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
    const ids = selection.ids.size > 0 ? [...selection.ids] : [id]
    const task = rows.find((row) => row.task.id === id)?.task
    const run = rowKey(event, {
      id,
      ids,
      task,
      can,
      actions,
      selection,
      focus,
      reorder,
      isMovable,
      edit: setEditing,
    })
    if (run === null) return
    event.preventDefault()
    event.stopPropagation()
    run()
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
                  can={can}
                  actions={actions}
                  markTitle={markTitle}
                  onActivate={activate}
                  onEditEnd={endEdit}
                  onGrip={isMovable || onDrop ? drag.start : undefined}
                />
              ) : (
                <Heading {...item.section} id={item.key}>
                  {headingAction?.(item.section.id)}
                </Heading>
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
      {selection.isActive && <BulkBar selection={selection} order={order} can={can} actions={actions} />}
    </>
  )
}

function Heading({ id, title, note, rows, children }: Section & { children: ReactNode }) {
  const t = useText()
  return (
    <div className="flex flex-wrap items-center gap-x-2 px-2 pt-5 pb-1.5">
      <h2
        data-heading={id}
        tabIndex={-1}
        className="flex min-w-0 grow flex-wrap items-baseline gap-x-2 rounded-sm font-semibold"
      >
        {title} {note && <span className="font-normal text-muted">{note}</span>}{' '}
        <span className="text-sm font-normal text-muted">{t.tasks.count(rows.length)}</span>
      </h2>
      {children}
    </div>
  )
}

function headingKey(section: string): string {
  return `section-${section}`
}

/** Where in the page the list begins, also after what stands above it has grown. */
function useTop(list: RefObject<HTMLElement | null>): number {
  const [top, setTop] = useState(0)
  useLayoutEffect(() => {
    const measure = () => setTop(list.current?.offsetTop ?? 0)
    const observer = new ResizeObserver(measure)
    observer.observe(document.body)
    measure()
    return () => observer.disconnect()
  }, [list])
  return top
}

function itemsOf(sections: Section[]): Item[] {
  let index = 0
  return sections.flatMap(({ title, ...section }) => [
    ...(title === undefined
      ? []
      : [{ key: headingKey(section.id), section: { ...section, title }, row: null }]),
    ...section.rows.map((row) => ({ key: row.task.id, row, index: index++ })),
  ])
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
