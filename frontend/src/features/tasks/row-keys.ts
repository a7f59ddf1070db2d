import type { KeyboardEvent } from 'react'
import { PRIORITIES, type Task } from '@/data/task'
import type { Abilities, Ability } from './abilities'
import type { TaskActions } from './actions'
import type { Reorder } from './reorder'
import type { RowFocus } from './row-focus'
import type { Selection } from './selection'

interface Row {
  id: string
  /** What is selected, or this row alone. */
  ids: string[]
  task: Task | undefined
  can: Abilities
  actions: TaskActions
  selection: Selection
  focus: RowFocus
  reorder: Reorder
  isMovable: boolean
  edit: (id: string) => void
}

type Run = () => void

/** What a key does in a row; null where it is left to the browser, or to what the row has opened. */
export function rowKey(event: KeyboardEvent<HTMLElement>, row: Row): Run | null {
  const target = event.target as HTMLElement
  if (event.ctrlKey || event.metaKey || target.matches('input:not([type=checkbox])')) return null
  if (target.closest('[popover]') !== null) return null
  if (event.altKey) return movingKey(event.key, row)
  return listKey(event.key, row) ?? taskKey(event, row)
}

function movingKey(key: string, { id, reorder, isMovable }: Row): Run | null {
  const step = key === 'ArrowDown' ? 1 : key === 'ArrowUp' ? -1 : 0
  if (step === 0) return null
  return isMovable ? () => reorder.step(id, step) : reorder.refuse
}

function listKey(key: string, { id, focus, selection }: Row): Run | null {
  const keys: Record<string, Run | undefined> = {
    x: () => selection.toggle(id),
    ArrowDown: () => focus.step(id, 1),
    ArrowUp: () => focus.step(id, -1),
    Escape: selection.isActive ? selection.clear : undefined,
  }
  return keys[key] ?? null
}

function taskKey(event: KeyboardEvent<HTMLElement>, { id, ids, task, can, actions, edit }: Row): Run | null {
  const list = event.currentTarget
  const isOnTitle = (event.target as HTMLElement).matches('[data-title], [type=checkbox]')
  const priority = PRIORITIES[4 - Number(event.key)]
  if (priority) return can.includes('edit') ? () => actions.edit(ids, { priority }) : null
  const remove: [Ability, Run][] = [
    ['trash', () => actions.trash(ids)],
    ['remove', () => actions.removeForGood(ids)],
  ]
  const spaces: [Ability, Run][] = [
    ['complete', () => actions.complete(ids, !task?.is_completed)],
    ['reopen', () => actions.complete(ids, false)],
    ['restore', () => actions.restore(ids)],
  ]
  const keys: Record<string, [Ability, Run][]> = {
    ' ': isOnTitle ? spaces : [],
    0: [['edit', () => actions.edit(ids, { priority: null })]],
    e: [['edit', () => edit(id)]],
    d: [['edit', () => pressButton(list, id, 'd')]],
    p: [['edit', () => pressButton(list, id, 'p')]],
    '#': [['edit', () => pressButton(list, id, '#')]],
    Delete: remove,
    Backspace: remove,
  }
  return keys[event.key]?.find(([ability]) => can.includes(ability))?.[1] ?? null
}

function pressButton(list: HTMLElement, id: string, key: string): void {
  list.querySelector<HTMLElement>(`[data-task="${id}"] [data-key="${key}"]`)?.click()
}
