import { type ComponentProps, type KeyboardEvent, type ReactNode, useId, useRef, useState } from 'react'
import { classes } from '@/lib/classes'

interface Props {
  /** What the popover is called. */
  label: string
  role?: 'dialog' | 'menu' | 'listbox'
  /** The button's own attributes and content. */
  trigger: ComponentProps<'button'> & Record<`data-${string}`, string>
  children: (close: () => void) => ReactNode
}

/** A button and what it opens beside it. The browser closes it on Escape and on a click elsewhere. */
export function Popover({ label, role = 'dialog', trigger, children }: Props) {
  const id = useId()
  const ref = useRef<HTMLDivElement>(null)
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <button type="button" {...trigger} popoverTarget={id} aria-haspopup={role} aria-expanded={isOpen} />
      {/* biome-ignore lint/a11y/noStaticElementInteractions: it has the role of a dialog or a menu */}
      <div
        id={id}
        ref={ref}
        popover="auto"
        role={role}
        aria-label={label}
        onToggle={(event) => setOpen(event.newState === 'open')}
        onKeyDown={role === 'dialog' ? undefined : (event) => moveFocus(event)}
        className={classes(
          'popover min-w-44 max-w-[calc(100vw-1rem)] overflow-auto rounded-md border border-line bg-raised text-ink shadow-raised',
          role !== 'dialog' && 'p-1',
        )}
      >
        {isOpen && children(() => ref.current?.hidePopover())}
      </div>
    </>
  )
}

/** One choice of a menu. `checked` makes it one of several that can be on. */
export function MenuItem({
  checked,
  className,
  ...rest
}: ComponentProps<'button'> & { checked?: boolean | undefined }) {
  return (
    <button
      type="button"
      role={checked === undefined ? 'menuitem' : 'menuitemradio'}
      aria-checked={checked}
      className={classes(
        'flex min-h-9 w-full items-center gap-2 rounded-sm px-2.5 text-start hover:bg-hover focus-visible:bg-hover pointer-coarse:min-h-11',
        checked && 'font-semibold text-accent',
        className,
      )}
      {...rest}
    />
  )
}

/** Arrow keys, Home and End, as the patterns of ARIA have them for menus. */
function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[role^=menuitem]:not(:disabled)')]
  const current = items.indexOf(document.activeElement as HTMLElement)
  const steps: Record<string, number> = { ArrowDown: current + 1, ArrowUp: current - 1, Home: 0, End: -1 }
  const next = steps[event.key]
  if (next === undefined) return
  event.preventDefault()
  items.at(next % items.length)?.focus()
}
