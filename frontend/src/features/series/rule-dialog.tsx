import { useId, useState } from 'react'
import { Dialog } from '@/components/ui/dialog'
import { useAttempt } from '@/components/ui/use-attempt'
import { useWorkspace } from '@/data/hooks'
import type { Day } from '@/lib/days'
import { toast } from '@/lib/toasts'
import { useText } from '@/text/pages'
import { changeSeries, type Recurrence } from './changes'
import type { Series } from './queries'
import { RecurrenceEditor } from './recurrence-editor'

type Scope = 'future' | 'all'

interface Props {
  series: Series
  /** The date of the task that it is changed from: the change may begin with it. */
  from?: Day | null
  onClose: () => void
}

/** Another rule for a series. */
export function RuleDialog({ series, from = null, onClose }: Props) {
  const t = useText()
  const workspace = useWorkspace()
  const { run, wrong, isBusy } = useAttempt()
  const [scope, setScope] = useState<Scope>(from === null ? 'all' : 'future')
  const begin = scope === 'future' ? from : null
  const save = async (recurrence: Recurrence) => {
    const changed = differing(series, recurrence)
    if (changed !== null) {
      await changeSeries(workspace, series.id, changed, begin)
      toast(t.series.changed)
    }
    onClose()
  }
  return (
    <Dialog title={t.series.changeRule} onClose={onClose}>
      <RecurrenceEditor
        initial={series}
        start={begin ?? series.start_date}
        dueTime={series.due_time}
        zone={series.timezone}
        submit={t.app.save}
        isBusy={isBusy}
        fault={wrong.fault}
        onSubmit={({ rrule, mode, missed }) => run(() => save({ rrule, mode, missed }))}
      >
        {from !== null && <ScopeChoice scope={scope} onChange={setScope} />}
      </RecurrenceEditor>
    </Dialog>
  )
}

function ScopeChoice({ scope, onChange }: { scope: Scope; onChange: (scope: Scope) => void }) {
  const t = useText()
  const name = useId()
  return (
    <fieldset>
      <legend className="pb-1 text-sm font-medium">{t.series.scope}</legend>
      {(['future', 'all'] as const).map((choice) => (
        <label key={choice} className="flex min-h-8 items-center gap-2 pointer-coarse:min-h-11">
          <input
            type="radio"
            name={name}
            checked={scope === choice}
            onChange={() => onChange(choice)}
            className="size-4"
          />
          {t.series.scopes[choice]}
        </label>
      ))}
      <p className="text-sm text-muted">{t.series.scopeHint}</p>
    </fieldset>
  )
}

function differing(series: Series, recurrence: Recurrence): Partial<Recurrence> | null {
  const names = (['rrule', 'mode', 'missed'] as const).filter((name) => series[name] !== recurrence[name])
  return names.length === 0 ? null : Object.fromEntries(names.map((name) => [name, recurrence[name]]))
}
