import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyPatch, anyTask } from './arbitraries'
import { applied, type Change, combined, difference, inverse, isSame, rebased, valuesOf } from './operations'
import type { Task, TaskPatch } from './task'

function changed(task: Task | null, change: Change): Task | null {
  return applied(task, { id: 'o', taskId: 't', at: '2026-02-01T00:00:00Z', change })
}

function edit(task: Task, patch: TaskPatch) {
  return { kind: 'update' as const, patch, before: valuesOf(task, patch) }
}

describe('an edit', () => {
  test('that is undone leaves the fields as they were', () => {
    fc.assert(
      fc.property(anyTask, anyPatch, (task, patch) => {
        const change = edit(task, patch)
        const undo = inverse(change)
        const back = undo && changed(changed(task, change), undo)
        expect(back && valuesOf(back, patch)).toEqual(valuesOf(task, patch))
      }),
    )
  })

  test('says only what differs', () => {
    fc.assert(
      fc.property(anyTask, anyPatch, (task, patch) => {
        for (const [name, value] of Object.entries(difference(task, patch) ?? {})) {
          expect(isSame(value, task[name as keyof TaskPatch])).toBe(false)
        }
      }),
    )
  })

  test('followed by another is the same as both together', () => {
    fc.assert(
      fc.property(anyTask, anyPatch, anyPatch, (task, one, other) => {
        const first = edit(task, one)
        const middle = changed(task, first)
        if (middle === null) return
        const second = edit(middle, other)
        const both = combined([first, second])
        expect(changed(task, { kind: 'update', ...both })).toEqual(changed(middle, second))
        expect(both.before).toEqual(valuesOf(task, both.patch))
      }),
    )
  })
})

describe('a merge with what others changed', () => {
  const others = fc.tuple(anyTask, anyPatch, anyPatch).map(([task, mine, theirs]) => ({
    mine: edit(task, mine),
    server: { ...task, ...theirs },
    task,
    theirs,
  }))

  test('keeps what only they changed, and sends what only the person changed', () => {
    fc.assert(
      fc.property(others, ({ task, mine, server, theirs }) => {
        const { patch, conflicts } = rebased(server, mine)
        for (const name of Object.keys(theirs) as (keyof TaskPatch)[]) {
          if (!(name in mine.patch)) expect(name in patch).toBe(false)
        }
        for (const name of Object.keys(mine.patch) as (keyof TaskPatch)[]) {
          const isTheirs = !isSame(server[name], task[name])
          if (!isTheirs && name !== 'tags')
            expect(isSame({ ...server, ...patch }[name], mine.patch[name])).toBe(true)
          if (!isTheirs) expect(conflicts).not.toContain(name)
        }
      }),
    )
  })

  test('finds a conflict only where both changed the same field to something else', () => {
    fc.assert(
      fc.property(others, ({ task, mine, server }) => {
        for (const name of rebased(server, mine).conflicts) {
          expect(isSame(server[name], task[name])).toBe(false)
          expect(isSame(server[name], mine.patch[name])).toBe(false)
        }
      }),
    )
  })

  test('has nothing left to do once it was carried out', () => {
    fc.assert(
      fc.property(others, ({ mine, server }) => {
        const { patch, conflicts } = rebased(server, mine)
        fc.pre(conflicts.length === 0)
        const again = rebased({ ...server, ...patch }, mine)
        expect(again.conflicts).toEqual([])
        expect(Object.keys(again.patch)).toEqual([])
      }),
    )
  })

  test('of tags joins what both added and leaves out what either took away', () => {
    const task = { tags: ['a', 'b', 'c'] } as Task
    const mine = { patch: { tags: ['a', 'c', 'd'] }, before: { tags: ['a', 'b', 'c'] } }
    expect(rebased({ ...task, tags: ['b', 'c', 'e'] }, mine)).toEqual({
      patch: { tags: ['c', 'e', 'd'] },
      conflicts: [],
    })
  })
})

describe('other changes', () => {
  test.each<Change>([
    { kind: 'complete', isCompleted: true },
    { kind: 'delete', permanent: false },
    { kind: 'restore' },
    { kind: 'move', anchor: { before: 'x' }, position: 'p' },
  ])('$kind twice is the same as once', (change) => {
    fc.assert(
      fc.property(anyTask, (task) => {
        const once = changed(task, change)
        expect(changed(once, change)).toEqual(once)
      }),
    )
  })

  test('to a task that is gone change nothing', () => {
    expect(changed(null, { kind: 'update', patch: { title: 'x' }, before: { title: 'y' } })).toBeNull()
    expect(changed(null, { kind: 'complete', isCompleted: true })).toBeNull()
  })

  test('a create that has arrived is not made again', () => {
    fc.assert(
      fc.property(anyTask, (task) => {
        expect(changed(task, { kind: 'create', data: { title: 'other' }, position: 'p' })).toBe(task)
      }),
    )
  })
})
