import fc from 'fast-check'
import { expect, test } from 'vitest'
import { positionBetween } from './position'

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const position = fc
  .tuple(
    fc.bigInt({ min: 1n, max: 16n ** 14n - 1n }),
    fc.array(fc.constantFrom(...DIGITS), { maxLength: 6 }),
    fc.constantFrom(...DIGITS.slice(1)),
  )
  .map(([whole, fraction, last]) => whole.toString(16).padStart(14, '0') + fraction.join('') + last)

test('a place between two is between them', () => {
  fc.assert(
    fc.property(position, position, (one, other) => {
      fc.pre(one !== other)
      const [before = '', after = ''] = [one, other].sort()
      const middle = positionBetween(before, after)
      expect(before < middle).toBe(true)
      expect(middle < after).toBe(true)
    }),
    { numRuns: 2000 },
  )
})

test('a place at an end is beyond it', () => {
  fc.assert(
    fc.property(position, (one) => {
      expect(positionBetween(null, one) < one).toBe(true)
      expect(positionBetween(one, null) > one).toBe(true)
    }),
  )
})

test('two places that differ in their last digit only still have one between them', () => {
  expect(positionBetween('00000000000001a1', '00000000000001a11') > '00000000000001a1').toBe(true)
  expect(positionBetween('00000000000001a1', '00000000000001a11') < '00000000000001a11').toBe(true)
})
