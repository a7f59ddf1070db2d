import { useNavigate, useSearch } from '@tanstack/react-router'
import type { TaskStats } from '@/client/schema'
import { Button } from '@/components/ui/button'
import { Page } from '@/features/shell/page'
import { classes } from '@/lib/classes'
import { useText } from '@/text/pages'
import { useLocale } from '@/text/text'
import { CompletedPerDay } from './completed-per-day'
import { OpenByPriority } from './open-by-priority'
import { useTaskStats } from './queries'
import { DEFAULT_DAYS, PERIODS } from './search'
import { Streaks } from './streaks-table'

export function StatsPage() {
  const t = useText()
  const { days = DEFAULT_DAYS } = useSearch({ strict: false })
  const navigate = useNavigate()
  const { data, isError, isPlaceholderData, refetch } = useTaskStats(days)
  return (
    <Page
      title={t.app.stats}
      menus={
        <div
          role="radiogroup"
          aria-label={t.views.period}
          className="flex rounded-md border border-line p-0.5"
        >
          {PERIODS.map((period) => (
            <label
              key={period}
              className={classes(
                'flex min-h-8 cursor-pointer items-center rounded-sm px-2.5 text-sm has-focus-visible:outline-2 has-focus-visible:outline-accent pointer-coarse:min-h-11',
                period === days ? 'bg-accent-soft font-semibold' : 'text-muted hover:bg-hover',
              )}
            >
              <input
                type="radio"
                name="period"
                className="sr-only"
                checked={period === days}
                onChange={() => void navigate({ to: '/stats', search: { days: period }, replace: true })}
              />
              {t.views.lastDays(period)}
            </label>
          ))}
        </div>
      }
    >
      {isError && data !== undefined && (
        <p role="status" className="mb-3 rounded-md bg-warning-soft px-3 py-2 text-sm">
          {t.views.statsOld}
        </p>
      )}
      {data === undefined ? (
        isError ? (
          <div role="alert" className="flex flex-col items-center gap-3 px-2 py-16 text-center text-muted">
            {t.views.statsFailed}
            <Button onClick={() => void refetch()}>{t.app.retry}</Button>
          </div>
        ) : (
          <div role="status" aria-label={t.app.loading} className="h-96 animate-pulse rounded-lg bg-sunken" />
        )
      ) : (
        <div className={classes('flex flex-col gap-12', isPlaceholderData && 'opacity-60')}>
          <Totals stats={data} />
          <CompletedPerDay stats={data} />
          <OpenByPriority stats={data} />
          <Streaks />
        </div>
      )}
    </Page>
  )
}

const TOTALS = ['open', 'due_today', 'overdue', 'completed_total'] as const

function Totals({ stats }: { stats: TaskStats }) {
  const t = useText()
  const locale = useLocale()
  return (
    <dl className="grid pt-2 grid-cols-2 gap-y-4 sm:grid-cols-4">
      {TOTALS.map((name) => (
        <div key={name} className="flex flex-col-reverse border-s-2 border-line ps-3">
          <dt className="text-sm text-muted">{t.views.totals[name]}</dt>
          <dd
            className={classes(
              'text-2xl font-bold tabular-nums',
              name === 'overdue' && stats.overdue > 0 && 'text-danger',
            )}
          >
            {stats[name].toLocaleString(locale)}
          </dd>
        </div>
      ))}
    </dl>
  )
}
