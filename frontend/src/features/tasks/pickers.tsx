import { Flag } from 'lucide-react'
import { type ComponentProps, lazy, Suspense } from 'react'
import { MenuItem, Popover } from '@/components/ui/popover'
import { PRIORITIES, type Priority, type Task, type TaskPatch } from '@/data/task'
import { useText } from '@/text/text'

const DuePicker = lazy(() => import('./due-picker').then((module) => ({ default: module.DuePicker })))
const TagPicker = lazy(() => import('./tag-picker').then((module) => ({ default: module.TagPicker })))

type Trigger = ComponentProps<typeof Popover>['trigger']

export const PRIORITY_INK: Record<Priority, string> = {
  urgent: 'text-urgent',
  high: 'text-high',
  medium: 'text-medium',
  low: 'text-low',
}

interface PriorityProps {
  trigger: Trigger
  /** Undefined where several tasks differ. */
  priority: Priority | null | undefined
  onChange: (priority: Priority | null) => void
}

export function PriorityPopover({ trigger, priority, onChange }: PriorityProps) {
  const t = useText()
  return (
    <Popover label={t.tasks.setPriority} role="menu" trigger={trigger}>
      {(close) =>
        [...PRIORITIES.toReversed(), null].map((choice) => (
          <MenuItem
            key={choice}
            checked={priority === choice}
            autoFocus={choice === (priority ?? 'urgent')}
            onClick={() => {
              onChange(choice)
              close()
            }}
          >
            <Flag size={16} aria-hidden className={choice ? PRIORITY_INK[choice] : 'text-muted'} />
            {choice ? t.tasks.priority[choice] : t.tasks.noPriority}
          </MenuItem>
        ))
      }
    </Popover>
  )
}

export type Due = Pick<Task, 'due_date' | 'due_time' | 'timezone'>

interface DueProps {
  trigger: Trigger
  due: Due
  onChange: (patch: TaskPatch) => void
}

export function DuePopover({ trigger, due, onChange }: DueProps) {
  const t = useText()
  return (
    <Popover label={t.tasks.setDue} trigger={trigger}>
      {(close) => (
        <Suspense>
          <DuePicker due={due} onChange={onChange} onDone={close} />
        </Suspense>
      )}
    </Popover>
  )
}

interface TagsProps {
  trigger: Trigger
  tags: readonly string[]
  onChange: (tags: string[]) => void
}

export function TagsPopover({ trigger, tags, onChange }: TagsProps) {
  const t = useText()
  return (
    <Popover label={t.tasks.setTags} trigger={trigger}>
      {() => (
        <Suspense>
          <TagPicker chosen={tags} onChange={onChange} />
        </Suspense>
      )}
    </Popover>
  )
}
