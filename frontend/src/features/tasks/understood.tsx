import { CalendarDays, Flag, Repeat } from 'lucide-react'
import type { QuickAddUnderstood } from '@/client/schema'
import { useNow, useTags } from '@/data/hooks'
import { formatNear, formatTime } from '@/lib/dates'
import { useLocale, useText } from '@/text/text'
import { PRIORITY_INK } from './pickers'
import { TagDot } from './tag-chip'

/** In words what a line of quick add will become. */
export function Understood({ meaning }: { meaning: QuickAddUnderstood }) {
  const t = useText()
  const locale = useLocale()
  const now = useNow()
  const tags = useTags()
  const { due_date, due_time, priority, rrule_description } = meaning
  if (!due_date && !priority && meaning.tags.length === 0 && !rrule_description) return null
  return (
    <p aria-live="polite" className="flex flex-wrap gap-x-4 gap-y-1">
      <span className="sr-only">{t.tasks.understood}:</span>
      {due_date && (
        <span className="inline-flex items-center gap-1">
          <CalendarDays size={14} aria-hidden />
          {formatNear(due_date, now.day, locale, t.tasks)}
          {due_time && ` ${formatTime(due_time, locale)}`}
        </span>
      )}
      {rrule_description && (
        <span className="inline-flex items-center gap-1">
          <Repeat size={14} aria-hidden />
          {rrule_description}
        </span>
      )}
      {priority && (
        <span className="inline-flex items-center gap-1">
          <Flag size={14} aria-hidden className={PRIORITY_INK[priority]} />
          {t.tasks.priority[priority]}
        </span>
      )}
      {meaning.tags.map((name) => (
        <span key={name} className="inline-flex items-center gap-1">
          <TagDot
            color={tags.find((tag) => tag.name.toLowerCase() === name.toLowerCase())?.color ?? 'currentColor'}
          />
          <bdi>{name}</bdi>
        </span>
      ))}
    </p>
  )
}
