import { Link } from '@tanstack/react-router'
import { Command, Search, Settings } from 'lucide-react'
import { useReplica, useSignedIn } from '@/data/hooks'
import type { Replica } from '@/data/replica'
import { useCounts } from '@/features/tasks/counts'
import { TagDot } from '@/features/tasks/tag-chip'
import { useText } from '@/text/text'
import { VIEWS } from './places'

const LOOK =
  'flex min-h-9 items-center gap-2.5 rounded-md px-2.5 hover:bg-hover aria-[current=page]:bg-accent-soft aria-[current=page]:font-semibold pointer-coarse:min-h-11'

export function Navigation({ onPalette }: { onPalette: () => void }) {
  const t = useText()
  const { user } = useSignedIn()
  const counts = useCounts()
  const name = [user.first_name, user.last_name].filter(Boolean).join(' ') || user.username || user.email
  return (
    <nav aria-label={t.app.navigation} className="flex min-h-0 grow flex-col gap-0.5 overflow-y-auto p-2.5">
      <Link to="/settings" className={LOOK}>
        <span
          aria-hidden
          className="inline-flex size-6 shrink-0 items-center justify-center rounded-full bg-accent text-xs font-bold text-on-accent uppercase"
        >
          {name.slice(0, 1)}
        </span>
        <bdi className="truncate font-semibold">{name}</bdi>
        <Settings size={16} aria-hidden className="ms-auto shrink-0 text-muted" />
        <span className="sr-only">{t.app.settings}</span>
      </Link>
      <Link to="/search" className={LOOK}>
        <Search size={18} aria-hidden className="text-muted" />
        {t.app.search}
        <Key>/</Key>
      </Link>
      <button type="button" onClick={onPalette} className={LOOK}>
        <Command size={18} aria-hidden className="text-muted" />
        {t.app.openPalette}
        <Key>{navigator.platform.startsWith('Mac') ? '⌘ K' : 'Ctrl K'}</Key>
      </button>
      <hr className="my-2 border-line" />
      {VIEWS.map(({ to, name, icon: Icon }) => (
        <Link key={to} to={to} className={LOOK}>
          <Icon size={18} aria-hidden className="text-muted" />
          {t.app[name]}
          {(name === 'inbox' || name === 'today') && counts[name] > 0 && <Count>{counts[name]}</Count>}
        </Link>
      ))}
      <Tags counts={counts.tags} />
    </nav>
  )
}

function Tags({ counts }: { counts: ReadonlyMap<string, number> }) {
  const t = useText()
  const tags = useReplica(tagsOf)
  return (
    <>
      <Link
        to="/tags"
        className="mt-4 flex min-h-7 items-center px-2.5 text-xs font-semibold text-muted hover:underline"
      >
        {t.app.tags}
      </Link>
      {tags.map((tag) => (
        <Link key={tag.id} to="/tags/$tagId" params={{ tagId: tag.id }} className={LOOK}>
          <span className="inline-flex w-4.5 shrink-0 justify-center">
            <TagDot color={tag.color} />
          </span>
          <bdi className="truncate">{tag.name}</bdi>
          {counts.has(tag.id) && <Count>{counts.get(tag.id) ?? 0}</Count>}
        </Link>
      ))}
    </>
  )
}

const tagsOf = (replica: Replica) => replica.tags()

function Count({ children }: { children: number }) {
  return <span className="ms-auto text-sm text-muted tabular-nums">{children}</span>
}

function Key({ children }: { children: string }) {
  return (
    <kbd aria-hidden className="ms-auto font-sans text-xs text-muted pointer-coarse:hidden">
      {children}
    </kbd>
  )
}
