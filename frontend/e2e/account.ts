import { randomBytes, randomInt } from 'node:crypto'
import type { BrowserContext } from '@playwright/test'
import type {
  AccessToken,
  BulkResults,
  TagCreate,
  TagPublic,
  TaskCreate,
  TaskPage,
  TaskPublic,
} from '../src/client/schema'

const PASSWORD = 'correct horse battery'
const MOST_AT_ONCE = 500

type NewTask = Pick<TaskCreate, 'title'> & Partial<TaskCreate>

/** A network that no other test comes from, so that none meets the limits on attempts of another. */
export function ownNetwork(): string {
  return ['10', randomInt(256), randomInt(256), randomInt(1, 255)].join('.')
}

/** A registered user, logged in to the API beside the browser, to arrange data and to look at what is stored. */
export class Account {
  readonly email = `ana-${randomBytes(6).toString('hex')}@example.com`
  readonly password = PASSWORD
  readonly #url: string
  readonly #headers: Record<string, string> = { 'X-Forwarded-For': ownNetwork() }

  private constructor(url: string) {
    this.#url = url
  }

  static async register(url: string): Promise<Account> {
    const account = new Account(url)
    const { email, password } = account
    await account.call('POST', '/auth/register', { email, password, timezone: 'Europe/Berlin' })
    await account.logIn()
    return account
  }

  /** A new session: after a change of the password, say. */
  async logIn(password = this.password): Promise<void> {
    const body = { email: this.email, password }
    const { access_token } = await this.call<AccessToken>('POST', '/auth/login', body)
    this.#headers.Authorization = `Bearer ${access_token}`
  }

  /** Give a browser a session of its own, as the log-in page does: its refresh cookie. */
  async signIn(context: BrowserContext, url = this.#url): Promise<void> {
    const data = { email: this.email, password: this.password }
    const answer = await context.request.post(`${url}/api/v1/auth/login`, { data })
    if (!answer.ok()) throw new Error(await answer.text())
  }

  /** Any request: `call<TaskPublic>('PATCH', `/tasks/${id}`, { title })`. Throws for what is refused. */
  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.#url}/api/v1${path}`, {
      method,
      headers: { ...this.#headers, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return JSON.parse(text || 'null')
  }

  async createTask(task: NewTask): Promise<TaskPublic> {
    return this.call<TaskPublic>('POST', '/tasks', task)
  }

  /** Any number, in the order given. */
  async createTasks(tasks: readonly NewTask[]): Promise<void> {
    for (let start = 0; start < tasks.length; start += MOST_AT_ONCE) {
      const part = tasks.slice(start, start + MOST_AT_ONCE)
      const operations = part.map((data) => ({ op: 'create', data }))
      await this.call<BulkResults>('POST', '/tasks/bulk', { operations })
    }
  }

  async createTag(tag: TagCreate): Promise<TagPublic> {
    return this.call<TagPublic>('POST', '/tags', tag)
  }

  /** What is stored, open and completed, in the order of its making. */
  async tasks(): Promise<readonly TaskPublic[]> {
    const found: TaskPublic[] = []
    let next = '/tasks?sort=created_at&limit=100'
    while (next) {
      const { items, next_cursor } = await this.call<TaskPage>('GET', next)
      found.push(...items)
      next = next_cursor ? `/tasks?sort=created_at&limit=100&cursor=${encodeURIComponent(next_cursor)}` : ''
    }
    return found
  }
}
