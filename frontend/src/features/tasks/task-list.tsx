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
import { useStore } from '@/lib/store'
import { useText } from '@/text/text'
import { type Abilities, OPEN } from './abilities'
import { type TaskActions, useTaskActions } from './actions'
import { BulkBar } from './bulk-bar'
import { type DayDrop, useDrag } from './drag'
import { leaving } from './leaving'
import { progressOf, titlesOf, useStates } from './list-facts'
import { ListHeading } from './list-heading'
import { headingKey, itemsOf, type Section } from './list-items'
import { useReorder } from './reorder'
import { useRowFocus } from './row-focus'
import { rowKey } from './row-keys'
import { useSelection } from './selection'
import { TaskRow } from './task-row'
import { useMotion } from './use-motion'

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

/** Of a row with a line of facts below its title, as most are: where it is right, nothing is laid out a second time. */
const ROW_HEIGHT = 63

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
  const departing = useStore(leaving)
  const items = useMemo(() => itemsOf(sections, departing), [sections, departing])
  const order = useMemo(() => items.flatMap((item) => (item.row ? [item.row.task.id] : [])), [items])
  const rows = useMemo(() => sections.flatMap((section) => section.rows), [sections])
  const motion = useMotion(items)
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
    getItemKey: useCallback((index: number) => items[index]?.key ?? index, [items]),
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

  const rowOf = ({ task, depth }: Row, { isDay = false }: Section, isLeaving: boolean) => (
    <TaskRow
      task={task}
      depth={depth}
      now={now}
      tags={tags}
      progress={progress.get(task.id)}
      parentTitle={depth > 0 ? undefined : titles.get(task.parent_id ?? '')}
      state={states.get(task.id) ?? 'sent'}
      isLeaving={isLeaving}
      isDayShown={!isDay}
      isSelected={selection.ids.has(task.id)}
      isSelecting={selection.isActive}
      isEditing={editing === task.id}
      isOpen={open.id === task.id}
      can={can}
      actions={actions}
      markTitle={markTitle}
      onActivate={activate}
      onEditEnd={endEdit}
      onGrip={isMovable || onDrop ? drag.start : undefined}
    />
  )

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
          const isLeaving = item.kind === 'leaving'
          return (
            <li
              key={isLeaving ? `${item.key}-leaving` : item.key}
              ref={virtualizer.measureElement}
              data-index={virtual.index}
              data-leaving={isLeaving || undefined}
              inert={isLeaving}
              aria-hidden={isLeaving || undefined}
              aria-setsize={item.row ? order.length : undefined}
              aria-posinset={item.row ? item.index + 1 : undefined}
              className={classes(
                'absolute inset-x-0 top-0',
                item.kind !== 'heading' && 'border-b border-line',
                isLeaving && 'animate-leave',
                motion.isMoving && 'transition-transform duration-200 ease-out',
                motion.arrived.has(item.key) && 'animate-fade',
              )}
              style={{ transform: `translateY(${virtual.start - top}px)` }}
            >
              {item.kind === 'heading' ? (
                <ListHeading id={item.key} title={item.title} note={item.section.note} count={item.count}>
                  {headingAction?.(item.section.id)}
                </ListHeading>
              ) : (
                rowOf(item.row ?? item.leaving, item.section, isLeaving)
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
