import { X } from 'lucide-react'
import { type ReactNode, useId, useLayoutEffect, useRef } from 'react'
import { classes } from '@/lib/classes'
import { useText } from '@/text/text'
import { IconButton } from './button'

const SHAPES = {
  center: 'm-auto w-[min(32rem,calc(100vw-1.5rem))] rounded-lg animate-rise',
  top: 'mx-auto mt-[12vh] mb-auto w-[min(36rem,calc(100vw-1.5rem))] rounded-lg animate-rise',
  start: 'ms-0 me-auto my-0 h-dvh max-h-none w-[min(18rem,85vw)] animate-fade',
  end: 'ms-auto me-0 my-0 h-dvh max-h-none w-[min(28rem,100vw)] max-w-none animate-fade',
}

interface Props {
  title: string
  /** The title is for screen readers only, and there is no button to close. */
  isBare?: boolean
  shape?: keyof typeof SHAPES
  onClose: () => void
  children: ReactNode
}

/**
 * A modal dialog, open as long as it is rendered. The focus goes to what has `data-autofocus`, or to the first that can
 * have it; in the end back to where it was.
 */
export function Dialog({ title, isBare = false, shape = 'center', onClose, children }: Props) {
  const ref = useRef<HTMLDialogElement>(null)
  const heading = useId()
  const t = useText()
  useLayoutEffect(() => {
    const dialog = ref.current
    dialog?.showModal()
    dialog?.querySelector<HTMLElement>('[data-autofocus]')?.focus()
    return () => dialog?.close()
  }, [])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the Escape key closes a dialog by itself
    <dialog
      ref={ref}
      aria-labelledby={heading}
      className={classes('max-h-[85dvh] bg-raised p-0 text-ink shadow-raised', SHAPES[shape])}
      onCancel={(event) => {
        if (event.target !== event.currentTarget) return // of a dialog within this one
        event.preventDefault()
        onClose()
      }}
      onClick={(event) => event.target === ref.current && onClose()}
    >
      <div className="flex h-full max-h-[inherit] flex-col">
        <div className={isBare ? 'sr-only' : 'flex items-center gap-2 px-5 pt-4 pb-2'}>
          <h2 id={heading} className="grow text-lg font-semibold">
            {title}
          </h2>
          {!isBare && (
            <IconButton label={t.app.close} onClick={onClose}>
              <X size={18} />
            </IconButton>
          )}
        </div>
        <div className={classes('min-h-0 grow overflow-y-auto', !isBare && 'px-5 pb-5')}>{children}</div>
      </div>
    </dialog>
  )
}
