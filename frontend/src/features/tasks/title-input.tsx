import { useRef } from 'react'
import { useText } from '@/text/text'

const MAXIMUM = 255

/** Edits a title in its place. Ends with the new title on Enter or when it loses the focus, with null on Escape. */
export function TitleInput({ title, onEnd }: { title: string; onEnd: (title: string | null) => void }) {
  const t = useText()
  const isOver = useRef(false)
  const end = (value: string | null) => {
    if (isOver.current) return
    isOver.current = true
    onEnd(value?.trim() ? value : null)
  }
  return (
    <input
      // biome-ignore lint/a11y/noAutofocus: the person asked to edit here
      autoFocus
      aria-label={t.tasks.title}
      dir="auto"
      defaultValue={title}
      maxLength={MAXIMUM}
      onFocus={(event) => event.currentTarget.select()}
      onBlur={(event) => end(event.currentTarget.value)}
      onKeyDown={(event) => {
        event.stopPropagation()
        if (event.key === 'Escape') end(null)
        if (event.key !== 'Enter' || event.nativeEvent.isComposing) return
        // the focus goes to the title, which the same key would then press
        event.preventDefault()
        end(event.currentTarget.value)
      }}
      className="relative z-1 -mx-1 w-full rounded-sm bg-surface px-1 outline-2 outline-accent"
    />
  )
}
