import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { useAttempt } from '@/components/ui/use-attempt'
import { useWorkspace } from '@/data/hooks'
import type { Task } from '@/data/task'
import { toast } from '@/lib/toasts'
import { useText } from '@/text/pages'
import { currentLanguage } from '@/text/text'
import { changeSeries } from './changes'
import { ownOf, type Template } from './difference'
import type { Series } from './queries'

/** What was changed for one task only, and the choice to change it for the others too. */
export function OwnChanges({ task, series }: { task: Task; series: Series }) {
  const t = useText()
  const language = currentLanguage()
  const workspace = useWorkspace()
  const { run, wrong, isBusy } = useAttempt()
  const own = ownOf(task, series)
  if (own === null) return null
  const names = Object.keys(own).map((name) => t.series.fields[name as keyof Template])
  const apply = (from: string | null) =>
    run(async () => {
      await changeSeries(workspace, series.id, own, from)
      toast(t.series.applied)
    })
  return (
    <div className="flex flex-col gap-2 rounded-md bg-accent-soft p-3 text-sm">
      <p role="status">{t.series.differs(new Intl.ListFormat(language).format(names))}</p>
      <fieldset aria-label={t.series.applyTo} className="flex flex-wrap items-center gap-2">
        <span aria-hidden>{t.series.applyTo}</span>
        <Button className="text-sm" disabled={isBusy} onClick={() => apply(task.occurrence_date)}>
          {t.series.scopes.future}
        </Button>
        <Button className="text-sm" disabled={isBusy} onClick={() => apply(null)}>
          {t.series.scopes.all}
        </Button>
      </fieldset>
      <Alert>{wrong.fault}</Alert>
    </div>
  )
}
