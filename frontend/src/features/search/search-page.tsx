import { useNavigate, useSearch } from '@tanstack/react-router'
import { Search } from 'lucide-react'
import { type KeyboardEvent, useCallback, useEffect, useRef, useState } from 'react'
import { Button } from '@/components/ui/button'
import { INPUT } from '@/components/ui/field'
import { Page } from '@/features/shell/page'
import { OlderTasks } from '@/features/tasks/older-tasks'
import { TaskList } from '@/features/tasks/task-list'
import { classes } from '@/lib/classes'
import { useShortcuts } from '@/lib/shortcuts'
import { useText } from '@/text/pages'
import { pieces } from './highlight'
import { useFound } from './use-found'

const MAXIMUM = 200

export function SearchPage() {
  const t = useText()
  const { q = '' } = useSearch({ strict: false })
  const query = q.trim().slice(0, MAXIMUM)
  const results = useRef<HTMLDivElement>(null)
  const isWanted = useRef(false)
  const { rows, isLocal, pages } = useFound(query)
  const isCurrent = isLocal || !pages.isPlaceholderData
  const markTitle = useCallback((title: string) => <Marked title={title} query={query} />, [query])

  const enter = () => {
    const first = results.current?.querySelector<HTMLElement>('[data-title]')
    isWanted.current = !isCurrent || !first
    if (isCurrent) first?.focus()
  }
  useEffect(() => {
    if (!isWanted.current || !isCurrent || rows.length === 0) return
    isWanted.current = false
    results.current?.querySelector<HTMLElement>('[data-title]')?.focus()
  })

  return (
    <Page title={t.app.search}>
      <SearchField
        query={q}
        onEnter={enter}
        onType={() => {
          isWanted.current = false
        }}
      />
      <p id="search-hint" className="px-2 pt-2 text-sm text-muted">
        {t.views.searchHint}
      </p>
      {query !== '' && (
        <div ref={results}>
          {isLocal && (
            <p className="mt-3 rounded-md bg-warning-soft px-3 py-2 text-sm">{t.views.searchOffline}</p>
          )}
          <Outcome query={query} count={rows.length} isLocal={isLocal} pages={pages} />
          {rows.length > 0 && (
            <TaskList
              label={t.tasks.listOf(t.app.search)}
              sections={[{ id: 'all', rows }]}
              markTitle={markTitle}
            />
          )}
          {!isLocal && rows.length > 0 && <OlderTasks pages={pages} />}
        </div>
      )}
    </Page>
  )
}

interface FieldProps {
  query: string
  /** On Enter or the arrow to the results. */
  onEnter: () => void
  onType: () => void
}

const PAUSE_MS = 150

/** What is typed goes into the address a moment later, in place of what was there. */
function SearchField({ query, onEnter, onType }: FieldProps) {
  const t = useText()
  const navigate = useNavigate()
  const input = useRef<HTMLInputElement>(null)
  const [text, setText] = useState(query)
  const told = useRef(query)
  const tell = useCallback(
    (q: string) => {
      if (q === told.current) return
      told.current = q
      void navigate({ to: '/search', search: q.trim() === '' ? {} : { q }, replace: true })
    },
    [navigate],
  )
  useEffect(() => {
    const timer = setTimeout(() => tell(text), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [text, tell])
  useEffect(() => {
    if (query.trim() === told.current.trim()) return
    told.current = query
    setText(query)
  }, [query])
  useShortcuts({
    '/': () => {
      input.current?.focus()
      input.current?.select()
    },
  })

  const press = (event: KeyboardEvent) => {
    if (!['Enter', 'ArrowDown'].includes(event.key) || event.nativeEvent.isComposing) return
    event.preventDefault()
    tell(text)
    onEnter()
  }
  return (
    <div className="relative">
      <Search size={18} aria-hidden className="absolute start-3 top-1/2 -translate-y-1/2 text-muted" />
      <input
        ref={input}
        // biome-ignore lint/a11y/noAutofocus: to search is why the page was opened
        autoFocus
        type="search"
        dir="auto"
        aria-label={t.app.search}
        aria-describedby="search-hint"
        placeholder={t.views.searchPlaceholder}
        enterKeyHint="search"
        maxLength={MAXIMUM}
        value={text}
        onChange={(event) => {
          onType()
          setText(event.target.value)
        }}
        onKeyDown={press}
        className={classes(INPUT, 'min-h-11 ps-10 [&::-webkit-search-cancel-button]:grayscale')}
      />
    </div>
  )
}

interface OutcomeProps {
  query: string
  count: number
  isLocal: boolean
  pages: ReturnType<typeof useFound>['pages']
}

function Outcome({ query, count, isLocal, pages }: OutcomeProps) {
  const t = useText()
  if (!isLocal && pages.isError) {
    return (
      <div role="alert" className="flex flex-col items-center gap-3 px-2 py-16 text-center text-muted">
        {t.views.searchFailed}
        <Button onClick={() => void pages.refetch()}>{t.app.retry}</Button>
      </div>
    )
  }
  const isSearching = !isLocal && (pages.isPending || pages.isPlaceholderData)
  return (
    <div role="status">
      {count > 0 && (
        <p className="px-2 pt-4 pb-1 text-sm text-muted">
          {t.views.found(count, !isLocal && pages.hasNextPage)}
        </p>
      )}
      {count === 0 && isSearching && <p className="px-2 py-16 text-center text-muted">{t.views.searching}</p>}
      {count === 0 && !isSearching && (
        <div className="px-2 py-16 text-center">
          <p dir="auto" className="break-words">
            {t.views.notFound(query)}
          </p>
          <p className="text-muted">{t.views.notFoundHint}</p>
        </div>
      )}
    </div>
  )
}

function Marked({ title, query }: { title: string; query: string }) {
  return pieces(title, query).map(({ text, isMatch }, index) =>
    isMatch ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text have no other name than their place
      <mark key={index} className="rounded-sm bg-warning-soft text-current">
        {text}
      </mark>
    ) : (
      text
    ),
  )
}
