import { Link } from '@tanstack/react-router'
import { ListChecks } from 'lucide-react'
import { type KeyboardEvent, useCallback } from 'react'
import { useReplica } from '@/data/hooks'
import type { Replica } from '@/data/replica'
import type { Task } from '@/data/task'
import type { Now } from '@/data/views'
import { classes } from '@/lib/classes'
import { useText } from '@/text/pages'
import { useTaskActions } from '../actions'
import { TaskCheck } from '../check'
import { DueLabel } from '../due'

interface Props {
  part: Task
  now: Now
  onKeyDown: (event: KeyboardEvent<HTMLElement>) => void
}

export function PartRow({ part, now, onKeyDown }: Props) {
  const t = useText()
  const actions = useTaskActions()
  const count = useReplica(useCallback((replica: Replica) => countParts(replica, part.id), [part.id]))
  return (
    <li className="flex items-start gap-3 border-b border-line py-2 last:border-b-0">
      <TaskCheck task={part} onToggle={() => actions.complete([part.id], !part.is_completed)} />
      <div className="min-w-0 grow">
        <Link
          to="."
          search={(before) => ({ ...before, task: part.id })}
          data-part
          dir="auto"
          onKeyDown={onKeyDown}
          className={classes(
            'block rounded-sm break-words hover:underline',
            part.is_completed && 'text-muted line-through',
          )}
        >
          {part.title}
        </Link>
        {(part.due_date || count > 0) && (
          <div className="flex flex-wrap gap-x-3 text-sm text-muted">
            <DueLabel task={part} now={now} />
            {count > 0 && (
              <span className="inline-flex items-center gap-1">
                <ListChecks size={13} aria-hidden />
                <span className="sr-only">{t.details.parts}: </span>
                {count}
              </span>
            )}
          </div>
        )}
      </div>
    </li>
  )
}

function countParts(replica: Replica, id: string): number {
  let count = 0
  for (const task of replica.tasks()) if (task.parent_id === id && task.deleted_at === null) count += 1
  return count
}
