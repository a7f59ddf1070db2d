import { expect, test } from 'vitest'
import { colorFor, TAG_COLORS } from './tag-colors'

test('a name has always the same colour, however it is written', () => {
  expect(colorFor('Büro')).toBe(colorFor('BU\u0308RO'))
})

test('names have all colours but grey', () => {
  const colors = new Set(Array.from({ length: 300 }, (_, index) => colorFor(`tag ${index}`)))
  expect(colors).toEqual(new Set(TAG_COLORS.slice(1)))
})
