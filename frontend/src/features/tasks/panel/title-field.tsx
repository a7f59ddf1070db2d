import { GrowingTextarea } from '@/components/ui/growing-textarea'
import type { Task } from '@/data/task'
import { classes } from '@/lib/classes'
import { useText } from '@/text/pages'
import { useDraft } from './use-draft'

const MAXIMUM = 255

export function TitleField({ task }: { task: Task }) {
  const t = useText()
  const draft = useDraft(task, 'title')
  return (
    <GrowingTextarea
      aria-label={t.details.title}
      value={draft.text}
      maxLength={MAXIMUM}
      enterKeyHint="done"
      onChange={(event) => draft.type(event.target.value.replaceAll(/[\r\n]+/g, ' '))}
      onBlur={draft.end}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
          event.preventDefault()
          event.currentTarget.blur()
        } else if (event.key === 'Escape' && draft.isTyping) {
          event.preventDefault()
          draft.restore()
        }
      }}
      className={classes(
        '-mx-1.5 rounded-md bg-transparent px-1.5 py-0.5 text-lg font-semibold hover:bg-hover focus:bg-surface',
        task.is_completed && 'text-muted line-through',
      )}
    />
  )
}
