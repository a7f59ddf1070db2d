import { isSame } from '@/data/operations'
import { PRIORITIES, type Task } from '@/data/task'
import type { Series } from './queries'

/** What a series gives to its tasks. */
export type Template = Pick<Task, 'title' | 'description' | 'priority' | 'tags' | 'due_time'>

export function templateOf(series: Series): Template {
  return {
    title: series.title,
    description: series.description,
    priority: series.priority === null ? null : (PRIORITIES[series.priority.level - 1] ?? null),
    tags: series.tags.map((tag) => tag.id),
    due_time: series.due_time,
  }
}

/** What a task has that its series does not give to the next ones; null when it is as they will be. */
export function ownOf(task: Template, series: Series): Partial<Template> | null {
  const template = templateOf(series)
  const names = (Object.keys(template) as (keyof Template)[]).filter(
    (name) => !isSame(task[name], template[name]),
  )
  return names.length === 0 ? null : Object.fromEntries(names.map((name) => [name, task[name]]))
}
