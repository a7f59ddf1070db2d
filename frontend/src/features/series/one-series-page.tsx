import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { ArrowLeft } from 'lucide-react'
import { useState } from 'react'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { useAttempt } from '@/components/ui/use-attempt'
import { useNow, useWorkspace } from '@/data/hooks'
import { Page } from '@/features/shell/page'
import { TagChip } from '@/features/tasks/tag-chip'
import { formatDay, formatTime } from '@/lib/dates'
import { toast } from '@/lib/toasts'
import { faultOf } from '@/text/explain'
import { useText } from '@/text/pages'
import { useLocale } from '@/text/text'
import { changeSeries, deleteSeries } from './changes'
import { templateOf } from './difference'
import { type Series, useInstances, useNextDates, useSeries } from './queries'
import { RuleDialog } from './rule-dialog'
import { Dates } from './rule-preview'
import { sentence, useRuleWords } from './rule-words'
import { SeriesHistory } from './series-history'
import { SeriesState } from './series-page'
import { streakOf } from './streak'
import { TemplateDialog } from './template-dialog'
import { useSkip } from './use-skip'

export function OneSeriesPage() {
  const t = useText()
  const locale = useLocale()
  const { seriesId = '' } = useParams({ strict: false })
  const { data: series, error } = useSeries(seriesId)
  return (
    <Page title={series?.title ?? t.app.series}>
      <Link
        to="/series"
        className="mb-4 inline-flex items-center gap-1.5 rounded-sm text-sm text-muted hover:underline"
      >
        <ArrowLeft size={16} aria-hidden className="rtl:-scale-x-100" />
        {t.series.all}
      </Link>
      <Alert>{error && faultOf(error, t, locale)}</Alert>
      {series && <OneSeries series={series} />}
    </Page>
  )
}

function OneSeries({ series }: { series: Series }) {
  const t = useText()
  return (
    <div className="flex flex-col gap-8">
      <Template series={series} />
      <Actions series={series} />
      <section className="flex flex-col gap-2">
        <h2 className="font-semibold">{t.series.next}</h2>
        <Upcoming series={series} />
      </section>
      <section className="flex flex-col gap-2">
        <h2 className="font-semibold">{t.series.history}</h2>
        <History series={series} />
      </section>
    </div>
  )
}

function Template({ series }: { series: Series }) {
  const t = useText()
  const now = useNow()
  const locale = useLocale()
  const words = useRuleWords()
  const { priority } = templateOf(series)
  const rule = sentence(words(series.rrule, series.rrule_description))
  const time = series.due_time === null ? '' : `, ${formatTime(series.due_time, locale)}`
  const zone = series.timezone === now.zone ? '' : ` (${series.timezone})`
  return (
    <div className="flex flex-col gap-2">
      <p className="text-lg">
        {rule + time + zone} · <SeriesState series={series} />
      </p>
      <p className="flex flex-wrap gap-x-4 text-sm text-muted">
        <span>{t.series.starts(formatDay(series.start_date, locale, { dateStyle: 'medium' }))}</span>
        <span>{t.series.modes[series.mode]}</span>
        {priority && <span>{t.tasks.priorityOf(t.tasks.priority[priority])}</span>}
        {series.tags.map((tag) => (
          <TagChip key={tag.id} tag={tag} />
        ))}
      </p>
      {series.description && (
        <p dir="auto" className="whitespace-pre-wrap [overflow-wrap:anywhere]">
          {series.description}
        </p>
      )}
    </div>
  )
}

function Actions({ series }: { series: Series }) {
  const t = useText()
  const locale = useLocale()
  const workspace = useWorkspace()
  const { run, wrong, isBusy } = useAttempt()
  const [shown, setShown] = useState<'template' | 'rule' | 'delete' | null>(null)
  const hide = () => setShown(null)
  const { next_date } = series
  const skip = useSkip(series.id)
  const pause = async () => {
    await changeSeries(workspace, series.id, { is_active: !series.is_active })
    toast(series.is_active ? t.series.wasPaused : t.series.wasResumed)
  }
  return (
    <div className="flex flex-wrap gap-2">
      <Button disabled={isBusy} onClick={() => setShown('template')}>
        {t.series.edit}
      </Button>
      <Button disabled={isBusy} onClick={() => setShown('rule')}>
        {t.series.changeRule}
      </Button>
      <Button disabled={isBusy} onClick={() => run(pause)}>
        {series.is_active ? t.series.pause : t.series.resume}
      </Button>
      {next_date !== null && (
        <Button disabled={isBusy} onClick={() => run(() => skip(next_date))}>
          {t.series.skipDate(formatDay(next_date, locale, { day: 'numeric', month: 'short' }))}
        </Button>
      )}
      <Button look="danger" disabled={isBusy} onClick={() => setShown('delete')}>
        {t.series.delete}
      </Button>
      <Alert className="w-full">{wrong.fault}</Alert>
      {shown === 'template' && <TemplateDialog series={series} onClose={hide} />}
      {shown === 'rule' && <RuleDialog series={series} onClose={hide} />}
      {shown === 'delete' && <DeleteDialog series={series} onClose={hide} />}
    </div>
  )
}

function DeleteDialog({ series, onClose }: { series: Series; onClose: () => void }) {
  const t = useText()
  const navigate = useNavigate()
  const workspace = useWorkspace()
  const { run, wrong, isBusy } = useAttempt()
  const remove = async () => {
    await deleteSeries(workspace, series.id)
    await navigate({ to: '/series' })
    toast(t.series.deleted)
  }
  return (
    <Dialog title={t.series.delete} onClose={onClose}>
      <p>{t.series.deleteText}</p>
      <Alert className="mt-3">{wrong.fault}</Alert>
      <div className="flex justify-end gap-2 pt-5">
        <Button onClick={onClose}>{t.app.cancel}</Button>
        <Button look="danger" disabled={isBusy} onClick={() => run(remove)}>
          {t.app.delete}
        </Button>
      </div>
    </Dialog>
  )
}

function Upcoming({ series }: { series: Series }) {
  const t = useText()
  const days = useNextDates(series, series.next_date ?? series.start_date)
  const isOver = !series.is_active || series.next_date === null
  return <Dates days={isOver ? [] : days} label={t.series.next} />
}

function History({ series }: { series: Series }) {
  const t = useText()
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = useInstances(series.id)
  if (!data) return null
  const instances = data.pages.flatMap((page) => page.items)
  const streak = streakOf(instances).current
  const counts = t.series.counts(series.completed_count, series.skipped_count)
  return (
    <>
      <p className="text-sm text-muted">{streak > 1 ? `${counts} · ${t.series.streak(streak)}` : counts}</p>
      <SeriesHistory instances={instances} />
      {hasNextPage && (
        <Button className="self-start" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t.app.loadMore}
        </Button>
      )}
    </>
  )
}
