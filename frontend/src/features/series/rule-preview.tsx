import { useDeferredValue, useEffect, useState } from 'react'
import { formatDay } from '@/lib/dates'
import type { Day } from '@/lib/days'
import { faultOf } from '@/text/explain'
import { useText } from '@/text/pages'
import { useLocale } from '@/text/text'
import type { Recurrence } from './changes'
import { usePreview } from './queries'
import { sentence, useRuleWords } from './rule-words'

const PAUSE_MS = 200

interface Props {
  recurrence: Recurrence
  start: Day
  dueTime: string | null
  zone: string
  onValid: (isValid: boolean) => void
}

/** What a rule means, in words and in dates, as the server reads it. */
export function RulePreview({ recurrence, start, dueTime, zone, onValid }: Props) {
  const t = useText()
  const locale = useLocale()
  const words = useRuleWords()
  const rrule = useSettled(useDeferredValue(recurrence.rrule))
  const { data, error, isFetching } = usePreview({
    rrule,
    start_date: start,
    due_time: dueTime,
    timezone: zone,
  })
  const isRead = !isFetching && rrule === recurrence.rrule
  useEffect(() => onValid(isRead && error === null), [isRead, error, onValid])
  return (
    <div className="rounded-md bg-sunken p-3">
      <div aria-live="polite" className="min-h-5">
        {isRead && error !== null ? (
          <p className="text-danger">{faultOf(error, t, locale)}</p>
        ) : (
          data && <p className="font-medium">{sentence(words(data.rrule, data.description))}</p>
        )}
      </div>
      {data && !(isRead && error !== null) && (
        <>
          <p className="pt-2 pb-1 text-sm text-muted">
            {recurrence.mode === 'schedule' ? t.series.preview : t.series.previewCounted}
          </p>
          <Dates days={data.occurrences.map((occurrence) => occurrence.date)} label={t.series.preview} />
        </>
      )}
    </div>
  )
}

export function Dates({ days, label }: { days: Day[]; label: string }) {
  const t = useText()
  const locale = useLocale()
  if (days.length === 0) return <p className="text-sm">{t.series.noDates}</p>
  return (
    <ol aria-label={label} className="grid grid-cols-[repeat(auto-fill,minmax(8.5rem,1fr))] gap-x-4 text-sm">
      {days.map((day) => (
        <li key={day}>
          <time dateTime={day}>
            {formatDay(day, locale, { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' })}
          </time>
        </li>
      ))}
    </ol>
  )
}

/** A value once it has not changed for a moment. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [value])
  return settled
}
