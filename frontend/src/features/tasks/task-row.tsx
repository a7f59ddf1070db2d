import {
  AlertTriangle,
  AlignLeft,
  CloudUpload,
  CornerDownRight,
  GripVertical,
  ListChecks,
  RotateCcw,
} from 'lucide-react'
import { type MouseEvent, memo, type PointerEvent, type ReactNode, useState } from 'react'
import type { Tag, Task } from '@/data/task'
import type { Now } from '@/data/views'
import { classes } from '@/lib/classes'
import { useText } from '@/text/text'
import type { Abilities } from './abilities'
import type { TaskActions } from './actions'
import { TaskCheck } from './check'
import { DueLabel } from './due'
import { RowActions } from './row-actions'
import { TagChip } from './tag-chip'
import { TitleInput } from './title-input'

export interface Progress {
  done: number
  all: number
}

interface Props {
  task: Task
  depth: number
  now: Now
  tags: ReadonlyMap<string, Tag>
  progress: Progress | undefined
  /** The title of the task that this is a part of, where that is not right above. */
  parentTitle: string | undefined
  state: 'sent' | 'waiting' | 'problem'
  /** It is done with and only still seen: not a row of the list any more. */
  isLeaving: boolean
  /** Its heading is not the day on which it is due. */
  isDayShown: boolean
  isSelected: boolean
  isSelecting: boolean
  isEditing: boolean
  isOpen: boolean
  can: Abilities
  actions: TaskActions
  markTitle?: ((title: string) => ReactNode) | undefined
  onActivate: (id: string, event: MouseEvent) => void
  onEditEnd: (title: string | null) => void
  /** Where tasks can be moved. */
  onGrip?: ((id: string, event: PointerEvent) => void) | undefined
}

const SHOWN_TAGS = 4

export const TaskRow = memo(function TaskRow(props: Props) {
  const { task, depth, isSelected, isSelecting, isEditing, isOpen, can, actions } = props
  const { markTitle, onActivate, onGrip } = props
  const t = useText()
  const [isActive, setActive] = useState(false)
  const hasActions = (isActive || can.includes('remove')) && !isSelecting && !isEditing
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only shows and hides buttons that the keyboard reaches too
    <div
      data-task={props.isLeaving ? undefined : task.id}
      onPointerEnter={(event) => event.pointerType === 'mouse' && setActive(true)}
      onPointerLeave={() => setActive(false)}
      onFocus={() => setActive(true)}
      onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && setActive(false)}
      style={{ paddingInlineStart: `${depth * 1.75 + 0.5}rem` }}
      className={classes(
        'group/row relative flex items-start gap-3 rounded-md px-2 py-2.5',
        isSelected ? 'bg-accent-soft' : isOpen ? 'bg-hover' : 'hover:bg-hover/60',
      )}
    >
      {onGrip && (
        <span
          aria-hidden
          onPointerDown={(event) => onGrip(task.id, event)}
          className="absolute -start-7 px-1.5 z-1 top-2.5 hidden h-5 cursor-grab touch-none text-muted group-hover/row:block pointer-coarse:static pointer-coarse:order-last pointer-coarse:block"
        >
          <GripVertical size={16} />
        </span>
      )}
      {isSelecting ? (
        <input
          type="checkbox"
          checked={isSelected}
          aria-label={t.tasks.select(task.title)}
          onClick={(event) => onActivate(task.id, event)}
          readOnly
          className="relative z-1 size-5 shrink-0"
        />
      ) : can.includes('restore') ? (
        <button
          type="button"
          aria-label={t.tasks.restoreTask(task.title)}
          title={t.tasks.restoreAction}
          onClick={() => actions.restore([task.id])}
          className="relative z-1 -m-2.5 inline-flex size-10 shrink-0 pointer-coarse:-m-3 pointer-coarse:size-11 items-center justify-center rounded-full text-muted hover:text-accent"
        >
          <RotateCcw size={18} aria-hidden />
        </button>
      ) : (
        <TaskCheck task={task} onToggle={() => actions.complete([task.id], !task.is_completed)} />
      )}
      <div className="min-w-0 grow">
        {isEditing ? (
          <TitleInput title={task.title} onEnd={props.onEditEnd} />
        ) : (
          <button
            type="button"
            dir="auto"
            data-title
            aria-current={isOpen ? 'true' : undefined}
            onClick={(event) => onActivate(task.id, event)}
            className={classes(
              'block w-full text-start break-words after:absolute after:inset-0 after:rounded-md focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-accent',
              task.is_completed && 'text-muted line-through',
            )}
          >
            {markTitle?.(task.title) ?? task.title}
          </button>
        )}
        <Meta {...props} />
      </div>
      {hasActions && <RowActions task={task} can={can} actions={actions} />}
    </div>
  )
})

function Meta({ task, now, tags, progress, parentTitle, state, isDayShown }: Props) {
  const t = useText()
  const own = task.tags.flatMap((id) => tags.get(id) ?? [])
  const isEmpty = !(
    (isDayShown ? task.due_date : task.due_time || task.recurring_task_id) ||
    own.length ||
    progress ||
    parentTitle ||
    task.description ||
    state !== 'sent'
  )
  if (isEmpty) return null
  return (
    <div className="mt-0.5 flex flex-wrap items-center gap-x-3 gap-y-0.5 text-sm text-muted">
      {state !== 'sent' && <State state={state} />}
      <DueLabel task={task} now={now} isDayShown={isDayShown} />
      {parentTitle && (
        <span className="inline-flex max-w-56 items-center gap-1" title={t.tasks.partOf(parentTitle)}>
          <CornerDownRight size={13} aria-hidden className="shrink-0 rtl:-scale-x-100" />
          <bdi className="truncate">{parentTitle}</bdi>
        </span>
      )}
      {progress && (
        <span className="inline-flex items-center gap-1" title={t.tasks.parts(progress.done, progress.all)}>
          <ListChecks size={13} aria-hidden />
          <span aria-hidden>
            {progress.done}/{progress.all}
          </span>
          <span className="sr-only">{t.tasks.parts(progress.done, progress.all)}</span>
        </span>
      )}
      {task.description && (
        <span title={t.tasks.hasDescription}>
          <AlignLeft size={13} aria-hidden />
          <span className="sr-only">{t.tasks.hasDescription}</span>
        </span>
      )}
      {own.slice(0, SHOWN_TAGS).map((tag) => (
        <TagChip key={tag.id} tag={tag} />
      ))}
      {own.length > SHOWN_TAGS && <span>+{own.length - SHOWN_TAGS}</span>}
    </div>
  )
}

function State({ state }: { state: 'waiting' | 'problem' }) {
  const t = useText()
  const Icon = state === 'waiting' ? CloudUpload : AlertTriangle
  const text = state === 'waiting' ? t.tasks.notSent : t.tasks.needsDecision
  return (
    <span
      className={classes('inline-flex items-center gap-1', state === 'problem' && 'text-danger')}
      title={text}
    >
      <Icon size={13} aria-hidden />
      <span className={state === 'waiting' ? 'sr-only' : undefined}>{text}</span>
    </span>
  )
}
