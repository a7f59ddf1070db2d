import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import type { TaskPublic } from '../src/client/schema'
import { expect, test } from './fixtures'

const WIDE = { width: 1280, height: 860 }
const PHONE = { width: 390, height: 844 }

const row = (page: Page, title: string) => page.locator('[data-task]').filter({ hasText: title })
const panel = (page: Page) => page.getByRole('complementary', { name: 'Task details' })
const title = (page: Page) => page.getByRole('textbox', { name: 'Title' })
const description = (page: Page) => page.getByRole('textbox', { name: 'Description' })
const part = (page: Page, name: string) =>
  page.getByRole('list', { name: 'Subtasks' }).getByRole('link', { name, exact: true })
const parts = (page: Page) => page.getByRole('list', { name: 'Subtasks' }).getByRole('link')

test.use({ viewport: WIDE })

async function open(page: Page, id: string): Promise<void> {
  await page.goto(`/inbox?task=${id}`)
  await expect(title(page)).toBeVisible()
}

test.describe('beside the list', () => {
  test('a task opens by key, Escape closes it, and the focus is back on its row', async ({
    app,
    account,
  }) => {
    await account.createTasks([{ title: 'First' }, { title: 'Second' }])
    await app.reload()
    await row(app, 'Second').locator('[data-title]').focus()
    await app.keyboard.press('Enter')
    await expect(panel(app)).toBeFocused()
    await expect(title(app)).toHaveValue('Second')
    await app.keyboard.press('Escape')
    await expect(panel(app)).toBeHidden()
    await expect(row(app, 'Second').locator('[data-title]')).toBeFocused()
    expect(new URL(app.url()).search).toBe('')
  })

  test('the list can be used meanwhile, and another task takes the place', async ({ app, account }) => {
    await account.createTasks([{ title: 'First' }, { title: 'Second' }])
    await app.reload()
    await row(app, 'First').locator('[data-title]').click()
    await expect(title(app)).toHaveValue('First')
    await row(app, 'Second').getByRole('checkbox').click()
    await expect(row(app, 'Second')).toBeHidden()
    await app.getByRole('button', { name: 'Undo' }).click()
    await row(app, 'Second').locator('[data-title]').click()
    await expect(title(app)).toHaveValue('Second')
    await app.goBack()
    await expect(title(app)).toHaveValue('First')
  })

  test('all of it is within reach of the keyboard', async ({ app, account }) => {
    const tag = await account.createTag({ name: 'home' })
    const task = await account.createTask({ title: 'Plan' })
    await open(app, task.id)
    const reach = async (name: string) => {
      const target = panel(app).getByRole('button', { name, exact: true })
      for (let key = 0; key < 30; key += 1) {
        if (await target.evaluate((element) => element === document.activeElement)) return
        await app.keyboard.press('Tab')
      }
      throw new Error(`Tab does not reach ${name}`)
    }
    await expect(panel(app)).toBeFocused()
    await reach('Due: No date')
    await app.keyboard.press('Enter')
    await app.getByRole('button', { name: 'Tomorrow', exact: true }).press('Enter')
    await reach('Priority: No priority')
    await app.keyboard.press('Enter')
    await expect(app.getByRole('menuitemradio', { name: 'Urgent' })).toBeFocused()
    await app.keyboard.press('Enter')
    await expect(panel(app).getByRole('button', { name: 'Priority: Urgent' })).toBeVisible()
    await reach('Set the tags')
    await app.keyboard.press('Enter')
    await expect(app.getByRole('combobox', { name: 'Find or make a tag' })).toBeFocused()
    await app.keyboard.type('home')
    await app.keyboard.press('Enter')
    await app.keyboard.press('Escape')
    await expect(panel(app)).toBeVisible()
    await reach('Add a description')
    await app.keyboard.press('Enter')
    await app.keyboard.type('By **key**')
    await app.keyboard.press('Escape')
    await expect(panel(app).getByRole('button', { name: 'Edit the description' })).toBeFocused()
    await app.keyboard.press('Tab')
    await app.keyboard.type('One')
    await app.keyboard.press('Enter')
    await app.keyboard.type('Two')
    await app.keyboard.press('Enter')
    await expect(parts(app)).toHaveText(['One', 'Two'])
    await expect
      .poll(async () => (await account.tasks()).find((one) => one.id === task.id))
      .toMatchObject({ priority: { level: 4 }, tags: [{ id: tag.id }], description: 'By **key**' })
    await app.keyboard.press('Escape')
    await expect(panel(app)).toBeHidden()
  })
})

test.describe('the title', () => {
  test('is saved on Enter and when it is left; Escape brings back what was there', async ({
    app,
    account,
  }) => {
    const { id } = await account.createTask({ title: 'As it was' })
    const stored = async () => (await account.call<TaskPublic>('GET', `/tasks/${id}`)).title
    await open(app, id)
    await title(app).fill('Never this')
    await title(app).press('Escape')
    await expect(title(app)).toHaveValue('As it was')
    await expect(panel(app)).toBeVisible()

    await title(app).fill('By Enter')
    await title(app).press('Enter')
    await expect.poll(stored).toBe('By Enter')
    await title(app).fill('By leaving')
    await title(app).blur()
    await expect.poll(stored).toBe('By leaving')

    await title(app).fill('   ')
    await title(app).blur()
    await expect(title(app)).toHaveValue('By leaving')
    expect(await stored()).toBe('By leaving')
  })

  test('typed while somebody else changes it stays, and both versions are shown then', async ({
    app,
    account,
    complaints,
  }) => {
    complaints.allow(/status of 412/)
    const { id } = await account.createTask({ title: 'As it was' })
    await open(app, id)
    await title(app).fill('Mine')
    await account.call('PATCH', `/tasks/${id}`, { title: 'Theirs' })
    await app.evaluate(() => dispatchEvent(new Event('online')))
    await expect(row(app, 'Theirs')).toBeVisible()
    await expect(title(app)).toHaveValue('Mine')
    await title(app).press('Enter')
    await app.getByRole('button', { name: '1 change needs your decision' }).click()
    await expect(app.getByRole('cell', { name: 'Mine' })).toBeVisible()
    await expect(app.getByRole('cell', { name: 'Theirs' })).toBeVisible()
  })
})

test.describe('the description', () => {
  test('is Markdown, edited as its text and saved while it is typed', async ({ app, account }) => {
    const text = '# Plan\n\n**bold**\n\n- [x] done\n- [ ] open\n\nsee https://example.com/a'
    const { id } = await account.createTask({ title: 'Task', description: text })
    await open(app, id)
    await expect(panel(app).getByRole('heading', { name: 'Plan' })).toBeVisible()
    await expect(panel(app).getByRole('img', { name: 'Ticked', exact: true })).toBeVisible()
    const link = panel(app).getByRole('link', { name: 'https://example.com/a' })
    await expect(link).toHaveAttribute('rel', 'noopener noreferrer nofollow')
    await expect(link).toHaveAttribute('target', '_blank')

    await panel(app).getByText('bold').click()
    await expect(description(app)).toHaveValue(text)
    await description(app).press('End')
    await description(app).pressSequentially(' and more ')
    const stored = async () => (await account.call<TaskPublic>('GET', `/tasks/${id}`)).description
    await expect.poll(stored).toBe(`${text} and more`)
    await expect(description(app)).toHaveValue(`${text} and more `)
    await description(app).pressSequentially('still')
    await description(app).blur()
    await expect.poll(stored).toBe(`${text} and more still`)
  })

  test('typed just before a reload, or before another task is opened, is not lost', async ({
    app,
    account,
  }) => {
    const { id } = await account.createTask({ title: 'Task' })
    const other = await account.createTask({ title: 'Other' })
    const stored = async () => (await account.call<TaskPublic>('GET', `/tasks/${id}`)).description
    await open(app, id)
    await app.getByRole('button', { name: 'Add a description' }).click()
    await description(app).pressSequentially('before the reload')
    await app.reload()
    await expect(panel(app).getByText('before the reload')).toBeVisible()
    await expect.poll(stored).toBe('before the reload')

    await app.getByRole('button', { name: 'Edit the description' }).click()
    await description(app).fill('before the other')
    await app.evaluate((task) => history.pushState(null, '', `?task=${task}`), other.id)
    await expect(title(app)).toHaveValue('Other')
    await expect.poll(stored).toBe('before the other')
  })

  test('typed while somebody else changes another field is saved with it', async ({ app, account }) => {
    const { id } = await account.createTask({ title: 'Task' })
    await open(app, id)
    await app.getByRole('button', { name: 'Add a description' }).click()
    await description(app).pressSequentially('mine')
    await account.call('PATCH', `/tasks/${id}`, { priority: 'high' })
    await app.evaluate(() => dispatchEvent(new Event('online')))
    await expect(panel(app).getByRole('button', { name: 'Priority: High' })).toBeVisible()
    await expect(description(app)).toBeFocused()
    await description(app).blur()
    await expect
      .poll(() => account.call<TaskPublic>('GET', `/tasks/${id}`))
      .toMatchObject({ description: 'mine', priority: { level: 3 } })
  })
})

test.describe('subtasks', () => {
  test('are added one after the other, ticked, moved and opened, with a way back', async ({
    app,
    account,
  }) => {
    const { id } = await account.createTask({ title: 'Party' })
    await account.createTask({ title: 'Guests', parent_id: id, is_completed: true })
    await open(app, id)
    await expect(part(app, 'Guests')).toBeVisible()
    const input = app.getByRole('textbox', { name: 'Add a subtask' })
    await input.fill('Cake')
    await input.press('Enter')
    await expect(input).toBeFocused()
    await input.fill('Music')
    await input.press('Enter')
    await expect(parts(app)).toHaveText(['Guests', 'Cake', 'Music'])
    await expect(app.getByRole('progressbar', { name: '1 of 3 subtasks done' })).toBeVisible()

    await part(app, 'Music').focus()
    await app.keyboard.press('Alt+ArrowUp')
    await expect(parts(app)).toHaveText(['Guests', 'Music', 'Cake'])
    await expect(part(app, 'Music')).toBeFocused()
    await expect(panel(app).getByText('“Music” is now 2 of 3')).toBeAttached()
    await app.keyboard.press('Space')
    await expect(app.getByRole('progressbar', { name: '2 of 3 subtasks done' })).toBeVisible()
    await app.reload()
    await expect(parts(app)).toHaveText(['Guests', 'Music', 'Cake'])

    await part(app, 'Cake').click()
    await expect(title(app)).toHaveValue('Cake')
    await app.getByRole('link', { name: 'Back to “Party”' }).click()
    await expect(title(app)).toHaveValue('Party')
  })

  test('end at the fifth level, and that is said', async ({ app, account }) => {
    let parent: TaskPublic | undefined
    for (const name of ['Root', 'One', 'Two', 'Three', 'Four', 'Five']) {
      parent = await account.createTask({ title: name, parent_id: parent?.id ?? null })
    }
    await open(app, parent?.parent_id ?? '')
    await expect(app.getByRole('textbox', { name: 'Add a subtask' })).toBeVisible()
    await part(app, 'Five').click()
    await expect(title(app)).toHaveValue('Five')
    await expect(panel(app).getByText('five levels deep')).toBeVisible()
    await expect(app.getByRole('textbox', { name: 'Add a subtask' })).toBeHidden()
  })
})

test.describe('a task that is not open', () => {
  test('is shown so, and comes back', async ({ app, account }) => {
    const { id } = await account.createTask({ title: 'Done', is_completed: true })
    await open(app, id)
    await expect(panel(app).getByText(/^Completed /)).toBeVisible()
    await app.getByRole('button', { name: 'Reopen', exact: true }).click()
    await expect(row(app, 'Done')).toBeVisible()

    await panel(app).getByRole('button', { name: 'Move to the trash' }).click()
    await expect(panel(app)).toBeHidden()
    await expect(row(app, 'Done')).toBeHidden()
    await open(app, id)
    await expect(panel(app).getByText(/^In the trash since/)).toBeVisible()
    await expect(title(app)).toBeDisabled()
    await app.getByRole('button', { name: 'Restore', exact: true }).click()
    await expect(title(app)).toBeEnabled()
    await expect(row(app, 'Done')).toBeVisible()
  })

  test('is deleted for good from the trash', async ({ app, account, complaints }) => {
    complaints.allow(/status of 404/)
    const { id } = await account.createTask({ title: 'Gone' })
    await account.call('DELETE', `/tasks/${id}`)
    await open(app, id)
    await app.getByRole('button', { name: 'Delete for good' }).click()
    await expect(panel(app)).toBeHidden()
    await expect.poll(() => account.call('GET', `/tasks/${id}`).catch(String)).toContain('404')
    await app.goto(`/inbox?task=${id}`)
    await expect(panel(app).getByText('This task does not exist')).toBeVisible()
    await panel(app).getByRole('button', { name: 'Close' }).click()
    await expect(panel(app)).toBeHidden()
  })
})

test('on a phone it lies over the list, and the focus goes back', async ({ app, account }) => {
  await app.setViewportSize(PHONE)
  await account.createTask({ title: 'Small' })
  await app.reload()
  await row(app, 'Small').locator('[data-title]').focus()
  await app.keyboard.press('Enter')
  const sheet = app.getByRole('dialog', { name: 'Task details' })
  await expect(sheet).toBeVisible()
  expect((await sheet.boundingBox())?.width).toBe(PHONE.width)
  await title(app).fill('Never this')
  await title(app).press('Escape')
  await expect(title(app)).toHaveValue('Small')
  await expect(sheet).toBeVisible()
  await title(app).fill('Typed, then closed')
  await app.getByRole('button', { name: 'Close' }).click()
  await expect(sheet).toBeHidden()
  await expect(row(app, 'Typed, then closed').locator('[data-title]')).toBeFocused()
})

const HOSTILE = [
  '<script>window.pwned = 1</script>',
  '<img src=x onerror="window.pwned = 1">',
  '<svg onload="window.pwned = 1"><animate onbegin="window.pwned = 1" attributeName=x></svg>',
  '<a href="javascript:window.pwned = 1">raw link</a>',
  '<iframe srcdoc="<script>parent.pwned = 1</script>"></iframe>',
  '[one](javascript:window.pwned=1)',
  '[two](JaVaScRiPt:window.pwned=1)',
  '[three](java&#x09;script:window.pwned=1)',
  '[four](data:text/html;base64,PHNjcmlwdD5wd25lZD0xPC9zY3JpcHQ+)',
  '[five](vbscript:msgbox(1))',
  '[six](//evil.example/path)',
  '[seven](/api/v1/auth/logout)',
  '[eight]: javascript:window.pwned=1',
  '[eight][eight]',
  '![nine](http://evil.example/pixel.png)',
  '![ten](data:image/svg+xml;base64,PHN2Zy8+)',
  '<javascript:window.pwned=1>',
  '<http://evil.example/auto>',
  '`<b>code</b>`',
  '<style>body { display: none }</style>',
  '{{constructor.constructor("window.pwned=1")()}}',
]

test('hostile text is inert wherever it stands', async ({ app, account, baseURL }) => {
  const foreign: string[] = []
  app.on('request', (request) => {
    if (!request.url().startsWith(baseURL ?? '') && !request.url().startsWith('data:'))
      foreign.push(request.url())
  })
  const script = '<img src=x onerror="window.pwned = 1">'
  await account.call('PATCH', '/users/me', { first_name: script, last_name: '<script>pwned=1</script>' })
  const tag = await account.createTag({ name: script })
  const { id } = await account.createTask({
    title: `${script} [x](javascript:alert(1))`,
    description: HOSTILE.join('\n\n'),
    tags: [tag.id],
  })
  await account.createTask({ title: script, parent_id: id })
  await open(app, id)
  await app.reload()
  await expect(title(app)).toHaveValue(`${script} [x](javascript:alert(1))`)
  await expect(panel(app).getByText('<script>window.pwned = 1</script>')).toBeVisible()
  await expect(panel(app).getByText('Image: nine')).toBeVisible()
  await expect(panel(app).getByRole('definition').getByText(script)).toBeVisible()
  await expect(part(app, script)).toBeVisible()

  const addresses = await panel(app)
    .locator('a[target=_blank]')
    .evaluateAll((links) => links.map((link) => link.getAttribute('href')))
  expect(addresses).toEqual(['http://evil.example/auto'])
  expect(await panel(app).locator('img, svg:not(.lucide), script, style, iframe').count()).toBe(0)
  for (const name of ['one', 'two', 'four', 'six', 'seven']) {
    await panel(app).getByText(name, { exact: true }).click()
    await expect(description(app)).toBeFocused()
    await app.keyboard.press('Escape')
  }
  expect(await app.evaluate(() => 'pwned' in window)).toBe(false)
  expect(foreign).toEqual([])
})

for (const colorScheme of ['light', 'dark'] as const) {
  for (const [device, viewport] of Object.entries({ wide: WIDE, phone: PHONE })) {
    test(`the panel has no fault that axe finds: ${device}, ${colorScheme}`, async ({ app, account }) => {
      await app.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await app.setViewportSize(viewport)
      const tag = await account.createTag({ name: 'home' })
      const text =
        '# Heading\n\n[link](https://example.com)\n\n- [ ] box\n\n|a|b|\n|-|-|\n|1|2|\n\n`code`\n\n> quote'
      const { id } = await account.createTask({
        title: 'Everything',
        description: text,
        tags: [tag.id],
        priority: 'urgent',
        due_date: '2026-01-01',
        due_time: '10:00',
      })
      await account.createTask({ title: 'Done', parent_id: id, is_completed: true })
      await account.createTask({ title: 'Open', parent_id: id })
      await open(app, id)
      await expect(parts(app)).toHaveCount(2)
      const faults = async () => (await new AxeBuilder({ page: app }).analyze()).violations
      expect(await faults()).toEqual([])
      await app.getByRole('button', { name: 'Edit the description' }).click()
      expect(await faults()).toEqual([])
      await account.call('DELETE', `/tasks/${id}`)
      await open(app, id)
      await expect(app.getByText(/^In the trash since/)).toBeVisible()
      expect(await faults()).toEqual([])
    })
  }
}
