import type { Page } from '@playwright/test'
import { expectNoViolations } from './axe'
import { expect, test } from './fixtures'

const dialog = (page: Page) => page.getByRole('dialog', { name: 'Add a task' })
const field = (page: Page) => page.getByRole('textbox', { name: 'Add a task' })

test('a task is added from any page, without leaving it', async ({ app, account }) => {
  await app.goto('/settings/appearance')
  await app.getByRole('link', { name: 'Statistics' }).click()
  await expect(app.getByRole('heading', { name: 'Statistics' })).toBeVisible()
  await app.keyboard.press('q')
  await expect(field(app)).toBeFocused()
  await expectNoViolations(app, 'quick add')
  await app.keyboard.type('Pay Ana tomorrow at 5pm #bills')
  await expect(dialog(app).locator('mark')).toHaveText(['tomorrow', 'at 5pm', '#bills'])
  await expectNoViolations(app, 'quick add')
  await app.keyboard.press('Enter')
  await expect(dialog(app)).toHaveCount(0)
  await expect(app.getByText('Task added')).toBeVisible()
  await expect(app).toHaveURL(/\/stats/)
  await expect.poll(async () => (await account.tasks()).map((task) => task.title)).toEqual(['Pay Ana'])
})

test('what was typed is there when the dialog is opened again', async ({ app }) => {
  await app.goto('/trash')
  await expect(app.getByText('The trash is empty.')).toBeVisible()
  await app.keyboard.press('q')
  await field(app).fill('Half a thought')
  await app.keyboard.press('Escape')
  await expect(dialog(app)).toHaveCount(0)
  await app.getByRole('link', { name: 'Recurring' }).click()
  await app.keyboard.press('q')
  await expect(field(app)).toHaveValue('Half a thought')
})

test('on a phone a button is in reach where the page has no field', async ({ app, account }) => {
  await app.setViewportSize({ width: 390, height: 844 })
  const button = app.getByRole('button', { name: 'Add a task' })
  await app.goto('/today')
  await expect(field(app)).toBeVisible()
  await expect(button).toBeHidden()
  await app.goto('/completed')
  await button.click()
  await expectNoViolations(app, 'quick add')
  await field(app).fill('Buy bread')
  await dialog(app).getByRole('button', { name: 'Add' }).click()
  await expect(button).toBeFocused()
  await expect.poll(async () => (await account.tasks()).map((task) => task.title)).toEqual(['Buy bread'])
})
