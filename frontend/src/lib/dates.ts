import { asDate, type Day, daysBetween } from './days'

const formats = new Map<string, Intl.DateTimeFormat>()

function format(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${JSON.stringify(options)}`
  const known = formats.get(key) ?? new Intl.DateTimeFormat(locale, options)
  formats.set(key, known)
  return known
}

export function formatDay(day: Day, locale: string, options: Intl.DateTimeFormatOptions): string {
  return format(locale, { ...options, timeZone: 'UTC' }).format(asDate(day))
}

export function formatInstant(instant: string, locale: string, zone: string): string {
  return format(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: zone }).format(new Date(instant))
}

/** `HH:MM[:SS]` as people of the locale write it. */
export function formatTime(time: string, locale: string): string {
  return format(locale, { timeStyle: 'short', timeZone: 'UTC' }).format(
    new Date(`1970-01-01T${time.slice(0, 5)}:00Z`),
  )
}

interface NearDays {
  dueToday: string
  dueTomorrow: string
  dueYesterday: string
}

/** As short as it is clear: a word for the days around today, a weekday for this week, else the date. */
export function formatNear(day: Day, today: Day, locale: string, near: NearDays): string {
  const distance = daysBetween(today, day)
  if (distance === 0) return near.dueToday
  if (distance === 1) return near.dueTomorrow
  if (distance === -1) return near.dueYesterday
  if (distance > 1 && distance < 7) return formatDay(day, locale, { weekday: 'long' })
  const isThisYear = day.slice(0, 4) === today.slice(0, 4)
  return formatDay(day, locale, {
    day: 'numeric',
    month: 'short',
    ...(isThisYear ? {} : { year: 'numeric' }),
  })
}

/** 1 is Monday, 7 is Sunday. */
export function firstWeekday(locale: string): number {
  const info = new Intl.Locale(locale) as Intl.Locale & { getWeekInfo?: () => { firstDay: number } }
  return info.getWeekInfo?.().firstDay ?? 1
}
