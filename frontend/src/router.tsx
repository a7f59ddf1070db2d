import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import { Toasts } from '@/components/ui/toasts'
import { account } from '@/data/account'
import { nextPath } from '@/features/auth/next-path'
import { AppShell } from '@/features/shell/app-shell'
import { Fault, NotFound } from '@/features/shell/fault'
import { statsSearch } from '@/features/stats/search'
import { listSearch } from '@/features/tasks/filter'
import { InboxPage, TagPage, TodayPage } from '@/features/tasks/pages'

const root = createRootRoute({
  component: () => (
    <>
      <Outlet />
      <Toasts />
    </>
  ),
  notFoundComponent: NotFound,
  errorComponent: Fault,
})

const guests = createRoute({
  getParentRoute: () => root,
  id: 'guests',
  beforeLoad: ({ search }: { search: Next }) => {
    if (account.get().status === 'in') throw redirect({ href: nextPath(search.next) })
  },
})

const members = createRoute({
  getParentRoute: () => root,
  id: 'members',
  component: AppShell,
  validateSearch: (search: Record<string, unknown>): { task?: string } =>
    typeof search.task === 'string' ? { task: search.task } : {},
  beforeLoad: ({ location }) => {
    if (account.get().status !== 'in') throw redirect({ to: '/login', search: { next: location.href } })
  },
})

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/inbox' })
  },
})

const inbox = createRoute({
  getParentRoute: () => members,
  path: '/inbox',
  validateSearch: listSearch,
  component: InboxPage,
})
const today = createRoute({
  getParentRoute: () => members,
  path: '/today',
  validateSearch: listSearch,
  component: TodayPage,
})
const tag = createRoute({
  getParentRoute: () => members,
  path: '/tags/$tagId',
  validateSearch: listSearch,
  component: TagPage,
})
const upcoming = createRoute({
  getParentRoute: () => members,
  path: '/upcoming',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('@/features/tasks/upcoming-page'), 'UpcomingPage'),
})
const completed = createRoute({
  getParentRoute: () => members,
  path: '/completed',
  component: lazyRouteComponent(() => import('@/features/tasks/completed-page'), 'CompletedPage'),
})
const trash = createRoute({
  getParentRoute: () => members,
  path: '/trash',
  component: lazyRouteComponent(() => import('@/features/tasks/trash-page'), 'TrashPage'),
})
const search = createRoute({
  getParentRoute: () => members,
  path: '/search',
  validateSearch: ({ q }: Record<string, unknown>): { q?: string } => (typeof q === 'string' ? { q } : {}),
  component: lazyRouteComponent(() => import('@/features/search/search-page'), 'SearchPage'),
})
const series = createRoute({
  getParentRoute: () => members,
  path: '/series',
  component: lazyRouteComponent(() => import('@/features/series/series-page'), 'SeriesPage'),
})
const oneSeries = createRoute({
  getParentRoute: () => members,
  path: '/series/$seriesId',
  component: lazyRouteComponent(() => import('@/features/series/one-series-page'), 'OneSeriesPage'),
})
const tags = createRoute({
  getParentRoute: () => members,
  path: '/tags',
  component: lazyRouteComponent(() => import('@/features/tags/tags-page'), 'TagsPage'),
})
const stats = createRoute({
  getParentRoute: () => members,
  path: '/stats',
  validateSearch: statsSearch,
  component: lazyRouteComponent(() => import('@/features/stats/stats-page'), 'StatsPage'),
})
const settings = createRoute({
  getParentRoute: () => members,
  path: '/settings',
  component: lazyRouteComponent(() => import('@/features/settings/settings-page'), 'SettingsPage'),
})
const profile = createRoute({
  getParentRoute: () => settings,
  path: '/',
  component: lazyRouteComponent(() => import('@/features/settings/profile-settings'), 'ProfileSettings'),
})
const security = createRoute({
  getParentRoute: () => settings,
  path: '/security',
  component: lazyRouteComponent(() => import('@/features/settings/security-settings'), 'SecuritySettings'),
})
const appearance = createRoute({
  getParentRoute: () => settings,
  path: '/appearance',
  component: lazyRouteComponent(
    () => import('@/features/settings/appearance-settings'),
    'AppearanceSettings',
  ),
})
const data = createRoute({
  getParentRoute: () => settings,
  path: '/data',
  component: lazyRouteComponent(() => import('@/features/settings/data-settings'), 'DataSettings'),
})

/** Where the person was on their way to. */
type Next = { next?: string | undefined }
function nextOf({ next }: Record<string, unknown>): Next {
  return typeof next === 'string' ? { next } : {}
}

const login = createRoute({
  getParentRoute: () => guests,
  path: '/login',
  validateSearch: (search: Record<string, unknown>): Next & { reason?: 'ended' } => ({
    ...nextOf(search),
    ...(search.reason === 'ended' && { reason: search.reason }),
  }),
  component: lazyRouteComponent(() => import('@/features/auth/login-page'), 'LoginPage'),
})
const register = createRoute({
  getParentRoute: () => guests,
  path: '/register',
  validateSearch: nextOf,
  component: lazyRouteComponent(() => import('@/features/auth/register-page'), 'RegisterPage'),
})
const forgotPassword = createRoute({
  getParentRoute: () => guests,
  path: '/forgot-password',
  component: lazyRouteComponent(() => import('@/features/auth/forgot-password-page'), 'ForgotPasswordPage'),
})
/** Also for somebody logged in, who followed the link of a mail. */
const resetPassword = createRoute({
  getParentRoute: () => root,
  path: '/reset-password',
  component: lazyRouteComponent(() => import('@/features/auth/reset-password-page'), 'ResetPasswordPage'),
})

const forGuests = guests.addChildren([login, register, forgotPassword])
const forMembers = members.addChildren([
  inbox,
  today,
  upcoming,
  tags,
  tag,
  series,
  oneSeries,
  completed,
  trash,
  search,
  stats,
  settings.addChildren([profile, security, appearance, data]),
])

export const router = createRouter({
  routeTree: root.addChildren([home, forGuests, resetPassword, forMembers]),
  scrollRestoration: true,
  defaultPreload: 'intent',
  parseSearch,
  stringifySearch,
})

/** Plain query strings, in which a name that comes several times is a list. */
function parseSearch(text: string): Record<string, string | string[]> {
  const parameters = new URLSearchParams(text)
  return Object.fromEntries(
    [...new Set(parameters.keys())].map((name) => {
      const values = parameters.getAll(name)
      return [name, values.length === 1 ? (values[0] ?? '') : values]
    }),
  )
}

function stringifySearch(search: Record<string, unknown>): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(search)) {
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined) parameters.append(name, `${one}`)
  }
  const text = parameters.toString()
  return text === '' ? '' : `?${text}`
}

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
