import { type BrowserContext, test as base, type Page } from '@playwright/test'
import { Account, ownNetwork } from './account'
import { running, Service, type Settings } from './server'

export { expect } from '@playwright/test'

type Fixtures = {
  /** A fresh user. */
  account: Account
  /** A page of the app, logged in as `account`, at the first view. */
  app: Page
  /** A browser of somebody else, or a second one of `account`: it shares nothing with the first. */
  openAs: (account: Account | undefined, path?: string) => Promise<Page>
  /** A service on the same data that the test may stop, kill and start again; it ends with the test. */
  startService: (settings?: Settings) => Promise<Service>
  /** What pages and workers complained of. The test fails on any that it does not `allow`. */
  complaints: Complaints
}

/** The browser logs each answer from 400 on. This is how the app asks whether somebody is logged in. */
const NOBODY = /status of 401 .* \/api\/v1\/auth\/refresh$/

class Complaints {
  readonly all: string[] = []
  readonly #allowed: RegExp[] = [NOBODY]

  /** For what a test provokes: a network that is away, a refusal. */
  allow(...patterns: RegExp[]): void {
    this.#allowed.push(...patterns)
  }

  get unexpected(): string[] {
    return this.all.filter((complaint) => !this.#allowed.some((pattern) => pattern.test(complaint)))
  }

  async watch(context: BrowserContext): Promise<void> {
    context.on('console', (message) => {
      if (message.type() === 'error') this.all.push(`${message.text()} at ${pathOf(message.location().url)}`)
    })
    context.on('weberror', (error) => this.all.push(`uncaught: ${error.error().stack}`))
    await context.addInitScript(() => {
      addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
        // biome-ignore lint/suspicious/noConsole: this is how it reaches the test
        console.error(`content security policy: ${violatedDirective} forbids ${blockedURI}`)
      })
    })
  }
}

export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from it what the fixture needs: nothing
  baseURL: async ({}, use) => use(running().url),

  // biome-ignore lint/correctness/noEmptyPattern: as above
  extraHTTPHeaders: async ({}, use) => use({ 'X-Forwarded-For': ownNetwork() }),

  complaints: [
    async ({ browser }, use) => {
      const complaints = new Complaints()
      const watch = (context: BrowserContext) => complaints.watch(context)
      browser.on('context', watch)
      await use(complaints)
      browser.off('context', watch)
      base.expect(complaints.unexpected, 'what the browser complained of').toEqual([])
    },
    { auto: true },
  ],

  account: async ({ baseURL }, use) => use(await Account.register(baseURL ?? '')),

  app: async ({ page, account, baseURL }, use) => {
    await account.signIn(page.context(), baseURL ?? '')
    await page.goto('/')
    await use(page)
  },

  openAs: async ({ browser, baseURL }, use) => {
    const contexts: BrowserContext[] = []
    await use(async (account, path = '/') => {
      const context = await browser.newContext()
      contexts.push(context)
      await account?.signIn(context, baseURL ?? '')
      const page = await context.newPage()
      await page.goto(path)
      return page
    })
    await Promise.all(contexts.map((context) => context.close()))
  },

  // biome-ignore lint/correctness/noEmptyPattern: as above
  startService: async ({}, use, testInfo) => {
    const services: Service[] = []
    await use(async (settings) => {
      const service = new Service(settings)
      services.push(service)
      await service.start()
      return service
    })
    for (const service of services) {
      await service.kill()
      if (testInfo.status !== testInfo.expectedStatus)
        await testInfo.attach('service.log', { body: service.log })
    }
  },
})

function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : url
}
