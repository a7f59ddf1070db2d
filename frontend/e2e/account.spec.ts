import type { BrowserContext, Page } from '@playwright/test'
import type { SessionList } from '../src/client/schema'
import { Account } from './account'
import { expectNoViolations } from './axe'
import { expect, test } from './fixtures'
import { mailsTo } from './server'

const REFUSED = /status of (400|401|403|409|422|429)/
const OFFLINE = /ERR_INTERNET_DISCONNECTED|ERR_FAILED/

const identity = (page: Page) => page.getByLabel('E-mail or username')
const password = (page: Page, name = 'Password') => page.getByLabel(name, { exact: true })
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })

async function logIn(page: Page, { email, password: secret }: Account): Promise<void> {
  await identity(page).fill(email)
  await password(page).fill(secret)
  await page.keyboard.press('Enter')
}

async function addTask(page: Page, title: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Add a task' }).fill(title)
  await page.keyboard.press('Enter')
}

async function openSettings(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Settings' }).click()
  await expect(button(page, 'Log out')).toBeVisible()
}

/** Everything that the browser keeps for this site. */
async function kept(page: Page): Promise<{ databases: string[]; text: string }> {
  return page.evaluate(async () => {
    const databases = (await indexedDB.databases()).map(({ name }) => name ?? '')
    const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)))
    const cached = (await Promise.all(caches_.map((cache) => cache.keys()))).flat().map(({ url }) => url)
    const text = [
      JSON.stringify(localStorage),
      JSON.stringify(sessionStorage),
      ...cached,
      document.body.innerText,
    ]
    return { databases, text: text.join('\n') }
  })
}

async function isOfflineReady(page: Page): Promise<void> {
  await page.evaluate(() => navigator.serviceWorker.ready)
  await page.reload()
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
}

/** How far the device has got: two when it has everything, from when on it asks for what is new only. */
async function marks(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const [{ name = '' } = {}] = await indexedDB.databases()
    const database = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open(name)
      request.onsuccess = () => resolve(request.result)
    })
    const count = database.transaction('marks').objectStore('marks').count()
    await new Promise((resolve) => count.addEventListener('success', resolve))
    database.close()
    return count.result
  })
}

async function sessions(account: Account): Promise<number> {
  return (await account.call<SessionList>('GET', '/auth/sessions')).items.length
}

test.describe('registering', () => {
  test('leads to the inbox at once, in the time zone of the browser', async ({ page, complaints }) => {
    complaints.allow(REFUSED)
    await page.goto('/register')
    const email = `new-${Date.now()}@example.com`
    await page.getByLabel('E-mail').fill(email)
    await page.getByLabel('First name').fill('Nia')
    await password(page).fill('short')
    await page.keyboard.press('Enter')
    await expect(password(page)).toBeFocused()
    await expect(page.getByText('This is too short.')).toBeVisible()
    await password(page).fill('password1')
    await page.keyboard.press('Enter')
    await expect(page.getByText('This password is too easy to guess')).toBeVisible()
    await password(page).fill('correct horse battery')
    await button(page, 'Create an account').click()
    await expect(page).toHaveURL('/inbox')
    await openSettings(page)
    await expect(page.getByLabel('First name')).toHaveValue('Nia')
    await expect(page.getByLabel('Time zone')).toHaveValue('Europe/Berlin')
  })

  test('with an address that is taken says so at the address', async ({ page, account, complaints }) => {
    complaints.allow(REFUSED)
    await page.goto('/register')
    await page.getByLabel('E-mail').fill(account.email)
    await password(page).fill(account.password)
    await page.keyboard.press('Enter')
    await expect(page.getByText('There is an account with this e-mail address already.')).toBeVisible()
    await expect(page.getByLabel('E-mail')).toBeFocused()
  })

  test('in a time zone that the server does not know is in UTC', async ({ page, complaints }) => {
    complaints.allow(REFUSED)
    await page.addInitScript(() => {
      const options = Intl.DateTimeFormat.prototype.resolvedOptions
      Intl.DateTimeFormat.prototype.resolvedOptions = function () {
        return { ...options.call(this), timeZone: 'Etc/Unknown' }
      }
    })
    await page.goto('/register')
    await page.getByLabel('E-mail').fill(`utc-${Date.now()}@example.com`)
    await password(page).fill('correct horse battery')
    await page.keyboard.press('Enter')
    await expect(page).toHaveURL('/inbox')
    await openSettings(page)
    await expect(page.getByLabel('Time zone')).toHaveValue('UTC')
  })
})

test.describe('logging in', () => {
  test('leads back to where one was', async ({ page, account }) => {
    await page.goto('/today?sort=title')
    await expect(page).toHaveURL(/\/login\?next=/)
    await logIn(page, account)
    await expect(page).toHaveURL('/today?sort=title')
  })

  test('never leads to another site', async ({ page, account }) => {
    await page.goto('/login?next=%2F.%2F%2Fexample.com%2F')
    await logIn(page, account)
    await expect(page).toHaveURL('/inbox')
  })

  test('with a wrong password says so, and after many tries how long to wait', async ({
    page,
    account,
    complaints,
  }) => {
    complaints.allow(REFUSED)
    await page.goto('/login')
    await identity(page).fill(account.email)
    await password(page).fill('not this one')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('alert')).toHaveText('The e-mail address or the password is wrong.')
    for (let attempt = 0; attempt < 9; attempt += 1)
      await page.request.post('/api/v1/auth/login', { data: { email: account.email, password: 'no' } })
    await page.keyboard.press('Enter')
    await expect(page.getByRole('alert')).toHaveText(
      /Too many attempts. Try again in \d+ (seconds|minutes?)\./,
    )
  })

  test('is sent once, however often it is pressed', async ({ page, account }) => {
    let sent = 0
    await page.route('**/auth/login', async (route) => {
      sent += 1
      await new Promise((resolve) => setTimeout(resolve, 500))
      await route.continue()
    })
    await page.goto('/login')
    await identity(page).fill(account.email)
    await password(page).fill(account.password)
    await button(page, 'Log in').dblclick()
    await page.keyboard.press('Enter')
    await expect(page).toHaveURL('/inbox')
    expect(sent).toBe(1)
  })

  test('is easy for password managers', async ({ page }) => {
    await page.goto('/login')
    await expect(identity(page)).toHaveAttribute('autocomplete', 'username')
    await expect(password(page)).toHaveAttribute('autocomplete', 'current-password')
    await password(page).fill('secret')
    await button(page, 'Show the password').click()
    await expect(password(page)).toHaveAttribute('type', 'text')
    await page.goto('/register')
    await expect(password(page)).toHaveAttribute('autocomplete', 'new-password')
  })

  test('speaks German to who wants it', async ({ page }) => {
    await page.goto('/login')
    await page.getByLabel('Language').selectOption('Deutsch')
    await expect(page.getByRole('heading', { name: 'Anmelden' })).toBeVisible()
    await page.reload()
    await expect(page.getByRole('heading', { name: 'Anmelden' })).toBeVisible()
  })
})

test('a forgotten password is set anew by the link of a mail', async ({ page, account, complaints }) => {
  complaints.allow(REFUSED)
  await page.goto('/login')
  await page.getByRole('link', { name: 'Forgot your password?' }).click()
  await page.getByLabel('E-mail').fill(account.email)
  await page.keyboard.press('Enter')
  await expect(page.getByText(`an account with ${account.email}`)).toBeVisible()

  const [mail] = await mailsTo(account.email)
  const link = /https?:\S+/.exec(mail?.text ?? '')?.[0] ?? ''
  await page.goto(link)
  await expect(page).toHaveURL('/reset-password')
  await password(page, 'New password').fill('staple the other horse')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL('/login')
  await expect(page.getByText('Your new password is set.')).toBeVisible()
  await identity(page).fill(account.email)
  await password(page).fill('staple the other horse')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL('/inbox')

  await page.goto(link)
  await expect(page).toHaveURL('/reset-password') // the token is out of the address: a reload has none
  await page.reload()
  await expect(page.getByText('This link is not complete.')).toBeVisible()
  await page.goto('/inbox')
  await page.goto(link)
  await password(page, 'New password').fill('staple the other horse')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert')).toHaveText('This link has expired, or was used before.')
})

test('a session that is ended elsewhere leads to the log-in, and what was not sent is sent after it', async ({
  app,
  account,
  openAs,
  complaints,
}) => {
  complaints.allow(REFUSED)
  const other = await openAs(account)
  await expect(other).toHaveURL('/inbox')
  await app.goto('/settings/security')
  await button(app, 'End the session on Chrome on Linux').click()
  await expect(app.getByText('The session has ended.')).toBeVisible()
  await expect(button(app, 'End the session on Chrome on Linux')).toBeHidden()

  const composer = other.getByRole('textbox', { name: 'Add a task' })
  const refused = other.waitForResponse((answer) => answer.url().endsWith('/refresh') && !answer.ok())
  await composer.pressSequentially('Written tomorrow')
  await refused
  await composer.fill('Written meanwhile')
  await other.keyboard.press('Enter')
  await expect(other).toHaveURL('/login?reason=ended&next=%2Finbox')
  await expect(other.getByText('Changes that were not sent yet are kept on this device.')).toBeVisible()
  await expectNoViolations(other, 'session ended')
  expect((await account.tasks()).length).toBe(0)

  await logIn(other, account)
  await expect(other).toHaveURL('/inbox')
  await expect(other.getByText('Written meanwhile')).toBeVisible()
  await expect
    .poll(async () => (await account.tasks()).map(({ title }) => title))
    .toEqual(['Written meanwhile'])
})

test('all other sessions are ended at once', async ({ app, account, openAs, complaints }) => {
  complaints.allow(REFUSED)
  const other = await openAs(account)
  await expect(other).toHaveURL('/inbox')
  await app.goto('/settings/security')
  await button(app, 'End all other sessions').click()
  await expect(button(app, 'End all other sessions')).toBeHidden()
  await expect(app.getByText('This device')).toBeVisible()
  await addTask(other, 'Too late')
  await expect(other).toHaveURL(/\/login\?reason=ended/)
})

test('any number of refused requests refresh once', async ({ app, account, complaints }) => {
  complaints.allow(REFUSED)
  await expect(app).toHaveURL('/inbox')
  await expect.poll(() => marks(app)).toBe(2)
  let stale: string | undefined
  let [refused, refreshes] = [0, 0]
  await app.route('**/api/v1/**', (route) => {
    const headers = route.request().headers()
    if (route.request().url().endsWith('/auth/refresh')) refreshes += 1
    stale ??= headers.authorization
    if (headers.authorization !== stale) return route.continue()
    refused += 1
    return route.continue({ headers: { ...headers, authorization: 'Bearer run.out.already' } })
  })
  await account.createTask({ title: 'From elsewhere' })
  await app.evaluate(() => dispatchEvent(new Event('online')))
  await expect(app.getByText('From elsewhere')).toBeVisible()
  expect(refused).toBeGreaterThan(1)
  expect(refreshes).toBe(1)
})

test.describe('logging out', () => {
  test('with changes that were not sent asks first, and goes on once they are', async ({
    app,
    account,
    context,
    complaints,
  }) => {
    complaints.allow(OFFLINE)
    await openSettings(app)
    await app.getByRole('link', { name: 'Inbox' }).click()
    await context.setOffline(true)
    await addTask(app, 'Not sent')
    await openSettings(app)
    await button(app, 'Log out').click()
    const dialog = app.getByRole('dialog', { name: '1 change has not been sent' })
    await expectNoViolations(app, 'log out')
    await dialog.getByRole('button', { name: 'Send, then log out' }).click()
    await expect(dialog.getByRole('alert')).toContainText('They could not be sent.')
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await expect(button(app, 'Log out')).toBeFocused()

    await button(app, 'Log out').click()
    await expect(dialog).toBeVisible()
    await context.setOffline(false) // and they go out by themselves
    await expect(app).toHaveURL('/login')
    expect((await account.tasks()).map(({ title }) => title)).toEqual(['Not sent'])
  })

  test('without a network forgets everything, and ends the session when there is one', async ({
    app,
    account,
    context,
    complaints,
  }) => {
    complaints.allow(OFFLINE, REFUSED)
    await isOfflineReady(app)
    expect(await sessions(account)).toBe(2)
    await openSettings(app)
    await app.getByRole('link', { name: 'Inbox' }).click()
    await context.setOffline(true)
    await addTask(app, 'Never sent')
    await openSettings(app)
    await button(app, 'Log out').click()
    await button(app, 'Log out and lose them').click()
    await expect(app).toHaveURL('/login')
    expect((await kept(app)).databases).toEqual([])
    expect((await kept(app)).text).not.toContain(account.email)
    await app.reload()
    await expect(app).toHaveURL('/login')
    await context.setOffline(false)
    await expect.poll(() => sessions(account)).toBe(1)
    await app.goto('/inbox')
    await expect(app).toHaveURL(/\/login/)
    expect(await account.tasks()).toEqual([])
  })

  test('in one tab logs out in all, and logging in too', async ({ app, context, account, complaints }) => {
    // both tabs end the session, and one of them comes second
    complaints.allow(REFUSED)
    await account.createTask({ title: 'Seen in both' })
    const second = await context.newPage()
    await second.goto('/today')
    await expect(second.getByRole('link', { name: 'Settings' })).toBeVisible()
    await openSettings(app)
    await button(app, 'Log out').click()
    await expect(app).toHaveURL('/login')
    await expect(second).toHaveURL(/\/login\?next=/)
    expect((await kept(second)).databases).toEqual([])
    await logIn(app, account)
    await expect(app).toHaveURL('/inbox')
    await expect(second).toHaveURL('/today')
  })
})

test.describe('two people in one browser', () => {
  const SECRETS = ['Secret plan', 'secret-tag']

  async function expectNothingOf(account: Account, page: Page): Promise<void> {
    const { databases, text } = await kept(page)
    const { id } = await account.call<{ id: string }>('GET', '/users/me')
    expect(databases.join()).not.toContain(id)
    for (const secret of [...SECRETS, account.email, id]) expect(text).not.toContain(secret)
  }

  test.beforeEach(async ({ account }) => {
    const { id } = await account.createTag({ name: 'secret-tag' })
    await account.createTask({ title: 'Secret plan', tags: [id] })
  })

  test('the second sees nothing of the first, who logged out', async ({ app, account, baseURL }) => {
    await expect(app.getByText('Secret plan')).toBeVisible()
    await isOfflineReady(app)
    await openSettings(app)
    await button(app, 'Log out').click()
    await expect(app).toHaveURL('/login')
    await expectNothingOf(account, app)
    const bob = await Account.register(baseURL ?? '')
    await logIn(app, bob)
    await expect(app).toHaveURL('/inbox')
    await addTask(app, 'A task of Bob')
    await expect(app.getByText('A task of Bob')).toBeVisible()
    await expectNothingOf(account, app)
    for (const view of ['/today', '/tags', '/settings']) {
      await app.goto(view)
      await app.waitForLoadState('networkidle')
      await expectNothingOf(account, app)
    }
    await app.goBack()
    await expectNothingOf(account, app)
    expect((await account.tasks()).map(({ title }) => title)).toEqual(['Secret plan'])
  })

  test('a cookie that became that of the second ends the account of the first', async ({
    app,
    account,
    baseURL,
    context,
  }) => {
    await expect(app.getByText('Secret plan')).toBeVisible()
    const bob = await Account.register(baseURL ?? '')
    await bob.createTask({ title: 'A task of Bob' })
    await bob.signIn(context as BrowserContext)
    await app.reload()
    await expect(app.getByText('A task of Bob')).toBeVisible()
    const { text } = await kept(app)
    for (const secret of [...SECRETS, account.email]) expect(text).not.toContain(secret)
  })
})

test('axe finds nothing on the pages of guests', async ({ page, complaints }) => {
  test.slow()
  complaints.allow(REFUSED)
  for (const path of [
    '/login',
    '/register',
    '/forgot-password',
    '/reset-password#token=x',
    '/reset-password',
  ]) {
    await page.goto('about:blank')
    await page.goto(path)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await expectNoViolations(page, path)
    const submit = page.locator('[type=submit]')
    if ((await submit.count()) === 0) continue
    await submit.click()
    await expect(page.locator('[aria-invalid=true]').first()).toBeFocused()
    await expectNoViolations(page, `${path} with errors`)
  }
})
