import { Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { Menu, Plus } from 'lucide-react'
import { lazy, Suspense, useEffect, useState } from 'react'
import { IconButton } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { useMedia } from '@/lib/media'
import { useSequences, useShortcuts } from '@/lib/shortcuts'
import { useStore } from '@/lib/store'
import { useText } from '@/text/text'
import { Navigation } from './navigation'
import { hasOwnQuickAdd } from './page'
import { PLACES } from './places'
import { Status } from './status'

const TaskPanel = lazy(() =>
  import('@/features/tasks/task-panel').then((module) => ({ default: module.TaskPanel })),
)
const QuickAddDialog = lazy(() =>
  import('@/features/tasks/quick-add-dialog').then((module) => ({ default: module.QuickAddDialog })),
)
const Palette = lazy(() => import('./palette').then((module) => ({ default: module.Palette })))
const LogOut = lazy(() => import('@/features/auth/log-out').then((module) => ({ default: module.LogOut })))
const Help = lazy(() => import('./help').then((module) => ({ default: module.Help })))

export const WIDE = '(min-width: 72rem)'

/** What stands around every page of somebody logged in. */
export function AppShell() {
  const t = useText()
  const navigate = useNavigate()
  const isWide = useMedia('(min-width: 48rem)')
  const isFieldOnPage = useStore(hasOwnQuickAdd)
  const task = useRouterState({ select: (state) => (state.location.search as { task?: string }).task })
  const path = useRouterState({ select: (state) => state.location.pathname })
  const [shown, setShown] = useState<'palette' | 'add' | 'help' | 'menu' | 'log-out' | null>(null)
  const [draft, setDraft] = useState('')
  const hide = () => setShown(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a page that was chosen closes the menu
  useEffect(hide, [path])
  useShortcuts(
    {
      'mod+k': () => setShown('palette'),
      '?': () => setShown('help'),
      '/': () => void navigate({ to: '/search' }),
      q: () => setShown('add'),
    },
    { isFallback: true },
  )
  useSequences('g', Object.fromEntries(PLACES.map(({ to, key }) => [key, () => void navigate({ to })])))

  return (
    <div className="flex min-h-dvh">
      <a
        href="#content"
        className="sr-only z-30 rounded-md bg-accent px-4 py-2 text-on-accent focus:not-sr-only focus:fixed focus:start-2 focus:top-2"
      >
        {t.app.skipToContent}
      </a>
      {isWide && (
        <aside className="sticky top-0 flex h-dvh w-60 shrink-0 flex-col border-e border-line bg-sunken">
          <Navigation onPalette={() => setShown('palette')} />
          <Status />
        </aside>
      )}
      <div className="min-w-0 grow">
        {!isWide && (
          <header className="sticky top-0 z-10 border-b border-line bg-page">
            <div className="flex items-center px-2 py-1">
              <IconButton label={t.app.menu} onClick={() => setShown('menu')}>
                <Menu size={20} />
              </IconButton>
              <span className="ps-1 font-semibold">{t.app.name}</span>
            </div>
            <Status />
          </header>
        )}
        {!isWide && !isFieldOnPage && (
          <button
            type="button"
            aria-label={t.tasks.quickAdd}
            title={t.tasks.quickAdd}
            onClick={() => setShown('add')}
            className="fixed end-4 bottom-4 z-10 mb-[env(safe-area-inset-bottom)] inline-flex size-14 items-center justify-center rounded-full bg-accent text-on-accent shadow-raised"
          >
            <Plus size={24} aria-hidden />
          </button>
        )}
        <main id="content" tabIndex={-1} className="outline-none">
          <Outlet />
        </main>
      </div>
      <Suspense>
        {task !== undefined && <TaskPanel id={task} />}
        {shown === 'palette' && (
          <Palette
            onClose={hide}
            onAdd={() => setShown('add')}
            onHelp={() => setShown('help')}
            onLogOut={() => setShown('log-out')}
          />
        )}
        {shown === 'add' && <QuickAddDialog text={draft} onText={setDraft} onClose={hide} />}
        {shown === 'log-out' && <LogOut onCancel={hide} />}
        {shown === 'help' && <Help onClose={hide} />}
      </Suspense>
      {shown === 'menu' && (
        <Dialog title={t.app.menu} shape="start" isBare onClose={hide}>
          <Navigation onPalette={() => setShown('palette')} />
        </Dialog>
      )}
    </div>
  )
}
