import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import type {
  InstancePage,
  RecurringTaskCreate,
  RecurringTaskPage,
  RecurringTaskPublic,
} from '../src/client/schema'
import type { Account } from './account'
import { expect, test } from './fixtures'

const WIDE = { width: 1280, height: 860 }
const PHONE = { width: 390, height: 844 }
const DAY_MS = 86_400_000

test.use({ viewport: WIDE })

const panel = (page: Page) => page.getByRole('complementary', { name: 'Task details' })
const dialog = (page: Page, name: string) => page.getByRole('dialog', { name })
const dates = (page: Page) => page.getByRole('list', { name: 'Next dates' }).getByRole('time')
const title = (page: Page) => page.getByRole('textbox', { name: 'Title' })
const row = (page: Page, name: string) => page.locator('[data-task]').filter({ hasText: name })

/** A day from today on, where the account is. */
function day(distance: number): string {
  const instant = new Date(Date.now() + distance * DAY_MS)
  return new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Berlin' }).format(instant)
}

async function shownDates(page: Page): Promise<(string | null)[]> {
  return dates(page).evaluateAll((times) => times.map((time) => time.getAttribute('datetime')))
}

async function makeSeries(account: Account, fields: Partial<RecurringTaskCreate> = {}) {
  const body = { title: 'Water the plants', rrule: 'FREQ=DAILY;INTERVAL=2', start_date: day(0), ...fields }
  return account.call<RecurringTaskPublic>('POST', '/recurring-tasks', body)
}

async function allSeries(account: Account) {
  return (await account.call<RecurringTaskPage>('GET', '/recurring-tasks')).items
}

async function instances(account: Account, id: string) {
  return (await account.call<InstancePage>('GET', `/recurring-tasks/${id}/instances`)).items
}

async function openInstance(app: Page, name = 'Water the plants'): Promise<void> {
  await app.goto('/inbox')
  await row(app, name).locator('[data-title]').click()
  await expect(panel(app).getByRole('heading', { name: 'Repeats' })).toBeVisible()
}

test('a task is made to repeat: its place, its parts and its fields go over', async ({ app, account }) => {
  const tag = await account.createTag({ name: 'home' })
  await account.createTask({ title: 'Before' })
  const task = await account.createTask({
    title: 'Clean',
    description: 'All of it',
    tags: [tag.id],
    priority: 'high',
    due_date: day(1),
    due_time: '09:00',
  })
  const part = await account.createTask({ title: 'Kitchen', parent_id: task.id })
  await account.createTask({ title: 'After' })
  await app.goto(`/inbox?task=${task.id}`)
  await app.getByRole('button', { name: 'Repeat: Does not repeat' }).click()
  const editor = dialog(app, 'Repeat')
  await editor.getByLabel('Repeats').selectOption('Every day')
  await expect(editor.getByText('Every day', { exact: true }).last()).toBeVisible()
  await expect.poll(() => shownDates(app)).toEqual(Array.from({ length: 10 }, (_, index) => day(index + 1)))
  await editor.getByRole('button', { name: 'Repeat' }).click()

  await expect(editor).toBeHidden()
  await expect(panel(app).getByText('Every day', { exact: true })).toBeVisible()
  await expect(title(app)).toHaveValue('Clean')
  await expect(panel(app).getByRole('link', { name: 'Kitchen' })).toBeVisible()
  await expect(app.locator('[data-task] [data-title]')).toHaveText(['Before', 'Clean', 'Kitchen', 'After'])
  const [series] = await allSeries(account)
  expect(series).toMatchObject({
    title: 'Clean',
    description: 'All of it',
    due_time: '09:00:00',
    priority: { level: 3 },
    tags: [{ id: tag.id }],
    rrule: 'FREQ=DAILY',
    next_date: day(1),
  })
  await expect
    .poll(async () => (await account.tasks()).map((one) => one.title).sort())
    .toEqual(['After', 'Before', 'Clean', 'Kitchen'])
  const [open] = await instances(account, series?.id ?? '')
  const kitchen = (await account.tasks()).find((one) => one.id === part.id)
  expect(kitchen?.parent_id).toBe(open?.task_id)
})

test('the form says any rule that it can show, and its preview follows', async ({ app, account }) => {
  const task = await account.createTask({ title: 'Clean', due_date: '2027-03-12' })
  await app.goto(`/inbox?task=${task.id}`)
  await app.getByRole('button', { name: 'Repeat: Does not repeat' }).click()
  const editor = dialog(app, 'Repeat')
  const words = (text: string) => expect(editor.getByText(text, { exact: true }).last()).toBeVisible()
  await words('Every week on Friday')

  await editor.getByLabel('Repeats').selectOption('Custom')
  await editor.getByLabel('Every').fill('2')
  await editor.getByRole('button', { name: 'Monday' }).click()
  await words('Every 2 weeks on Monday and Friday')
  await editor.getByRole('button', { name: 'Monday' }).click()
  await editor.getByRole('button', { name: 'Friday' }).click()
  await expect(editor.getByRole('button', { name: 'Friday' })).toHaveAttribute('aria-pressed', 'true')

  await editor.getByLabel('Unit').selectOption('months')
  await editor.getByLabel('On', { exact: true }).selectOption('Weekday')
  await editor.getByLabel('Which').selectOption('Last')
  await words('Every 2 months on the last Friday')
  await editor.getByLabel('Ends').selectOption('After a number of times')
  await editor.getByLabel('How often').fill('3')
  await words('Every 2 months on the last Friday, 3 times')
  await expect.poll(() => shownDates(app)).toEqual(['2027-03-26', '2027-05-28', '2027-07-30'])
  await editor.getByLabel('Ends').selectOption('On a day')
  await editor.getByLabel('Last day').fill('2027-06-01')
  await words('Every 2 months on the last Friday, until 1 June 2027')
  await editor.getByLabel('Next date', { exact: true }).selectOption('Counted from completion')
  await expect(editor.getByText('Next dates, if each is done on its day')).toBeVisible()

  await editor.getByText('Rule as text').click()
  await expect(editor.getByLabel('Rule (RFC 5545)')).toHaveValue(
    'FREQ=MONTHLY;INTERVAL=2;BYDAY=-1FR;UNTIL=20270601',
  )
})

test('a rule beyond the form stays as it is and is edited as text; what is none is refused', async ({
  app,
  account,
  complaints,
}) => {
  complaints.allow(/status of 422/)
  const rrule = 'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1'
  const series = await makeSeries(account, { title: 'Report', rrule })
  await openInstance(app, 'Report')
  await expect(panel(app).getByText('Every month on the last weekday')).toBeVisible()
  await panel(app).getByRole('button', { name: 'Change the rule' }).click()
  const editor = dialog(app, 'Change the rule')
  const text = editor.getByLabel('Rule (RFC 5545)')
  await expect(text).toHaveValue(rrule)
  await expect(editor.getByText('This rule says more than the form can show.')).toBeVisible()

  await text.fill('FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2')
  await expect(editor.getByText('No day fits this rule.')).toBeVisible()
  await expect(editor.getByRole('button', { name: 'Save' })).toBeDisabled()
  await text.fill('FREQ=MONTHLY;BYMONTHDAY=1,15')
  await expect(editor.getByText('Every month on the 1st and the 15th')).toBeVisible()
  await editor.getByLabel('The whole series').check()
  await editor.getByRole('button', { name: 'Save' }).click()
  await expect(editor).toBeHidden()
  await expect(panel(app).getByText('Every month on the 1st and the 15th')).toBeVisible()
  expect((await allSeries(account)).map(({ id, rrule: rule }) => [id, rule])).toEqual([
    [series.id, 'FREQ=MONTHLY;BYMONTHDAY=1,15'],
  ])
})

test('completing a task of a series shows the next one', async ({ app, account }) => {
  const series = await makeSeries(account)
  await openInstance(app)
  await expect.poll(() => shownDates(app)).toEqual([2, 4, 6, 8, 10, 12].map(day))
  await panel(app).getByRole('checkbox', { name: 'Complete “Water the plants”' }).click()
  await panel(app)
    .getByRole('link', { name: /^Open the next one/ })
    .click()
  await expect(panel(app).getByRole('button', { name: /^Due: / })).toBeVisible()
  await expect(panel(app).getByRole('link', { name: /Completed$/ })).toBeVisible()
  await expect.poll(() => shownDates(app)).toEqual([4, 6, 8, 10, 12, 14].map(day))
  expect(await instances(account, series.id)).toMatchObject([
    { occurrence_date: day(2), status: 'open' },
    { occurrence_date: day(0), status: 'completed' },
  ])
})

test('a date is skipped, and the next one takes its place', async ({ app, account }) => {
  const series = await makeSeries(account)
  await openInstance(app)
  await panel(app).getByRole('button', { name: 'Skip this date' }).click()
  await expect(app.getByText(/^Skipped /)).toBeVisible()
  await expect(panel(app).getByRole('link', { name: /Skipped$/ })).toBeVisible()
  await expect(row(app, 'Water the plants')).toHaveCount(1)
  expect(await instances(account, series.id)).toMatchObject([
    { occurrence_date: day(2), status: 'open' },
    { occurrence_date: day(0), status: 'skipped' },
  ])
  await app.getByRole('button', { name: 'Undo' }).click()
  await expect(row(app, 'Water the plants')).toHaveCount(2)
  await expect.poll(async () => (await instances(account, series.id)).at(-1)?.status).toBe('open')
})

test('a series is paused and resumed', async ({ app, account }) => {
  const series = await makeSeries(account)
  const isActive = async () =>
    (await account.call<RecurringTaskPublic>('GET', `/recurring-tasks/${series.id}`)).is_active
  await openInstance(app)
  await panel(app).getByRole('button', { name: 'Pause' }).click()
  await expect(panel(app).getByText('Paused', { exact: false }).first()).toBeVisible()
  expect(await isActive()).toBe(false)
  await panel(app).getByRole('button', { name: 'Resume' }).click()
  await expect(panel(app).getByRole('button', { name: 'Pause' })).toBeVisible()
  expect(await isActive()).toBe(true)
})

test.describe('what is changed of one task', () => {
  test('stays with it, or holds for all future ones', async ({ app, account }) => {
    const series = await makeSeries(account)
    await openInstance(app)
    await panel(app).getByRole('checkbox').first().click()
    await panel(app)
      .getByRole('link', { name: /^Open the next one/ })
      .click()
    await expect(title(app)).toBeEnabled()
    await title(app).fill('Water them well')
    await title(app).press('Enter')
    await expect(panel(app).getByText('Changed for this task only: title.')).toBeVisible()
    expect((await allSeries(account)).map((one) => one.title)).toEqual(['Water the plants'])

    await panel(app).getByRole('button', { name: 'This and all future ones' }).click()
    await expect(panel(app).getByText('Changed for this task only: title.')).toBeHidden()
    const [next, before] = await allSeries(account)
    expect(before).toMatchObject({ id: series.id, title: 'Water the plants', completed_count: 1 })
    expect(next).toMatchObject({ title: 'Water them well', next_date: day(2) })
    await expect.poll(() => shownDates(app)).toEqual([4, 6, 8, 10, 12, 14].map(day))
  })

  test('or for the whole series', async ({ app, account }) => {
    const series = await makeSeries(account)
    await openInstance(app)
    await panel(app).getByRole('button', { name: 'Priority: No priority' }).click()
    await app.getByRole('menuitemradio', { name: 'High' }).click()
    await panel(app).getByRole('button', { name: 'The whole series' }).click()
    await expect(app.getByText('Applied to the series')).toBeVisible()
    expect(await allSeries(account)).toMatchObject([{ id: series.id, priority: { level: 3 } }])
  })

  test('another rule may begin with this task', async ({ app, account }) => {
    const series = await makeSeries(account)
    await openInstance(app)
    await panel(app).getByRole('checkbox').first().click()
    await panel(app)
      .getByRole('link', { name: /^Open the next one/ })
      .click()
    await panel(app).getByRole('button', { name: 'Change the rule' }).click()
    const editor = dialog(app, 'Change the rule')
    await editor.getByLabel('Repeats').selectOption('Every day')
    await expect(editor.getByLabel('This and all future ones')).toBeChecked()
    await editor.getByRole('button', { name: 'Save' }).click()
    await expect(editor).toBeHidden()
    await expect(panel(app).getByText('Every day', { exact: true })).toBeVisible()
    const [next, before] = await allSeries(account)
    expect(before).toMatchObject({ id: series.id, completed_count: 1 })
    expect(before?.rrule).toContain('UNTIL')
    expect(next).toMatchObject({ rrule: 'FREQ=DAILY', next_date: day(2) })
  })
})

test.describe('a task stops repeating', () => {
  test('and stays', async ({ app, account }) => {
    await makeSeries(account)
    await openInstance(app)
    await panel(app).getByRole('button', { name: 'Stop repeating' }).click()
    await app.getByRole('button', { name: 'Stop, and keep this task' }).click()
    await expect(panel(app).getByRole('button', { name: 'Repeat: Does not repeat' })).toBeVisible()
    await expect(row(app, 'Water the plants')).toHaveCount(1)
    expect(await allSeries(account)).toEqual([])
    expect(await account.tasks()).toMatchObject([{ title: 'Water the plants', recurring_task_id: null }])
  })

  test('and goes', async ({ app, account }) => {
    await makeSeries(account)
    await openInstance(app)
    await panel(app).getByRole('button', { name: 'Stop repeating' }).click()
    await app.getByRole('button', { name: 'Stop, and move this task to the trash' }).click()
    await expect(panel(app)).toBeHidden()
    await expect(row(app, 'Water the plants')).toHaveCount(0)
    expect(await allSeries(account)).toEqual([])
    expect(await account.tasks()).toEqual([])
  })
})

test('without a connection it is said, and the task stays as it is', async ({ app, account, complaints }) => {
  complaints.allow(/ERR_INTERNET_DISCONNECTED/)
  await makeSeries(account)
  await openInstance(app)
  await app.context().setOffline(true)
  await panel(app).getByRole('button', { name: 'Skip this date' }).click()
  await expect(panel(app).getByRole('alert')).toHaveText(/The server cannot be reached/)
  await app.context().setOffline(false)
  expect(await account.tasks()).toMatchObject([{ occurrence_date: day(0) }])
})

test.describe('the pages of series', () => {
  test('list them all, and lead to each', async ({ app, account }) => {
    await app.goto('/series')
    await expect(app.getByText('Nothing repeats yet.')).toBeVisible()
    const series = await makeSeries(account, { due_time: '09:00', description: 'With rain water' })
    await makeSeries(account, { title: 'Paused one', is_active: false })
    for (let round = 0; round < 2; round += 1) {
      const [open] = await instances(account, series.id)
      await account.call('PATCH', `/tasks/${open?.task_id}/complete`, { is_completed: true })
    }
    await app.reload()
    const list = app.getByRole('list', { name: 'Recurring' })
    await expect(list.getByRole('listitem')).toHaveText([
      /Paused one.*Every 2 days.*Paused.*0 done/,
      /Water the plants.*Every 2 days, 09:00.*Next: .*2 done/,
    ])
    await list.getByRole('link', { name: 'Water the plants' }).click()
    await expect(app.getByRole('heading', { level: 1, name: 'Water the plants' })).toBeVisible()
    await expect(app.getByText('With rain water')).toBeVisible()
    await expect(app.getByText('2 done · 2 in a row')).toBeVisible()
    const history = app.getByRole('list', { name: 'History' })
    await expect(history.getByRole('listitem')).toHaveText([/Open$/, /Completed$/, /Completed$/])
    await history.getByRole('link').first().click()
    await expect(title(app)).toHaveValue('Water the plants')
  })

  test('edit, pause, skip and delete one', async ({ app, account }) => {
    const series = await makeSeries(account)
    await app.goto(`/series/${series.id}`)
    const stored = () => account.call<RecurringTaskPublic>('GET', `/recurring-tasks/${series.id}`)
    await app.getByRole('button', { name: 'Edit' }).click()
    await title(app).fill('Water all plants')
    await app.getByLabel('Time').fill('10:30')
    await app.getByLabel('Priority').selectOption('Low')
    await app.getByRole('button', { name: 'Save' }).click()
    await expect(app.getByRole('heading', { level: 1, name: 'Water all plants' })).toBeVisible()
    expect(await stored()).toMatchObject({ due_time: '10:30:00', priority: { level: 1 } })

    await app.getByRole('button', { name: /^Skip / }).click()
    await expect(app.getByText('0 done, 1 skipped')).toBeVisible()
    await app.getByRole('button', { name: 'Undo' }).click()
    await expect(app.getByText('0 done', { exact: true })).toBeVisible()
    await app.getByRole('button', { name: /^Skip / }).click()
    await expect(app.getByText('0 done, 1 skipped')).toBeVisible()
    await app.getByRole('button', { name: 'Pause' }).click()
    await expect(app.getByText('Paused', { exact: true })).toBeVisible()
    expect(await stored()).toMatchObject({ is_active: false, skipped_count: 1 })

    await app.getByRole('button', { name: 'Delete the series' }).click()
    await dialog(app, 'Delete the series').getByRole('button', { name: 'Delete' }).click()
    await expect(app.getByText('Nothing repeats yet.')).toBeVisible()
    expect(await allSeries(account)).toEqual([])
  })

  test('say when there is no such series', async ({ app, complaints }) => {
    complaints.allow(/status of 404/)
    await app.goto('/series/01990000-0000-7000-8000-000000000000')
    await expect(app.getByRole('alert')).toHaveText('This does not exist, or not any more.')
  })
})

for (const colorScheme of ['light', 'dark'] as const) {
  for (const [device, viewport] of Object.entries({ wide: WIDE, phone: PHONE })) {
    test(`pages and dialogs of series have no fault that axe finds: ${device}, ${colorScheme}`, async ({
      app,
      account,
    }) => {
      test.slow()
      await app.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await app.setViewportSize(viewport)
      const series = await makeSeries(account)
      const [open] = await instances(account, series.id)
      await account.call('PATCH', `/tasks/${open?.task_id}/complete`, { is_completed: true })
      const [next] = await instances(account, series.id)
      await account.call('PATCH', `/tasks/${next?.task_id}`, { title: 'Another title' })
      const check = async (view: string) => {
        const { violations } = await new AxeBuilder({ page: app }).analyze()
        expect(violations.map(({ id, nodes }) => `${view}: ${id} ${nodes[0]?.html}`)).toEqual([])
      }
      await app.goto('/series')
      await expect(app.getByRole('link', { name: 'Water the plants' })).toBeVisible()
      await check('list')
      await app.goto(`/series/${series.id}`)
      await expect(app.getByRole('list', { name: 'History' })).toBeVisible()
      await check('one')
      await app.getByRole('button', { name: 'Edit' }).click()
      await check('template')
      await app.getByRole('button', { name: 'Cancel' }).click()
      await app.goto(`/inbox?task=${next?.task_id}`)
      await expect(app.getByText(/^Changed for this task only/)).toBeVisible()
      await expect(app.getByRole('list', { name: 'History' })).toBeVisible()
      await check('panel')
      await app.getByRole('button', { name: 'Change the rule' }).click()
      const editor = dialog(app, 'Change the rule')
      await editor.getByLabel('Repeats').selectOption('Custom')
      await editor.getByLabel('Unit').selectOption('weeks')
      await editor.getByText('Rule as text').click()
      await expect(editor.getByText(/^Every 2 weeks on/)).toBeVisible()
      await check('rule')
      await app.keyboard.press('Escape')
      await expect(editor).toBeHidden()
      await app.getByRole('button', { name: 'Stop repeating' }).click()
      await check('stop')
    })
  }
}
