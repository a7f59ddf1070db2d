import { expect, test } from 'vitest'
import { ownOf, templateOf } from './difference'
import { horizon, type Series } from './queries'

const series = {
  title: 'Pay the rent',
  description: null,
  priority: { id: 3, name: 'High', level: 3, color: '#a34f00' },
  tags: [
    { id: 'home', name: 'home', color: '#000000' },
    { id: 'money', name: 'money', color: '#000000' },
  ],
  due_time: '09:00:00',
} as unknown as Series

test('a task as its series makes it has nothing of its own, in whatever order its tags are', () => {
  const task = templateOf(series)
  expect(task.priority).toBe('high')
  expect(ownOf({ ...task, tags: ['money', 'home'] }, series)).toBeNull()
})

test('what was changed for one task is named, with what it is there', () => {
  const task = { ...templateOf(series), title: 'Pay more rent', tags: ['home'], due_time: null }
  expect(ownOf(task, series)).toEqual({ title: 'Pay more rent', tags: ['home'], due_time: null })
})

test('the next dates are looked for as far as some can lie', () => {
  expect(horizon('FREQ=DAILY;INTERVAL=3', '2026-11-01')).toBe('2026-12-02')
  expect(horizon('FREQ=WEEKLY;BYDAY=MO', '2026-11-01')).toBe('2027-01-11')
  expect(horizon('FREQ=MONTHLY', '2026-11-01')).toBe('2027-10-01')
  expect(horizon('FREQ=YEARLY;INTERVAL=4', '2026-11-01')).toBe('2066-12-01')
  expect(horizon('FREQ=YEARLY;INTERVAL=1000', '2026-11-01')).toBe('9998-12-31')
})
