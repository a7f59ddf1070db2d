import { expect, test } from 'vitest'
import { pages as de } from '@/text/de/pages'
import { pages as en } from '@/text/en/pages'
import { formOf } from './rrule-form'
import { ruleWords } from './rule-words'

test.each([
  ['FREQ=DAILY', 'every day', 'jeden Tag'],
  ['FREQ=DAILY;INTERVAL=3;COUNT=5', 'every 3 days, 5 times', 'alle 3 Tage, 5-mal'],
  ['FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR', 'every weekday', 'jeden Werktag (Mo–Fr)'],
  [
    'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;UNTIL=20261201',
    'every 2 weeks on Monday and Friday, until 1 December 2026',
    'alle 2 Wochen am Montag und Freitag, bis 1. Dezember 2026',
  ],
  ['FREQ=MONTHLY;BYMONTHDAY=22', 'every month on the 22nd', 'jeden Monat am 22.'],
  ['FREQ=MONTHLY;BYMONTHDAY=-1', 'every month on the last day', 'jeden Monat am letzten Tag'],
  ['FREQ=MONTHLY;BYDAY=2TU', 'every month on the second Tuesday', 'jeden Monat am zweiten Dienstag'],
  ['FREQ=MONTHLY;BYDAY=-1FR', 'every month on the last Friday', 'jeden Monat am letzten Freitag'],
  ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29', 'every year on 29 February', 'jedes Jahr am 29. Februar'],
  ['FREQ=YEARLY', 'every year', 'jedes Jahr'],
])('%s is %s', (rule, english, german) => {
  const form = formOf(rule)
  expect(form && ruleWords(form, en, 'en', 'en-GB')).toBe(english)
  expect(form && ruleWords(form, de, 'de', 'de-DE')).toBe(german)
})
