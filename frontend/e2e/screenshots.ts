import type { Page } from '@playwright/test'
import { test } from './fixtures'
import { furnish } from './household'

const FOLDER = 'screenshots'
const SHAPES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } }
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
const GUEST_VIEWS = ['login', 'register', 'forgot-password']

type Shape = keyof typeof SHAPES

for (const shape of Object.keys(SHAPES) as Shape[]) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test.describe(`${shape}, ${colorScheme}`, () => {
      test.use({ viewport: SHAPES[shape], colorScheme, hasTouch: shape === 'phone' })
      const shoot = (page: Page, name: string) =>
        page.screenshot({ path: `${FOLDER}/${name}-${shape}-${colorScheme}.png`, animations: 'disabled' })

      test('with much to do', async ({ app, account }) => {
        test.slow()
        await furnish(account)
        for (const view of VIEWS) {
          await app.goto(`/${view}`)
          await app.getByRole('heading', { level: 1 }).waitFor()
          await app.waitForLoadState('networkidle')
          await shoot(app, view.split('?')[0] ?? view)
        }
        await app.goto('/inbox')
        const party = (await account.tasks()).find((task) => task.title.startsWith('Plan Mia'))
        await app.goto(`/inbox?task=${party?.id}`)
        await app.getByRole('heading', { name: 'Inbox' }).waitFor()
        await app.waitForLoadState('networkidle')
        await shoot(app, 'task')
        await app.goto('/inbox')
        await app
          .getByRole('textbox', { name: 'Add a task' })
          .fill('Pay Bob every friday at 9am #home !urgent')
        await app.locator('mark').first().waitFor()
        await shoot(app, 'quick-add')
        await app.keyboard.press('Escape')
        await app.keyboard.press('Control+k')
        await app.getByRole('combobox').first().waitFor()
        await shoot(app, 'palette')
      })

      test('extremes', async ({ app, account }) => {
        await app.getByText('Nothing to do.').waitFor()
        await shoot(app, 'empty')
        const long = 'An uncommonly long title, as people paste them from mails '.repeat(4).trim()
        await account.createTasks([{ title: long, due_date: '2026-01-01' }, { title: 'x'.repeat(255) }])
        for (let index = 0; index < 200; index += 1) {
          await account.createTag({
            name: index % 50 === 0 ? 'a tag with a very long name, fifty letters ' + index : `tag ${index}`,
          })
        }
        await app.reload()
        await app.getByText('An uncommonly').first().waitFor()
        await shoot(app, 'extremes')
        await app.goto('/tags')
        await app.getByRole('heading', { level: 1 }).waitFor()
        await app.waitForLoadState('networkidle')
        await shoot(app, 'many-tags')
      })

      test('for guests', async ({ page }) => {
        for (const view of GUEST_VIEWS) {
          await page.goto(`/${view}`)
          await page.getByRole('heading', { level: 1 }).waitFor()
          await shoot(page, view)
        }
      })
    })
  }
}
