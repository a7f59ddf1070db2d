import { useRef } from 'react'
import { Dialog } from '@/components/ui/dialog'
import { toast } from '@/lib/toasts'
import { useText } from '@/text/pages'
import { QuickAdd } from './quick-add'

interface Props {
  /** Kept by the caller: what was typed is there again when the dialog is opened again. */
  text: string
  onText: (text: string) => void
  onClose: () => void
}

/** Quick add where the page has none of its own. */
export function QuickAddDialog({ text, onText, onClose }: Props) {
  const t = useText()
  const input = useRef<HTMLTextAreaElement>(null)
  return (
    <Dialog title={t.tasks.quickAdd} shape="top" isBare onClose={onClose}>
      <QuickAdd
        input={input}
        text={text}
        onText={onText}
        onAdded={() => {
          toast(t.views.added)
          onClose()
        }}
        className="py-1"
      />
      {text.trim() === '' && (
        <p className="px-9 pb-3 text-sm text-muted">
          {t.views.addExample} <span lang="en">{t.views.addExampleText}</span>
        </p>
      )}
    </Dialog>
  )
}
