import { Link } from '@tanstack/react-router'
import { ArrowLeft, Link2, Trash2, X } from 'lucide-react'
import { IconButton } from '@/components/ui/button'
import type { Task } from '@/data/task'
import { toast } from '@/lib/toasts'
import { currentText, useText } from '@/text/pages'
import { useTaskActions } from '../actions'
import { useStoredTask } from './use-stored-task'

export function PanelHeader({ task, onClose }: { task: Task; onClose: () => void }) {
  const t = useText()
  const actions = useTaskActions()
  const trash = () => {
    actions.trash([task.id])
    onClose()
  }
  return (
    <div className="-mx-2 flex items-center gap-1">
      {task.parent_id !== null && <ParentLink id={task.parent_id} />}
      <span className="grow" />
      <IconButton label={t.details.copyLink} onClick={() => void copyLink(task.id)}>
        <Link2 size={18} />
      </IconButton>
      {task.deleted_at === null && (
        <IconButton label={t.tasks.moveToTrash} onClick={trash}>
          <Trash2 size={18} />
        </IconButton>
      )}
      <IconButton label={t.app.close} onClick={onClose}>
        <X size={18} />
      </IconButton>
    </div>
  )
}

/** The way back from a part to what it is a part of. */
function ParentLink({ id }: { id: string }) {
  const t = useText()
  const { task: parent } = useStoredTask(id)
  if (parent === null) return null
  return (
    <Link
      to="."
      search={(before) => ({ ...before, task: id })}
      aria-label={t.details.openParent(parent.title)}
      className="flex min-h-8 min-w-0 items-center gap-1.5 rounded-md px-2 text-sm text-muted hover:bg-hover pointer-coarse:min-h-11"
    >
      <ArrowLeft size={16} aria-hidden className="shrink-0 rtl:-scale-x-100" />
      <bdi className="truncate">{parent.title}</bdi>
    </Link>
  )
}

async function copyLink(id: string): Promise<void> {
  const t = currentText()
  try {
    await navigator.clipboard.writeText(`${location.origin}/inbox?task=${id}`)
    toast(t.details.linkCopied)
  } catch {
    toast(t.details.linkNotCopied, { tone: 'danger' })
  }
}
