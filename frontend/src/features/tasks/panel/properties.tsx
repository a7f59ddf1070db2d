import { CalendarDays, Flag, Hash, type LucideIcon, Plus, Repeat } from 'lucide-react'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { useNow, useTagsById } from '@/data/hooks'
import type { Task } from '@/data/task'
import { isOverdue } from '@/data/views'
import { classes } from '@/lib/classes'
import { useText } from '@/text/pages'
import { useTaskActions } from '../actions'
import { useDueText } from '../due'
import { DuePopover, PRIORITY_INK, PriorityPopover, TagsPopover } from '../pickers'
import { TagChip } from '../tag-chip'

const RepeatDialog = lazy(() =>
  import('@/features/series/repeat-dialog').then((module) => ({ default: module.RepeatDialog })),
)

const VALUE =
  'inline-flex min-h-8 max-w-full items-center gap-1.5 rounded-md px-2 text-start hover:bg-hover pointer-coarse:min-h-11'

/** When, how urgent, about what. */
export function Properties({ task }: { task: Task }) {
  const canRepeat = task.recurring_task_id === null && !task.is_completed && task.deleted_at === null
  return (
    <dl className="-my-1 grid grid-cols-[max-content_1fr] items-start gap-x-4 gap-y-0.5">
      <DueProperty task={task} />
      <PriorityProperty task={task} />
      <TagsProperty task={task} />
      {canRepeat && <RepeatProperty task={task} />}
    </dl>
  )
}

function Property({ icon: Icon, name, children }: { icon: LucideIcon; name: string; children: ReactNode }) {
  return (
    <>
      <dt className="flex min-h-8 items-center gap-2 text-sm text-muted pointer-coarse:min-h-11">
        <Icon size={15} aria-hidden />
        {name}
      </dt>
      <dd className="flex min-w-0 flex-wrap items-center gap-x-2">{children}</dd>
    </>
  )
}

function DueProperty({ task }: { task: Task }) {
  const t = useText()
  const now = useNow()
  const actions = useTaskActions()
  const text = useDueText(task, now)
  const isElsewhere = task.due_time !== null && task.timezone !== null && task.timezone !== now.zone
  return (
    <Property icon={CalendarDays} name={t.details.due}>
      <DuePopover
        due={task}
        onChange={(patch) => actions.edit([task.id], patch)}
        trigger={{
          'aria-label': `${t.details.due}: ${text ?? t.tasks.noDate}`,
          className: classes(VALUE, text === null ? 'text-muted' : isOverdue(task, now) && 'text-danger'),
          children: text ?? t.tasks.noDate,
        }}
      />
      {isElsewhere && task.timezone && (
        <span className="px-2 text-sm text-muted">{t.details.zone(task.timezone)}</span>
      )}
    </Property>
  )
}

function PriorityProperty({ task }: { task: Task }) {
  const t = useText()
  const actions = useTaskActions()
  const { priority } = task
  const name = priority ? t.tasks.priority[priority] : t.tasks.noPriority
  return (
    <Property icon={Flag} name={t.details.priority}>
      <PriorityPopover
        priority={priority}
        onChange={(chosen) => actions.edit([task.id], { priority: chosen })}
        trigger={{
          'aria-label': t.tasks.priorityOf(name),
          className: classes(VALUE, priority ? PRIORITY_INK[priority] : 'text-muted'),
          children: name,
        }}
      />
    </Property>
  )
}

function TagsProperty({ task }: { task: Task }) {
  const t = useText()
  const actions = useTaskActions()
  const tags = useTagsById()
  const own = task.tags.flatMap((id) => tags.get(id) ?? [])
  return (
    <Property icon={Hash} name={t.app.tags}>
      {own.length > 0 && (
        <ul className="flex min-w-0 flex-wrap gap-x-3 gap-y-1 ps-2">
          {own.map((tag) => (
            <li key={tag.id}>
              <TagChip tag={tag} />
            </li>
          ))}
        </ul>
      )}
      <TagsPopover
        tags={task.tags}
        onChange={(chosen) => actions.edit([task.id], { tags: chosen })}
        trigger={{
          'aria-label': t.tasks.setTags,
          title: t.tasks.setTags,
          className: classes(VALUE, 'text-muted'),
          children: <Plus size={16} />,
        }}
      />
    </Property>
  )
}

function RepeatProperty({ task }: { task: Task }) {
  const t = useText()
  const [isOpen, setOpen] = useState(false)
  return (
    <Property icon={Repeat} name={t.series.repeat}>
      <button
        type="button"
        aria-haspopup="dialog"
        aria-label={`${t.series.repeat}: ${t.series.doesNotRepeat}`}
        className={classes(VALUE, 'text-muted')}
        onClick={() => setOpen(true)}
      >
        {t.series.doesNotRepeat}
      </button>
      {isOpen && (
        <Suspense>
          <RepeatDialog task={task} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </Property>
  )
}
