import { useLocation } from '@tanstack/react-router'
import { type ReactNode, useEffect, useRef } from 'react'
import type { TaskPatch } from '@/data/task'
import { QuickAdd } from '@/features/tasks/quick-add'
import { useShortcuts } from '@/lib/shortcuts'
import { useText } from '@/text/text'

interface Props {
  title: string
  aside?: ReactNode
  menus?: ReactNode
  hasQuickAdd?: boolean
  /** What a task that is added here gets, where its text says nothing of it. */
  defaults?: TaskPatch | undefined
  children: ReactNode
}

/** A page inside the shell: its title, what can be done with it, its content. */
export function Page({ title, aside, menus, hasQuickAdd = false, defaults, children }: Props) {
  const t = useText()
  useEffect(() => {
    document.title = `${title} · ${t.app.name}`
  }, [title, t])
  return (
    <div className="mx-auto w-full max-w-3xl px-4 pb-32 md:px-10">
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
  const { hash } = useLocation()
  useEffect(() => {
    if (hash === 'compose') input.current?.focus()
  }, [hash])
  useShortcuts({ q: () => input.current?.focus() })
  return <QuickAdd input={input} defaults={defaults} />
}
