import { isOnline } from '@/lib/connection'
import { ApiError, NoAnswer } from '@/lib/errors'
import { openDatabase } from './database'
import type { Change } from './operations'
import { drain } from './outbox'
import { Replica } from './replica'
import { pull, pullAll } from './sync'

const FIRST_RETRY_MS = 1_000
const LONGEST_RETRY_MS = 30_000
/** Coming back to the page looks for news, but no more often than this. */
const LEAST_PULL_MS = 5_000
/** An open page looks for news while somebody uses it. An idle one lets the database sleep. */
const PULL_MS = 60_000
const IDLE_MS = 300_000

type Listeners = { onDropped: (detail: string) => void; onFault: (error: unknown) => void }

/** One account on this device: its replica, kept in step with the server in both directions. */
export class Workspace {
  private failures = 0
  private retry: ReturnType<typeof setTimeout> | undefined
  private working: Promise<void> | null = null
  private isPullWanted = true
  private isFullPullWanted = false
  private lastPull = 0
  private lastInput = Date.now()
  private readonly stopping = new AbortController()

  private constructor(
    readonly replica: Replica,
    private readonly listeners: Listeners,
  ) {}

  static async open(userId: string, listeners: Listeners): Promise<Workspace> {
    const workspace = new Workspace(await Replica.open(userId, await openDatabase(userId)), listeners)
    workspace.watch()
    return workspace
  }

  /** No more is sent or fetched. Changes are still kept on disk. */
  stop(): void {
    this.stopping.abort()
    clearTimeout(this.retry)
  }

  close(): void {
    this.stop()
    this.replica.close()
  }

  async change(changes: { taskId: string; change: Change }[]): Promise<void> {
    await this.replica.enqueue(changes)
    void this.work()
  }

  /** Sends what waits and fetches what is new. */
  refresh({ everything = false } = {}): Promise<void> {
    this.isPullWanted = true
    this.isFullPullWanted ||= everything
    return this.work()
  }

  /** Another request got no answer: asks now and then until there is one again. */
  disconnected(error: NoAnswer): void {
    this.isPullWanted = true
    this.fail(error)
  }

  /** One at a time in this tab, and what is sent one at a time in all tabs. Failures are retried by themselves. */
  work(): Promise<void> {
    this.working ??= this.attempt().finally(() => {
      this.working = null
    })
    return this.working
  }

  private async attempt(): Promise<void> {
    clearTimeout(this.retry)
    try {
      await this.synchronize()
      this.failures = 0
      isOnline.set(true)
    } catch (error) {
      this.fail(error)
    }
  }

  private async synchronize(): Promise<void> {
    while (this.hasWork() && !this.stopping.signal.aborted) {
      const sent = await exclusively(`todo-outbox-${this.replica.userId}`, () =>
        drain(this.replica, this.listeners.onDropped),
      )
      if (this.isPullWanted || sent.hasSideEffects) await this.pull()
    }
  }

  private hasWork(): boolean {
    return this.isPullWanted || this.replica.operations().some((operation) => operation.problem === undefined)
  }

  private async pull(): Promise<void> {
    const isFull = this.isFullPullWanted
    this.isPullWanted = false
    this.isFullPullWanted = false
    this.lastPull = Date.now()
    try {
      await (isFull ? pullAll(this.replica) : pull(this.replica))
    } catch (error) {
      this.isPullWanted = true
      this.isFullPullWanted ||= isFull
      throw error
    }
  }

  private fail(error: unknown): void {
    if (this.stopping.signal.aborted) return
    const isTransient = error instanceof NoAnswer || (error instanceof ApiError && error.isTransient)
    if (error instanceof NoAnswer) isOnline.set(false)
    if (error instanceof ApiError && error.status === 401) return
    if (!isTransient) this.listeners.onFault(error)
    const wait = Math.min(FIRST_RETRY_MS * 2 ** this.failures, LONGEST_RETRY_MS)
    const asked = error instanceof ApiError && error.retryAfter !== null ? error.retryAfter * 1000 : 0
    this.failures += 1
    clearTimeout(this.retry)
    this.retry = setTimeout(() => void this.work(), Math.max(wait, asked))
  }

  private watch(): void {
    const { signal } = this.stopping
    const seen = () => {
      if (document.visibilityState === 'visible' && Date.now() - this.lastPull > LEAST_PULL_MS)
        void this.refresh()
    }
    const touched = () => {
      this.lastInput = Date.now()
    }
    document.addEventListener('visibilitychange', seen, { signal })
    addEventListener('focus', seen, { signal })
    addEventListener('online', () => void this.refresh(), { signal })
    addEventListener('offline', () => isOnline.set(false), { signal })
    addEventListener('pointerdown', touched, { signal, passive: true })
    addEventListener('keydown', touched, { signal, passive: true })
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible' && Date.now() - this.lastInput < IDLE_MS) void this.refresh()
    }, PULL_MS)
    signal.addEventListener('abort', () => clearInterval(timer))
  }
}

/** Web Locks exist in secure contexts only. Without them two tabs may send the same, which does no harm. */
async function exclusively<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  return navigator.locks ? navigator.locks.request(name, work) : work()
}
