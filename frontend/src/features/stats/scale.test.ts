import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ticks } from './scale'

test.each([
  [0, [0, 1]],
  [1, [0, 1]],
  [3, [0, 1, 2, 3]],
  [4, [0, 1, 2, 3, 4]],
  [5, [0, 2, 4, 6]],
  [9, [0, 5, 10]],
  [41, [0, 20, 40, 60]],
])('up to %i', (largest, expected) => {
  expect(ticks(largest)).toEqual(expected)
})

test('they reach the largest, in few whole steps', () => {
  fc.assert(
    fc.property(fc.nat(1_000_000), (largest) => {
      const all = ticks(largest)
      expect(all.at(-1)).toBeGreaterThanOrEqual(largest)
      expect(all.length).toBeLessThanOrEqual(5)
      expect(all.every(Number.isInteger)).toBe(true)
    }),
  )
})
