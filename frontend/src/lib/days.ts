/** A calendar day, `YYYY-MM-DD`. Days compare as text. */
export type Day = string

const MILLISECONDS_OF_DAY = 86_400_000

function utc(day: Day): number {
  return Date.parse(`${day}T00:00:00Z`)
}

export function addDays(day: Day, count: number): Day {
  return new Date(utc(day) + count * MILLISECONDS_OF_DAY).toISOString().slice(0, 10)
}

export function daysBetween(from: Day, to: Day): number {
  return Math.round((utc(to) - utc(from)) / MILLISECONDS_OF_DAY)
}

/** The same day of another month, or that month's last day. */
export function addMonths(day: Day, count: number): Day {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  const last = new Date(Date.UTC(year, month + count, 0)).getUTCDate()
  return new Date(Date.UTC(year, month - 1 + count, Math.min(date, last))).toISOString().slice(0, 10)
}

/** 1 is Monday, 7 is Sunday. */
export function weekday(day: Day): number {
  return new Date(utc(day)).getUTCDay() || 7
}

export function startOfWeek(day: Day, firstWeekday: number): Day {
  return addDays(day, -((weekday(day) - firstWeekday + 7) % 7))
}

/** Six weeks that hold the month of `day`. */
export function monthGrid(day: Day, firstWeekday: number): Day[] {
  const start = startOfWeek(`${day.slice(0, 7)}-01`, firstWeekday)
  return Array.from({ length: 42 }, (_, index) => addDays(start, index))
}

/** At noon in UTC: formatted with `timeZone: 'UTC'` it is this day everywhere. */
export function asDate(day: Day): Date {
  return new Date(utc(day) + MILLISECONDS_OF_DAY / 2)
}

/** The day that it is in a zone. */
export function dayIn(timeZone: string, instant: Date = new Date()): Day {
  return new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(instant)
}

/** The clock time, `HH:MM`, that it is in a zone. */
export function timeIn(timeZone: string, instant: Date = new Date()): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(instant)
}
