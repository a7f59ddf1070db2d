import createClient from 'openapi-fetch'
import type { paths } from '@/client/schema'
import { withToken } from './access-token'
import { errorOf, NoAnswer } from './errors'

const TIMEOUT = 30_000

/** As `fetch`, with the access token. Without a `timeout` (in milliseconds) the answer may take as long as it takes. */
export async function authorizedFetch(request: Request, timeout?: number): Promise<Response> {
  return withToken((token) => send(request.clone(), token, timeout))
}

async function send(request: Request, token: string | null, timeout: number | undefined): Promise<Response> {
  const headers = new Headers(request.headers)
  if (token !== null) headers.set('Authorization', `Bearer ${token}`)
  const limits = timeout === undefined ? [] : [AbortSignal.timeout(timeout)]
  const signal = AbortSignal.any([request.signal, ...limits])
  try {
    return await fetch(new Request(request, { headers, signal }))
  } catch (error) {
    if (request.signal.aborted) throw error
    throw new NoAnswer('no answer', { cause: error })
  }
}

export const api = createClient<paths>({
  baseUrl: globalThis.location?.origin,
  fetch: (request) => authorizedFetch(request, TIMEOUT),
  querySerializer: { array: { style: 'form', explode: true } },
})

type Answer<Data> = { data?: Data; error?: unknown; response: Response }

/** What was asked for. Throws ApiError when it is refused, NoAnswer when there is no answer. */
export async function unwrap<Data>(answer: Promise<Answer<Data>>): Promise<NonNullable<Data>> {
  const { data, error, response } = await answer.catch(brokenOff)
  if (!response.ok) throw await errorOf(response, error)
  return data as NonNullable<Data>
}

/** The connection may go while the body of an answer is read, after `fetch` has succeeded. */
function brokenOff(error: unknown): never {
  const isCutOff =
    error instanceof TypeError || (error instanceof DOMException && error.name === 'TimeoutError')
  throw isCutOff ? new NoAnswer('the answer broke off', { cause: error }) : error
}
