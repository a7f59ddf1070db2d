import { Link } from '@tanstack/react-router'
import { Check, Circle, type LucideIcon, SkipForward } from 'lucide-react'
import { useSignedIn } from '@/data/hooks'
import { classes } from '@/lib/classes'
import { formatDay, formatInstant } from '@/lib/dates'
import { useText } from '@/text/pages'
import { useLocale } from '@/text/text'
import type { Instance } from './queries'

const ICONS: Record<Instance['status'], LucideIcon> = { open: Circle, completed: Check, skipped: SkipForward }
const LINE = 'flex min-h-9 items-center gap-3 rounded-md px-2 -mx-2 pointer-coarse:min-h-11'

/** What became of dates. Those whose tasks are there still lead to them. */
export function SeriesHistory({ instances }: { instances: Instance[] }) {
  const t = useText()
  if (instances.length === 0) return <p className="text-sm text-muted">{t.series.noHistory}</p>
  return (
    <ul aria-label={t.series.history} className="flex flex-col text-sm">
      {instances.map((instance) => (
        <li key={instance.occurrence_date}>
          <Entry instance={instance} />
        </li>
      ))}
    </ul>
  )
}

function Entry({ instance }: { instance: Instance }) {
  const { task_id } = instance
  if (task_id === null) {
    return (
      <div className={LINE}>
        <Line instance={instance} />
      </div>
    )
  }
  return (
    <Link
      to="."
      search={(before) => ({ ...before, task: task_id })}
      className={classes(LINE, 'hover:bg-hover')}
    >
      <Line instance={instance} />
    </Link>
  )
}

function Line({ instance: { status, occurrence_date, closed_at } }: { instance: Instance }) {
  const t = useText()
  const locale = useLocale()
  const { timezone } = useSignedIn().user
  const Icon = ICONS[status]
  return (
    <>
      <Icon size={14} aria-hidden className={status === 'completed' ? 'text-accent' : 'text-muted'} />
      <time dateTime={occurrence_date} className="grow">
        {formatDay(occurrence_date, locale, {
          weekday: 'short',
          day: 'numeric',
          month: 'short',
          year: 'numeric',
        })}
      </time>
      <span className="text-muted" title={closed_at ? formatInstant(closed_at, locale, timezone) : undefined}>
        {t.series.status[status]}
      </span>
    </>
  )
}
