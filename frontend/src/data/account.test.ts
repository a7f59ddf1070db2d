import { IDBFactory } from 'fake-indexeddb'
import 'fake-indexeddb/auto'
import { beforeEach, expect, test, vi } from 'vitest'
import { openDatabase } from './database'

const ANA = { id: 'ana', email: 'ana@example.com', timezone: 'UTC', version: 1 }
const BOB = { id: 'bob', email: 'bob@example.com', timezone: 'UTC', version: 1 }

type Routes = Record<string, () => Response | Promise<Response>>
let routes: Routes
let asked: string[]

beforeEach(() => {
  vi.resetModules()
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

test('a session that ended keeps what was not sent', async () => {
  routes = sessionOf(ANA)
  const { account } = await restart()
  const open = account.get()
  routes = { '/api/v1/auth/refresh': () => json({}, 401) }
  for (const path of ['/api/v1/tasks', '/api/v1/tags', '/api/v1/tasks/bulk']) {
    routes[path] = () => json({}, 401)
  }
  const data = { title: 'Not sent' }
  if (open.status === 'in')
    await open.workspace.change([{ taskId: 'task', change: { kind: 'create', data, position: 'a' } }])
  await vi.waitFor(() => expect(localStorage.getItem('user')).toBeNull())
  const database = await openDatabase('ana')
  expect((await database.getAll('outbox')).map(({ change }) => change)).toMatchObject([{ data }])
})
