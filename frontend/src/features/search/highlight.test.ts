import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pieces } from './highlight'

function marked(title: string, query: string): string {
  return pieces(title, query)
    .map(({ text, isMatch }) => (isMatch ? `[${text}]` : text))
    .join('')
}

test.each([
  ['Buy milk today', 'mil', 'Buy [mil]k today'],
  ['Buy milk today', 'ilk', 'Buy milk today'],
  ['Zürich and zurich', 'ZUR', '[Zür]ich and [zur]ich'],
  ['Zu\u0308rich', 'zü', '[Zu\u0308]rich'],
  ['Call Ana, call Bob', 'call "ana"', '[Call] [Ana], [call] Bob'],
  ['Call Ana', 'call -ana', '[Call] Ana'],
  ['Call Ana', '-"call ana"', 'Call Ana'],
  ['Report on reports', 're report', '[Report] on [report]s'],
  ['今日は東京に行く', '東京', '今日は[東京]に行く'],
  ['<b>bold</b>', 'b', '<[b]>[b]old</[b]>'],
  ['ﬁnal', 'fi', '[ﬁ]nal'],
  ['Nothing', '', 'Nothing'],
  ['Nothing', '"" - !', 'Nothing'],
])('%s, searched for %s', (title, query, expected) => {
  expect(marked(title, query)).toBe(expected)
})

test('the pieces together are the title', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (title, query) => {
      expect(
        pieces(title, query)
          .map((piece) => piece.text)
          .join(''),
      ).toBe(title)
    }),
  )
})
