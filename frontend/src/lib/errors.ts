import type { Problem } from '@/client/schema'

/** The API said no. `problem` is its document (RFC 9457); `code` is stable, see `/problems/{name}`. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly problem: Partial<Problem>,
    /** Seconds, where the answer named them. */
    readonly retryAfter: number | null = null,
  ) {
    super(problem.detail ?? problem.title ?? `HTTP ${status}`)
  }

  get code(): string {
    return this.problem.code ?? `http_${this.status}`
  }

  /** Sending the same again may succeed. */
  get isTransient(): boolean {
    return this.status >= 500 || this.status === 429 || this.status === 408
  }
}

/** There was no answer: whether the request was carried out is not known. */
export class NoAnswer extends Error {}

export async function errorOf(response: Response, body?: unknown): Promise<ApiError> {
  const problem = (body ?? (await response.json().catch(() => ({})))) as Partial<Problem>
  const after = Number(response.headers.get('Retry-After') ?? Number.NaN)
  return new ApiError(response.status, problem, Number.isFinite(after) ? after : null)
}
