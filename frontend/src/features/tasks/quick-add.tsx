import { Plus } from 'lucide-react'
import { type KeyboardEvent, type RefObject, useDeferredValue, useId } from 'react'
import type { QuickAddUnderstood } from '@/client/schema'
import { useSignedIn } from '@/data/hooks'
import type { TaskPatch } from '@/data/task'
import { classes } from '@/lib/classes'
import { isOnline } from '@/lib/connection'
import { useStore } from '@/lib/store'
import { useText } from '@/text/text'
import { useTaskActions } from './actions'
import { Understood } from './understood'
import { useUnderstood } from './use-understood'

const MARKS: Record<QuickAddUnderstood['spans'][number]['kind'], string> = {
  date: 'bg-accent-soft',
  time: 'bg-accent-soft',
  datetime: 'bg-accent-soft',
  recurrence: 'bg-accent-soft',
  start: 'bg-accent-soft',
  until: 'bg-accent-soft',
  count: 'bg-accent-soft',
  priority: 'bg-danger-soft',
  tag: 'bg-warning-soft',
}
const MAXIMUM = 500
/** Of the text and of what shines through from behind it: they must break lines alike. */
const LINES =
  'col-start-1 row-start-1 min-w-0 pointer-coarse:text-[1rem] whitespace-pre-wrap break-words px-1 py-2.5'

interface Props {
  input: RefObject<HTMLTextAreaElement | null>
  /** What the page adds where the text says nothing of it. */
  defaults?: TaskPatch | undefined
  text: string
  onText: (text: string) => void
  onAdded?: () => void
  className: string
}

/** One line becomes a task. What the server would understand of it is marked while it is typed. */
export function QuickAdd({ input, defaults, text, onText, onAdded, className }: Props) {
  const t = useText()
  const { user } = useSignedIn()
  const actions = useTaskActions()
  const id = useId()
  const online = useStore(isOnline)
  const understood = useUnderstood(useDeferredValue(text), user.timezone)
  const isShown = understood !== null && understood.text === text

  const add = () => {
    if (text.trim() === '') return
    actions.quickAdd(text.trim(), user.timezone, defaults)
    onText('')
    onAdded?.()
  }
  const press = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key === 'Escape') event.currentTarget.blur()
    if (event.key !== 'Enter' || event.nativeEvent.isComposing) return
    event.preventDefault()
    add()
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        add()
      }}
      className={className}
    >
      <div className="flex items-start gap-2 px-2">
        <Plus size={18} aria-hidden className="mt-3 shrink-0 text-accent" />
        <div className="grid min-w-0 grow" dir="auto">
          <div aria-hidden className={classes(LINES, 'text-transparent')}>
            {isShown ? <Marked text={text} spans={understood.meaning.spans} /> : `${text} `}
          </div>
          <textarea
            ref={input}
            data-autofocus
            rows={1}
            dir="auto"
            aria-label={t.tasks.quickAdd}
            aria-describedby={id}
            placeholder={t.tasks.quickAdd}
            enterKeyHint="done"
            maxLength={MAXIMUM}
            value={text}
            onChange={(event) => onText(event.target.value.replaceAll(/[\r\n]+/g, ' '))}
            onKeyDown={press}
            className={classes(
              LINES,
              'resize-none overflow-hidden bg-transparent outline-none placeholder:text-muted',
            )}
          />
        </div>
        {text.trim() !== '' && (
          <button
            type="submit"
            className="my-1.5 min-h-8 shrink-0 rounded-md bg-accent px-3 font-medium text-on-accent"
          >
            {t.tasks.add}
          </button>
        )}
      </div>
      <div id={id} className="px-9 text-sm text-muted empty:hidden [&:not(:empty)]:pb-2">
        {text.trim() !== '' && !online && t.tasks.understoodLater}
        {text.trim() !== '' && online && isShown && <Understood meaning={understood.meaning} />}
      </div>
    </form>
  )
}

function Marked({ text, spans }: { text: string; spans: QuickAddUnderstood['spans'] }) {
  const pieces = []
  let end = 0
  for (const span of spans.toSorted((one, other) => one.utf16_start - other.utf16_start)) {
    pieces.push(text.slice(end, span.utf16_start))
    pieces.push(
      <mark key={span.utf16_start} className={classes('rounded-sm text-transparent', MARKS[span.kind])}>
        {text.slice(span.utf16_start, span.utf16_end)}
      </mark>,
    )
    end = span.utf16_end
  }
  return [...pieces, `${text.slice(end)} `]
}
