import type { UserPublic } from '@/client/schema'
import { bindSession, onSessionLost, renewedToken, sessionToken, setSessionToken } from '@/lib/access-token'
import { api, unwrap } from '@/lib/api'
import { ApiError, NoAnswer } from '@/lib/errors'
import { Store } from '@/lib/store'
import { forgetServerData } from './database'
import { Workspace } from './workspace'

export type Account =
  | { status: 'starting' }
  | { status: 'anonymous' }
  | { status: 'in'; user: UserPublic; workspace: Workspace }

const USER = 'user'
const LOGOUT = 'logout-pending'

export const account = new Store<Account>({ status: 'starting' })

/** Where a change that could not be made is told to the person. */
export const notices = { dropped: (_detail: string) => {}, fault: (_error: unknown) => {} }

const tabs = new BroadcastChannel('todo-account')
tabs.onmessage = () => location.reload()

/**
 * Opens what this device keeps of the account at once, and asks for a session meanwhile. Without a network the
 * account stays open; when the session turns out to be over, what came from the server is forgotten.
 */
export async function startAccount(): Promise<void> {
  onSessionLost(() => void endLostSession())
  if (localStorage.getItem(LOGOUT) !== null) await finishLogout()
  const user = rememberedUser()
  if (user === null) return finishStart(null)
  await open(user)
  void finishStart(user)
}

async function finishStart(user: UserPublic | null): Promise<void> {
  try {
    await resumeSession(user)
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

export function openWorkspace(): Workspace | null {
  const current = account.get()
  return current.status === 'in' ? current.workspace : null
}

export async function logIn(email: string, password: string): Promise<void> {
  const answer = await unwrap(api.POST('/api/v1/auth/login', { body: { email, password } }))
  setSessionToken(answer.access_token)
  await enter(answer.user)
  tabs.postMessage('logged in')
  void openWorkspace()?.work()
}

/** Ends the session and forgets everything of the account on this device, also what was not sent. */
export async function logOut(): Promise<void> {
  localStorage.setItem(LOGOUT, '1')
  await finishLogout()
  await leave()
}

/** After the account is gone on the server. */
export async function leave(): Promise<void> {
  await openWorkspace()?.erase()
  localStorage.removeItem(USER)
  tabs.postMessage('logged out')
  location.assign('/login')
}

export function changeUser(user: UserPublic): void {
  const current = account.get()
  if (current.status !== 'in') return
  localStorage.setItem(USER, JSON.stringify(user))
  account.set({ ...current, user })
}

/** The cookie of the session is out of reach for scripts, so only the server can end it; if need be, later. */
async function finishLogout(): Promise<void> {
  try {
    const headers = sessionToken() === null ? {} : { Authorization: `Bearer ${sessionToken()}` }
    const response = await fetch('/api/v1/auth/logout', { method: 'POST', headers })
    if (response.ok || response.status === 401) localStorage.removeItem(LOGOUT)
  } catch {
    return
  } finally {
    setSessionToken(null)
  }
}

function rememberedUser(): UserPublic | null {
  const stored = localStorage.getItem(USER)
  return stored === null ? null : (JSON.parse(stored) as UserPublic)
}

async function enter(user: UserPublic): Promise<void> {
  localStorage.removeItem(LOGOUT)
  localStorage.setItem(USER, JSON.stringify(user))
  openWorkspace()?.close()
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

async function endLostSession(): Promise<void> {
  const current = account.get()
  if (current.status !== 'in') return
  localStorage.removeItem(USER)
  current.workspace.close()
  await forgetServerData(current.user.id)
  location.assign('/login?reason=ended')
}
