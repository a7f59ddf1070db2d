import { X } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { IconButton } from '@/components/ui/button'
import { useSignedIn } from '@/data/hooks'
import type { Task } from '@/data/task'
import { formatInstant } from '@/lib/dates'
import { useText } from '@/text/pages'
import { useLocale } from '@/text/text'
import { useTaskActions } from '../actions'
import { TaskCheck } from '../check'
import { Description } from './description'
import { PanelHeader } from './header'
import { Notice } from './notice'
import { Parts } from './parts'
import { Properties } from './properties'
import { TitleField } from './title-field'
import { useStoredTask } from './use-stored-task'

const TaskSeries = lazy(() =>
  import('@/features/series/task-series').then((module) => ({ default: module.TaskSeries })),
)

export function PanelContent({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useText()
  const stored = useStoredTask(id)
  if (stored.task !== null) return <Details task={stored.task} onClose={onClose} />
  return (
    <div className="p-5">
      <div className="flex justify-end">
        <IconButton label={t.app.close} onClick={onClose}>
          <X size={18} />
        </IconButton>
      </div>
      {stored.state === 'loading' ? <Skeleton /> : <p role="status">{t.details[NOTES[stored.state]]}</p>}
    </div>
  )
}

const NOTES = { missing: 'notFound', away: 'away' } as const

function Details({ task, onClose }: { task: Task; onClose: () => void }) {
  const actions = useTaskActions()
  const isInTrash = task.deleted_at !== null
  return (
    <div className="flex min-h-full flex-col gap-5 px-5 pt-3 pb-6">
      <PanelHeader task={task} onClose={onClose} />
      <Notice task={task} onClose={onClose} />
      <fieldset disabled={isInTrash} className="flex min-w-0 flex-col gap-5">
        <div className="flex items-start gap-3">
          <span className="pt-1">
            <TaskCheck task={task} onToggle={() => actions.complete([task.id], !task.is_completed)} />
          </span>
          <TitleField task={task} />
        </div>
        <Properties task={task} />
        <Description task={task} />
        <Parts task={task} />
        {task.recurring_task_id !== null && (
          <Suspense fallback={<Skeleton />}>
            <TaskSeries task={task} seriesId={task.recurring_task_id} onClose={onClose} />
          </Suspense>
        )}
      </fieldset>
      <Times task={task} />
    </div>
  )
}

function Times({ task }: { task: Task }) {
  const t = useText()
  const locale = useLocale()
  const { timezone } = useSignedIn().user
  const created = t.details.created(formatInstant(task.created_at, locale, timezone))
  const changed = t.details.changed(formatInstant(task.updated_at, locale, timezone))
  return (
    <p className="mt-auto text-xs text-muted">
      {task.version === 0 ? t.details.notSent : `${created}, ${changed}`}
    </p>
  )
}

function Skeleton() {
  const t = useText()
  return (
    <div role="status" aria-label={t.app.loading} className="flex animate-pulse flex-col gap-3 py-2">
      <div className="h-6 w-3/4 rounded-sm bg-hover" />
      <div className="h-4 w-1/2 rounded-sm bg-hover" />
      <div className="h-4 w-2/3 rounded-sm bg-hover" />
    </div>
  )
}
