import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addDays, type Day, weekday } from '@/lib/days'
import { firstOf, formOf, presetsOf, type RuleForm, ruleOf, UNITS } from './rrule-form'

const day = fc.integer({ min: 0, max: 30_000 }).map((days): Day => addDays('2020-01-01', days))
const monthDay = fc.oneof(
  fc.record({ kind: fc.constant('day' as const), day: fc.constantFrom(-1, ...numbers(1, 31)) }),
  fc.record({
    kind: fc.constant('weekday' as const),
    ordinal: fc.constantFrom(-1, 1, 2, 3, 4, 5),
    weekday: fc.integer({ min: 1, max: 7 }),
  }),
)
const repetition = fc.oneof(
  fc.record({ unit: fc.constant('day' as const) }),
  fc.record({ unit: fc.constant('week' as const), weekdays: fc.subarray(numbers(1, 7)) }),
  fc.record({ unit: fc.constant('month' as const), on: fc.option(monthDay) }),
  fc.record({
    unit: fc.constant('year' as const),
    on: fc.option(
      fc.record({ month: fc.integer({ min: 1, max: 12 }), day: fc.integer({ min: 1, max: 31 }) }),
    ),
  }),
)
const end = fc.oneof(
  fc.constant({ kind: 'never' as const }),
  fc.record({ kind: fc.constant('until' as const), day }),
  fc.record({ kind: fc.constant('count' as const), count: fc.integer({ min: 1, max: 1_000 }) }),
)
const form: fc.Arbitrary<RuleForm> = fc.record({
  interval: fc.integer({ min: 1, max: 1_000 }),
  repetition,
  end,
})
const anyRule = fc
  .tuple(
    fc.constantFrom('DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY', 'HOURLY'),
    fc.dictionary(
      fc.constantFrom('INTERVAL', 'BYDAY', 'BYMONTHDAY', 'BYMONTH', 'BYSETPOS', 'WKST', 'COUNT', 'UNTIL'),
      fc.constantFrom('1', '2', '-1', '31', 'MO', 'MO,FR', '2TU', '-1FR', '1,15', '20261201', '20260230'),
    ),
  )
  .map(([frequency, parts]) =>
    [`FREQ=${frequency}`, ...Object.entries(parts).map(([name, value]) => `${name}=${value}`)].join(';'),
  )

function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}

describe('a form and its rule', () => {
  test('the form of the rule of a form is that form', () => {
    fc.assert(
      fc.property(form, (one) => {
        expect(formOf(ruleOf(one))).toEqual(one)
      }),
    )
  })

  test('a rule that the form can show is said by it wholly', () => {
    const parts = (rule: string) => new Set(rule.split(';').filter((part) => part !== 'INTERVAL=1'))
    fc.assert(
      fc.property(anyRule, (rule) => {
        const shown = formOf(rule)
        if (shown !== null) expect(parts(ruleOf(shown))).toEqual(parts(rule))
      }),
    )
  })

  test.each([
    ['FREQ=DAILY', { interval: 1, repetition: { unit: 'day' }, end: { kind: 'never' } }],
    [
      'rrule:freq=weekly;interval=2;byday=fr,mo',
      { interval: 2, repetition: { unit: 'week', weekdays: [1, 5] }, end: { kind: 'never' } },
    ],
    [
      'FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20261231',
      {
        interval: 1,
        repetition: { unit: 'month', on: { kind: 'weekday', ordinal: -1, weekday: 5 } },
        end: { kind: 'until', day: '2026-12-31' },
      },
    ],
    [
      'FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=14;COUNT=3',
      {
        interval: 1,
        repetition: { unit: 'year', on: { month: 3, day: 14 } },
        end: { kind: 'count', count: 3 },
      },
    ],
  ])('reads %s', (rule, expected) => {
    expect(formOf(rule)).toEqual(expected)
  })

  test.each([
    '',
    'every day',
    'FREQ=DAILY;FREQ=WEEKLY',
    'FREQ=HOURLY',
    'FREQ=DAILY;BYDAY=MO',
    'FREQ=WEEKLY;BYDAY=2MO',
    'FREQ=WEEKLY;INTERVAL=2;WKST=SU',
    'FREQ=MONTHLY;BYMONTHDAY=1,15',
    'FREQ=MONTHLY;BYMONTHDAY=-2',
    'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1',
    'FREQ=YEARLY;BYMONTH=3',
    'FREQ=DAILY;COUNT=3;UNTIL=20261231',
    'FREQ=DAILY;UNTIL=20260231',
    'FREQ=DAILY;UNTIL=20261201T120000Z',
    'FREQ=DAILY;INTERVAL=0',
    'FREQ=DAILY;COUNT=1001',
  ])('leaves %j to the text', (rule) => {
    expect(formOf(rule)).toBeNull()
  })
})

test('what is offered for a start falls on that day, or is of no day', () => {
  fc.assert(
    fc.property(day, (start) => {
      for (const unit of UNITS) expect(firstOf(unit, start).unit).toBe(unit)
      const weekly = presetsOf(start).flatMap((preset) => (preset.unit === 'week' ? [preset.weekdays] : []))
      expect(weekly.at(-1)).toEqual([weekday(start)])
      const byWeekday = presetsOf(start).filter(
        (preset) => preset.unit === 'month' && preset.on?.kind === 'weekday',
      )
      expect(byWeekday.length).toBeGreaterThan(0)
    }),
  )
})

test('of the last week of a month both places of a weekday are offered', () => {
  const places = presetsOf('2026-11-27').flatMap((preset) =>
    preset.unit === 'month' && preset.on?.kind === 'weekday' ? [preset.on.ordinal] : [],
  )
  expect(places).toEqual([4, -1])
})
