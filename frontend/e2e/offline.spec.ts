import type { Page } from '@playwright/test'
import type { TaskPublic } from '../src/client/schema'
import type { Account } from './account'
import { expect, test } from './fixtures'
import type { Service } from './server'

const NO_NETWORK = [/Failed to load resource: net::ERR/, /ERR_CONNECTION/, /status of (404|412)/]
const titles = (page: Page) => page.locator('[data-task] [data-title]')
const row = (page: Page, title: string) => page.locator('[data-task]').filter({ hasText: title })

/** The app of a service that the test can stop, with everything on the device that it needs without a network. */
async function openAt(service: Service, page: Page, account: Account): Promise<void> {
  await account.signIn(page.context(), service.url)
  await page.goto(`${service.url}/inbox`)
  await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready
    await new Promise<void>((resolve) => {
      const check = () => (registration.active?.state === 'activated' ? resolve() : setTimeout(check, 50))
      check()
    })
  })
}

async function edit(page: Page, title: string, changed: string): Promise<void> {
  await row(page, title).locator('[data-title]').focus()
  await page.keyboard.press('e')
  await page.getByRole('textbox', { name: 'Title' }).fill(changed)
  await page.keyboard.press('Enter')
}

test('what is done without a network is kept, and goes out once when it is back', async ({
  page,
  account,
  startService,
  complaints,
}) => {
  complaints.allow(...NO_NETWORK)
  const service = await startService()
  await account.createTasks(['Edit me', 'Complete me', 'Delete me', 'Leave me'].map((title) => ({ title })))
  await openAt(service, page, account)
  await expect(titles(page)).toHaveCount(4)
  await service.kill()

  await page.reload()
  await expect(titles(page)).toHaveText(['Edit me', 'Complete me', 'Delete me', 'Leave me'])
  await expect(page.getByText('You are offline.')).toBeVisible()
  await page.getByRole('textbox', { name: 'Add a task' }).fill('New here tomorrow')
  await page.keyboard.press('Enter')
  await edit(page, 'Edit me', 'Edited')
  await edit(page, 'Edited', 'Edited twice')
  await page.getByRole('checkbox', { name: /Complete me/ }).click()
  await row(page, 'Delete me').locator('[data-title]').focus()
  await page.keyboard.press('Delete')
  await expect(page.getByText('5 changes wait to be sent')).toBeVisible()

  await page.reload()
  await expect(titles(page)).toHaveText(['Edited twice', 'Leave me', 'New here tomorrow'])
  await service.start()
  await expect(page.getByText('You are offline.')).toBeHidden({ timeout: 60_000 })
  await expect(titles(page)).toHaveText(['Edited twice', 'Leave me', 'New here'])
  const stored = await account.tasks()
  expect(stored.map((task) => [task.title, task.is_completed, task.version])).toEqual([
    ['Edited twice', false, 2],
    ['Complete me', true, 2],
    ['Leave me', false, 1],
    ['New here', false, 1],
  ])
})

test('a change that was carried out but never answered is not made twice', async ({
  app,
  account,
  complaints,
}) => {
  complaints.allow(...NO_NETWORK)
  await account.createTask({ title: 'Before' })
  await app.reload()
  await expect(titles(app)).toHaveText(['Before'])
  let lost = 0
  await app.route('**/api/v1/tasks/*', async (route) => {
    if (route.request().method() !== 'POST' || route.request().postData()?.includes('dry_run') || lost >= 2) {
      return route.continue()
    }
    lost += 1
    await route.fetch()
    await route.abort('connectionreset')
  })
  await edit(app, 'Before', 'After')
  await app.getByRole('textbox', { name: 'Add a task' }).fill('Made once')
  await app.keyboard.press('Enter')
  await expect(app.getByTitle('Not sent yet')).toHaveCount(0, { timeout: 60_000 })
  expect(lost).toBe(2)
  expect((await account.tasks()).map((task) => [task.title, task.version])).toEqual([
    ['After', 2],
    ['Made once', 1],
  ])
})

test.describe('when somebody else changed the same', () => {
  async function clash(page: Page, account: Account, service: Service, theirs: object): Promise<TaskPublic> {
    const task = await account.createTask({ title: 'Plan', description: 'first' })
    await openAt(service, page, account)
    await expect(titles(page)).toHaveText(['Plan'])
    await service.kill()
    await edit(page, 'Plan', 'Plan of mine')
    await account.call('PATCH', `/tasks/${task.id}`, theirs)
    await service.start()
    return task
  }

  test('another field is no conflict: both changes are kept', async ({
    page,
    account,
    startService,
    complaints,
  }) => {
    complaints.allow(...NO_NETWORK)
    const service = await startService()
    await clash(page, account, service, { description: 'second', priority: 'high' })
    await expect(page.getByRole('checkbox', { name: 'Complete “Plan of mine”, Priority: High' })).toBeVisible(
      {
        timeout: 60_000,
      },
    )
    await expect
      .poll(async () => (await account.tasks())[0])
      .toMatchObject({ title: 'Plan of mine', description: 'second' })
  })

  for (const [choice, kept] of [
    ['Keep mine', 'Plan of mine'],
    ['Keep the other', 'Plan of others'],
  ] as const) {
    test(`the same field is shown in both versions: ${choice}`, async ({
      page,
      account,
      startService,
      complaints,
    }) => {
      complaints.allow(...NO_NETWORK)
      const service = await startService()
      await clash(page, account, service, { title: 'Plan of others' })
      await page.getByRole('button', { name: '1 change needs your decision' }).click({ timeout: 60_000 })
      const dialog = page.getByRole('dialog', { name: 'Changes that need a decision' })
      await expect(dialog.getByRole('row', { name: 'Title Plan of mine Plan of others' })).toBeVisible()
      await dialog.getByRole('button', { name: choice }).click()
      await expect(dialog).toContainText('Everything is decided.')
      await page.keyboard.press('Escape')
      await expect(titles(page)).toHaveText([kept])
      await expect.poll(async () => (await account.tasks())[0]?.title).toBe(kept)
    })
  }

  test('a task that was deleted for good can be made again', async ({
    page,
    account,
    startService,
    complaints,
  }) => {
    complaints.allow(...NO_NETWORK)
    const service = await startService()
    const task = await account.createTask({ title: 'Plan', description: 'long text' })
    await openAt(service, page, account)
    await expect(titles(page)).toHaveText(['Plan'])
    await service.kill()
    await edit(page, 'Plan', 'Plan of mine')
    await account.call('DELETE', `/tasks/${task.id}?permanent=true`)
    await service.start()
    await page.getByRole('button', { name: '1 change needs your decision' }).click({ timeout: 60_000 })
    await page.getByRole('button', { name: 'Make it again with my changes' }).click()
    await page.keyboard.press('Escape')
    await expect(titles(page)).toHaveText(['Plan of mine'])
    await expect
      .poll(async () => await account.tasks())
      .toMatchObject([{ title: 'Plan of mine', description: 'long text' }])
  })
})

test('the service is restarted while somebody types: nothing is lost', async ({
  page,
  account,
  startService,
  complaints,
}) => {
  complaints.allow(...NO_NETWORK)
  const service = await startService()
  await openAt(service, page, account)
  await page.getByRole('textbox', { name: 'Add a task' }).fill('Half a senten')
  await service.stop()
  await page.keyboard.type('ce')
  await service.start()
  await page.keyboard.press('Enter')
  await expect
    .poll(async () => (await account.tasks()).map((task) => task.title), { timeout: 60_000 })
    .toEqual(['Half a sentence'])
})

test('over a slow network a change is seen before it is sent', async ({ app, account }) => {
  await account.createTask({ title: 'Slow' })
  await app.reload()
  await app.route('**/api/**', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1500))
    await route.continue()
  })
  await app.getByRole('checkbox', { name: /Slow/ }).click()
  await expect(titles(app)).toHaveCount(0, { timeout: 700 })
  await expect.poll(async () => (await account.tasks())[0]?.is_completed).toBe(true)
})
