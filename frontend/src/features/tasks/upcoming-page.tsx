import { ChevronRight, Plus } from 'lucide-react'
import { useCallback, useState } from 'react'
import { IconButton } from '@/components/ui/button'
import { INPUT } from '@/components/ui/field'
import { useNow, useWorkspace } from '@/data/hooks'
import type { Task } from '@/data/task'
import { dueDay, type Now, type Sort } from '@/data/views'
import { formatDay } from '@/lib/dates'
import type { Day } from '@/lib/days'
import { useText } from '@/text/pages'
import { useLocale } from '@/text/text'
import { useTaskActions } from './actions'
import { Calendar } from './calendar'
import { countsByDay, LATE, sectionsByDay } from './days'
import type { Section } from './list-items'
import { ListPage } from './list-page'

const hasDay = (task: Task) => task.due_date !== null

/** Open tasks day by day, and a calendar to go to a day. */
export function UpcomingPage() {
  const t = useText()
  const locale = useLocale()
  const [chosen, setChosen] = useState<Day | null>(null)
  const [goal, setGoal] = useState<{ section: string } | null>(null)
  const drop = useDrop()
  const sections = useCallback(
    (tasks: Task[], now: Now, sort: Sort) => sectionsByDay(tasks, { now, sort, chosen, locale, t }),
    [chosen, locale, t],
  )
  const choose = (day: Day, section: string) => {
    setChosen(day)
    setGoal({ section })
  }
  return (
    <ListPage
      title={t.app.upcoming}
      empty={t.tasks.empty.upcoming}
      isShown={hasDay}
      defaultSort="due_date"
      sections={sections}
      beside={(shown, hasRoom) => (
        <DayCalendar sections={shown} chosen={chosen} hasRoom={hasRoom} onChoose={choose} />
      )}
      list={{ goal, headingAction: (section) => section !== LATE && <AddOnDay day={section} /> }}
      onDrop={drop}
    />
  )
}

interface CalendarProps {
  sections: Section[]
  chosen: Day | null
  hasRoom: boolean
  onChoose: (day: Day, section: string) => void
}

function DayCalendar({ sections, chosen, hasRoom, onChoose }: CalendarProps) {
  const t = useText()
  const now = useNow()
  const counts = countsByDay(sections, now)
  const choose = (day: Day) => onChoose(day, day < now.day && counts.has(day) ? LATE : day)
  const calendar = <Calendar chosen={chosen} today={now.day} onChoose={choose} counts={counts} />
  if (hasRoom) return <div className="sticky top-6 w-60 shrink-0 self-start pt-4">{calendar}</div>
  return (
    <details className="group mt-1">
      <summary className="flex min-h-9 list-none items-center gap-1.5 rounded-md px-2 text-sm text-muted hover:bg-hover pointer-coarse:min-h-11">
        <ChevronRight size={16} aria-hidden className="transition-transform group-open:rotate-90" />
        {t.views.calendar}
      </summary>
      <div className="max-w-sm pt-1">{calendar}</div>
    </details>
  )
}

function AddOnDay({ day }: { day: Day }) {
  const t = useText()
  const name = formatDay(day, useLocale(), { dateStyle: 'full' })
  const actions = useTaskActions()
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <IconButton
        label={t.views.addOn(name)}
        aria-expanded={isOpen}
        className="size-7"
        onClick={() => setOpen(!isOpen)}
      >
        <Plus size={16} />
      </IconButton>
      {isOpen && (
        <input
          // biome-ignore lint/a11y/noAutofocus: it was opened to type into
          autoFocus
          dir="auto"
          aria-label={t.views.addOn(name)}
          placeholder={t.tasks.titlePlaceholder}
          maxLength={255}
          className={INPUT}
          onBlur={(event) => event.currentTarget.value.trim() === '' && setOpen(false)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') setOpen(false)
            if (event.key !== 'Enter' || event.nativeEvent.isComposing) return
            const title = event.currentTarget.value.trim()
            if (title !== '') actions.create({ title, due_date: day })
            event.currentTarget.value = ''
          }}
        />
      )}
    </>
  )
}

/** What is dropped on a day becomes due on it. */
function useDrop() {
  const t = useText()
  const locale = useLocale()
  const actions = useTaskActions()
  const { replica } = useWorkspace()
  const { zone } = useNow()
  return (id: string, day: Day) => {
    const task = replica.task(id)
    if (task === null || dueDay(task, zone) === day) return
    const name = formatDay(day, locale, { weekday: 'long', day: 'numeric', month: 'long' })
    actions.edit([id], { due_date: day }, t.views.rescheduled(task.title, name))
  }
}
