import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import type { UserPublic } from '../src/client/schema'
import { Account } from './account'
import { expectNoViolations } from './axe'
import { expect, test } from './fixtures'

const REFUSED = /status of (401|403|409|412|422)/

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const field = (page: Page, name: string) => page.getByLabel(name, { exact: true })
const zone = (page: Page) => page.getByRole('combobox', { name: 'Time zone' })
const me = (account: Account) => account.call<UserPublic>('GET', '/users/me')

function file(name: string, ...lines: string[]) {
  return { name, mimeType: 'text/plain', buffer: Buffer.from(lines.join('\r\n')) }
}

async function saved(page: Page, what: string): Promise<{ name: string; text: string }> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    button(page, `Download: ${what}`).click(),
  ])
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') }
}

test.describe('the profile', () => {
  test('is changed, and other tabs show it', async ({ app, account, context }) => {
    const second = await context.newPage()
    await second.goto('/today')
    await app.goto('/settings')
    await field(app, 'First name').fill('Ana')
    await field(app, 'Username').fill(`ana-${Date.now()}`)
    await zone(app).click()
    await zone(app).fill('nowhere')
    await expect(app.getByText('No time zone is called like this.')).toBeVisible()
    await zone(app).fill('new york')
    await expect(app.getByRole('option')).toHaveText(['America/New York'])
    await app.keyboard.press('Enter')
    await app.keyboard.press('Enter')
    await expect(app.getByText('Saved')).toBeVisible()
    await expect(second.getByRole('link', { name: 'Ana Settings' })).toBeVisible()
    expect(await me(account)).toMatchObject({
      first_name: 'Ana',
      last_name: null,
      timezone: 'America/New_York',
    })
    await app.reload()
    await expect(zone(app)).toHaveValue('America/New York')
  })

  test('that changed elsewhere meanwhile is shown, and what was typed is not lost', async ({
    app,
    account,
    complaints,
  }) => {
    complaints.allow(REFUSED)
    await app.goto('/settings')
    await field(app, 'First name').fill('Typed here')
    await account.call('PATCH', '/users/me', { last_name: 'Changed there' })
    await button(app, 'Save').click()
    await expect(app.getByRole('alert')).toContainText('This was changed elsewhere meanwhile.')
    await expect(field(app, 'Last name')).toHaveValue('Changed there')
    await button(app, 'Save').click()
    await expect(app.getByText('Saved')).toBeVisible()
    expect(await me(account)).toMatchObject({ first_name: 'Typed here', last_name: 'Changed there' })
  })

  test('says at its field what is not possible', async ({ app, account, baseURL, complaints }) => {
    complaints.allow(REFUSED)
    const taken = `taken-${Date.now()}`
    const other = await Account.register(baseURL ?? '')
    await other.call('PATCH', '/users/me', { username: taken })
    await app.goto('/settings')
    await field(app, 'Username').fill('no spaces please')
    await button(app, 'Save').click()
    await expect(field(app, 'Username')).toBeFocused()
    await expect(app.getByText('Use letters, digits, dots')).toBeVisible()
    await field(app, 'Username').fill(taken.toUpperCase())
    await button(app, 'Save').click()
    await expect(app.getByText('Somebody else has this username.')).toBeVisible()
    expect(await me(account)).toMatchObject({ username: null })
  })

  test('gets a new address with the password only', async ({ app, account, complaints }) => {
    complaints.allow(REFUSED)
    const email = `moved-${Date.now()}@example.com`
    await app.goto('/settings')
    await field(app, 'New e-mail address').fill(email)
    await field(app, 'Current password').fill('wrong')
    await button(app, 'Change the address').click()
    await expect(app.getByText('This is not your current password.')).toBeVisible()
    await expect(field(app, 'Current password')).toBeFocused()
    await field(app, 'Current password').fill(account.password)
    await button(app, 'Change the address').click()
    await expect(app.getByText(`Now it is ${email}.`)).toBeVisible()
    await expect(field(app, 'New e-mail address')).toHaveValue('')
    expect(await me(account)).toMatchObject({ email })
  })
})

test('a new password ends the other sessions and lets one log in', async ({
  app,
  account,
  openAs,
  complaints,
}) => {
  complaints.allow(REFUSED)
  const other = await openAs(account, '/settings/security')
  await expect(other.getByText('This device')).toBeVisible()
  await app.goto('/settings/security')
  await field(app, 'Current password').fill(account.password)
  await field(app, 'New password').fill('staple the other horse')
  await app.keyboard.press('Enter')
  await expect(app.getByText('Your password is changed.')).toBeVisible()
  await expect(field(app, 'New password')).toHaveValue('')
  await expect(button(app, 'End all other sessions')).toBeHidden()
  await account.logIn('staple the other horse')
  await button(other, 'End all other sessions').click()
  await expect(other).toHaveURL('/login?reason=ended&next=%2Fsettings%2Fsecurity')
})

test('theme, language and keys are as they were chosen', async ({ app }) => {
  await app.goto('/settings/appearance')
  await app.getByRole('radio', { name: 'Dark' }).check()
  await expect(app.locator('html')).toHaveAttribute('data-theme', 'dark')
  await app.getByRole('checkbox', { name: 'Shortcuts of a single key' }).uncheck()
  await app.keyboard.press('/')
  await expect(app).toHaveURL('/settings/appearance')
  await app.getByRole('combobox', { name: 'Language' }).selectOption('Deutsch')
  await expect(app.getByRole('heading', { name: 'Farben' })).toBeVisible()
  await app.reload()
  await expect(app.locator('html')).toHaveAttribute('data-theme', 'dark')
  await expect(app.getByRole('radio', { name: 'Dunkel' })).toBeChecked()
  await expect(app.getByRole('checkbox', { name: 'Kürzel' })).not.toBeChecked()
})

test('everything is exported and comes back into another account', async ({
  app,
  account,
  openAs,
  baseURL,
}) => {
  const { id } = await account.createTag({ name: 'home' })
  await account.createTasks([{ title: 'Paint the door', tags: [id] }, { title: '=1+1' }])
  await app.goto('/settings/data')
  const everything = await saved(app, 'Everything, as JSON')
  expect(everything.name).toBe('account.json')
  expect(JSON.parse(everything.text).tasks).toHaveLength(2)
  const table = await saved(app, 'Tasks, as a table (CSV)')
  expect(table.name).toBe('tasks.csv')
  expect(table.text).toContain('Paint the door')
  const calendar = await saved(app, 'Tasks, for calendars (ICS)')
  expect(calendar.name).toBe('tasks.ics')
  expect(calendar.text).toMatch(/^BEGIN:VCALENDAR/)

  const bob = await Account.register(baseURL ?? '')
  const page = await openAs(bob, '/settings/data')
  await field(page, 'File').setInputFiles(file('account.json', everything.text))
  await expect(field(page, 'Format')).toHaveValue('json')
  await button(page, 'Check the file').click()
  await expect(page.getByRole('row', { name: 'Tasks 2 0' })).toBeVisible()
  await expect(page.getByRole('row', { name: 'Tags 1 0' })).toBeVisible()
  expect(await bob.tasks()).toEqual([])
  await button(page, 'Import').click()
  await expect(page.getByRole('heading', { name: 'Imported' })).toBeVisible()
  await page.getByRole('link', { name: /^Inbox/ }).click()
  await expect(page.getByText('Paint the door')).toBeVisible()
  expect((await bob.tasks()).map(({ title }) => title).sort()).toEqual(['=1+1', 'Paint the door'])
})

test('an import with faults is told line by line, and nothing of it is written', async ({
  app,
  account,
  complaints,
}) => {
  complaints.allow(REFUSED)
  await app.goto('/settings/data')
  await expect(button(app, 'Check the file')).toBeDisabled()
  await field(app, 'File').setInputFiles(
    file('tasks.csv', 'title,priority,due_date', 'Good,high,2026-12-01', 'Bad,huge,yesterday'),
  )
  await button(app, 'Check the file').click()
  await expect(app.getByText('Nothing was imported, because the file has faults')).toBeVisible()
  const faults = app.getByRole('region', { name: 'Found in the file' })
  await expect(faults.getByRole('row', { name: 'Line 3 Fault priority' })).toBeVisible()
  await expect(faults.getByRole('row', { name: 'Line 3 Fault due_date' })).toBeVisible()
  await expect(button(app, 'Import')).toBeHidden()
  await expectNoViolations(app, 'import with faults')

  await field(app, 'File').setInputFiles(
    file('todoist.csv', 'TYPE,CONTENT,PRIORITY,INDENT,DATE', 'task,Odd @home,4,1,when pigs fly'),
  )
  await expect(faults).toBeHidden()
  await button(app, 'Check the file').click()
  await expect(faults.getByRole('row', { name: 'Line 2 Note' })).toBeVisible()
  await expectNoViolations(app, 'import with a warning')
  await field(app, 'Format').selectOption('TickTick (CSV)')
  await expect(button(app, 'Import')).toBeHidden()
  await field(app, 'Format').selectOption('Todoist (CSV)')
  await button(app, 'Check the file').click()
  await button(app, 'Import').click()
  await expect(app.getByRole('heading', { name: 'Imported' })).toBeVisible()
  expect((await account.tasks()).map(({ title }) => title)).toEqual(['Odd'])
})

test('a file that is too large, or none at all, is told of', async ({ app, complaints }) => {
  complaints.allow(/status of (413|422)|ERR_/)
  await app.goto('/settings/data')
  await field(app, 'File').setInputFiles(file('broken.json', '{"tasks": ['))
  await button(app, 'Check the file').click()
  await expect(app.getByRole('alert')).toContainText('is not valid JSON')
  await field(app, 'File').setInputFiles(file('large.json', ' '.repeat(11 << 20)))
  await button(app, 'Check the file').click()
  await expect(app.getByRole('alert')).toContainText('This file is larger than 10 MB.')
})

test('an account is deleted with its password and a typed confirmation', async ({
  app,
  account,
  complaints,
}) => {
  complaints.allow(REFUSED)
  await account.createTask({ title: 'Gone soon' })
  await app.goto('/settings/data')
  await button(app, 'Delete the account').click()
  const dialog = app.getByRole('dialog', { name: 'Delete the account' })
  await expectNoViolations(app, 'delete the account')
  await dialog.getByLabel(`Type ${account.email} to confirm`).fill('somebody@example.com')
  await field(app, 'Current password').fill('wrong')
  await button(app, 'Delete everything').click()
  await expect(dialog.getByText('This is not your e-mail address.')).toBeVisible()
  await dialog.getByLabel(`Type ${account.email} to confirm`).fill(account.email)
  await button(app, 'Delete everything').click()
  await expect(dialog.getByText('This is not your current password.')).toBeVisible()
  await field(app, 'Current password').fill(account.password)
  await button(app, 'Delete everything').click()
  await expect(app).toHaveURL('/login')
  expect(await app.evaluate(async () => (await indexedDB.databases()).length)).toBe(0)
  expect(await app.evaluate(() => localStorage.length)).toBe(0)
  await expect(account.logIn()).rejects.toThrow('invalid_credentials')
})

test('the time zones open at the chosen one, and axe finds nothing', async ({ app }) => {
  await app.goto('/settings')
  await zone(app).click()
  await expect(app.getByRole('option', { name: 'Europe/Berlin' })).toBeInViewport()
  await zone(app).fill('europe/b')
  await expectNoViolations(app, 'time zones')
  await app.keyboard.press('Escape')
  await expect(zone(app)).toHaveValue('Europe/Berlin')
})
