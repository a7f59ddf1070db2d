import { type Day, weekday } from '@/lib/days'

/** -1 is the last day of a month, or its last such weekday. */
export type MonthDay = { kind: 'day'; day: number } | { kind: 'weekday'; ordinal: number; weekday: number }

export type End = { kind: 'never' } | { kind: 'until'; day: Day } | { kind: 'count'; count: number }

/** Weekdays are 1 (Monday) to 7, ascending. What is left open (an empty list, null) is taken from the start. */
export type Repetition =
  | { unit: 'day' }
  | { unit: 'week'; weekdays: number[] }
  | { unit: 'month'; on: MonthDay | null }
  | { unit: 'year'; on: { month: number; day: number } | null }

/** A rule that the form can show. */
export interface RuleForm {
  interval: number
  repetition: Repetition
  end: End
}

export type Unit = Repetition['unit']

export const MAXIMUM = 1_000
export const UNITS: readonly Unit[] = ['day', 'week', 'month', 'year']
export const WORKDAYS: readonly number[] = [1, 2, 3, 4, 5]
export const ORDINALS: readonly number[] = [1, 2, 3, 4, 5, -1]

const FREQUENCIES: Record<Unit, string> = { day: 'DAILY', week: 'WEEKLY', month: 'MONTHLY', year: 'YEARLY' }
const CODES = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']

/** The RRULE (RFC 5545), in the order and shortness in which the server answers with it. */
export function ruleOf({ interval, repetition, end }: RuleForm): string {
  const parts = {
    FREQ: FREQUENCIES[repetition.unit],
    INTERVAL: interval > 1 ? interval : '',
    ...daysOf(repetition),
    COUNT: end.kind === 'count' ? end.count : '',
    UNTIL: end.kind === 'until' ? end.day.replaceAll('-', '') : '',
  }
  return Object.entries(parts)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}=${value}`)
    .join(';')
}

function daysOf(repetition: Repetition): Record<string, string | number> {
  if (repetition.unit === 'week') return { BYDAY: repetition.weekdays.map((day) => CODES[day - 1]).join() }
  if (repetition.unit === 'day' || repetition.on === null) return {}
  if (repetition.unit === 'year') return { BYMONTH: repetition.on.month, BYMONTHDAY: repetition.on.day }
  const { on } = repetition
  return on.kind === 'day' ? { BYMONTHDAY: on.day } : { BYDAY: `${on.ordinal}${CODES[on.weekday - 1]}` }
}

/** Null for a rule that says more than the form can show, and for what is no rule. */
export function formOf(rule: string): RuleForm | null {
  const parts = partsOf(rule)
  if (parts === null) return null
  const { FREQ, INTERVAL = '1', COUNT, UNTIL, ...days } = parts
  const interval = numberOf(INTERVAL, 1, MAXIMUM)
  const repetition = repetitionOf(FREQ, days)
  const end = endOf(COUNT, UNTIL)
  return interval === null || repetition === null || end === null ? null : { interval, repetition, end }
}

function partsOf(rule: string): Record<string, string> | null {
  const pairs = rule
    .trim()
    .toUpperCase()
    .replace(/^RRULE:/, '')
    .split(';')
    .map((part) => /^([A-Z]+)=([^=]+)$/.exec(part)?.slice(1) ?? [])
  const names = new Set(pairs.map(([name]) => name))
  return names.has(undefined) || names.size < pairs.length ? null : Object.fromEntries(pairs)
}

function repetitionOf(frequency: string | undefined, days: Record<string, string>): Repetition | null {
  const names = Object.keys(days).sort().join()
  const { BYDAY = '', BYMONTHDAY = '', BYMONTH = '' } = days
  switch (`${frequency} ${names}`) {
    case 'DAILY ':
      return { unit: 'day' }
    case 'WEEKLY ':
      return { unit: 'week', weekdays: [] }
    case 'WEEKLY BYDAY':
      return weekly(BYDAY)
    case 'MONTHLY ':
      return { unit: 'month', on: null }
    case 'MONTHLY BYMONTHDAY':
      return monthly(BYMONTHDAY)
    case 'MONTHLY BYDAY':
      return monthlyByWeekday(BYDAY)
    case 'YEARLY ':
      return { unit: 'year', on: null }
    case 'YEARLY BYMONTH,BYMONTHDAY':
      return yearly(BYMONTH, BYMONTHDAY)
    default:
      return null
  }
}

function weekly(days: string): Repetition | null {
  const numbers = days.split(',').map((code) => CODES.indexOf(code) + 1)
  return numbers.includes(0) ? null : { unit: 'week', weekdays: [...new Set(numbers)].sort() }
}

function monthly(text: string): Repetition | null {
  const day = text === '-1' ? -1 : numberOf(text, 1, 31)
  return day === null ? null : { unit: 'month', on: { kind: 'day', day } }
}

function monthlyByWeekday(text: string): Repetition | null {
  const [, ordinal, code = ''] = /^\+?([1-5]|-1)([A-Z]{2})$/.exec(text) ?? []
  const weekdayNumber = CODES.indexOf(code) + 1
  if (ordinal === undefined || weekdayNumber === 0) return null
  return { unit: 'month', on: { kind: 'weekday', ordinal: Number(ordinal), weekday: weekdayNumber } }
}

function yearly(monthText: string, dayText: string): Repetition | null {
  const [month, day] = [numberOf(monthText, 1, 12), numberOf(dayText, 1, 31)]
  return month === null || day === null ? null : { unit: 'year', on: { month, day } }
}

function endOf(count: string | undefined, until: string | undefined): End | null {
  if (count !== undefined && until !== undefined) return null
  if (count !== undefined) {
    const times = numberOf(count, 1, MAXIMUM)
    return times === null ? null : { kind: 'count', count: times }
  }
  if (until === undefined) return { kind: 'never' }
  const [, year, month, date] = /^(\d{4})(\d{2})(\d{2})$/.exec(until) ?? []
  const day = `${year}-${month}-${date}`
  return year !== undefined && isDay(day) ? { kind: 'until', day } : null
}

function isDay(day: Day): boolean {
  const date = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day)
}

function numberOf(text: string, lowest: number, highest: number): number | null {
  const number = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN
  return number >= lowest && number <= highest ? number : null
}

/** The repetitions that people choose most, for a task that starts on a day. */
export function presetsOf(start: Day): Repetition[] {
  const [year = 0, month = 1, day = 1] = start.split('-').map(Number)
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate()
  const on = weekday(start)
  const nth = Math.ceil(day / 7)
  return [
    { unit: 'day' },
    { unit: 'week', weekdays: [...WORKDAYS] },
    { unit: 'week', weekdays: [on] },
    { unit: 'month', on: { kind: 'day', day } },
    { unit: 'month', on: { kind: 'day', day: -1 } },
    ...(nth < 5 ? [monthlyOn(nth, on)] : []),
    ...(day > last - 7 ? [monthlyOn(-1, on)] : []),
    { unit: 'year', on: { month, day } },
  ]
}

function monthlyOn(ordinal: number, weekdayNumber: number): Repetition {
  return { unit: 'month', on: { kind: 'weekday', ordinal, weekday: weekdayNumber } }
}

/** What a unit begins with when it is chosen, for a task that starts on a day. */
export function firstOf(unit: Unit, start: Day): Repetition {
  const [, month = 1, day = 1] = start.split('-').map(Number)
  switch (unit) {
    case 'day':
      return { unit }
    case 'week':
      return { unit, weekdays: [weekday(start)] }
    case 'month':
      return { unit, on: { kind: 'day', day } }
    case 'year':
      return { unit, on: { month, day } }
  }
}
