import { useId } from 'react'
import { Button } from '@/components/ui/button'
import { INPUT } from '@/components/ui/field'
import { useNow } from '@/data/hooks'
import type { TaskPatch } from '@/data/task'
import { classes } from '@/lib/classes'
import { addDays, type Day, startOfWeek, weekday } from '@/lib/days'
import { useText } from '@/text/text'
import { Calendar } from './calendar'
import type { Due } from './pickers'

interface Props {
  due: Due
  onChange: (patch: TaskPatch) => void
  onDone: () => void
}

/** A day by a word or on a calendar, and a time of that day. */
export function DuePicker({ due, onChange, onDone }: Props) {
  const t = useText()
  const now = useNow()
  const timeId = useId()
  const choose = (day: Day | null) => {
    onChange(day === null ? { due_date: null, due_time: null, timezone: null } : { due_date: day })
    onDone()
  }
  const soon: [string, Day][] = [
    [t.tasks.dueToday, now.day],
    [t.tasks.dueTomorrow, addDays(now.day, 1)],
    [t.tasks.weekend, addDays(startOfWeek(now.day, 1), weekday(now.day) >= 6 ? 12 : 5)],
    [t.tasks.nextWeek, addDays(startOfWeek(now.day, 1), 7)],
  ]
  return (
    <div className="flex w-72 flex-col gap-3 p-3">
      <div className="grid grid-cols-2 gap-1.5">
        {soon.map(([label, day]) => (
          <Button key={label} className="min-h-8 px-2 text-sm" onClick={() => choose(day)}>
            {label}
          </Button>
        ))}
      </div>
      <Calendar chosen={due.due_date} today={now.day} onChoose={choose} isFocused />
      <div className="flex items-center gap-2">
        <label htmlFor={timeId} className="text-sm">
          {t.tasks.time}
        </label>
        <input
          id={timeId}
          type="time"
          className={classes(INPUT, 'min-h-8 w-auto grow')}
          defaultValue={due.due_time?.slice(0, 5) ?? ''}
          onBlur={(event) => onChange(timePatch(due, event.currentTarget.value, now.day))}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return
            onChange(timePatch(due, event.currentTarget.value, now.day))
            onDone()
          }}
        />
      </div>
      {due.due_date !== null && (
        <Button look="quiet" className="min-h-8 text-sm" onClick={() => choose(null)}>
          {t.tasks.clearDate}
        </Button>
      )}
    </div>
  )
}

/** A time needs a day; without one it is today. */
function timePatch(due: Due, value: string, today: Day): TaskPatch {
  const time = value === '' ? null : `${value}:00`
  if (time === due.due_time) return {}
  return time === null
    ? { due_time: null, timezone: null }
    : { due_time: time, due_date: due.due_date ?? today }
}
