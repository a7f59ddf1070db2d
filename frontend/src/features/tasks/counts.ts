import { useCallback } from 'react'
import { useNow, useReplica } from '@/data/hooks'
import type { Replica } from '@/data/replica'
import { dueDay, isOverdue } from '@/data/views'

/** Of open tasks. */
export function useCounts() {
  const now = useNow()
  return useReplica(
    useCallback(
      (replica: Replica) => {
        const tags = new Map<string, number>()
        let [inbox, today] = [0, 0]
        for (const task of replica.tasks()) {
          if (task.is_completed || task.deleted_at !== null) continue
          inbox += 1
          if (dueDay(task, now.zone) === now.day || isOverdue(task, now)) today += 1
          for (const tag of task.tags) tags.set(tag, (tags.get(tag) ?? 0) + 1)
        }
        return { inbox, today, tags }
      },
      [now],
    ),
  )
}
