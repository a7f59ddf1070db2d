import { useText } from '@/text/pages'
import { useLocale } from '@/text/text'
import { Plot } from './plot'
import { useStreaks } from './queries'

/** A table of which two columns are bars. */
export function Streaks() {
  const t = useText()
  const { streaks, count, isPending, isError } = useStreaks()
  const largest = Math.max(1, ...streaks.map((streak) => streak.longest))
  return (
    <Plot title={t.views.streaks}>
      {isError && <p role="alert">{t.views.statsFailed}</p>}
      {isPending && !isError && (
        <div role="status" aria-label={t.app.loading} className="h-24 animate-pulse rounded-lg bg-sunken" />
      )}
      {!isPending && !isError && streaks.length === 0 && <p className="text-muted">{t.views.streaksEmpty}</p>}
      {streaks.length > 0 && (
        <>
          <p className="text-muted">
            {t.views.streaksNote} {count > streaks.length && t.views.streaksOf(streaks.length, count)}
          </p>
          <table className="w-full">
            <thead>
              <tr className="text-sm text-muted">
                <th scope="col" className="w-2/5 py-1 text-start font-normal">
                  {t.views.seriesName}
                </th>
                <th scope="col" className="py-1 text-start font-normal">
                  {t.views.currentStreak}
                </th>
                <th scope="col" className="py-1 text-start font-normal">
                  {t.views.longestStreak}
                </th>
                <th scope="col" className="py-1 text-end font-normal">
                  {t.views.doneInAll}
                </th>
              </tr>
            </thead>
            <tbody>
              {streaks.map(({ series, current, longest }) => (
                <tr key={series.id} className="border-t border-line">
                  <th scope="row" dir="auto" className="py-1.5 pe-3 text-start font-normal break-words">
                    {series.title}
                  </th>
                  <td className="py-1.5 pe-3">
                    <Bar value={current} largest={largest} look="bg-accent" />
                  </td>
                  <td className="py-1.5 pe-3">
                    <Bar value={longest} largest={largest} look="bg-strong-line" />
                  </td>
                  <td className="py-1.5 text-end tabular-nums">{series.completed_count}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </Plot>
  )
}

function Bar({ value, largest, look }: { value: number; largest: number; look: string }) {
  return (
    <span className="flex items-center gap-2 tabular-nums">
      <span className="w-6 text-end">{value.toLocaleString(useLocale())}</span>
      <span aria-hidden className="h-2 grow">
        <span
          className={`block h-full rounded-full ${look}`}
          style={{ width: `${(100 * value) / largest}%` }}
        />
      </span>
    </span>
  )
}
