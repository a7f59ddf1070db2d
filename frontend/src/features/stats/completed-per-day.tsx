import type { TaskStats } from '@/client/schema'
import { formatDay } from '@/lib/dates'
import { useText } from '@/text/pages'
import { useLocale } from '@/text/text'
import { DayChart } from './day-chart'
import { Plot } from './plot'

export function CompletedPerDay({ stats: { completed_per_day: days } }: { stats: TaskStats }) {
  const t = useText()
  const locale = useLocale()
  const total = days.reduce((sum, day) => sum + day.count, 0)
  const average = total / days.length
  const mean = average.toLocaleString(locale, { maximumFractionDigits: 1 })
  const best = days.reduce(
    (one, other) => (other.count > one.count ? other : one),
    days[0] ?? { date: '', count: 0 },
  )
  const name = (date: string) => formatDay(date, locale, { weekday: 'long', day: 'numeric', month: 'long' })
  return (
    <Plot title={t.views.completedPerDay}>
      <p className="text-muted">
        {t.views.completedSummary(total, days.length, mean)}
        {best.count > 0 && ` ${t.views.bestDay(name(best.date), best.count)}`}
      </p>
      <DayChart days={days} average={average} label={t.views.completedPerDay} />
      {average > 0 && (
        <p aria-hidden className="flex items-center gap-2 text-xs text-muted">
          <span className="w-6 border-t border-dashed border-muted" />
          {t.views.average(mean)}
        </p>
      )}
      <details className="text-sm">
        <summary className="inline-block rounded-sm py-1 text-muted underline">{t.views.asTable}</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
        <section tabIndex={0} aria-label={t.views.completedPerDay} className="max-h-80 overflow-auto">
          <table className="w-full max-w-sm">
            <thead>
              <tr className="text-start text-muted">
                <th scope="col" className="py-1 text-start font-normal">
                  {t.views.day}
                </th>
                <th scope="col" className="py-1 text-end font-normal">
                  {t.views.tasks}
                </th>
              </tr>
            </thead>
            <tbody>
              {days.toReversed().map((day) => (
                <tr key={day.date} className="border-t border-line">
                  <th scope="row" className="py-1 text-start font-normal">
                    {name(day.date)}
                  </th>
                  <td className="py-1 text-end tabular-nums">{day.count.toLocaleString(locale)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </details>
    </Plot>
  )
}
