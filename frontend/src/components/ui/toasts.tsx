import { X } from 'lucide-react'
import { useEffect, useState } from 'react'
import { classes } from '@/lib/classes'
import { isTextField, useShortcuts } from '@/lib/shortcuts'
import { useStore } from '@/lib/store'
import { dismiss, type Toast, toasts } from '@/lib/toasts'
import { useText } from '@/text/text'
import { IconButton } from './button'

/** Long enough to read and to reach (WCAG 2.2.1): it waits while it is pointed at or focused. */
const SHOWN_MS = 8_000

export function Toasts() {
  const t = useText()
  const shown = useStore(toasts)
  useShortcuts({
    'mod+z': (event) => {
      const last = shown.findLast((toast) => toast.action && !toast.isLasting)
      if (last === undefined || isTextField(event.target)) return false
      last.action?.run()
      dismiss(last.id)
    },
  })
  return (
    <section
      aria-label={t.app.notifications}
      aria-live="polite"
      className="pointer-events-none fixed inset-x-0 bottom-0 z-20 flex flex-col items-center gap-2 p-4 pb-[max(1rem,env(safe-area-inset-bottom))]"
    >
      {shown.map((toast) => (
        <ToastLine key={toast.id} toast={toast} />
      ))}
    </section>
  )
}

function ToastLine({ toast }: { toast: Toast }) {
  const t = useText()
  const [isHeld, setHeld] = useState(false)
  useEffect(() => {
    if (toast.isLasting || isHeld) return
    const timer = setTimeout(() => dismiss(toast.id), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [toast, isHeld])
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: pointing at it only keeps it from going away
    <div
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
      className={classes(
        'pointer-events-auto flex max-w-full animate-rise items-center gap-2 rounded-md border border-line bg-raised py-1 ps-4 pe-1 shadow-raised',
        toast.tone === 'danger' && 'text-danger',
      )}
    >
      <p className="py-1.5 break-words">{toast.text}</p>
      {toast.action && (
        <button
          type="button"
          className="min-h-8 rounded-sm px-2 font-semibold text-accent hover:bg-hover"
          onClick={() => {
            toast.action?.run()
            dismiss(toast.id)
          }}
        >
          {toast.action.label}
        </button>
      )}
      <IconButton label={t.app.dismiss} onClick={() => dismiss(toast.id)}>
        <X size={16} />
      </IconButton>
    </div>
  )
}
