import { expect, test } from './fixtures'
import { mailsTo } from './server'

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
  "manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

test('the page comes with a strict policy and is asked for each time, its scripts are kept', async ({
  page,
}) => {
  const scripts: string[] = []
  page.on('response', (response) => {
    if (new URL(response.url()).pathname.startsWith('/assets/')) {
      scripts.push(response.headers()['cache-control'] ?? '')
    }
  })
  const headers = (await page.goto('/'))?.headers()
  expect(headers).toMatchObject({
    'cache-control': 'no-cache',
    'content-security-policy': POLICY,
    'cross-origin-opener-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  })
  await expect(page.locator('#root > *').first()).toBeVisible()
  expect(scripts.length).toBeGreaterThan(0)
  expect(new Set(scripts)).toEqual(new Set(['public, max-age=31536000, immutable']))
})

test('a view can be reloaded where it is', async ({ app }) => {
  for (const path of ['/today', '/settings/sessions']) {
    expect((await app.goto(path))?.status()).toBe(200)
    expect((await app.reload())?.status()).toBe(200)
    await expect(app.locator('#root > *').first()).toBeVisible()
  }
})

test('what the page sends is taken for its own', async ({ page, account }) => {
  await page.goto('/')
  const status = await page.evaluate(async ({ email, password }) => {
    const headers = { 'Content-Type': 'application/json' }
    const body = JSON.stringify({ email, password })
    return (await fetch('/api/v1/auth/login', { method: 'POST', headers, body })).status
  }, account)
  expect(status).toBe(200)
})

test('inline scripts and foreign addresses are refused, and it is noticed', async ({ page, complaints }) => {
  complaints.allow(/security policy/i)
  await page.goto('/')
  await page.evaluate(async () => {
    const script = document.createElement('script')
    script.textContent = 'document.title = "broken in"'
    document.body.append(script)
    await fetch('https://example.com/').catch(() => undefined)
  })
  await expect(page).not.toHaveTitle('broken in')
  await expect
    .poll(() => complaints.all)
    .toEqual(
      expect.arrayContaining([
        expect.stringContaining('content security policy: script-src-elem forbids inline'),
        expect.stringContaining('content security policy: connect-src forbids https://example.com'),
      ]),
    )
})

test('errors of the page reach the test', async ({ page, complaints }) => {
  complaints.allow(/canary/)
  await page.goto('/')
  await page.evaluate(() => setTimeout(() => void Promise.reject(new Error('canary'))))
  await expect
    .poll(() => complaints.all.some((complaint) => complaint.startsWith('uncaught: Error: canary')))
    .toBe(true)
})

test.fail('a test in which there is one fails', async ({ page }) => {
  await page.goto('/')
  // biome-ignore lint/suspicious/noConsole: the error that is looked for
  await page.evaluate(() => console.error('canary'))
})

test('the service worker keeps the app for when there is no network', async ({
  page,
  context,
  complaints,
}) => {
  complaints.allow(/ERR_INTERNET_DISCONNECTED/)
  await page.goto('/')
  await page.evaluate(async () => {
    await navigator.serviceWorker.register('/sw.js')
    await navigator.serviceWorker.ready
    const isControlled = () => navigator.serviceWorker.controller !== null
    if (!isControlled()) {
      await new Promise((resolve) => navigator.serviceWorker.addEventListener('controllerchange', resolve))
    }
  })
  await context.setOffline(true)
  await page.goto('/today')
  await expect(page.locator('#root > *').first()).toBeVisible()
})

test('mails reach the test, and their links lead to the app', async ({ account, page, baseURL }) => {
  await account.call('POST', '/auth/forgot-password', { email: account.email })
  const [mail] = await mailsTo(account.email)
  const link = /https?:\S+/.exec(mail?.text ?? '')?.[0] ?? ''
  expect(link.startsWith(`${baseURL}/`)).toBe(true)
  expect((await page.goto(link))?.status()).toBe(200)
})

test('without a built app a page says how to get it, and the API works', async ({ page, startService }) => {
  const service = await startService({ WEB_APP_DIR: '/nowhere' })
  await page.goto(service.url)
  await expect(page.getByRole('heading')).toHaveText('The web app is not built')
  expect((await page.request.get(`${service.url}/health`)).status()).toBe(200)
})

test('a service that was killed is there again at the same address, with the same data', async ({
  account,
  startService,
}) => {
  const service = await startService()
  const { url } = service
  await account.createTask({ title: 'Survives' })
  await service.kill()
  await expect(fetch(`${url}/health`)).rejects.toThrow()
  await service.start()
  expect(service.url).toBe(url)
  expect((await account.tasks()).map((task) => task.title)).toEqual(['Survives'])
})
