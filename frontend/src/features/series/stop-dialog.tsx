import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { useAttempt } from '@/components/ui/use-attempt'
import { useWorkspace } from '@/data/hooks'
import type { Task } from '@/data/task'
import { toast } from '@/lib/toasts'
import { useText } from '@/text/pages'
import { deleteSeries } from './changes'
import type { Series } from './queries'

interface Props {
  task: Task
  series: Series
  onClose: () => void
  /** The task is in the trash. */
  onGone: () => void
}

/** Ends a series from one of its tasks, which may stay as an ordinary one. */
export function StopDialog({ task, series, onClose, onGone }: Props) {
  const t = useText()
  const workspace = useWorkspace()
  const { run, wrong, isBusy } = useAttempt()
  const stop = (isKept: boolean) =>
    run(async () => {
      await deleteSeries(workspace, series.id, isKept ? task.id : null)
      toast(t.series.stopped)
      if (isKept) onClose()
      else onGone()
    })
  return (
    <Dialog title={t.series.stopTitle} onClose={onClose}>
      <p>{t.series.stopText}</p>
      <Alert className="mt-3">{wrong.fault}</Alert>
      <div className="flex flex-col gap-2 pt-5">
        <Button look="primary" disabled={isBusy} onClick={() => stop(true)}>
          {t.series.stopKeep}
        </Button>
        <Button look="danger" disabled={isBusy} onClick={() => stop(false)}>
          {t.series.stopTrash}
        </Button>
        <Button disabled={isBusy} onClick={onClose}>
          {t.app.cancel}
        </Button>
      </div>
    </Dialog>
  )
}
