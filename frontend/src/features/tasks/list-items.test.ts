import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyTask } from '@/data/arbitraries'
import type { Task } from '@/data/task'
import { itemsOf } from './list-items'

const [one, two, three] = fc
  .sample(anyTask, 3)
  .map((task, index) => ({ ...task, id: `${index}`, is_completed: false })) as [Task, Task, Task]
const rows = [one, two, three].map((task) => ({ task, depth: 0 }))
const section = { id: 'today', title: 'Today', rows }

test('a task that is leaving is seen ticked off in its place, and counts no more', () => {
  const items = itemsOf([section], new Map([[two.id, two]]))
  expect(items.map((item) => item.kind)).toEqual(['heading', 'row', 'leaving', 'row'])
  expect(items[0]).toMatchObject({ count: 2 })
  expect(items[2]).toMatchObject({ leaving: { task: { id: two.id, is_completed: true } } })
  expect(items[3]).toMatchObject({ index: 1 })
})

test('a task that was reopened before it had left is a row again', () => {
  const items = itemsOf([section], new Map([[two.id, { ...two }]]))
  expect(items.map((item) => item.kind)).toEqual(['heading', 'row', 'row', 'row'])
})
