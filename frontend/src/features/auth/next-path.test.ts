import { expect, test } from 'vitest'
import { nextPath } from './next-path'

test('a path of the app is kept, with its search and fragment', () => {
  expect(nextPath('/tags/1?sort=title#x')).toBe('/tags/1?sort=title#x')
})

test.each([
  undefined,
  'https://example.com/',
  '//example.com/',
  '/\\example.com',
  '/.//example.com',
  '/\t/example.com',
  'javascript:alert(1)',
  'data:text/html,x',
  'https://[',
])('%s leads home', (wanted) => {
  expect(nextPath(wanted)).toBe('/inbox')
})
