import { formatDay } from '@/lib/dates'
import { addDays, type Day } from '@/lib/days'
import { useText } from '@/text/pages'
import { currentLanguage, type Text, useLocale } from '@/text/text'
import { formOf, type Repetition, type RuleForm, WORKDAYS } from './rrule-form'

const SOME_SUNDAY: Day = '2026-11-01'
const SOME_LEAP_YEAR = '2028'

export function weekdayName(number: number, locale: string, weekday: 'long' | 'short' = 'long'): string {
  return formatDay(addDays(SOME_SUNDAY, number), locale, { weekday })
}

/** A rule in the person's language; in the server's words where the form cannot show it. */
export function useRuleWords(): (rule: string, serverWords: string) => string {
  const t = useText()
  const language = currentLanguage()
  const locale = useLocale()
  return (rule, serverWords) => {
    const form = formOf(rule)
    return form === null ? serverWords : ruleWords(form, t, language, locale)
  }
}

/** Such as “every 2 weeks on Monday and Friday, until 1 December 2026”. */
export function ruleWords(
  { interval, repetition, end }: RuleForm,
  t: Pick<Text, 'series'>,
  language: string,
  locale: string,
): string {
  const { words } = t.series
  const dayOf = (day: Day) => formatDay(day, locale, { day: 'numeric', month: 'long', year: 'numeric' })
  const ending =
    end.kind === 'until' ? words.until(dayOf(end.day)) : end.kind === 'count' ? words.times(end.count) : null
  const isEveryWorkday =
    interval === 1 && repetition.unit === 'week' && `${repetition.weekdays}` === `${WORKDAYS}`
  const every = isEveryWorkday
    ? words.everyWorkday
    : [words.every[repetition.unit](interval), daysIn(repetition, t, language, locale)]
        .filter(Boolean)
        .join(' ')
  return ending === null ? every : `${every}, ${ending}`
}

function daysIn(
  repetition: Repetition,
  t: Pick<Text, 'series'>,
  language: string,
  locale: string,
): string | null {
  const { words } = t.series
  if (repetition.unit === 'week' && repetition.weekdays.length > 0) {
    const names = repetition.weekdays.map((day) => weekdayName(day, locale))
    return words.onWeekdays(new Intl.ListFormat(language).format(names))
  }
  if (repetition.unit === 'month' && repetition.on !== null) {
    const { on } = repetition
    if (on.kind === 'weekday') return words.onNth(on.ordinal, weekdayName(on.weekday, locale))
    return on.day === -1 ? words.onLastDay : words.onDay(on.day)
  }
  if (repetition.unit === 'year' && repetition.on !== null) {
    const [month, day] = [repetition.on.month, repetition.on.day].map((part) => `${part}`.padStart(2, '0'))
    return words.onDate(
      formatDay(`${SOME_LEAP_YEAR}-${month}-${day}`, locale, { day: 'numeric', month: 'long' }),
    )
  }
  return null
}

export function sentence(words: string): string {
  return words.slice(0, 1).toUpperCase() + words.slice(1)
}
