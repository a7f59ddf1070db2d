import { IDBFactory } from 'fake-indexeddb'
import 'fake-indexeddb/auto'
import { beforeEach, expect, test, vi } from 'vitest'
import { openDatabase } from './database'

const ANA = { id: 'ana', email: 'ana@example.com', timezone: 'UTC', version: 1 }
const BOB = { id: 'bob', email: 'bob@example.com', timezone: 'UTC', version: 1 }

type Routes = Record<string, () => Response | Promise<Response>>
let routes: Routes
let asked: string[]
const page = {
  origin: 'http://app',
  pathname: '/today',
  search: '?sort=title',
  reload: vi.fn(),
  replace: vi.fn(),
}

beforeEach(() => {
  vi.resetModules()
  vi.resetAllMocks()
  vi.stubGlobal('location', page)
  document.body.replaceChildren()
  vi.stubGlobal('indexedDB', new IDBFactory())
  localStorage.clear()
  asked = []
  vi.stubGlobal('fetch', async (target: string | Request) => {
    const path = new URL(target instanceof Request ? target.url : target, 'http://app').pathname
    asked.push(path)
    return (routes[path] ?? (() => json({ items: [], next_cursor: null })))()
  })
})

function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status })
}

function sessionOf(user: typeof ANA): Routes {
  const access_token = `head.${btoa(JSON.stringify({ sub: user.id })).replaceAll('=', '')}.signature`
  return {
    '/api/v1/auth/refresh': () => json({ access_token }),
    '/api/v1/auth/login': () => json({ access_token, user }),
    '/api/v1/users/me': () => json(user),
    '/api/v1/auth/logout': () => new Response(null, { status: 204 }),
  }
}

const offline = () => Promise.reject(new TypeError('no network'))
const busy = () => json({}, 503)

async function databases(): Promise<string[]> {
  return (await indexedDB.databases()).map(({ name }) => name ?? '')
}

async function restart() {
  vi.resetModules()
  const module = await import('./account')
  await module.startAccount()
  return module
}

test('a cookie is enough to be logged in', async () => {
  routes = sessionOf(ANA)
  const { account } = await restart()
  expect(account.get()).toMatchObject({ status: 'in', user: ANA })
})

test('without a network, and while the server is busy, the account stays open', async () => {
  for (const refresh of [offline, busy]) {
    localStorage.setItem('user', JSON.stringify(ANA))
    routes = { ...sessionOf(ANA), '/api/v1/auth/refresh': refresh }
    const { account } = await restart()
    await vi.waitFor(() => expect(asked).toContain('/api/v1/auth/refresh'))
    expect(account.get()).toMatchObject({ status: 'in', user: ANA })
  }
})

test('logging out leaves nothing on the device, and without a network the server is told later', async () => {
  routes = sessionOf(ANA)
  const { logOut } = await restart()
  expect(await databases()).toEqual(['todo-ana'])
  routes['/api/v1/auth/logout'] = offline
  await logOut()
  expect(await databases()).toEqual([])
  expect(localStorage.getItem('user')).toBeNull()

  asked = []
  routes['/api/v1/auth/logout'] = busy
  const again = await restart()
  expect(again.account.get()).toEqual({ status: 'anonymous' })
  expect(asked).toEqual(['/api/v1/auth/logout'])

  routes = { ...sessionOf(ANA), '/api/v1/auth/refresh': () => json({}, 401) }
  dispatchEvent(new Event('online'))
  await vi.waitFor(() => expect(localStorage).toHaveLength(0))
})

test('somebody else who logs in never gets what was kept of the one before', async () => {
  localStorage.setItem('user', JSON.stringify(ANA))
  const database = await openDatabase('ana')
  await database.put('marks', 'yesterday', 'changes')
  routes = sessionOf(BOB)
  const { account } = await restart()
  await vi.waitFor(() => expect(localStorage.getItem('user')).toBeNull())
  expect(account.get()).toMatchObject({ user: ANA })
  await vi.waitFor(async () => expect(await database.count('marks')).toBe(0))
  expect(asked).not.toContain('/api/v1/tasks')

  const next = await restart()
  expect(next.account.get()).toMatchObject({ status: 'in', user: BOB })
})

/** Somebody who is logged in until the session is ended elsewhere. */
async function endedElsewhere() {
  routes = sessionOf(ANA)
  const { account } = await restart()
  const current = account.get()
  if (current.status !== 'in') throw new Error('nobody is logged in')
  await current.workspace.work()
  const refused = () => json({}, 401)
  routes = Object.fromEntries(
    ['/auth/refresh', '/tasks', '/tags', '/tasks/bulk'].map((path) => [`/api/v1${path}`, refused]),
  )
  return current.workspace
}

const LOGIN = '/login?reason=ended&next=%2Ftoday%3Fsort%3Dtitle'

test('a session that ended keeps what was not sent', async () => {
  const workspace = await endedElsewhere()
  const data = { title: 'Not sent' }
  await workspace.change([{ taskId: 'task', change: { kind: 'create', data, position: 'a' } }])
  await vi.waitFor(() => expect(page.replace).toHaveBeenCalledWith(LOGIN))
  const database = await openDatabase('ana')
  expect((await database.getAll('outbox')).map(({ change }) => change)).toMatchObject([{ data }])
  expect(await database.count('marks')).toBe(0)
})

test('a session that ended is told of once, however many requests notice, one after the other', async () => {
  const workspace = await endedElsewhere()
  await workspace.refresh()
  const { authorizedFetch } = await import('@/lib/api')
  for (let count = 0; count < 5; count += 1) await authorizedFetch(new Request('http://app/api/v1/tasks'))
  await vi.waitFor(() => expect(page.replace).toHaveBeenCalled())
  expect(page.replace).toHaveBeenCalledOnce()
  expect(page.reload).not.toHaveBeenCalled()
})

test('who is typing when the session ends can finish', async () => {
  const workspace = await endedElsewhere()
  const input = document.createElement('textarea')
  document.body.append(input)
  input.focus()
  input.value = 'Half a tho'
  await workspace.refresh()
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(page.replace).not.toHaveBeenCalled()
  input.value = 'Half a thought'
  input.dispatchEvent(new KeyboardEvent('keyup', { bubbles: true }))
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(page.replace).not.toHaveBeenCalled()
  input.value = ''
  input.dispatchEvent(new KeyboardEvent('keyup', { bubbles: true }))
  const data = { title: 'Half a thought' }
  await workspace.change([{ taskId: 'task', change: { kind: 'create', data, position: 'a' } }])
  await vi.waitFor(() => expect(page.replace).toHaveBeenCalledWith(LOGIN))
  expect((await (await openDatabase('ana')).getAll('outbox')).length).toBe(1)
})
