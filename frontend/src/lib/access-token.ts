/**
 * The access token lives in this module's memory and nowhere else. The refresh token is a cookie that scripts
 * cannot read; `/auth/refresh` turns it into an access token.
 */

import { errorOf, NoAnswer } from './errors'

const TIMEOUT_MS = 30_000

let token: string | null = null
let renewal: Promise<string | null> | null = null
let owner: string | null = null
let onLoss: () => void = () => {}

export function setSessionToken(value: string): void {
  token = value
}

/** From here on only tokens of this user are taken: another tab may have logged in as somebody else. */
export function bindSession(userId: string): void {
  owner = userId
}

/** `listener` is called when the session turns out to be over, or to be another user's by now. */
export function onSessionLost(listener: () => void): void {
  onLoss = listener
}

/**
 * Sends with the access token. One that has run out is replaced, once, however many requests notice; so is one that
 * is missing while somebody is logged in, because the page was opened without a network.
 */
export async function withToken<Answer extends { status: number }>(
  send: (token: string | null) => Promise<Answer>,
): Promise<Answer> {
  const current = token ?? (owner === null ? null : await renewedToken(null))
  const answer = await send(current)
  if (answer.status !== 401 || current === null) return answer
  const renewed = await renewedToken(current)
  return renewed === null ? answer : send(renewed)
}

/** A token in place of `stale`, or null when the session is over. Any number of callers share one request. */
export async function renewedToken(stale: string | null): Promise<string | null> {
  if (token !== stale && token !== null) return token
  renewal ??= renew().finally(() => {
    renewal = null
  })
  return renewal
}

/** Throws NoAnswer or ApiError when there is no telling: no network, or a server that is busy. */
async function renew(): Promise<string | null> {
  const response = await fetch('/api/v1/auth/refresh', {
    method: 'POST',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch(noAnswer)
  if (!response.ok && response.status !== 401) throw await errorOf(response)
  token = response.ok ? ownToken(await response.json().catch(noAnswer)) : null
  if (token === null) onLoss()
  return token
}

function noAnswer(error: unknown): never {
  throw new NoAnswer('no answer', { cause: error })
}

function ownToken({ access_token }: { access_token: string }): string | null {
  return owner === null || subjectOf(access_token) === owner ? access_token : null
}

/** The user whom a token names (its `sub`), unverified: to tell accounts apart, not to trust anybody. */
function subjectOf(jwt: string): string | undefined {
  const payload = jwt.split('.')[1] ?? ''
  const claims = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))) as { sub?: string }
  return claims.sub
}
