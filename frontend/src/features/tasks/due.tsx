import { CalendarDays, Clock, Repeat } from 'lucide-react'
import type { Task } from '@/data/task'
import { dueDay, isOverdue, type Now } from '@/data/views'
import { classes } from '@/lib/classes'
import { formatNear, formatTime } from '@/lib/dates'
import { timeIn } from '@/lib/days'
import { useLocale, useText } from '@/text/text'

interface Props {
  task: Task
  now: Now
  /** Otherwise only the time of it. */
  isDayShown?: boolean
}

/** When a task is due, as the person's calendar and clock have it. */
export function DueLabel({ task, now, isDayShown = true }: Props) {
  const t = useText()
  const whole = useDueText(task, now)
  const time = useDueTime(task, now)
  const text = isDayShown ? whole : time
  const isRepeated = task.recurring_task_id !== null
  if (task.due_date === null || (text === null && !isRepeated)) return null
  const Icon = isDayShown ? CalendarDays : Clock
  const isLate = isOverdue(task, now)
  const isToday = dueDay(task, now.zone) === now.day
  return (
    <span
      className={classes(
        'inline-flex items-center gap-1 whitespace-nowrap',
        isLate && 'text-danger',
        text !== null && !isLate && isToday && !task.is_completed && 'text-accent',
      )}
    >
      {text !== null && (
        <>
          <Icon size={13} aria-hidden />
          {isLate && <span className="sr-only">{t.tasks.overdue}: </span>}
          <time dateTime={task.due_date}>{text}</time>
        </>
      )}
      {isRepeated && (
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
  const time = useDueTime(task, now)
  const day = dueDay(task, now.zone)
  if (day === null) return null
  const near = formatNear(day, now.day, locale, t.tasks)
  return time === null ? near : `${near} ${time}`
}

function useDueTime({ due_at, due_time, timezone }: Task, { zone }: Now): string | null {
  const locale = useLocale()
  if (due_time === null) return null
  const isElsewhere = due_at !== null && timezone !== null && timezone !== zone
  return formatTime(isElsewhere ? timeIn(zone, new Date(due_at)) : due_time, locale)
}
