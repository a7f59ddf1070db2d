import createClient from 'openapi-fetch'
import type { paths } from '@/client/schema'
import { currentToken, renewedToken } from './access-token'
import { errorOf, NoAnswer } from './errors'

const TIMEOUT = 30_000

/** As `fetch`, with the access token; a token that has run out is replaced once, however many requests notice. */
async function authorizedFetch(request: Request): Promise<Response> {
  const token = await currentToken()
  const again = request.clone()
  const response = await send(request, token)
  if (response.status !== 401 || token === null) return response
  const renewed = await renewedToken(token)
  return renewed === null ? response : send(again, renewed)
}

async function send(request: Request, token: string | null): Promise<Response> {
  const headers = new Headers(request.headers)
  if (token !== null) headers.set('Authorization', `Bearer ${token}`)
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(TIMEOUT)])
  try {
    return await fetch(new Request(request, { headers, signal }))
  } catch (error) {
    if (request.signal.aborted) throw error
    throw new NoAnswer('no answer', { cause: error })
  }
}

export const api = createClient<paths>({
  baseUrl: globalThis.location?.origin,
  fetch: authorizedFetch,
  querySerializer: { array: { style: 'form', explode: true } },
})

type Answer<Data> = { data?: Data; error?: unknown; response: Response }

/** What was asked for. Throws ApiError when it is refused, NoAnswer when there is no answer. */
export async function unwrap<Data>(answer: Promise<Answer<Data>>): Promise<NonNullable<Data>> {
  const { data, error, response } = await answer
  if (!response.ok) throw await errorOf(response, error)
  return data as NonNullable<Data>
}
