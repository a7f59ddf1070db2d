import fc from 'fast-check'
import { PRIORITIES, type Task, type TaskPatch } from './task'

const TAGS = ['a', 'b', 'c', 'd']
const fields = {
  title: fc.constantFrom('one', 'two', 'three'),
  description: fc.constantFrom(null, 'text', 'more\ntext'),
  priority: fc.constantFrom(null, ...PRIORITIES),
  due_date: fc.constantFrom(null, '2026-03-28', '2026-03-29'),
  due_time: fc.constantFrom(null, '09:00:00'),
  tags: fc.uniqueArray(fc.constantFrom(...TAGS)),
}

/** For property tests. */
export const anyPatch: fc.Arbitrary<TaskPatch> = fc.record(fields, { requiredKeys: [] })

export const anyTask: fc.Arbitrary<Task> = fc
  .record({ ...fields, is_completed: fc.boolean(), version: fc.integer({ min: 1, max: 9 }) })
  .map((values) => ({
    id: 't',
    completed_at: values.is_completed ? '2026-01-02T00:00:00Z' : null,
    timezone: null,
    due_at: null,
    parent_id: null,
    position: '00000000000001aaa',
    recurring_task_id: null,
    occurrence_date: null,
    deleted_at: null,
    created_at: '2026-01-01T00:00:00Z',
    updated_at: '2026-01-01T00:00:00Z',
    ...values,
  }))
