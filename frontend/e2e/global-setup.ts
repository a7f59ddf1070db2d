import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { FullConfig } from '@playwright/test'
import type { Running } from './server'

const REPOSITORY = join(import.meta.dirname, '..', '..')

/** One service for the whole run, on a database of its own. It ends when its standard input does, however this run ends. */
export default async function globalSetup({ projects: [project] }: FullConfig) {
  const python = process.env.E2E_PYTHON ?? join(REPOSITORY, '.venv', 'bin', 'python')
  const server = spawn(python, ['-m', 'tests.web_server'], {
    cwd: join(REPOSITORY, 'backend'),
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = once(server, 'exit')
  const [line] = await Promise.race([
    once(createInterface(server.stdout), 'line'),
    ended.then(([status]) => Promise.reject(new Error(`the server ended with status ${status}`))),
  ])
  process.env.E2E_SERVER = line
  const running: Running = JSON.parse(line)

  return async () => {
    const results = project?.outputDir ?? 'test-results'
    await mkdir(results, { recursive: true })
    await copyFile(running.log, join(results, 'server.log'))
    server.stdin.end()
    await ended
  }
}
