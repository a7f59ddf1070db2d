import type { components, TaskPublic } from '@/client/schema'
import type { Day } from '@/lib/days'

export const PRIORITIES = ['low', 'medium', 'high', 'urgent'] as const
export type Priority = (typeof PRIORITIES)[number]

/** A task as the app keeps it: its fields as they are sent, `priority` by name and `tags` by id. */
export interface Task {
  id: string
  title: string
  description: string | null
  is_completed: boolean
  completed_at: string | null
  priority: Priority | null
  due_date: Day | null
  due_time: string | null
  timezone: string | null
  due_at: string | null
  tags: string[]
  parent_id: string | null
  position: string
  recurring_task_id: string | null
  occurrence_date: Day | null
  deleted_at: string | null
  created_at: string
  updated_at: string
  /** 0 while the server has not seen it. */
  version: number
}

/** What a person may change of a task. */
export type TaskFields = Pick<
  Task,
  'title' | 'description' | 'priority' | 'due_date' | 'due_time' | 'timezone' | 'tags' | 'parent_id'
>
export type TaskPatch = Partial<TaskFields>

export type Tag = Omit<components['schemas']['TagPublic'], 'task_count'>

export function taskFromApi(task: TaskPublic): Task {
  const { user_id: _, priority, tags, ...rest } = task
  return {
    ...rest,
    priority: priority === null ? null : (PRIORITIES[priority.level - 1] ?? null),
    tags: tags.map((tag) => tag.id),
  }
}

export function level(priority: Priority | null): number {
  return priority === null ? 0 : PRIORITIES.indexOf(priority) + 1
}
