import { expect, test } from 'vitest'
import { streakOf } from './streak'

/** The latest first, as the server lists them: o is open, c completed, s skipped. */
function streak(letters: string) {
  const names = { o: 'open', c: 'completed', s: 'skipped' } as const
  const instances = [...letters].map((letter, back) => ({
    occurrence_date: `2026-11-${String(28 - back).padStart(2, '0')}`,
    status: names[letter as keyof typeof names],
  }))
  return streakOf(instances)
}

test.each([
  ['', 0, 0],
  ['o', 0, 0],
  ['occc', 3, 3],
  ['occsccccs', 2, 4],
  ['osccc', 0, 3],
  ['ocoocc', 3, 3],
])('%s', (letters, current, longest) => {
  expect(streak(letters)).toEqual({ current, longest })
})
