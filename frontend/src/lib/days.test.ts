import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addDays, addMonths, dayIn, daysBetween, monthGrid, startOfWeek, weekday } from './days'

const day = fc.integer({ min: -20_000, max: 60_000 }).map((count) => addDays('1970-01-01', count))

test('days are added and taken away exactly, across every change of clocks', () => {
  fc.assert(
    fc.property(day, fc.integer({ min: -5000, max: 5000 }), (from, count) => {
      expect(daysBetween(from, addDays(from, count))).toBe(count)
    }),
  )
})

test('a month later is the same date, or the last of that month', () => {
  expect(addMonths('2026-01-31', 1)).toBe('2026-02-28')
  expect(addMonths('2028-01-31', 1)).toBe('2028-02-29')
  expect(addMonths('2026-12-15', 1)).toBe('2027-01-15')
  expect(addMonths('2026-03-31', -1)).toBe('2026-02-28')
})

test('the grid of a month holds it, in whole weeks', () => {
  fc.assert(
    fc.property(day, fc.integer({ min: 1, max: 7 }), (any, first) => {
      const grid = monthGrid(any, first)
      expect(grid).toContain(any)
      expect(weekday(grid[0] ?? '')).toBe(first)
      expect(startOfWeek(any, first) <= any).toBe(true)
    }),
  )
})

test('the day that it is depends on the zone', () => {
  const instant = new Date('2026-03-29T23:30:00Z')
  expect(dayIn('Europe/Berlin', instant)).toBe('2026-03-30')
  expect(dayIn('America/New_York', instant)).toBe('2026-03-29')
})
