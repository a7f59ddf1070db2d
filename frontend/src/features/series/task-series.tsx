import { Link, useNavigate } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { useAttempt } from '@/components/ui/use-attempt'
import { useWorkspace } from '@/data/hooks'
import type { Task } from '@/data/task'
import { PanelSection } from '@/features/tasks/panel/section'
import { formatDay } from '@/lib/dates'
import { toast } from '@/lib/toasts'
import { faultOf } from '@/text/explain'
import { useText } from '@/text/pages'
import { useLocale } from '@/text/text'
import { changeSeries } from './changes'
import { OwnChanges } from './own-changes'
import { forgetSeries, type Series, useInstances, useNextDates, useSeries } from './queries'
import { RuleDialog } from './rule-dialog'
import { Dates } from './rule-preview'
import { sentence, useRuleWords } from './rule-words'
import { SeriesHistory } from './series-history'
import { StopDialog } from './stop-dialog'
import { useSkip } from './use-skip'

const SHOWN_HISTORY = 5
const SHOWN_DATES = 6

interface Props {
  task: Task
  seriesId: string
  onClose: () => void
}

/** The series of a task, in its panel. */
export function TaskSeries({ task, seriesId, onClose }: Props) {
  const t = useText()
  const locale = useLocale()
  useSeriesInStep(task)
  const { data: series, error } = useSeries(seriesId)
  return (
    <PanelSection title={t.series.repeats}>
      {series ? (
        <TaskOfSeries task={task} series={series} onClose={onClose} />
      ) : (
        <Alert>{error && faultOf(error, t, locale)}</Alert>
      )}
    </PanelSection>
  )
}

/** The server changes a series with its tasks. */
function useSeriesInStep({ id, version }: Task): void {
  const seen = useRef({ id, version })
  useEffect(() => {
    if (seen.current.version !== version) void forgetSeries()
    seen.current = { id, version }
  }, [id, version])
}

function TaskOfSeries({ task, series, onClose }: { task: Task; series: Series; onClose: () => void }) {
  const t = useText()
  const words = useRuleWords()
  const isOpen = !task.is_completed && task.deleted_at === null
  return (
    <div className="flex flex-col gap-4">
      <p>
        {sentence(words(series.rrule, series.rrule_description))}
        {!series.is_active && <span className="text-muted"> · {t.series.paused}</span>}
      </p>
      {isOpen && <OwnChanges task={task} series={series} />}
      {isOpen ? (
        <Actions task={task} series={series} onClose={onClose} />
      ) : (
        <NextOne task={task} series={series} />
      )}
      <Upcoming task={task} series={series} />
      <PastOnes task={task} series={series} />
    </div>
  )
}

function Actions({ task, series, onClose }: { task: Task; series: Series; onClose: () => void }) {
  const t = useText()
  const navigate = useNavigate()
  const workspace = useWorkspace()
  const { run, wrong, isBusy } = useAttempt()
  const [shown, setShown] = useState<'rule' | 'stop' | null>(null)
  const day = task.occurrence_date
  const skipDay = useSkip(series.id)
  const skip = async () => {
    if (day === null) return
    const next = await skipDay(day)
    if (next === null) onClose()
    else await navigate({ to: '.', search: (before) => ({ ...before, task: next.id }), replace: true })
  }
  const pause = async () => {
    await changeSeries(workspace, series.id, { is_active: !series.is_active })
    toast(series.is_active ? t.series.wasPaused : t.series.wasResumed)
  }
  return (
    <div className="flex flex-wrap gap-2">
      <Button className="text-sm" disabled={isBusy} onClick={() => setShown('rule')}>
        {t.series.changeRule}
      </Button>
      <Button className="text-sm" disabled={isBusy} onClick={() => run(skip)}>
        {t.series.skip}
      </Button>
      <Button className="text-sm" disabled={isBusy} onClick={() => run(pause)}>
        {series.is_active ? t.series.pause : t.series.resume}
      </Button>
      <Button className="text-sm" disabled={isBusy} onClick={() => setShown('stop')}>
        {t.series.stop}
      </Button>
      <Alert className="w-full">{wrong.fault}</Alert>
      {shown === 'rule' && <RuleDialog series={series} from={day} onClose={() => setShown(null)} />}
      {shown === 'stop' && (
        <StopDialog task={task} series={series} onClose={() => setShown(null)} onGone={onClose} />
      )}
    </div>
  )
}

/** From a task that is done or skipped to the one that is open now. */
function NextOne({ task, series }: { task: Task; series: Series }) {
  const t = useText()
  const locale = useLocale()
  const { data } = useInstances(series.id)
  const open = data?.pages
    .flatMap((page) => page.items)
    .findLast((instance) => instance.status === 'open' && instance.task_id !== task.id)
  const next = open?.task_id
  if (!next) return null
  return (
    <Link
      to="."
      search={(before) => ({ ...before, task: next })}
      className="w-fit rounded-sm text-accent underline"
    >
      {t.series.openNext(formatDay(open.occurrence_date, locale, { dateStyle: 'medium' }))}
    </Link>
  )
}

function Upcoming({ task, series }: { task: Task; series: Series }) {
  const t = useText()
  const days = useNextDates(series, task.occurrence_date ?? series.start_date)
  return (
    <div className="flex flex-col gap-1">
      <h4 className="text-sm font-medium">{t.series.next}</h4>
      <Dates days={series.is_active ? days.slice(0, SHOWN_DATES) : []} label={t.series.next} />
    </div>
  )
}

function PastOnes({ task, series }: { task: Task; series: Series }) {
  const t = useText()
  const { data } = useInstances(series.id)
  const past = (data?.pages[0]?.items ?? [])
    .filter((instance) => instance.status !== 'open' && instance.task_id !== task.id)
    .slice(0, SHOWN_HISTORY)
  return (
    <div className="flex flex-col gap-1">
      <div className="flex items-baseline gap-3">
        <h4 className="grow text-sm font-medium">{t.series.history}</h4>
        <Link
          to="/series/$seriesId"
          params={{ seriesId: series.id }}
          className="rounded-sm text-sm text-accent underline"
        >
          {t.series.wholeHistory}
        </Link>
      </div>
      <SeriesHistory instances={past} />
    </div>
  )
}
