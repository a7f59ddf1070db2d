import { Check } from 'lucide-react'
import type { Task } from '@/data/task'
import { classes } from '@/lib/classes'
import { useText } from '@/text/text'

const RINGS = {
  urgent: 'border-urgent bg-urgent/12 text-urgent',
  high: 'border-high bg-high/12 text-high',
  medium: 'border-medium bg-medium/12 text-medium',
  low: 'border-low text-low',
}

/** The circle that completes a task. Its colour is the priority, which is also said in words. */
export function TaskCheck({ task, onToggle }: { task: Task; onToggle: () => void }) {
  const t = useText()
  const label = task.is_completed ? t.tasks.reopen(task.title) : t.tasks.complete(task.title)
  const priority = task.priority ? `, ${t.tasks.priorityOf(t.tasks.priority[task.priority])}` : ''
  return (
    // biome-ignore lint/a11y/useSemanticElements: a circle that no checkbox can be styled into in every browser
    <button
      type="button"
      role="checkbox"
      aria-checked={task.is_completed}
      aria-label={label + priority}
      onClick={onToggle}
      className="group/check relative z-1 -m-2.5 inline-flex size-10 shrink-0 pointer-coarse:-m-3 pointer-coarse:size-11 items-center justify-center rounded-full"
    >
      <span
        className={classes(
          'inline-flex size-5 items-center justify-center rounded-full border-2 transition-colors in-data-leaving:animate-tick',
          task.priority ? RINGS[task.priority] : 'border-strong-line text-muted',
          task.is_completed && 'border-transparent bg-accent text-on-accent',
        )}
      >
        <Check
          size={12}
          strokeWidth={3.5}
          aria-hidden
          className={classes(
            'transition-opacity',
            !task.is_completed && 'opacity-0 group-hover/check:opacity-100',
          )}
        />
      </span>
    </button>
  )
}
