import type { UserPublic, UserRegister } from '@/client/schema'
import { bindSession, onSessionLost, renewedToken, setSessionToken } from '@/lib/access-token'
import { api, unwrap } from '@/lib/api'
import { ApiError, NoAnswer } from '@/lib/errors'
import { Store } from '@/lib/store'
import { untilNobodyTypes } from '@/lib/typing'
import { deleteDatabase, forgetServerData } from './database'
import { Workspace } from './workspace'

export type Account =
  | { status: 'starting' }
  | { status: 'anonymous' }
  | { status: 'in'; user: UserPublic; workspace: Workspace }

/** Who is logged in. Whoever replaces it sees to what the device keeps of that user; other tabs follow. */
const USER = 'user'
/** The id of a user who has logged out, until the device has forgotten them and the server knows. */
const LOGOUT = 'logout-pending'
const LOGOUT_TIMEOUT_MS = 5_000

export const account = new Store<Account>({ status: 'starting' })

/** Where a change that could not be made is told to the person. */
export const notices = { dropped: (_detail: string) => {}, fault: (_error: unknown) => {} }

/**
 * Opens what this device keeps of the account at once, and asks for a session meanwhile. Without a network the
 * account stays open; when the session turns out to be over, what came from the server is forgotten.
 */
export async function startAccount(): Promise<void> {
  onSessionLost(() => void endLostSession())
  addEventListener('storage', ({ key }) => (key === USER || key === null) && followOtherTabs())
  // going back may show a page as it was when it was left
  addEventListener('pageshow', ({ persisted }) => persisted && followOtherTabs())
  addEventListener('online', () => void finishLogout())
  await finishLogout()
  const user = rememberedUser()
  if (user === null) return finishStart(null)
  await open(user)
  void finishStart(user)
}

async function finishStart(user: UserPublic | null): Promise<void> {
  try {
    if (localStorage.getItem(LOGOUT) === null) await resumeSession(user)
  } catch (error) {
    if (!(error instanceof ApiError || error instanceof NoAnswer)) throw error
  }
  if (account.get().status === 'starting') account.set({ status: 'anonymous' })
  void openWorkspace()?.work()
}

async function resumeSession(user: UserPublic | null): Promise<void> {
  const token = await renewedToken(null)
  if (token === null) return
  const current = await unwrap(api.GET('/api/v1/users/me'))
  if (current.id === user?.id) changeUser(current)
  else await enter(current)
}

function openWorkspace(): Workspace | null {
  const current = account.get()
  return current.status === 'in' ? current.workspace : null
}

export async function register(user: UserRegister): Promise<void> {
  await unwrap(api.POST('/api/v1/auth/register', { body: user }))
  await logIn(user.email, user.password)
}

export async function logIn(email: string, password: string): Promise<void> {
  await finishLogout()
  const answer = await unwrap(api.POST('/api/v1/auth/login', { body: { email, password } }))
  setSessionToken(answer.access_token)
  await enter(answer.user)
  void openWorkspace()?.work()
}

/** Ends the session and forgets everything of the account on this device, also what was not sent. */
export async function logOut(): Promise<void> {
  const current = account.get()
  if (current.status !== 'in') return
  onSessionLost(() => {})
  localStorage.setItem(LOGOUT, current.user.id)
  localStorage.removeItem(USER)
  current.workspace.close()
  await finishLogout()
  location.replace('/login')
}

/**
 * The cookie of the session is out of reach for scripts, so only the server can end it; if need be, later. It goes
 * by the cookie: the access token may have run out.
 */
async function finishLogout(): Promise<void> {
  const userId = localStorage.getItem(LOGOUT)
  if (userId === null) return
  await deleteDatabase(userId)
  const signal = AbortSignal.timeout(LOGOUT_TIMEOUT_MS)
  const answer = await fetch('/api/v1/auth/logout', { method: 'POST', signal }).catch(() => null)
  if (answer?.ok || answer?.status === 401) localStorage.removeItem(LOGOUT)
}

export function changeUser(user: UserPublic): void {
  const current = account.get()
  if (current.status !== 'in') return
  localStorage.setItem(USER, JSON.stringify(user))
  account.set({ ...current, user })
}

/** Another tab has logged in or out, or changed the profile. */
function followOtherTabs(): void {
  const user = rememberedUser()
  const current = account.get()
  const own = current.status === 'in' ? current : null
  if (user?.id !== own?.user.id) location.reload()
  else if (own !== null && user !== null) account.set({ ...own, user })
}

function rememberedUser(): UserPublic | null {
  const stored = localStorage.getItem(USER)
  return stored === null ? null : (JSON.parse(stored) as UserPublic)
}

async function enter(user: UserPublic): Promise<void> {
  const before = rememberedUser()
  if (before !== null && before.id !== user.id) await forgetServerData(before.id)
  localStorage.removeItem(LOGOUT)
  localStorage.setItem(USER, JSON.stringify(user))
  await open(user)
}

async function open(user: UserPublic): Promise<void> {
  const workspace = await Workspace.open(user.id, {
    onDropped: (detail) => notices.dropped(detail),
    onFault: (error) => {
      if (!(error instanceof ApiError && error.status === 401)) notices.fault(error)
    },
  })
  bindSession(user.id)
  account.set({ status: 'in', user, workspace })
}

/** What was not sent stays on the device, and can be added to until the page is left. */
async function endLostSession(): Promise<void> {
  const current = account.get()
  if (current.status !== 'in' || rememberedUser()?.id !== current.user.id) return followOtherTabs()
  onSessionLost(() => {})
  localStorage.removeItem(USER)
  current.workspace.stop()
  await forgetServerData(current.user.id)
  await untilNobodyTypes()
  // leaving the page would break off what is being written: a read waits for it
  await current.workspace.replica.readOutbox()
  const next = encodeURIComponent(location.pathname + location.search)
  location.replace(`/login?reason=ended&next=${next}`)
}
