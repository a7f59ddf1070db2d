import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyTask } from './arbitraries'
import type { Task } from './task'
import { byPosition, dueDay, isFound, isMatch, isOverdue, nested, nowIn, orderOf, SORTS } from './views'

const berlin = nowIn('Europe/Berlin', new Date('2026-03-29T10:00:00Z'))
const plain = fc.sample(anyTask, 1)[0] as Task

function task(values: Partial<Task>): Task {
  return { ...plain, is_completed: false, due_date: null, due_time: null, tags: [], ...values }
}

describe('now', () => {
  test('is the day and the time of the zone, also after midnight elsewhere', () => {
    expect(nowIn('Pacific/Kiritimati', new Date('2026-01-01T10:30:00Z'))).toMatchObject({
      day: '2026-01-02',
      time: '00:30',
    })
    expect(nowIn('America/Los_Angeles', new Date('2026-01-01T07:30:00Z'))).toMatchObject({
      day: '2025-12-31',
      time: '23:30',
    })
  })
})

describe('overdue', () => {
  test.each([
    [{ due_date: '2026-03-28' }, true],
    [{ due_date: '2026-03-29' }, false],
    [{ due_date: '2026-03-29', due_time: '11:59:00' }, true],
    [{ due_date: '2026-03-29', due_time: '12:01:00' }, false],
    [{ due_date: '2026-03-28', is_completed: true }, false],
    [{ due_date: '2026-03-29', due_time: '23:00:00', timezone: 'Asia/Tokyo' }, false],
    [{ due_date: '2026-03-29', due_time: '18:59:00', timezone: 'Asia/Tokyo' }, true],
    [{ due_date: '2026-03-29', due_time: '18:59:00', due_at: '2026-03-29T10:00:01Z' }, false],
  ])('%o: %s', (values, expected) => {
    expect(isOverdue(task(values), berlin)).toBe(expected)
  })
})

describe('the day of a task', () => {
  test('without a time is the same everywhere', () => {
    expect(dueDay(task({ due_date: '2026-03-29', timezone: 'Asia/Tokyo' }), 'America/New_York')).toBe(
      '2026-03-29',
    )
  })

  test('with a time in another zone is that instant’s day here', () => {
    const call = {
      due_date: '2026-03-29',
      due_time: '08:00:00',
      timezone: 'Asia/Tokyo',
      due_at: '2026-03-28T23:00:00Z',
    }
    expect(dueDay(task(call), 'America/New_York')).toBe('2026-03-28')
  })
})

describe('orders', () => {
  test.each(SORTS)('%s is a total order', (sort) => {
    const order = orderOf(sort)
    const some = fc.array(
      fc.tuple(anyTask, fc.uuid()).map(([one, id]) => ({ ...one, id, position: id.slice(0, 3) })),
      { minLength: 3, maxLength: 3 },
    )
    fc.assert(
      fc.property(some, ([a, b, c]) => {
        if (!a || !b || !c) return
        expect(Math.sign(order(a, b)) + Math.sign(order(b, a))).toBe(0)
        if (order(a, b) <= 0 && order(b, c) <= 0) expect(order(a, c)).toBeLessThanOrEqual(0)
      }),
    )
  })
})

describe('a tree', () => {
  const forest = fc.array(fc.nat(), { maxLength: 30 }).map((parents) =>
    parents.map((parent, index) => ({
      ...plain,
      id: `${index}`,
      position: `${index}`.padStart(3, '0'),
      parent_id: parent % (index + 2) >= index ? null : `${parent % (index + 2)}`,
    })),
  )

  test('has each task once, right below what it is a part of', () => {
    fc.assert(
      fc.property(forest, (tasks) => {
        const rows = nested(tasks, byPosition)
        expect(rows.map((row) => row.task.id).sort()).toEqual(tasks.map((one) => one.id).sort())
        const path: string[] = []
        for (const { task: one, depth } of rows) {
          expect(one.parent_id).toBe(depth === 0 ? null : path[depth - 1])
          path.length = depth
          path.push(one.id)
        }
      }),
    )
  })

  test('a part whose task is not in the list stands on its own', () => {
    expect(nested([task({ id: 'part', parent_id: 'elsewhere' })], byPosition)).toMatchObject([{ depth: 0 }])
  })
})

describe('search without a server', () => {
  test.each([
    ['buy mil', true],
    ['MILCH', false],
    ['creme', true],
    ['-milk', false],
    ['milk -bread', true],
    ['ilk', false],
    ['fat', true],
  ])('%s: %s', (query, expected) => {
    expect(isFound(task({ title: 'Buy Milk & Crème', description: '3.5% fat' }), query)).toBe(expected)
  })
})

test('filters are all to be met', () => {
  const one = task({ priority: 'high', tags: ['a', 'b'], due_date: '2026-03-29' })
  expect(isMatch(one, { priority: ['high', 'low'], tag: ['a', 'b'], due: 'today' }, berlin)).toBe(true)
  expect(isMatch(one, { tag: ['a', 'c'] }, berlin)).toBe(false)
  expect(isMatch(one, { due: 'none' }, berlin)).toBe(false)
})
