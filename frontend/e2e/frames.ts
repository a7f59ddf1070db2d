/**
 * What scrolling costs: figures to read, on a machine that has nothing else to do, and no assertion.
 *
 * A frame at 60 a second has 16.7 ms; the browser's main thread does script, style and layout in it. Without a
 * graphics card, as here, the processor paints too, in other threads.
 */
import type { CDPSession } from '@playwright/test'
import { test } from './fixtures'

const TASKS = 10_000
const FRAMES = 600
const ROUNDS = 3
const SHAPES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } }
/** Pixels a frame at 60 a second: 3,600 a second is a quick flick. */
const SPEEDS = [20, 60, 200]

for (const [shape, viewport] of Object.entries(SHAPES)) {
  test.describe(shape, () => {
    test.use({ viewport, hasTouch: shape === 'phone' })

    test(`${TASKS} tasks`, async ({ app, account }) => {
      test.setTimeout(600_000)
      await account.createTasks(
        Array.from({ length: TASKS }, (_, index) => ({
          title: `Task number ${index}`,
          due_date: index % 4 ? `2026-12-${String(1 + (index % 28)).padStart(2, '0')}` : null,
        })),
      )
      await app.goto('/inbox')
      await app.locator(`[aria-setsize="${TASKS}"]`).first().waitFor()
      const session = await app.context().newCDPSession(app)
      await session.send('Performance.enable')
      for (const speed of SPEEDS) {
        for (let round = 0; round < ROUNDS; round += 1) {
          await app.evaluate(() => scrollTo(0, 0))
          await app.waitForTimeout(500)
          const before = await worked(session)
          const took = await app.evaluate(scroll, { speed, frames: FRAMES })
          const after = await worked(session)
          const each = (name: string) => (((after.get(name) ?? 0) - (before.get(name) ?? 0)) * 1000) / FRAMES
          const at = (share: number) => took[Math.floor(FRAMES * share)]?.toFixed(1)
          // biome-ignore lint/suspicious/noConsole: the figures are what this is for
          console.log(
            `${shape} ${speed} px a frame: median ${at(0.5)} ms, 95 % ${at(0.95)}, 99 % ${at(0.99)};`,
            `of ${FRAMES} ${took.filter((time) => time > 1.5 * (1000 / 60)).length} missed;`,
            `main thread ${each('TaskDuration').toFixed(1)} ms a frame, script ${each('ScriptDuration').toFixed(1)},`,
            `style ${each('RecalcStyleDuration').toFixed(1)}, layout ${each('LayoutDuration').toFixed(1)}`,
          )
        }
      }
    })
  })
}

/** How long each frame was on the screen, in ms, the shortest first. */
async function scroll({ speed, frames }: { speed: number; frames: number }): Promise<number[]> {
  const took: number[] = []
  let last = performance.now()
  for (let frame = 0; frame < frames; frame += 1) {
    scrollBy(0, speed)
    const now = await new Promise<number>(requestAnimationFrame)
    took.push(now - last)
    last = now
  }
  return took.sort((a, b) => a - b)
}

async function worked(session: CDPSession): Promise<Map<string, number>> {
  const { metrics } = await session.send('Performance.getMetrics')
  return new Map(metrics.map(({ name, value }) => [name, value]))
}
