import { CalendarDays, Repeat } from 'lucide-react'
import type { Task } from '@/data/task'
import { dueDay, isOverdue, type Now } from '@/data/views'
import { classes } from '@/lib/classes'
import { formatNear, formatTime } from '@/lib/dates'
import { timeIn } from '@/lib/days'
import { useLocale, useText } from '@/text/text'

/** When a task is due, as the person's calendar and clock have it. */
export function DueLabel({ task, now }: { task: Task; now: Now }) {
  const t = useText()
  const text = useDueText(task, now)
  if (text === null) return null
  const isLate = isOverdue(task, now)
  const isToday = dueDay(task, now.zone) === now.day
  return (
    <span
      className={classes(
        'inline-flex items-center gap-1 whitespace-nowrap',
        isLate && 'text-danger',
        !isLate && isToday && !task.is_completed && 'text-accent',
      )}
    >
      <CalendarDays size={13} aria-hidden />
      {isLate && <span className="sr-only">{t.tasks.overdue}: </span>}
      <time dateTime={task.due_date ?? undefined}>{text}</time>
      {task.recurring_task_id !== null && (
        <span title={t.tasks.repeats}>
          <Repeat size={13} aria-hidden />
          <span className="sr-only">{t.tasks.repeats}</span>
        </span>
      )}
    </span>
  )
}

export function useDueText(task: Task, now: Now): string | null {
  const t = useText()
  const locale = useLocale()
  const day = dueDay(task, now.zone)
  if (day === null) return null
  const near = formatNear(day, now.day, locale, t.tasks)
  if (task.due_time === null) return near
  const isElsewhere = task.due_at !== null && task.timezone !== null && task.timezone !== now.zone
  const time = isElsewhere && task.due_at !== null ? timeIn(now.zone, new Date(task.due_at)) : task.due_time
  return `${near} ${formatTime(time, locale)}`
}
