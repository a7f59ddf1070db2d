import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { expect } from '@playwright/test'

/** What `python -m tests.web_server` says of itself. */
export type Running = {
  readonly url: string
  readonly mails: string
  readonly log: string
  readonly service: {
    readonly command: readonly [string, ...string[]]
    readonly cwd: string
    readonly env: Readonly<Record<string, string>>
  }
}

type Mail = { readonly to: string; readonly subject: string; readonly text: string }

export type Settings = Readonly<Record<string, string>>

export function running(): Running {
  return JSON.parse(process.env.E2E_SERVER ?? '{}')
}

/** The mails to an address, as soon as there are so many. */
export async function mailsTo(address: string, count = 1): Promise<readonly Mail[]> {
  let found: readonly Mail[] = []
  await expect
    .poll(async () => {
      const lines = (await readFile(running().mails, 'utf8')).split('\n').filter(Boolean)
      found = lines.map((line): Mail => JSON.parse(line)).filter((mail) => mail.to === address)
      return found.length
    })
    .toBeGreaterThanOrEqual(count)
  return found
}

/** One more process of the service on the same data, which a test may stop, kill and start again at the same address. */
export class Service {
  log = ''
  #process: ChildProcess | undefined
  #port = '0'

  constructor(private readonly settings: Settings = {}) {}

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  async start(): Promise<void> {
    const { command, cwd, env } = running().service
    const [program, ...args] = command
    // links in mails lead to the first service, which is on the same data
    const child = spawn(program, args, {
      cwd,
      env: { ...env, ...this.settings, PORT: this.#port },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    this.#process = child
    this.#port = await new Promise<string>((resolve, reject) => {
      createInterface(child.stderr).on('line', (line) => {
        this.log += `${line}\n`
        const serving = /^Serving on http:\/\/[^:]+:(\d+)/.exec(line)
        if (serving?.[1]) resolve(serving[1])
      })
      child.once('exit', (status) =>
        reject(new Error(`the service ended with status ${status}:\n${this.log}`)),
      )
    })
  }

  /** As a process manager does: what is in flight is finished. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM')
  }

  /** As a crash does. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#process
    this.#process = undefined
    if (child === undefined || child.exitCode !== null) return
    const ended = once(child, 'exit')
    child.kill(signal)
    await ended
  }
}
