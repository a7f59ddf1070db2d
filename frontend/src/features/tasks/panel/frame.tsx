import { type ReactNode, useEffect, useRef } from 'react'
import { Dialog } from '@/components/ui/dialog'
import { WIDE } from '@/features/shell/app-shell'
import { useMedia } from '@/lib/media'
import { useText } from '@/text/pages'

interface Props {
  id: string
  onClose: () => void
  children: ReactNode
}

/** Beside the page where there is room, so that both can be used; otherwise over it. */
export function PanelFrame(props: Props) {
  const t = useText()
  const isWide = useMedia(WIDE)
  if (isWide) return <Aside {...props} />
  return (
    <Dialog title={t.details.panel} shape="end" isBare onClose={props.onClose}>
      {props.children}
    </Dialog>
  )
}

function Aside({ id, onClose, children }: Props) {
  const t = useText()
  const ref = useRef<HTMLElement>(null)
  useFocusInside(ref, id)
  return (
    <aside
      ref={ref}
      tabIndex={-1}
      aria-label={t.details.panel}
      onKeyDown={(event) => {
        if (
          event.key !== 'Escape' ||
          event.defaultPrevented ||
          isInsideOther(event.currentTarget, event.target)
        )
          return
        event.preventDefault()
        onClose()
      }}
      className="sticky top-0 h-dvh w-96 shrink-0 overflow-y-auto overscroll-contain border-s border-line bg-surface outline-none 2xl:w-[28rem]"
    >
      <h2 className="sr-only">{t.details.panel}</h2>
      {children}
    </aside>
  )
}

/** A popover or a dialog that stands in the panel has Escape for itself. */
function isInsideOther(panel: HTMLElement, target: EventTarget): boolean {
  const isInDialog = target instanceof Element && target.closest('dialog, [popover]') !== null
  return isInDialog || panel.querySelector(':popover-open') !== null
}

/** Into the panel with each task that is opened, and back to where that was done from. */
function useFocusInside(panel: React.RefObject<HTMLElement | null>, id: string): void {
  const opener = useRef<{ element: Element | null; id: string }>({ element: null, id })
  useEffect(() => {
    const active = document.activeElement
    const isElsewhere = active !== document.body && !panel.current?.contains(active)
    if (isElsewhere) opener.current = { element: active, id }
    panel.current?.focus({ preventScroll: true })
    panel.current?.scrollTo(0, 0)
  }, [panel, id])
  useEffect(
    () => () => {
      if (document.activeElement !== document.body) return
      const { element, id: opened } = opener.current
      const row = document.querySelector(`[data-task="${CSS.escape(opened)}"] [data-title]`)
      const target = element?.isConnected ? element : (row ?? document.getElementById('content'))
      if (target instanceof HTMLElement) target.focus()
    },
    [],
  )
}
