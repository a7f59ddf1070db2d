import { CalendarDays, Flag, Hash, Trash2 } from 'lucide-react'
import type { Task } from '@/data/task'
import { useText } from '@/text/text'
import type { TaskActions } from './actions'
import { DuePopover, PriorityPopover, TagsPopover } from './pickers'

/** What the mouse gets where the keyboard has keys. `data-key` is how these keys find the buttons. */
export function RowActions({ task, actions }: { task: Task; actions: TaskActions }) {
  const t = useText()
  const ids = [task.id]
  const look =
    'relative z-1 inline-flex size-7 items-center justify-center rounded-sm text-muted hover:bg-raised'
  return (
    <div className="-my-1 flex shrink-0 pointer-coarse:hidden">
      <DuePopover
        trigger={{
          className: look,
          'aria-label': t.tasks.setDue,
          title: t.tasks.setDue,
          children: <CalendarDays size={16} />,
          'data-key': 'd',
        }}
        due={task}
        onChange={(patch) => actions.edit(ids, patch)}
      />
      <PriorityPopover
        trigger={{
          className: look,
          'aria-label': t.tasks.setPriority,
          title: t.tasks.setPriority,
          children: <Flag size={16} />,
          'data-key': 'p',
        }}
        priority={task.priority}
        onChange={(priority) => actions.edit(ids, { priority })}
      />
      <TagsPopover
        trigger={{
          className: look,
          'aria-label': t.tasks.setTags,
          title: t.tasks.setTags,
          children: <Hash size={16} />,
          'data-key': '#',
        }}
        tags={task.tags}
        onChange={(tags) => actions.edit(ids, { tags })}
      />
      <button
        type="button"
        className={look}
        aria-label={t.tasks.moveToTrash}
        title={t.tasks.moveToTrash}
        onClick={() => actions.trash(ids)}
      >
        <Trash2 size={16} />
      </button>
    </div>
  )
}
