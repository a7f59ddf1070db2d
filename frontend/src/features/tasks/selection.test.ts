import { createElement } from 'react'
import { flushSync } from 'react-dom'
import { createRoot } from 'react-dom/client'
import { expect, test } from 'vitest'
import { type Selection, useSelection } from './selection'

const PRESENT = ['one', 'two']

test('the selection is the same object until it changes, however often the list is rendered', () => {
  const seen: Selection[] = []
  const List = () => {
    seen.push(useSelection(PRESENT))
    return null
  }
  const root = createRoot(document.createElement('div'))
  const render = () => flushSync(() => root.render(createElement(List)))
  render()
  render()
  expect(seen).toHaveLength(2)
  expect(seen[1]).toBe(seen[0])
  flushSync(() => seen[0]?.toggle('two'))
  expect(seen[2]).not.toBe(seen[0])
  expect([...(seen[2]?.ids ?? [])]).toEqual(['two'])
  flushSync(() => root.unmount())
})
