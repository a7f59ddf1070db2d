import { Link } from '@tanstack/react-router'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { useNow } from '@/data/hooks'
import { Page } from '@/features/shell/page'
import { formatNear, formatTime } from '@/lib/dates'
import { faultOf } from '@/text/explain'
import { useText } from '@/text/pages'
import { useLocale } from '@/text/text'
import { type Series, useSeriesList } from './queries'
import { sentence, useRuleWords } from './rule-words'

/** Every series, the newest first. */
export function SeriesPage() {
  const t = useText()
  const locale = useLocale()
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage } = useSeriesList()
  const all = data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Page title={t.app.series}>
      {isPending && <Skeleton />}
      <Alert>{error && faultOf(error, t, locale)}</Alert>
      {data && all.length === 0 && <p className="px-2 py-16 text-center text-muted">{t.series.empty}</p>}
      {all.length > 0 && (
        <ul aria-label={t.app.series}>
          {all.map((series) => (
            <SeriesRow key={series.id} series={series} />
          ))}
        </ul>
      )}
      {hasNextPage && (
        <Button className="mt-4" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t.app.loadMore}
        </Button>
      )}
    </Page>
  )
}

function SeriesRow({ series }: { series: Series }) {
  const t = useText()
  const locale = useLocale()
  const words = useRuleWords()
  const time = series.due_time === null ? '' : `, ${formatTime(series.due_time, locale)}`
  return (
    <li className="relative rounded-md border-b border-line px-2 py-2.5 hover:bg-hover/60">
      <Link
        to="/series/$seriesId"
        params={{ seriesId: series.id }}
        dir="auto"
        className="block break-words after:absolute after:inset-0 after:rounded-md focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-accent"
      >
        {series.title}
      </Link>
      <div className="flex flex-wrap gap-x-4 text-sm text-muted">
        <span>{sentence(words(series.rrule, series.rrule_description)) + time}</span>
        <SeriesState series={series} />
        <span>{t.series.counts(series.completed_count, series.skipped_count)}</span>
      </div>
    </li>
  )
}

/** Its next date; or that it is paused or has ended. */
export function SeriesState({ series }: { series: Series }) {
  const t = useText()
  const now = useNow()
  const locale = useLocale()
  if (!series.is_active) return <span className="font-medium text-warning">{t.series.paused}</span>
  if (series.next_date === null) return <span>{t.series.ended}</span>
  return <span>{t.series.nextOn(formatNear(series.next_date, now.day, locale, t.tasks))}</span>
}

function Skeleton() {
  const t = useText()
  return (
    <div role="status" aria-label={t.app.loading} className="flex animate-pulse flex-col gap-4 px-2 py-3">
      {[1, 2, 3].map((line) => (
        <div key={line} className="h-8 rounded-sm bg-hover" />
      ))}
    </div>
  )
}
