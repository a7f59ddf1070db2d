import { type KeyboardEvent, useCallback, useMemo, useRef, useState } from 'react'
import { INPUT } from '@/components/ui/field'
import { useNow, useReplica } from '@/data/hooks'
import type { Replica } from '@/data/replica'
import type { Task } from '@/data/task'
import { byPosition } from '@/data/views'
import { useText } from '@/text/pages'
import { useTaskActions } from '../actions'
import { useReorder } from '../reorder'
import { PartRow } from './part-row'
import { PanelSection } from './section'
import { useStoredParts } from './use-stored-task'

const DEEPEST = 5
const MAXIMUM_TITLE = 255

/** The parts of a task, done ones too, in the person's order. */
export function Parts({ task }: { task: Task }) {
  const t = useText()
  useStoredParts(task)
  const parts = useParts(task)
  const depth = useReplica(useCallback((replica: Replica) => depthOf(replica, task), [task]))
  const done = parts.filter((part) => part.is_completed).length
  return (
    <PanelSection
      title={t.details.parts}
      aside={parts.length > 0 && <Progress done={done} all={parts.length} />}
    >
      {parts.length > 0 && <PartList parts={parts} />}
      {depth >= DEEPEST ? (
        <p className="text-sm text-muted">{t.details.tooDeep}</p>
      ) : (
        task.deleted_at === null && <NewPart parentId={task.id} />
      )}
    </PanelSection>
  )
}

function useParts({ id, deleted_at }: Task): Task[] {
  const isInTrash = deleted_at !== null
  return useReplica(
    useCallback(
      (replica: Replica) =>
        [...replica.tasks()]
          .filter((part) => part.parent_id === id && (isInTrash || part.deleted_at === null))
          .sort(byPosition),
      [id, isInTrash],
    ),
  )
}

/** How many tasks this one is a part of, one within the other. */
function depthOf(replica: Replica, task: Task): number {
  const parent = task.parent_id === null ? null : replica.task(task.parent_id)
  return parent === null ? Number(task.parent_id !== null) : depthOf(replica, parent) + 1
}

function Progress({ done, all }: { done: number; all: number }) {
  const t = useText()
  return (
    <span className="flex items-center gap-2 text-sm text-muted">
      <progress
        value={done}
        max={all}
        aria-label={t.tasks.parts(done, all)}
        className="progress h-1.5 w-20 overflow-hidden rounded-full"
      />
      <span aria-hidden>{t.details.progress(done, all)}</span>
    </span>
  )
}

function PartList({ parts }: { parts: Task[] }) {
  const t = useText()
  const now = useNow()
  const actions = useTaskActions()
  const list = useRef<HTMLUListElement>(null)
  const rows = useMemo(() => parts.map((task) => ({ task, depth: 0 })), [parts])
  const reorder = useReorder(rows, actions)
  const focusAt = (index: number) =>
    list.current?.querySelectorAll<HTMLElement>('[data-part]')[index]?.focus()
  const press = (part: Task, event: KeyboardEvent<HTMLElement>) => {
    const run = keyOf(event, part)
    if (run === undefined) return
    event.preventDefault()
    event.stopPropagation()
    run()
  }
  const keyOf = ({ key, altKey, ctrlKey, metaKey }: KeyboardEvent, part: Task) => {
    if (ctrlKey || metaKey) return undefined
    const index = parts.indexOf(part)
    const keys: Record<string, () => void> = altKey
      ? { ArrowDown: () => reorder.step(part.id, 1), ArrowUp: () => reorder.step(part.id, -1) }
      : {
          ArrowDown: () => focusAt(Math.min(index + 1, parts.length - 1)),
          ArrowUp: () => focusAt(Math.max(index - 1, 0)),
          ' ': () => actions.complete([part.id], !part.is_completed),
          Delete: () => {
            actions.trash([part.id])
            focusAt(index === parts.length - 1 ? index - 1 : index + 1)
          },
        }
    return keys[key]
  }
  return (
    <>
      <ul ref={list} aria-label={t.details.parts} aria-describedby="parts-hint" className="flex flex-col">
        {parts.map((part) => (
          <PartRow key={part.id} part={part} now={now} onKeyDown={(event) => press(part, event)} />
        ))}
      </ul>
      <p id="parts-hint" className="sr-only">
        {t.details.partsHint}
      </p>
      <p aria-live="assertive" className="sr-only">
        {reorder.announcement}
      </p>
    </>
  )
}

/** Enter adds, and the next one can be typed. */
function NewPart({ parentId }: { parentId: string }) {
  const t = useText()
  const actions = useTaskActions()
  const [title, setTitle] = useState('')
  const add = () => {
    if (title.trim() !== '') actions.create({ title: title.normalize('NFC').trim(), parent_id: parentId })
    setTitle('')
  }
  return (
    <input
      aria-label={t.details.addPart}
      placeholder={t.details.addPart}
      dir="auto"
      enterKeyHint="done"
      maxLength={MAXIMUM_TITLE}
      value={title}
      onChange={(event) => setTitle(event.target.value)}
      onBlur={add}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
          event.preventDefault()
          add()
        } else if (event.key === 'Escape' && title !== '') {
          event.preventDefault()
          setTitle('')
        }
      }}
      className={INPUT}
    />
  )
}
