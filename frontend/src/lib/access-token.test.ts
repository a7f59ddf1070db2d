import { beforeEach, expect, test, vi } from 'vitest'

const server = vi.fn<(path: string, authorization: string | null) => Response | Promise<Response>>()

beforeEach(() => {
  vi.resetModules()
  server.mockReset()
  vi.stubGlobal('fetch', async (target: string | Request, init?: RequestInit) => {
    const request = target instanceof Request ? target : null
    const headers = new Headers(request?.headers ?? init?.headers)
    return server(new URL(request?.url ?? `${target}`, 'http://app').pathname, headers.get('Authorization'))
  })
})

function tokenOf(user: string, serial = 1): string {
  return `head.${btoa(JSON.stringify({ sub: user, serial })).replaceAll('=', '')}.signature`
}

function answer(status: number, body: unknown = {}, headers: HeadersInit = {}): Response {
  return new Response(JSON.stringify(body), { status, headers })
}

function calls(path: string): number {
  return server.mock.calls.filter(([called]) => called === path).length
}

/** A server that knows one access token, and gives it to whoever refreshes. */
function serverWith(token: string): void {
  server.mockImplementation((path, authorization) => {
    if (path.endsWith('/refresh')) return answer(200, { access_token: token })
    return answer(authorization === `Bearer ${token}` ? 200 : 401)
  })
}

async function load() {
  const [session, { authorizedFetch }, errors] = await Promise.all([
    import('./access-token'),
    import('./api'),
    import('./errors'),
  ])
  const lost = vi.fn()
  session.onSessionLost(lost)
  return { ...session, ...errors, lost, get: () => authorizedFetch(new Request('http://app/tasks')) }
}

test('any number of parallel refusals make one refresh, and all are answered', async () => {
  const session = await load()
  session.bindSession('ana')
  session.setSessionToken(tokenOf('ana', 1))
  serverWith(tokenOf('ana', 2))
  const answers = await Promise.all(Array.from({ length: 20 }, session.get))
  expect(answers.map((one) => one.status)).toEqual(Array(20).fill(200))
  expect(calls('/api/v1/auth/refresh')).toBe(1)
  expect(session.lost).not.toHaveBeenCalled()
})

test('a request that is refused after the refresh takes the token that is there', async () => {
  const session = await load()
  session.setSessionToken(tokenOf('ana', 1))
  serverWith(tokenOf('ana', 2))
  await session.get()
  expect(await session.renewedToken(tokenOf('ana', 1))).toBe(tokenOf('ana', 2))
  expect(calls('/api/v1/auth/refresh')).toBe(1)
})

test('whoever opened the page without a network gets a token when there is one', async () => {
  const session = await load()
  session.bindSession('ana')
  server.mockRejectedValueOnce(new TypeError('no network'))
  await expect(session.get()).rejects.toBeInstanceOf(session.NoAnswer)
  serverWith(tokenOf('ana'))
  expect((await session.get()).status).toBe(200)
})

test('a refusal of a wrong password is no reason to refresh', async () => {
  const session = await load()
  serverWith(tokenOf('ana'))
  expect((await session.get()).status).toBe(401)
  expect(calls('/api/v1/auth/refresh')).toBe(0)
})

test('a token of another user is never used', async () => {
  const session = await load()
  session.bindSession('ana')
  session.setSessionToken(tokenOf('ana'))
  serverWith(tokenOf('bob'))
  expect((await session.get()).status).toBe(401)
  expect((await session.get()).status).toBe(401)
  expect(session.lost).toHaveBeenCalled()
  expect(server.mock.calls.map(([, authorization]) => authorization)).not.toContain(
    `Bearer ${tokenOf('bob')}`,
  )
})

test('a session that is over is told of once, and the refusals are handed on', async () => {
  const session = await load()
  session.bindSession('ana')
  session.setSessionToken(tokenOf('ana'))
  server.mockImplementation(() => answer(401))
  const answers = await Promise.all([session.get(), session.get(), session.get()])
  expect(answers.map((one) => one.status)).toEqual([401, 401, 401])
  expect(session.lost).toHaveBeenCalledOnce()
})

test('a busy server is no end of the session', async () => {
  const session = await load()
  session.bindSession('ana')
  session.setSessionToken(tokenOf('ana', 1))
  server.mockImplementation((path) =>
    path.endsWith('/refresh') ? answer(503, {}, { 'Retry-After': '7' }) : answer(401),
  )
  const error = await session.get().catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(session.ApiError)
  expect(error).toMatchObject({ status: 503, retryAfter: 7 })
  expect(session.lost).not.toHaveBeenCalled()
  serverWith(tokenOf('ana', 2))
  expect((await session.get()).status).toBe(200)
})

test('a refresh whose answer breaks off is no answer', async () => {
  const session = await load()
  session.bindSession('ana')
  const body = new ReadableStream({ start: (controller) => controller.error(new TypeError('broken')) })
  server.mockImplementation(() => new Response(body))
  await expect(session.get()).rejects.toBeInstanceOf(session.NoAnswer)
  expect(session.lost).not.toHaveBeenCalled()
})
