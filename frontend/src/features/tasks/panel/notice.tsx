import { Button } from '@/components/ui/button'
import { useSignedIn } from '@/data/hooks'
import type { Task } from '@/data/task'
import { formatInstant } from '@/lib/dates'
import { useText } from '@/text/pages'
import { useLocale } from '@/text/text'
import { useTaskActions } from '../actions'

/** That a task is completed or in the trash, and the way back. */
export function Notice({ task, onClose }: { task: Task; onClose: () => void }) {
  const t = useText()
  const locale = useLocale()
  const actions = useTaskActions()
  const { timezone } = useSignedIn().user
  const when = task.deleted_at ?? task.completed_at
  if (when === null) return null
  const at = formatInstant(when, locale, timezone)
  const ids = [task.id]
  return (
    <div className="flex flex-wrap items-center gap-2 rounded-md bg-sunken p-3 text-sm">
      <p className="grow">{task.deleted_at ? t.details.inTrash(at) : t.details.completedAt(at)}</p>
      {task.deleted_at ? (
        <>
          <Button onClick={() => actions.restore(ids)}>{t.details.restore}</Button>
          <Button
            look="danger"
            onClick={() => {
              actions.removeForGood(ids)
              onClose()
            }}
          >
            {t.details.removeForGood}
          </Button>
        </>
      ) : (
        <Button onClick={() => actions.complete(ids, false)}>{t.details.reopen}</Button>
      )}
    </div>
  )
}
