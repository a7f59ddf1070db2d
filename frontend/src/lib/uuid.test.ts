import { expect, test } from 'vitest'
import { uuidv7 } from './uuid'

test('a thousand ids of one millisecond are different, well formed and in order', () => {
  const ids = Array.from({ length: 5000 }, () => uuidv7(1_790_000_000_000))
  expect(new Set(ids).size).toBe(ids.length)
  expect([...ids].sort()).toEqual(ids)
  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

test('ids stay in order when the clock goes back', () => {
  const later = uuidv7(1_800_000_000_000)
  expect(uuidv7(1_700_000_000_000) > later).toBe(true)
})
