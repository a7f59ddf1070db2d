import fc from 'fast-check'
import { expect, test } from 'vitest'
import { answers, score } from './matching'

const COMMANDS = [
  'Go to Inbox',
  'Go to Today',
  'Go to Trash',
  'Theme: dark',
  'Theme: as the system',
  'Zürich',
]

function ordered(texts: string[], query: string): string[] {
  return answers(texts, query, (text) => text).map(({ item }) => item)
}

test.each([
  ['', COMMANDS],
  ['today', ['Go to Today']],
  ['tr', ['Go to Trash', 'Theme: dark']],
  ['go t', ['Go to Inbox', 'Go to Today', 'Go to Trash']],
  ['THEME d', ['Theme: dark']],
  ['zur', ['Zürich']],
  ['gtt', ['Go to Today', 'Go to Trash']],
  ['thd', ['Theme: dark']],
  ['oday', ['Go to Today']],
  ['today inbox', []],
])('“%s”', (query, expected) => {
  expect(ordered(COMMANDS, query)).toEqual(expected)
})

test('the beginning of the whole text answers best, then that of a word, then its inside, then an abbreviation', () => {
  const texts = ['Pay Ana', 'The pay', 'Repay', 'Pick a year']
  expect(ordered(texts.toReversed(), 'pay')).toEqual(texts)
})

test('a text answers each of its own words', () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-z0-9]{1,8}$/), { minLength: 1, maxLength: 5 }), (words) => {
      for (const word of words) expect(score(words.join(' '), word)).toBeGreaterThan(1)
    }),
  )
})
