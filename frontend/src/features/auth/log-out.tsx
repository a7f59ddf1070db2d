import { useEffect, useRef, useState } from 'react'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { logOut } from '@/data/account'
import { useOperations, useWorkspace } from '@/data/hooks'
import { useText } from '@/text/pages'

/** Logs out as soon as nothing waits to be sent; while something does, it asks. */
export function LogOut({ onCancel }: { onCancel: () => void }) {
  const t = useText()
  const workspace = useWorkspace()
  const unsent = useOperations().length
  const hasAsked = useRef(unsent > 0)
  const [work, setWork] = useState<'none' | 'sending' | 'failed' | 'leaving'>('none')
  const leave = () => {
    setWork('leaving')
    void logOut()
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: when the last of them is sent, by itself too
  useEffect(() => {
    if (unsent === 0 && work !== 'leaving') leave()
  }, [unsent])

  const send = async () => {
    setWork('sending')
    await workspace.work()
    if (workspace.replica.operations().length > 0) setWork('failed')
  }

  if (!hasAsked.current)
    return (
      <p role="status" className="sr-only">
        {t.account.loggingOut}
      </p>
    )
  const isBusy = work === 'sending' || work === 'leaving'
  return (
    <Dialog title={t.account.unsentTitle(unsent)} onClose={() => !isBusy && onCancel()}>
      <p>{t.account.unsentNote}</p>
      <Alert className="mt-3">{work === 'failed' && t.account.stillUnsent}</Alert>
      <div className="mt-5 flex flex-wrap justify-end gap-2">
        <Button look="quiet" disabled={isBusy} onClick={onCancel}>
          {t.app.cancel}
        </Button>
        <Button look="danger" disabled={isBusy} onClick={leave}>
          {t.account.logOutAnyway}
        </Button>
        <Button look="primary" disabled={isBusy} onClick={() => void send()}>
          {t.account.sendFirst}
        </Button>
      </div>
    </Dialog>
  )
}
