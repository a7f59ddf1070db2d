import type { ReactNode } from 'react'
import { useText } from '@/text/text'
import { Button } from './button'
import { Dialog } from './dialog'

interface Props {
  title: string
  /** What the button is called that does it. */
  action: string
  isBusy?: boolean
  onConfirm: () => void
  onClose: () => void
  children: ReactNode
}

/** Asks before what cannot be undone. */
export function Confirm({ title, action, isBusy = false, onConfirm, onClose, children }: Props) {
  const t = useText()
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="flex flex-col gap-3 break-words">{children}</div>
      <div className="mt-5 flex justify-end gap-2">
        <Button onClick={onClose}>{t.app.cancel}</Button>
        <Button look="danger" disabled={isBusy} onClick={onConfirm}>
          {action}
        </Button>
      </div>
    </Dialog>
  )
}
