import type { TaskStats } from '@/client/schema'
import { PRIORITIES } from '@/data/task'
import { classes } from '@/lib/classes'
import { useText } from '@/text/pages'
import { useLocale } from '@/text/text'
import { Plot } from './plot'

const BARS = {
  urgent: 'bg-urgent',
  high: 'bg-high',
  medium: 'bg-medium',
  low: 'bg-low',
  none: 'bg-strong-line',
}

/** A table of which one column is the plot. */
export function OpenByPriority({ stats: { open, open_by_priority: counts } }: { stats: TaskStats }) {
  const t = useText()
  const locale = useLocale()
  const largest = Math.max(1, ...Object.values(counts))
  return (
    <Plot title={t.views.openByPriority}>
      <p className="text-muted">{t.views.prioritySummary(open, counts.urgent)}</p>
      <table className="w-full">
        <thead className="sr-only">
          <tr>
            <th scope="col">{t.tasks.priorities}</th>
            <th scope="col">{t.views.share}</th>
            <th scope="col">{t.views.tasks}</th>
          </tr>
        </thead>
        <tbody>
          {([...PRIORITIES.toReversed(), 'none'] as const).map((name) => (
            <tr key={name}>
              <th scope="row" className="w-0 py-1 pe-4 text-start font-normal whitespace-nowrap">
                {name === 'none' ? t.tasks.noPriority : t.tasks.priority[name]}
              </th>
              <td className="py-1">
                <div className="h-5 rounded-sm bg-sunken">
                  <div
                    className={classes('h-full min-w-px rounded-sm', BARS[name])}
                    style={{ width: `${(100 * counts[name]) / largest}%` }}
                  />
                </div>
                <span className="sr-only">
                  {(counts[name] / Math.max(1, open)).toLocaleString(locale, { style: 'percent' })}
                </span>
              </td>
              <td className="w-0 py-1 ps-4 text-end tabular-nums">{counts[name].toLocaleString(locale)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Plot>
  )
}
