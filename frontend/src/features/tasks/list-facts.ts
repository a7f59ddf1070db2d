import { useMemo } from 'react'
import { useOperations } from '@/data/hooks'
import type { Replica } from '@/data/replica'
import type { Progress } from './task-row'

/** How many of the parts of each task are done. */
export function progressOf(replica: Replica): ReadonlyMap<string, Progress> {
  const counts = new Map<string, Progress>()
  for (const task of replica.tasks()) {
    if (task.parent_id === null || task.deleted_at !== null) continue
    const { done, all } = counts.get(task.parent_id) ?? { done: 0, all: 0 }
    counts.set(task.parent_id, { done: done + Number(task.is_completed), all: all + 1 })
  }
  return counts
}

/** The titles of tasks that have parts. */
export function titlesOf(replica: Replica): ReadonlyMap<string, string> {
  const titles = new Map<string, string>()
  for (const { parent_id } of replica.tasks()) {
    const parent = parent_id === null ? null : replica.task(parent_id)
    if (parent !== null) titles.set(parent.id, parent.title)
  }
  return titles
}

/** Of tasks with changes that the server does not have yet. */
export function useStates(): ReadonlyMap<string, 'waiting' | 'problem'> {
  const operations = useOperations()
  return useMemo(() => {
    const states = new Map<string, 'waiting' | 'problem'>()
    for (const { taskId, problem } of operations) {
      if (states.get(taskId) !== 'problem') states.set(taskId, problem ? 'problem' : 'waiting')
    }
    return states
  }, [operations])
}
