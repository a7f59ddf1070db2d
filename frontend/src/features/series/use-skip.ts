import { useWorkspace } from '@/data/hooks'
import type { Task } from '@/data/task'
import { useTaskActions } from '@/features/tasks/actions'
import { formatDay } from '@/lib/dates'
import type { Day } from '@/lib/days'
import { toast } from '@/lib/toasts'
import { useText } from '@/text/pages'
import { useLocale } from '@/text/text'
import { skipDate } from './changes'
import { forgetSeries } from './queries'

/** Skips a date of a series, and offers to undo that: a date follows its task, so it is open again with it. */
export function useSkip(seriesId: string): (day: Day) => Promise<Task | null> {
  const t = useText()
  const locale = useLocale()
  const workspace = useWorkspace()
  const actions = useTaskActions()
  return async (day) => {
    const skipped = [...workspace.replica.tasks()].find(
      (task) => task.recurring_task_id === seriesId && task.occurrence_date === day,
    )
    const next = await skipDate(workspace, seriesId, day)
    const undo = (id: string) => {
      actions.restore([id])
      void workspace.work().then(forgetSeries)
    }
    toast(
      t.series.skipped(formatDay(day, locale, { dateStyle: 'medium' })),
      skipped && { action: { label: t.app.undo, run: () => undo(skipped.id) } },
    )
    return next
  }
}
