import { useNavigate } from '@tanstack/react-router'
import { useRef } from 'react'
import { Dialog } from '@/components/ui/dialog'
import { useAttempt } from '@/components/ui/use-attempt'
import { useNow, useReplica, useWorkspace } from '@/data/hooks'
import type { Task } from '@/data/task'
import { toast } from '@/lib/toasts'
import { uuidv7 } from '@/lib/uuid'
import { useText } from '@/text/pages'
import { makeRecurring, type Recurrence } from './changes'
import { RecurrenceEditor } from './recurrence-editor'
import { firstOf, ruleOf } from './rrule-form'

/** Makes an ordinary task the first of a series. */
export function RepeatDialog({ task, onClose }: { task: Task; onClose: () => void }) {
  const t = useText()
  const now = useNow()
  const navigate = useNavigate()
  const workspace = useWorkspace()
  const { run, wrong, isBusy } = useAttempt()
  const seriesId = useRef<string>(undefined)
  const start = task.due_date ?? now.day
  const repeat = async (recurrence: Recurrence) => {
    seriesId.current ??= uuidv7()
    const first = await makeRecurring(workspace, task, { ...recurrence, start_date: start }, seriesId.current)
    toast(first === null ? t.series.notMade : t.series.madeRepeat)
    onClose()
    if (first === null) return
    await navigate({ to: '.', search: (before) => ({ ...before, task: first.id }), replace: true })
  }
  return (
    <Dialog title={t.series.repeat} onClose={onClose}>
      <RecurrenceEditor
        initial={{
          rrule: ruleOf({ interval: 1, repetition: firstOf('week', start), end: { kind: 'never' } }),
          mode: 'schedule',
          missed: 'skip',
        }}
        start={start}
        dueTime={task.due_time}
        zone={task.timezone ?? now.zone}
        submit={t.series.makeRepeat}
        isBusy={isBusy}
        fault={wrong.fault}
        onSubmit={(recurrence) => run(() => repeat(recurrence))}
      >
        <Consequences task={task} />
      </RecurrenceEditor>
    </Dialog>
  )
}

function Consequences({ task }: { task: Task }) {
  const t = useText()
  const { replica } = useWorkspace()
  const hasParts = useReplica((data) => [...data.tasks()].some((part) => part.parent_id === task.id))
  const parent = task.parent_id === null ? null : replica.task(task.parent_id)
  return (
    <p className="text-sm text-muted">
      {t.series.becomes.series} {hasParts && t.series.becomes.parts}{' '}
      {parent && t.series.becomes.part(parent.title)}
    </p>
  )
}
