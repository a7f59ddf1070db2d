import { lazy, type MouseEvent, Suspense, useEffect, useRef, useState } from 'react'
import { Button } from '@/components/ui/button'
import { INPUT } from '@/components/ui/field'
import { GrowingTextarea } from '@/components/ui/growing-textarea'
import type { Task } from '@/data/task'
import { classes } from '@/lib/classes'
import { useText } from '@/text/pages'
import { PanelSection } from './section'
import { type Draft, useDraft } from './use-draft'

const Markdown = lazy(() => import('./markdown').then((module) => ({ default: module.Markdown })))

const MAXIMUM = 10_000
const PAUSE_MS = 1_000

/** Markdown, as it reads; a click away from its text. */
export function Description({ task }: { task: Task }) {
  const t = useText()
  const draft = useDraft(task, 'description')
  const [isEditing, setEditing] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  const isBack = useRef(false)
  useEffect(() => {
    if (!isEditing && isBack.current) button.current?.focus()
    isBack.current = false
  }, [isEditing])
  const end = () => {
    draft.end()
    setEditing(false)
  }
  const endByKey = () => {
    isBack.current = true
    end()
  }
  const edit = (
    <Button
      ref={button}
      look="quiet"
      className="-me-2 min-h-8 px-2 text-sm text-muted"
      aria-label={t.details.editDescription}
      onClick={() => setEditing(true)}
    >
      {t.details.edit}
    </Button>
  )

  return (
    <PanelSection title={t.details.description} aside={!isEditing && task.description && edit}>
      {isEditing ? (
        <Editor draft={draft} onBlur={end} onKeyEnd={endByKey} />
      ) : task.description ? (
        <Rendered text={task.description} onEdit={() => setEditing(true)} />
      ) : (
        <button
          type="button"
          onClick={() => setEditing(true)}
          className="-mx-2 min-h-8 rounded-md px-2 text-start text-muted hover:bg-hover pointer-coarse:min-h-11"
        >
          {t.details.addDescription}
        </button>
      )}
    </PanelSection>
  )
}

function Rendered({ text, onEdit }: { text: string; onEdit: () => void }) {
  const click = (event: MouseEvent) => {
    const isLink = event.target instanceof Element && event.target.closest('a') !== null
    if (!isLink && getSelection()?.isCollapsed !== false) onEdit()
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button beside the heading does the same by key
    // biome-ignore lint/a11y/useKeyWithClickEvents: as above
    <div dir="auto" onClick={click} className="-mx-2 cursor-text rounded-md px-2 py-1 hover:bg-hover/60">
      <Suspense fallback={<p className="break-words whitespace-pre-wrap">{text}</p>}>
        <Markdown text={text} />
      </Suspense>
    </div>
  )
}

interface EditorProps {
  draft: Draft
  onBlur: () => void
  onKeyEnd: () => void
}

function Editor({ draft, onBlur, onKeyEnd }: EditorProps) {
  const t = useText()
  const { text, save } = draft
  // biome-ignore lint/correctness/useExhaustiveDependencies: the pause begins anew with each key
  useEffect(() => {
    const timer = setTimeout(save, PAUSE_MS)
    return () => clearTimeout(timer)
  }, [text, save])
  return (
    <>
      <GrowingTextarea
        autoFocus
        aria-label={t.details.description}
        aria-describedby="description-hint"
        value={text}
        maxLength={MAXIMUM}
        onChange={(event) => draft.type(event.target.value)}
        onFocus={({ currentTarget: { value }, currentTarget }) =>
          currentTarget.setSelectionRange(value.length, value.length)
        }
        onBlur={onBlur}
        onKeyDown={(event) => {
          const isEnd = event.key === 'Escape' || (event.key === 'Enter' && (event.ctrlKey || event.metaKey))
          if (!isEnd || event.nativeEvent.isComposing) return
          event.preventDefault()
          onKeyEnd()
        }}
        className={classes(INPUT, 'min-h-24')}
      />
      <p id="description-hint" className="text-xs text-muted">
        {t.details.descriptionHint}
      </p>
    </>
  )
}
