import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures'
import { furnish } from './household'

const VIEWS = [
  'inbox',
  'today',
  'upcoming',
  'series',
  'completed',
  'trash',
  'search?q=the',
  'tags',
  'stats',
  'settings',
  'settings/security',
  'settings/appearance',
  'settings/data',
]

async function open(page: Page, view: string): Promise<void> {
  await page.goto(`/${view}`)
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.waitForLoadState('networkidle')
}

async function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, reducedMotion: 'reduce' } as object)

    test(`axe finds nothing on any view (${colorScheme})`, async ({ app, account }) => {
      test.slow()
      await furnish(account)
      for (const view of VIEWS) {
        await open(app, view)
        const { violations } = await new AxeBuilder({ page: app }).analyze()
        expect(violations.map((violation) => `${view}: ${violation.id} ${violation.nodes[0]?.html}`)).toEqual(
          [],
        )
      }
    })
  })
}

test('nothing is cut off at a width of 320 pixels, from left to right and from right to left', async ({
  app,
  account,
}) => {
  test.slow()
  await furnish(account)
  await account.createTask({ title: 'x'.repeat(255) })
  await app.setViewportSize({ width: 320, height: 640 })
  for (const view of VIEWS) {
    await open(app, view)
    expect(await overflow(app), view).toBeLessThanOrEqual(0)
    await app.evaluate(() => {
      document.documentElement.dir = 'rtl'
    })
    expect(await overflow(app), `${view}, right to left`).toBeLessThanOrEqual(0)
  }
})

test('in German no word of English is left in the shell, and nothing is cut off', async ({
  app,
  account,
}) => {
  await furnish(account)
  await app.evaluate(() => localStorage.setItem('language', 'de'))
  await app.setViewportSize({ width: 320, height: 640 })
  for (const view of VIEWS) {
    await open(app, view)
    expect(await app.evaluate(() => document.documentElement.lang)).toBe('de')
    expect(await overflow(app), view).toBeLessThanOrEqual(0)
  }
  await open(app, 'today')
  await expect(app.getByRole('heading', { level: 1, name: 'Heute' })).toBeVisible()
})
