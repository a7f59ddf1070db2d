import type { Page } from '@playwright/test'
import type { BulkResults, TaskPublic } from '../src/client/schema'
import type { Account } from './account'
import { expectNoViolations } from './axe'
import { expect, test } from './fixtures'

const PHONE = { width: 390, height: 844 }
const PHONE_SCREEN = { viewport: PHONE, hasTouch: true, isMobile: true }
const NARROW = { width: 320, height: 640 }
const LONG = 'Read the report on the new pricing that marketing sent '.repeat(4).trim()

const row = (page: Page, title: string) => page.locator('[data-task]').filter({ hasText: title })
const titles = (page: Page) => page.locator('[data-task] [data-title]')

/** A day from today on, in the zone of the accounts. */
function day(from: number): string {
  const at = new Date(Date.now() + from * 86_400_000)
  return new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Berlin', dateStyle: 'short' }).format(at)
}

/** As the app writes it in British English: Friday 27 November 2026. */
function named(date: string): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', dateStyle: 'full' }).format(new Date(date))
}

async function trash(account: Account, count: number, title = 'Thrown away'): Promise<void> {
  const data = Array.from({ length: count }, (_, index) => ({ title: `${title} ${index}` }))
  const { results } = await account.call<BulkResults>('POST', '/tasks/bulk', {
    operations: data.map((one) => ({ op: 'create', data: one })),
  })
  const operations = results.map(({ task }) => ({ op: 'delete', id: task?.id }))
  await account.call('POST', '/tasks/bulk', { operations })
}

async function expectNoSideScrolling(page: Page): Promise<void> {
  const [content, window] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ])
  expect(content).toBeLessThanOrEqual(window ?? 0)
}

test.describe('upcoming', () => {
  test('tasks stand by day, what is late first', async ({ app, account }) => {
    await account.createTasks([
      { title: 'In a month', due_date: day(30) },
      { title: 'Tomorrow', due_date: day(1) },
      { title: 'Late', due_date: day(-2) },
      { title: 'Now', due_date: day(0) },
      { title: 'Some day' },
    ])
    await app.goto('/upcoming')
    await expect(titles(app)).toHaveText(['Late', 'Now', 'Tomorrow', 'In a month'])
    await expect(app.locator('main h2')).toHaveText([
      /^Overdue/,
      /^Today/,
      /^Tomorrow/,
      new RegExp(`^${named(day(30)).split(',')[0]?.split(' ')[0]}`),
    ])
  })

  test('below its day a task says only the time', async ({ app, account }) => {
    await account.createTasks([
      { title: 'Late', due_date: day(-2) },
      { title: 'All day', due_date: day(0) },
      { title: 'Evening', due_date: day(0), due_time: '23:59:00' },
    ])
    for (const path of ['/upcoming', '/today']) {
      await app.goto(path)
      await expect(row(app, 'Evening').locator('time')).toHaveText('23:59')
      await expect(row(app, 'All day').locator('time')).toHaveCount(0)
      await expect(row(app, 'Late').locator('time')).not.toHaveText('')
    }
    await app.goto('/inbox')
    await expect(row(app, 'Evening').locator('time')).toHaveText('Today 23:59')
    await expect(row(app, 'All day').locator('time')).toHaveText('Today')
  })

  test('on a phone the button of a day stands beside its heading', async ({ app, account }) => {
    await account.createTasks([1, 2, 3].map((index) => ({ title: `Task ${index}`, due_date: day(1) })))
    await app.setViewportSize(PHONE)
    await app.goto('/upcoming')
    const heading = await app.getByRole('heading', { level: 2, name: 'Tomorrow' }).boundingBox()
    const button = await app.getByRole('button', { name: `Add a task on ${named(day(1))}` }).boundingBox()
    expect(button?.x).toBeGreaterThanOrEqual((heading?.x ?? 0) + (heading?.width ?? 0))
    await app.getByRole('button', { name: `Add a task on ${named(day(1))}` }).click()
    const field = await app.getByRole('textbox', { name: `Add a task on ${named(day(1))}` }).boundingBox()
    expect(field?.width).toBeGreaterThan(300)
  })

  test('a day of the calendar is gone to, and gets a task', async ({ app, account }) => {
    await account.createTasks(
      Array.from({ length: 60 }, (_, index) => ({ title: `Task ${index}`, due_date: day(index % 20) })),
    )
    await app.goto('/upcoming')
    const calendar = app.getByRole('grid')
    await expect(calendar.getByRole('button', { name: `${named(day(0))}, 3 tasks` })).toBeVisible()
    const target = day(19)
    const button = calendar.getByRole('button', { name: `${named(target)}, 3 tasks` })
    if (target.slice(0, 7) !== day(0).slice(0, 7) && !(await button.isVisible()))
      await app.getByRole('button', { name: 'Next month' }).click()
    await button.click()
    const heading = app.getByRole('heading', {
      level: 2,
      name: named(target).split(' ').slice(1, 3).join(' '),
    })
    await expect(heading).toBeFocused()
    await expect(heading).toBeInViewport()
    await app.keyboard.press('j')
    await expect(row(app, 'Task 19').locator('[data-title]')).toBeFocused()

    await app.getByRole('button', { name: `Add a task on ${named(target)}` }).click()
    await app.keyboard.type('Added here')
    await app.keyboard.press('Enter')
    await expect(row(app, 'Added here')).toBeVisible()
    await expect
      .poll(async () => (await account.tasks()).find((task) => task.title === 'Added here')?.due_date)
      .toBe(target)
  })

  test('a day without tasks can be chosen with the keyboard', async ({ app, account }) => {
    await account.createTask({ title: 'Today', due_date: day(0) })
    await app.goto('/upcoming')
    await app
      .getByRole('grid')
      .getByRole('button', { name: `${named(day(0))}, 1 task` })
      .focus()
    await app.keyboard.press('ArrowDown')
    await app.keyboard.press('ArrowRight')
    await expect(app.getByRole('button', { name: named(day(8)), exact: true })).toBeFocused()
    await app.keyboard.press('Enter')
    await expect(app.locator('main h2').last()).toBeFocused()
    await expect(app.locator('main h2').last()).toContainText('0 tasks')
  })

  test('a task is dropped on a day, and that can be undone', async ({ app, account }) => {
    await account.createTask({ title: 'Movable', due_date: day(0) })
    await app.goto('/upcoming')
    const target = app.getByRole('grid').getByRole('button', { name: named(day(1)), exact: true })
    await row(app, 'Movable').hover()
    const grip = row(app, 'Movable').locator('.cursor-grab')
    await grip.hover()
    await app.mouse.down()
    const box = (await target.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }
    await app.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 5 })
    await expect(target).toHaveAttribute('data-over')
    await app.mouse.up()
    const due = async () => (await account.tasks())[0]?.due_date
    await expect.poll(due).toBe(day(1))
    await app.getByRole('button', { name: 'Undo' }).click()
    await expect.poll(due).toBe(day(0))
  })

  test('filters are in the address', async ({ app, account }) => {
    await account.createTasks([
      { title: 'Urgent', due_date: day(1), priority: 'urgent' },
      { title: 'Plain', due_date: day(1) },
    ])
    await app.goto('/upcoming?priority=urgent')
    await expect(titles(app)).toHaveText(['Urgent'])
    await app.getByRole('button', { name: 'Clear all filters' }).click()
    await expect(titles(app)).toHaveText(['Urgent', 'Plain'])
    await expect(app).toHaveURL(/upcoming$/)
  })

  test('it is accessible, empty and full, wide and on a phone', async ({ app, account }) => {
    test.slow()
    await app.goto('/upcoming')
    await expect(app.getByText('Nothing is planned.')).toBeVisible()
    await expectNoViolations(app, 'upcoming')
    await account.createTasks([
      { title: LONG, due_date: day(-1), priority: 'urgent' },
      { title: 'Soon', due_date: day(3) },
    ])
    await app.reload()
    await app.getByRole('button', { name: `${named(day(3))}, 1 task` }).click()
    await expectNoViolations(app, 'upcoming')
    await app.setViewportSize(PHONE)
    await app.getByText('Calendar').click()
    await expectNoViolations(app, 'upcoming')
    await app.setViewportSize(NARROW)
    await expectNoSideScrolling(app)
  })
})

test.describe('completed', () => {
  test('what is done stands by day, and can be reopened', async ({ app, account }) => {
    await account.createTasks([
      { title: 'Done', is_completed: true },
      { title: 'Also done', is_completed: true },
      { title: 'Open' },
    ])
    await app.goto('/completed')
    await expect(titles(app)).toHaveCount(2)
    await expect(app.getByRole('heading', { level: 2 })).toContainText(['Today'])
    await app.getByRole('checkbox', { name: 'Reopen “Done”' }).click()
    await expect(titles(app)).toHaveText(['Also done'])
    const open = async () =>
      (await account.tasks()).filter((task) => !task.is_completed).map((task) => task.title)
    await expect.poll(open).toEqual(['Done', 'Open'])
    await app.getByRole('button', { name: 'Undo' }).click()
    await expect.poll(open).toEqual(['Open'])
  })

  test('older pages come from the server while one scrolls', async ({ app, account }) => {
    const all = Array.from({ length: 1_250 }, (_, index) => ({ title: `Done ${index}`, is_completed: true }))
    await account.createTasks(all)
    await app.goto('/completed')
    const list = app.getByRole('list', { name: 'Tasks: Completed' })
    await expect(list.getByRole('listitem').nth(1)).toHaveAttribute('aria-setsize', /^1[0-9]{3}$/)
    await expect
      .poll(
        async () => {
          await app.evaluate(() => scrollTo(0, document.body.scrollHeight))
          return list.getByRole('listitem').last().getAttribute('aria-setsize')
        },
        { timeout: 60_000 },
      )
      .toBe('1250')
  })

  test('many are reopened or deleted at once', async ({ app, account }) => {
    await account.createTasks(['A', 'B', 'C'].map((title) => ({ title, is_completed: true })))
    await app.goto('/completed')
    await titles(app).first().focus()
    await app.keyboard.press('Control+a')
    const bar = app.getByRole('toolbar', { name: '3 selected' })
    await expect(bar.getByRole('button', { name: 'Set the due date' })).toHaveCount(0)
    await expectNoViolations(app, 'completed')
    await bar.getByRole('button', { name: 'Reopen' }).click()
    await expect(app.getByText('Nothing is completed yet.')).toBeVisible()
    await expect.poll(async () => (await account.tasks()).filter((task) => task.is_completed)).toEqual([])
    await expectNoViolations(app, 'completed')
  })
})

test.describe('trash', () => {
  const inTrash = async (account: Account) =>
    (await account.call<{ items: TaskPublic[] }>('GET', '/tasks?trash=true&limit=200')).items.map(
      (task) => task.title,
    )

  test('a task is restored, and that can be undone', async ({ app, account }) => {
    await trash(account, 2)
    await app.goto('/trash')
    await expect(app.getByText('deleted for good after 30 days')).toBeVisible()
    await app.getByRole('button', { name: 'Restore “Thrown away 0”' }).click()
    await expect(titles(app)).toHaveText(['Thrown away 1'])
    await expect
      .poll(async () => (await account.tasks()).map((task) => task.title))
      .toEqual(['Thrown away 0'])
    await app.getByRole('button', { name: 'Undo' }).click()
    await expect(titles(app)).toHaveCount(2)
    await expect.poll(() => inTrash(account)).toHaveLength(2)
  })

  test('keys that would change a task do nothing here', async ({ app, account }) => {
    await trash(account, 1)
    await app.goto('/trash')
    await titles(app).first().focus()
    for (const key of ['1', 'e', 'd', '#']) await app.keyboard.press(key)
    await expect(app.getByRole('textbox')).toHaveCount(0)
    await app.keyboard.press('Delete')
    await app.getByRole('button', { name: 'Cancel' }).click()
    await expect(titles(app).first()).toBeFocused()
    expect(await inTrash(account)).toEqual(['Thrown away 0'])
  })

  test('a task is deleted for good with its parts, after a question', async ({ app, account }) => {
    const parent = await account.createTask({ title: 'Whole' })
    await account.createTask({ title: 'Part', parent_id: parent.id })
    await account.call('DELETE', `/tasks/${parent.id}`)
    await app.goto('/trash')
    await expect(titles(app)).toHaveText(['Whole', 'Part'])
    await row(app, 'Whole').hover()
    await row(app, 'Whole').getByRole('button', { name: 'Delete “Whole” for good' }).click()
    const dialog = app.getByRole('dialog', { name: 'Delete this task for good?' })
    await expectNoViolations(app, 'trash')
    await dialog.getByRole('button', { name: 'Delete for good' }).click()
    await expect(app.getByText('The trash is empty.')).toBeVisible()
    await expect.poll(() => inTrash(account)).toEqual([])
    await app.reload()
    await expect(app.getByText('The trash is empty.')).toBeVisible()
  })

  test('on a touch screen each task has its buttons at hand', async ({ account, browser, baseURL }) => {
    await trash(account, 3)
    const context = await browser.newContext({ ...PHONE_SCREEN, baseURL: baseURL ?? '' })
    await account.signIn(context, baseURL)
    const phone = await context.newPage()
    await phone.goto('/trash')
    await phone.getByRole('button', { name: 'Delete “Thrown away 1” for good' }).tap()
    await phone.getByRole('dialog').getByRole('button', { name: 'Delete for good' }).tap()
    await expect(titles(phone)).toHaveText(['Thrown away 2', 'Thrown away 0'])
    await phone.getByRole('button', { name: 'Restore “Thrown away 2”' }).tap()
    await expect.poll(() => inTrash(account)).toEqual(['Thrown away 0'])
    await expectNoViolations(phone, 'trash')
    await context.close()
  })

  test('what is restored together stays together', async ({ app, account }) => {
    const parent = await account.createTask({ title: 'Whole' })
    const part = await account.createTask({ title: 'Part', parent_id: parent.id })
    await account.call('DELETE', `/tasks/${part.id}`)
    await account.call('DELETE', `/tasks/${parent.id}`)
    await app.goto('/trash')
    await expect(titles(app)).toHaveText(['Whole', 'Part'])
    await row(app, 'Part').locator('[data-title]').focus()
    await app.keyboard.press('x')
    await row(app, 'Whole').getByRole('checkbox').click()
    await app.getByRole('toolbar').getByRole('button', { name: 'Restore' }).click()
    await expect(app.getByText('The trash is empty.')).toBeVisible()
    await expect
      .poll(async () => (await account.tasks()).map((task) => [task.title, task.parent_id]))
      .toEqual([
        ['Whole', null],
        ['Part', parent.id],
      ])
  })

  test('all of it is emptied, also what had not been loaded', async ({ app, account }) => {
    await trash(account, 260)
    await account.createTask({ title: 'Stays' })
    await app.goto('/trash')
    await app.getByRole('button', { name: 'Empty the trash' }).click()
    const dialog = app.getByRole('dialog', { name: 'Empty the trash?' })
    await expect(dialog).toContainText('260 tasks')
    await dialog.getByRole('button', { name: 'Empty the trash' }).click()
    await expect(app.getByText('The trash is empty.')).toBeVisible()
    await expect.poll(() => inTrash(account)).toEqual([])
    expect((await account.tasks()).map((task) => task.title)).toEqual(['Stays'])
  })

  test('it is accessible, empty and full, wide and on a phone', async ({ app, account }) => {
    test.slow()
    await app.goto('/trash')
    await expect(app.getByText('The trash is empty.')).toBeVisible()
    await expectNoViolations(app, 'trash')
    await trash(account, 2, LONG)
    await app.reload()
    await expect(titles(app)).toHaveCount(2)
    await expectNoViolations(app, 'trash')
    await app.setViewportSize(PHONE)
    await expectNoViolations(app, 'trash')
    await app.setViewportSize(NARROW)
    await expectNoSideScrolling(app)
  })
})

test.describe('search', () => {
  const field = (page: Page) => page.getByRole('searchbox', { name: 'Search' })

  test('finds while one types, marks what matches, and leads to the results', async ({ app, account }) => {
    await account.createTasks([
      { title: 'Call Ana about the report' },
      { title: 'Call Bob' },
      { title: 'Something else', description: 'the report is in the cellar' },
      { title: 'Old report', is_completed: true },
    ])
    await app.reload()
    await expect(titles(app)).toHaveCount(3)
    await app.keyboard.press('/')
    await expect(field(app)).toBeFocused()
    await app.keyboard.type('rep')
    await expect(titles(app)).toHaveText(['Old report', 'Call Ana about the report', 'Something else'])
    await expect(app.locator('mark')).toHaveText(['rep', 'rep'])
    await expect(app).toHaveURL(/\/search\?q=rep$/)
    await expect(app.getByRole('checkbox', { name: 'Reopen “Old report”' })).toBeChecked()

    await field(app).fill('call -"ana about"')
    await expect(titles(app)).toHaveText(['Call Bob'])
    await app.keyboard.press('ArrowDown')
    await expect(titles(app).first()).toBeFocused()
    await app.keyboard.press('/')
    await app.keyboard.type('ana')
    await app.keyboard.press('Enter')
    await expect(row(app, 'Call Ana').locator('[data-title]')).toBeFocused()

    await app.keyboard.press('Space')
    await expect.poll(async () => (await account.tasks())[0]?.is_completed).toBe(true)
    await app.goBack()
    await expect(app).toHaveURL(/\/inbox/)
  })

  test('text that looks like HTML is text', async ({ app, account, complaints }) => {
    await account.createTask({ title: '<img src=x onerror=alert(1)> bold' })
    await app.goto(`/search?q=${encodeURIComponent('<img src=x')}`)
    await expect(titles(app)).toHaveText(['<img src=x onerror=alert(1)> bold'])
    await expect(app.locator('[data-title] img')).toHaveCount(0)
    expect(complaints.unexpected).toEqual([])
  })

  test('many results come page by page', async ({ app, account }) => {
    await account.createTasks(Array.from({ length: 230 }, (_, index) => ({ title: `Same ${index}` })))
    await app.goto('/search?q=same')
    await expect(app.getByText('The first 100 tasks found')).toBeVisible()
    await expect
      .poll(async () => {
        await app.evaluate(() => scrollTo(0, document.body.scrollHeight))
        return app.locator('main li').last().getAttribute('aria-setsize')
      })
      .toBe('230')
    await expect(app.getByText('230 tasks found')).toBeAttached()
  })

  test('without a network it looks on the device, and says so', async ({ app, account, complaints }) => {
    complaints.allow(/ERR_INTERNET_DISCONNECTED/)
    await account.createTasks([{ title: 'Buy milk' }, { title: 'Buy bread' }])
    await app.goto('/search')
    await expect(app.getByRole('link', { name: 'Inbox' })).toContainText('2')
    await app.context().setOffline(true)
    await field(app).fill('mil')
    await expect(app.getByText('These are the tasks on this device.')).toBeVisible()
    await expect(titles(app)).toHaveText(['Buy milk'])
    await app.context().setOffline(false)
    await expect(app.getByText('These are the tasks on this device.')).toHaveCount(0)
    await expect(titles(app)).toHaveText(['Buy milk'])
  })

  test('a search without an answer looks on the device until the server is there again', async ({
    app,
    account,
    complaints,
  }) => {
    complaints.allow(/ERR_CONNECTION_REFUSED/)
    await account.createTasks([{ title: 'Buy milk' }, { title: 'Buy bread' }])
    await app.goto('/search')
    await expect(app.getByRole('link', { name: 'Inbox' })).toContainText('2')
    await app.waitForLoadState('networkidle')
    await app.route('**/api/v1/**', (route) => route.abort('connectionrefused'))
    await field(app).fill('mil')
    await expect(app.getByText('These are the tasks on this device.')).toBeVisible()
    await expect(titles(app)).toHaveText(['Buy milk'])
    await app.unrouteAll()
    await expect(app.getByText('These are the tasks on this device.')).toHaveCount(0)
    await expect(titles(app)).toHaveText(['Buy milk'])
  })

  test('a search that fails can be tried again', async ({ app, account, complaints }) => {
    complaints.allow(/status of 400/)
    await account.createTask({ title: 'Buy milk' })
    await app.route('**/api/v1/tasks?*q=milk*', (route) =>
      route.fulfill({ status: 400, json: { title: 'No', status: 400, code: 'bad_request' } }),
    )
    await app.goto('/search?q=milk')
    await expect(app.getByRole('alert')).toContainText('The search did not work.')
    await app.unrouteAll()
    await app.getByRole('button', { name: 'Try again' }).click()
    await expect(titles(app)).toHaveText(['Buy milk'])
  })

  test('it is accessible, empty and full, wide and on a phone', async ({ app, account }) => {
    test.slow()
    await account.createTasks([{ title: LONG }, { title: 'report', is_completed: true }])
    await app.goto('/search')
    await expectNoViolations(app, 'search')
    await app.goto('/search?q=nowhere')
    await expect(app.getByText('Nothing was found for “nowhere”.')).toBeVisible()
    await expectNoViolations(app, 'search')
    await app.goto('/search?q=rep')
    await expect(titles(app)).toHaveCount(2)
    await expectNoViolations(app, 'search')
    await app.setViewportSize(PHONE)
    await expectNoViolations(app, 'search')
    await app.setViewportSize(NARROW)
    await expectNoSideScrolling(app)
  })
})

test.describe('tags', () => {
  const main = (page: Page) => page.getByRole('main')
  const choose = async (page: Page, tag: string, action: string) => {
    await page.getByRole('button', { name: `Actions for ${tag}` }).click()
    await page.getByRole('menuitem', { name: action }).click()
  }

  test('a tag is made, renamed and recoloured; a name that is taken is told at its field', async ({
    app,
    account,
    complaints,
  }) => {
    complaints.allow(/status of 409/)
    await app.goto('/tags')
    await expect(app.getByText('There are no tags yet.')).toBeVisible()
    await expectNoViolations(app, 'tags')
    await app.getByRole('button', { name: 'New tag' }).click()
    const name = app.getByRole('textbox', { name: 'Name' })
    await expect(name).toBeFocused()
    await name.fill('home')
    await app.getByRole('radio', { name: 'Teal' }).check({ force: true })
    await expectNoViolations(app, 'tags')
    await app.getByRole('button', { name: 'Save' }).click()
    await expect(main(app).getByRole('link', { name: 'home' })).toBeVisible()
    await account.createTag({ name: 'work' })
    await app.reload()

    await choose(app, 'home', 'Edit tag')
    await name.fill('WORK')
    await app.getByRole('button', { name: 'Save' }).click()
    await expect(name).toHaveAccessibleDescription('Another tag has this name.')
    await expect(name).toHaveAttribute('aria-invalid', 'true')
    await name.fill('house')
    const hex = app.getByRole('textbox', { name: 'Colour as #RRGGBB' })
    await expect(hex).toHaveValue('#0D9488')
    await hex.fill('#12')
    await app.getByRole('button', { name: 'Save' }).click()
    await expect(hex).toHaveAccessibleDescription(/Six digits/)
    await hex.fill('#123abc')
    await app.getByRole('button', { name: 'Save' }).click()
    await expect(main(app).getByRole('link', { name: 'house' })).toBeVisible()
    const { items } = await account.call<{ items: { name: string; color: string }[] }>('GET', '/tags')
    expect(items.map(({ name, color }) => [name, color])).toEqual([
      ['house', '#123ABC'],
      ['work', '#6B7280'],
    ])
  })

  test('a tag is merged into another', async ({ app, account }) => {
    const one = await account.createTag({ name: 'one' })
    await account.createTag({ name: 'two' })
    await account.createTasks([{ title: 'Tagged', tags: [one.id] }])
    await app.goto('/tags')
    await choose(app, 'one', 'Merge into another tag')
    const dialog = app.getByRole('dialog', { name: 'Merge “one”' })
    await expect(dialog).toContainText('1 open task gets “two” in place of “one”')
    await expectNoViolations(app, 'tags')
    await dialog.getByRole('button', { name: 'Merge' }).click()
    await expect(dialog).toHaveCount(0)
    await expect(main(app).getByRole('listitem')).toHaveText([/^two/])
    await main(app).getByRole('link', { name: 'two' }).click()
    await expect(titles(app)).toHaveText(['Tagged'])
  })

  test('a tag is deleted, its tasks stay', async ({ app, account }) => {
    const tag = await account.createTag({ name: 'gone' })
    await account.createTasks([{ title: 'Tagged', tags: [tag.id] }])
    await app.goto('/tags')
    await choose(app, 'gone', 'Delete tag')
    await expect(app.getByRole('dialog')).toContainText('Its tasks stay')
    await app.getByRole('dialog').getByRole('button', { name: 'Delete tag' }).click()
    await expect(app.getByText('There are no tags yet.')).toBeVisible()
    expect((await account.tasks()).map((task) => task.title)).toEqual(['Tagged'])
    await app.goto(`/tags/${tag.id}`)
    await expect(app.getByRole('heading', { name: 'There is no such tag.' })).toBeVisible()
    await expectNoViolations(app, 'tags')
    await app.getByRole('link', { name: 'All tags' }).click()
    await expect(app).toHaveURL(/\/tags$/)
  })

  test('two hundred tags can be found one by one', async ({ app, account }) => {
    test.slow()
    for (let start = 0; start < 200; start += 20) {
      await Promise.all(
        Array.from({ length: 20 }, (_, index) => account.createTag({ name: `Project ${start + index}` })),
      )
    }
    await app.goto('/tags')
    await expect(main(app).getByRole('listitem')).toHaveCount(200)
    await expectNoViolations(app, 'tags')
    await app.getByRole('searchbox', { name: 'Find a tag' }).fill('ject 19')
    await expect(main(app).getByRole('listitem')).toHaveCount(11)
    await app.getByRole('searchbox', { name: 'Find a tag' }).fill('nothing')
    await expect(app.getByText('No tag is called “nothing”.')).toBeVisible()
    await app.setViewportSize(NARROW)
    await expectNoSideScrolling(app)
  })

  test('without a network nothing is changed, and it is told', async ({ app, account, complaints }) => {
    complaints.allow(/ERR_INTERNET_DISCONNECTED/)
    await account.createTag({ name: 'home' })
    await app.goto('/tags')
    await choose(app, 'home', 'Delete tag')
    await app.context().setOffline(true)
    await app.getByRole('dialog').getByRole('button', { name: 'Delete tag' }).click()
    await expect(app.getByRole('dialog').getByRole('alert')).toContainText('The server cannot be reached.')
    await app.context().setOffline(false)
    await app.getByRole('dialog').getByRole('button', { name: 'Delete tag' }).click()
    await expect(app.getByText('There are no tags yet.')).toBeVisible()
  })
})

test.describe('statistics', () => {
  test('plots have their numbers in words and tables, and are moved through by keys', async ({
    app,
    account,
  }) => {
    await account.createTasks([
      ...Array.from({ length: 4 }, (_, index) => ({ title: `Done ${index}`, is_completed: true })),
      { title: 'Urgent', priority: 'urgent' as const },
      { title: 'Plain', due_date: day(-1) },
    ])
    await account.call('POST', '/recurring-tasks', { title: 'Stretch', rrule: 'FREQ=DAILY' })
    for (let done = 0; done < 3; done++) {
      const open = (await account.tasks()).find((task) => task.title === 'Stretch' && !task.is_completed)
      await account.call('PATCH', `/tasks/${open?.id}/complete`, { is_completed: true })
    }
    await app.goto('/stats')
    await expect(app.getByText('7 tasks completed in the last 30 days, 0.2 a day on average.')).toBeVisible()
    await expect(app.getByText(/^3 open tasks, of which 1 urgent/)).toBeVisible()
    await expect(app.getByRole('row', { name: /^Stretch 3 3 3/ })).toBeVisible()

    const today = app.getByRole('img', { name: `${named(day(0))}: 7 tasks` })
    await today.focus()
    await expect(app.getByText('7 tasks', { exact: true })).toBeVisible()
    await app.keyboard.press('ArrowLeft')
    await expect(app.getByRole('img', { name: `${named(day(-1))}: 0 tasks` })).toBeFocused()

    await app.getByText('Show as a table').click()
    await expect(app.getByRole('table').first().getByRole('row')).toHaveCount(31)
    await expectNoViolations(app, 'statistics')

    await app.getByText('7 days').click()
    await expect(app).toHaveURL(/days=7$/)
    await expect(app.getByText('7 tasks completed in the last 7 days, 1 a day on average.')).toBeVisible()
    await app.setViewportSize(PHONE)
    await expectNoViolations(app, 'statistics')
    await app.setViewportSize(NARROW)
    await expectNoSideScrolling(app)
  })

  test('nothing done yet is said, and so is that the server is away', async ({ app, complaints }) => {
    complaints.allow(/ERR_INTERNET_DISCONNECTED/)
    await app.goto('/stats')
    await expect(app.getByText('Complete a recurring task, and its streak is shown here.')).toBeVisible()
    await expectNoViolations(app, 'statistics')
    await app.context().setOffline(true)
    await app.getByText('90 days').click()
    await expect(app.getByText('The statistics could not be loaded.')).toBeVisible()
    await expectNoViolations(app, 'statistics')
    await app.getByText('30 days').click()
    await expect(app.getByText('0 tasks completed in the last 30 days')).toBeVisible()
  })
})
