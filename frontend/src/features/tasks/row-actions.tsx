import { CalendarDays, Flag, Hash, Trash2, X } from 'lucide-react'
import type { Task } from '@/data/task'
import { classes } from '@/lib/classes'
import { useText } from '@/text/text'
import type { Abilities } from './abilities'
import type { TaskActions } from './actions'
import { DuePopover, PriorityPopover, TagsPopover } from './pickers'

interface Props {
  task: Task
  can: Abilities
  actions: TaskActions
}

const SHAPE =
  'relative z-1 inline-flex size-7 items-center justify-center rounded-sm text-muted hover:bg-raised'
const LOOK = `${SHAPE} pointer-coarse:hidden`

/**
 * What the mouse gets where the keyboard has keys. `data-key` is how these keys find the buttons. On touch screens the panel
 * of the task has them; for what is in the trash there is no other place.
 */
export function RowActions({ task, can, actions }: Props) {
  const t = useText()
  return (
    <div className="-my-1 flex shrink-0">
      {can.includes('edit') && <EditActions task={task} actions={actions} />}
      {can.includes('trash') && (
        <button
          type="button"
          className={LOOK}
          aria-label={t.tasks.moveToTrash}
          title={t.tasks.moveToTrash}
          onClick={() => actions.trash([task.id])}
        >
          <Trash2 size={16} />
        </button>
      )}
      {can.includes('remove') && (
        <button
          type="button"
          className={classes(
            SHAPE,
            'pointer-fine:opacity-0 pointer-fine:focus-visible:opacity-100 pointer-fine:group-hover/row:opacity-100',
            'pointer-coarse:-my-1.5 pointer-coarse:size-11',
          )}
          aria-label={t.tasks.removeTask(task.title)}
          title={t.tasks.deleteForGood}
          onClick={() => actions.removeForGood([task.id])}
        >
          <X size={16} />
        </button>
      )}
    </div>
  )
}

function EditActions({ task, actions }: Omit<Props, 'can'>) {
  const t = useText()
  const ids = [task.id]
  return (
    <>
      <DuePopover
        trigger={{
          className: LOOK,
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
          className: LOOK,
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
          className: LOOK,
          'aria-label': t.tasks.setTags,
          title: t.tasks.setTags,
          children: <Hash size={16} />,
          'data-key': '#',
        }}
        tags={task.tags}
        onChange={(tags) => actions.edit(ids, { tags })}
      />
    </>
  )
}
