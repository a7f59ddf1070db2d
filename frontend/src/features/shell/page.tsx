import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { TaskPatch } from '@/data/task'
import { QuickAdd } from '@/features/tasks/quick-add'
import { classes } from '@/lib/classes'
import { useShortcuts } from '@/lib/shortcuts'
import { Store } from '@/lib/store'
import { useText } from '@/text/text'

interface Props {
  title: string
  aside?: ReactNode
  menus?: ReactNode
  hasQuickAdd?: boolean
  /** What a task that is added here gets, where its text says nothing of it. */
  defaults?: TaskPatch | undefined
  /** There is something beside the content. */
  isWide?: boolean
  children: ReactNode
}

/** Whether the page in sight has a field of its own to add tasks. (To ask with `:has` would restyle all at each row.) */
export const hasOwnQuickAdd = new Store(false)

/** A page inside the shell: its title, what can be done with it, its content. */
export function Page(props: Props) {
  const { title, aside, menus, hasQuickAdd = false, defaults, isWide = false, children } = props
  const t = useText()
  useEffect(() => {
    document.title = `${title} · ${t.app.name}`
  }, [title, t])
  return (
    <div className={classes('mx-auto w-full px-4 pb-32 md:px-10', isWide ? 'max-w-5xl' : 'max-w-3xl')}>
      <header className="flex flex-wrap items-baseline gap-x-3 gap-y-1 pt-4 pb-3 md:pt-10">
        <h1 className="text-xl font-bold break-words">
          <bdi>{title}</bdi>
        </h1>
        {aside && <span className="text-muted">{aside}</span>}
        {menus && <div className="ms-auto flex gap-1">{menus}</div>}
      </header>
      {hasQuickAdd && <PageQuickAdd defaults={defaults} />}
      {children}
    </div>
  )
}

function PageQuickAdd({ defaults }: Pick<Props, 'defaults'>) {
  const input = useRef<HTMLTextAreaElement>(null)
  const [text, setText] = useState('')
  useShortcuts({ q: () => input.current?.focus() })
  useLayoutEffect(() => {
    hasOwnQuickAdd.set(true)
    return () => hasOwnQuickAdd.set(false)
  }, [])
  return (
    <QuickAdd
      input={input}
      defaults={defaults}
      text={text}
      onText={setText}
      className="z-10 mb-3 rounded-lg border border-strong-line bg-surface focus-within:border-accent focus-within:outline-2 focus-within:outline-accent max-md:fixed max-md:inset-x-2 max-md:bottom-2 max-md:mb-[env(safe-area-inset-bottom)] max-md:shadow-raised"
    />
  )
}
