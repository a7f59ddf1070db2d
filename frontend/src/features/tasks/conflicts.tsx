import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { type Conflict, conflictsOf, differingFields, keepMine, keepTheirs } from '@/data/decisions'
import { useOperations, useTagsById, useWorkspace } from '@/data/hooks'
import type { TaskPatch } from '@/data/task'
import { formatDay, formatTime } from '@/lib/dates'
import { useText } from '@/text/pages'
import { useLocale } from '@/text/text'

/** Changes that need a decision: both versions side by side. */
export function Conflicts({ onClose }: { onClose: () => void }) {
  const t = useText()
  const workspace = useWorkspace()
  useOperations()
  const conflicts = conflictsOf(workspace)
  return (
    <Dialog title={t.conflicts.title} onClose={onClose}>
      {conflicts.length === 0 ? (
        <p className="py-6 text-center text-muted">{t.conflicts.none}</p>
      ) : (
        <ul className="flex flex-col divide-y divide-line">
          {conflicts.map((conflict) => (
            <li key={conflict.taskId} className="py-4 first:pt-1">
              <Decision conflict={conflict} />
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  )
}

function Decision({ conflict }: { conflict: Conflict }) {
  const t = useText()
  const workspace = useWorkspace()
  const { problem, mine, theirs } = conflict
  const name = theirs?.title ?? problem.last?.title ?? mine.title ?? ''
  const [title, setTitle] = useState(mine.title ?? name)
  const isRefused = problem.reason === 'refused'
  return (
    <section aria-label={name} className="flex flex-col gap-3">
      <h3 className="font-semibold break-words">
        <bdi>{name}</bdi>
      </h3>
      <p>{t.conflicts.reason[problem.reason](problem.detail)}</p>
      {isRefused && 'title' in mine ? (
        <Field label={t.tasks.title} value={title} onChange={(event) => setTitle(event.target.value)} />
      ) : (
        <Versions conflict={conflict} />
      )}
      <div className="flex flex-wrap gap-2">
        <Button
          look="primary"
          onClick={() => void keepMine(workspace, conflict, isRefused && 'title' in mine ? title : undefined)}
        >
          {t.conflicts.mine[problem.reason]}
        </Button>
        <Button onClick={() => void keepTheirs(workspace, conflict)}>
          {t.conflicts.theirs[problem.reason]}
        </Button>
      </div>
    </section>
  )
}

function Versions({ conflict }: { conflict: Conflict }) {
  const t = useText()
  const shown = useShownValue()
  const { mine, theirs } = conflict
  return (
    <div className="overflow-x-auto">
      <table className="w-full table-fixed text-start text-sm">
        <thead>
          <tr className="text-start text-muted">
            <th scope="col" className="w-24 text-start font-normal">
              <span className="sr-only">{t.conflicts.field}</span>
            </th>
            <th scope="col" className="text-start font-normal">
              {t.conflicts.yours}
            </th>
            {theirs && (
              <th scope="col" className="text-start font-normal">
                {t.conflicts.others}
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {differingFields(conflict).map((name) => (
            <tr key={name} className="border-t border-line align-top">
              <th scope="row" className="py-2 pe-2 text-start font-medium">
                {t.conflicts.fields[name]}
              </th>
              <td className="py-2 pe-2 break-words whitespace-pre-wrap">{shown(name, mine)}</td>
              {theirs && <td className="py-2 break-words whitespace-pre-wrap">{shown(name, theirs)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** A field's value as people read it. */
function useShownValue(): (name: keyof TaskPatch, values: TaskPatch) => string {
  const t = useText()
  const locale = useLocale()
  const tags = useTagsById()
  const { replica } = useWorkspace()
  return (name, values) => {
    const { priority, due_date, due_time, tags: chosen, parent_id } = values
    if (name === 'priority') return priority ? t.tasks.priority[priority] : t.tasks.noPriority
    if (name === 'due_date')
      return due_date ? formatDay(due_date, locale, { dateStyle: 'medium' }) : t.tasks.noDate
    if (name === 'due_time') return due_time ? formatTime(due_time, locale) : t.tasks.noTime
    if (name === 'tags') return (chosen ?? []).map((id) => tags.get(id)?.name ?? '').join(', ') || '—'
    if (name === 'parent_id') return (parent_id ? replica.task(parent_id)?.title : null) ?? '—'
    return values[name] || '—'
  }
}
