import { useEffect, useRef } from 'react'
import { hasSingleKeys } from './preferences'

/** By key, as `KeyboardEvent.key` has it; `mod+k` is Ctrl or Cmd. What returns false is left to the browser. */
export type Shortcuts = Record<string, (event: KeyboardEvent) => unknown>

interface Options {
  /** What a page does not take itself: the window hears of a key after the document. */
  isFallback?: boolean
}

/** Keys that work on the whole page, but not while somebody types or a dialog is open. */
export function useShortcuts(shortcuts: Shortcuts, { isFallback = false }: Options = {}): void {
  const latest = useRef(shortcuts)
  latest.current = shortcuts
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return
      const name = nameOf(event)
      const run = latest.current[name]
      if (run === undefined || isDialogOpen()) return
      if (!name.includes('+') && (isTextField(event.target) || !hasSingleKeys.get())) return
      if (run(event) !== false) event.preventDefault()
    }
    const target: Pick<Window, 'addEventListener' | 'removeEventListener'> = isFallback ? window : document
    target.addEventListener('keydown', press)
    return () => target.removeEventListener('keydown', press)
  }, [isFallback])
}

const SEQUENCE_MS = 1_000

/** Two keys one after the other: `second` names what follows `first`. They come before the keys of the page. */
export function useSequences(first: string, second: Shortcuts): void {
  const latest = useRef(second)
  latest.current = second
  useEffect(() => {
    let begun = Number.NEGATIVE_INFINITY
    const press = (event: KeyboardEvent) => {
      if (event.key === 'Shift') return // of a key such as # or ?
      const run = event.timeStamp - begun < SEQUENCE_MS ? latest.current[nameOf(event)] : undefined
      begun = Number.NEGATIVE_INFINITY
      if (event.isComposing || isTextField(event.target) || isDialogOpen() || !hasSingleKeys.get()) return
      if (run !== undefined) {
        event.preventDefault()
        event.stopPropagation()
        run(event)
      } else if (nameOf(event) === first) begun = event.timeStamp
    }
    addEventListener('keydown', press, { capture: true })
    return () => removeEventListener('keydown', press, { capture: true })
  }, [first])
}

function nameOf(event: KeyboardEvent): string {
  const modifier = event.ctrlKey || event.metaKey ? 'mod+' : event.altKey ? 'alt+' : ''
  return modifier + (event.key.length === 1 ? event.key.toLowerCase() : event.key)
}

/** Where keys write. */
export function isTextField(target: EventTarget | null): boolean {
  const fields = 'input:not([type=checkbox], [type=radio]), textarea, select'
  return target instanceof HTMLElement && target.matches(fields)
}

function isDialogOpen(): boolean {
  return document.querySelector('dialog[open], [popover]:popover-open') !== null
}
