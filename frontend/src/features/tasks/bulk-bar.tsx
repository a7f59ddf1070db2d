import {
  CalendarDays,
  Check,
  CheckCheck,
  Flag,
  Hash,
  type LucideIcon,
  RotateCcw,
  Trash2,
  X,
} from 'lucide-react'
import { IconButton } from '@/components/ui/button'
import { useWorkspace } from '@/data/hooks'
import { useText } from '@/text/text'
import type { Abilities, Ability } from './abilities'
import type { TaskActions } from './actions'
import { DuePopover, PriorityPopover, TagsPopover } from './pickers'
import type { Selection } from './selection'

interface Props {
  selection: Selection
  order: readonly string[]
  can: Abilities
  actions: TaskActions
}

const NO_DATE = { due_date: null, due_time: null, timezone: null }

/** What can be done to all tasks that are selected. */
export function BulkBar({ selection, order, can, actions }: Props) {
  const t = useText()
  const ids = [...selection.ids]
  const button = (ability: Ability, label: string, Icon: LucideIcon, run: () => void) =>
    can.includes(ability) && (
      <IconButton label={label} className="size-9" disabled={ids.length === 0} onClick={run}>
        <Icon size={18} />
      </IconButton>
    )
  return (
    <div
      role="toolbar"
      aria-label={t.tasks.selected(ids.length)}
      className="fixed inset-x-2 bottom-4 z-10 mx-auto md:start-62 flex w-fit max-w-full animate-rise flex-wrap items-center rounded-lg border border-line bg-raised p-1.5 shadow-raised max-md:bottom-20"
    >
      <IconButton label={t.tasks.clearSelection} onClick={selection.clear}>
        <X size={18} />
      </IconButton>
      <span aria-live="polite" className="px-1.5 text-sm font-semibold tabular-nums">
        {t.tasks.selected(ids.length)}
      </span>
      <IconButton label={t.tasks.selectAll} onClick={() => selection.set(order)}>
        <CheckCheck size={18} />
      </IconButton>
      <span aria-hidden className="mx-1 h-6 w-px bg-line" />
      {button('complete', t.tasks.markDone, Check, () => actions.complete(ids, true))}
      {button('reopen', t.tasks.reopenAction, RotateCcw, () => actions.complete(ids, false))}
      {can.includes('edit') && <EditMenus ids={ids} actions={actions} />}
      {button('trash', t.tasks.moveToTrash, Trash2, () => actions.trash(ids))}
      {button('restore', t.tasks.restoreAction, RotateCcw, () => actions.restore(ids))}
      {button('remove', t.tasks.deleteForGood, Trash2, () => actions.removeForGood(ids))}
    </div>
  )
}

function EditMenus({ ids, actions }: { ids: string[]; actions: TaskActions }) {
  const t = useText()
  const { replica } = useWorkspace()
  const look =
    'inline-flex size-9 items-center justify-center rounded-md text-muted hover:bg-hover pointer-coarse:size-11'
  const tagged = ids.map((id) => replica.task(id)?.tags ?? [])
  const shared = (tagged[0] ?? []).filter((tag) => tagged.every((tags) => tags.includes(tag)))
  return (
    <>
      <DuePopover
        trigger={{
          className: look,
          'aria-label': t.tasks.setDue,
          title: t.tasks.setDue,
          children: <CalendarDays size={18} />,
        }}
        due={NO_DATE}
        onChange={(patch) => actions.edit(ids, patch)}
      />
      <PriorityPopover
        trigger={{
          className: look,
          'aria-label': t.tasks.setPriority,
          title: t.tasks.setPriority,
          children: <Flag size={18} />,
        }}
        priority={undefined}
        onChange={(priority) => actions.edit(ids, { priority })}
      />
      <TagsPopover
        trigger={{
          className: look,
          'aria-label': t.tasks.setTags,
          title: t.tasks.setTags,
          children: <Hash size={18} />,
        }}
        tags={shared}
        onChange={(chosen) =>
          actions.edit(ids, ({ tags }) => ({
            tags: [
              ...tags.filter((tag) => !shared.includes(tag)),
              ...chosen.filter((tag) => !tags.includes(tag) || shared.includes(tag)),
            ],
          }))
        }
      />
    </>
  )
}
