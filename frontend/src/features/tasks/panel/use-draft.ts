import { useCallback, useEffect, useRef, useState } from 'react'
import type { Task } from '@/data/task'
import { normalized, useTaskActions } from '../actions'

type Field = 'title' | 'description'

interface Typed {
  text: string
  /** What stood there when the typing began, or what of it was saved since. */
  base: string | null
}

export interface Draft {
  text: string
  isTyping: boolean
  type: (text: string) => void
  /** Keeps what is being typed; a title cannot be empty. */
  save: () => void
  /** Saves, and shows what the task has by now. */
  end: () => void
  /** Forgets what was typed since it was last saved. */
  restore: () => void
}

/**
 * A field of a task while somebody types into it. What is typed stays, whatever happens to the task meanwhile, and
 * is saved when the panel or the page goes away; a page that ends too suddenly for that saves it when it is back.
 */
export function useDraft(task: Task, field: Field): Draft {
  const { write } = useTaskActions()
  const key = `draft ${task.id} ${field}`
  const [typed, setTyped] = useState<Typed | null>(null)
  const latest = useRef(typed)
  const set = useCallback((next: Typed | null) => {
    latest.current = next
    setTyped(next)
  }, [])

  const put = useCallback(
    async ({ text, base }: Typed) => {
      const value = asStored(field, text)
      if (value !== base && value !== '') await write(task.id, { [field]: value }, { [field]: base })
      sessionStorage.removeItem(key)
    },
    [write, task.id, field, key],
  )
  const save = useCallback(() => {
    const before = latest.current
    if (before === null) return
    const value = asStored(field, before.text)
    set({ text: before.text, base: value === '' ? before.base : value })
    void put(before)
  }, [field, put, set])

  useEffect(() => {
    const kept = sessionStorage.getItem(key)
    if (kept !== null) void put(JSON.parse(kept) as Typed)
    addEventListener('pagehide', save)
    return () => {
      removeEventListener('pagehide', save)
      save()
    }
  }, [key, put, save])

  return {
    text: typed?.text ?? task[field] ?? '',
    isTyping: typed !== null,
    type: (text) => {
      const next = { text, base: typed === null ? task[field] : typed.base }
      sessionStorage.setItem(key, JSON.stringify(next))
      set(next)
    },
    save,
    end: () => {
      save()
      set(null)
    },
    restore: () => {
      sessionStorage.removeItem(key)
      set(null)
    },
  }
}

function asStored(field: Field, text: string): string | null {
  return normalized({ [field]: text })[field] ?? null
}
