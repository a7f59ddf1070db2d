/**
 * The access token lives in this module's memory and nowhere else. The refresh token is a cookie that scripts
 * cannot read; `/auth/refresh` turns it into an access token.
 */

import { errorOf, NoAnswer } from './errors'

let token: string | null = null
let renewal: Promise<string | null> | null = null
let owner: string | null = null
let onLoss: () => void = () => {}

export function sessionToken(): string | null {
  return token
}

/** The token, or a new one where the page was opened without a network and has none yet. */
export async function currentToken(): Promise<string | null> {
  return token ?? (owner === null ? null : renewedToken(null))
}

export function setSessionToken(value: string | null): void {
  token = value
}

/** From here on only tokens of this user are taken: another tab may have logged in as somebody else. */
export function bindSession(userId: string | null): void {
  owner = userId
}

/** `listener` is called when the session turns out to be over. */
export function onSessionLost(listener: () => void): void {
  onLoss = listener
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
    signal: AbortSignal.timeout(30_000),
  }).catch((error: unknown) => {
    throw new NoAnswer('no answer', { cause: error })
  })
  if (response.ok) {
    const { access_token: renewed } = (await response.json()) as { access_token: string }
    if (owner !== null && subjectOf(renewed) !== owner) return startAnew()
    token = renewed
    return token
  }
  if (response.status !== 401) throw await errorOf(response)
  token = null
  onLoss()
  return null
}

function startAnew(): null {
  location.reload()
  return null
}

/** The user whom a token names (its `sub`), unverified: to tell accounts apart, not to trust anybody. */
export function subjectOf(jwt: string): string | null {
  const payload = jwt.split('.')[1]
  if (payload === undefined) return null
  const claims = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))) as { sub?: string }
  return claims.sub ?? null
}
