import { Store } from './store'

export interface Toast {
  id: number
  text: string
  tone: 'plain' | 'danger'
  action?: { label: string; run: () => void }
  /** Stays until it is dismissed. */
  isLasting?: boolean
}

const SHOWN_AT_ONCE = 3

export const toasts = new Store<readonly Toast[]>([])
let nextId = 0

export function toast(text: string, options: Partial<Omit<Toast, 'id' | 'text'>> = {}): void {
  nextId += 1
  const added: Toast = { id: nextId, text, tone: 'plain', ...options }
  toasts.set([...toasts.get(), added].slice(-SHOWN_AT_ONCE))
}

export function dismiss(id: number): void {
  toasts.set(toasts.get().filter((toast) => toast.id !== id))
}
