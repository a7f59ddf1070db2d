import type { Page } from '@playwright/test'
import type { TagPage } from '../src/client/schema'
import { expect, test } from './fixtures'

const composer = (page: Page) => page.getByRole('textbox', { name: 'Add a task' })
const row = (page: Page, title: string) => page.locator('[data-task]').filter({ hasText: title })
const titles = (page: Page) => page.locator('[data-task] [data-title]')

test('one line becomes a task, and what is understood is marked while it is typed', async ({
  app,
  account,
}) => {
  await expect(app.getByText('Nothing to do.')).toBeVisible()
  await app.keyboard.press('q')
  await expect(composer(app)).toBeFocused()
  await app.keyboard.type('Pay Ana tomorrow at 5pm #bills !high')
  await expect(app.locator('mark')).toHaveText(['tomorrow', 'at 5pm', '#bills', '!high'])
  await expect(app.getByText('Understood:')).toBeAttached()
  await app.keyboard.press('Enter')
  await expect(row(app, 'Pay Ana')).toContainText('Tomorrow 17:00')
  await expect(composer(app)).toHaveValue('')
  await expect(composer(app)).toBeFocused()
  const [task] = await account.tasks()
  expect(task).toMatchObject({ title: 'Pay Ana', due_time: '17:00:00', priority: { level: 3 } })
  await expect(app.getByRole('link', { name: 'bills' })).toBeVisible()
})

test('a task is completed at once, and that can be undone', async ({ app, account }) => {
  await account.createTasks([{ title: 'First' }, { title: 'Second' }])
  await app.reload()
  await app.getByRole('checkbox', { name: 'Complete “First”' }).click()
  await expect(titles(app)).toHaveText(['Second'])
  await expect
    .poll(async () => (await account.tasks()).map((task) => task.is_completed))
    .toEqual([true, false])
  await app.getByRole('button', { name: 'Undo' }).click()
  await expect(titles(app)).toHaveText(['First', 'Second'])
  await expect
    .poll(async () => (await account.tasks()).map((task) => task.is_completed))
    .toEqual([false, false])
})

test('all of a list is within reach of the keyboard', async ({ app, account }) => {
  await account.createTasks(['One', 'Two', 'Three', 'Four'].map((title) => ({ title })))
  await account.createTag({ name: 'home' })
  await app.reload()
  await expect(titles(app)).toHaveCount(4)

  await app.keyboard.press('j')
  await expect(row(app, 'One').locator('[data-title]')).toBeFocused()
  await app.keyboard.press('j')
  await app.keyboard.press('1')
  await expect(app.getByRole('checkbox', { name: 'Complete “Two”, Priority: Urgent' })).toBeVisible()

  await app.keyboard.press('e')
  await app.keyboard.type('Two, changed')
  await app.keyboard.press('Enter')
  await expect(row(app, 'Two, changed').locator('[data-title]')).toBeFocused()
  expect(new URL(app.url()).search).toBe('')

  await app.keyboard.press('#')
  await expect(app.getByRole('combobox', { name: 'Find or make a tag' })).toBeFocused()
  await app.keyboard.type('home')
  await app.keyboard.press('Enter')
  await app.keyboard.press('Escape')
  await expect(row(app, 'Two, changed')).toContainText('home')

  await app.keyboard.press('d')
  await app.getByRole('button', { name: 'Tomorrow' }).click()
  await expect(row(app, 'Two, changed')).toContainText('Tomorrow')

  await row(app, 'Two, changed').locator('[data-title]').focus()
  await app.keyboard.press('Alt+ArrowDown')
  await expect(titles(app)).toHaveText(['One', 'Three', 'Two, changed', 'Four'])
  await expect(app.getByText('“Two, changed” is now 3 of 4')).toBeAttached()
  await expect(row(app, 'Two, changed').locator('[data-title]')).toBeFocused()

  await app.keyboard.press(' ')
  await expect(titles(app)).toHaveText(['One', 'Three', 'Four'])
  await expect(row(app, 'Four').locator('[data-title]')).toBeFocused()
  await app.keyboard.press('k')
  await expect(row(app, 'Three').locator('[data-title]')).toBeFocused()

  await expect
    .poll(async () => (await account.tasks()).find((task) => task.is_completed))
    .toMatchObject({
      title: 'Two, changed',
      priority: { level: 4 },
      tags: [{ name: 'home' }],
    })
})

test('a date and a priority are chosen with the keyboard alone', async ({ app, account }) => {
  await account.createTasks(['One', 'Two'].map((title) => ({ title })))
  await app.reload()
  await expect(titles(app)).toHaveCount(2)
  await app.keyboard.press('j')
  await app.keyboard.press('d')
  await expect(app.locator('[data-day][aria-current=date]')).toBeFocused()
  await app.keyboard.press('ArrowDown')
  await app.keyboard.press('ArrowUp')
  await app.keyboard.press('ArrowRight')
  await app.keyboard.press('Enter')
  await expect(row(app, 'One')).toContainText('Tomorrow')
  await expect(row(app, 'One').locator('[data-title]')).toBeFocused()

  await app.keyboard.press('p')
  await expect(app.getByRole('menu').locator(':focus')).toBeVisible()
  await app.keyboard.press('ArrowDown')
  await app.keyboard.press('Enter')
  await expect(app.getByRole('checkbox', { name: 'Complete “One”, Priority: High' })).toBeVisible()
  await expect(row(app, 'One').locator('[data-title]')).toBeFocused()
})

test('a tag that is made for a task has a colour', async ({ app, account }) => {
  await account.createTask({ title: 'One' })
  await app.reload()
  await expect(titles(app)).toHaveCount(1)
  await app.keyboard.press('j')
  await app.keyboard.press('#')
  await app.getByRole('combobox', { name: 'Find or make a tag' }).fill('garden')
  await app.keyboard.press('Enter')
  await expect(row(app, 'One')).toContainText('garden')
  const [tag] = (await account.call<TagPage>('GET', '/tags')).items
  expect(tag?.color).not.toBe('#6B7280')
})

test('tasks are dragged to their place', async ({ app, account }) => {
  await account.createTasks(['One', 'Two', 'Three'].map((title) => ({ title })))
  await app.reload()
  await row(app, 'One').hover()
  const grip = row(app, 'One').locator('.cursor-grab')
  await grip.hover()
  await app.mouse.down()
  const target = await row(app, 'Three').boundingBox()
  await app.mouse.move(600, (target?.y ?? 0) + (target?.height ?? 0) - 4, { steps: 8 })
  await app.mouse.up()
  await expect(titles(app)).toHaveText(['Two', 'Three', 'One'])
  await expect
    .poll(async () =>
      (await account.call<{ items: { title: string }[] }>('GET', '/tasks?sort=position')).items.map(
        (task) => task.title,
      ),
    )
    .toEqual(['Two', 'Three', 'One'])
  await app.reload()
  await expect(titles(app)).toHaveText(['Two', 'Three', 'One'])
})

test('several tasks are changed together, and put back together', async ({ app, account }) => {
  await account.createTasks(['One', 'Two', 'Three'].map((title) => ({ title })))
  await app.reload()
  await expect(titles(app)).toHaveCount(3)
  await app.keyboard.press('j')
  await app.keyboard.press('x')
  await app.keyboard.press('j')
  await app.keyboard.press('x')
  const bar = app.getByRole('toolbar', { name: '2 selected' })
  await bar.getByRole('button', { name: 'Set the priority' }).click()
  await app.getByRole('menuitemradio', { name: 'High' }).click()
  await expect(app.getByText('2 tasks changed')).toBeVisible()
  await bar.getByRole('button', { name: 'Move to the trash' }).click()
  await expect(titles(app)).toHaveText(['Three'])
  await app
    .getByText('2 tasks moved to the trash')
    .locator('..')
    .getByRole('button', { name: 'Undo' })
    .click()
  await expect(titles(app)).toHaveText(['One', 'Two', 'Three'])
  await expect
    .poll(async () => (await account.tasks()).map((task) => [task.title, task.priority?.level]))
    .toEqual([
      ['One', 3],
      ['Two', 3],
      ['Three', undefined],
    ])
})

test('filters and order stand in the address', async ({ app, account }) => {
  const tag = await account.createTag({ name: 'work' })
  await account.createTasks([
    { title: 'Banana', priority: 'high', tags: [tag.id] },
    { title: 'Apple', priority: 'high' },
    { title: 'Cherry' },
  ])
  await app.reload()
  await app.getByRole('button', { name: 'Filter', exact: true }).click()
  await app.getByRole('checkbox', { name: 'High', exact: true }).check()
  await app.keyboard.press('Escape')
  await app.getByRole('button', { name: 'My order' }).click()
  await app.getByRole('menuitemradio', { name: 'Title' }).click()
  await expect(titles(app)).toHaveText(['Apple', 'Banana'])
  expect(new URL(app.url()).search).toBe('?priority=high&sort=title')
  await app.reload()
  await expect(titles(app)).toHaveText(['Apple', 'Banana'])
  await app.getByRole('button', { name: 'Filter', exact: true }).click()
  await app.getByRole('checkbox', { name: 'work' }).check()
  await app.keyboard.press('Escape')
  await expect(titles(app)).toHaveText(['Banana'])
  await app.getByRole('button', { name: 'Clear all filters' }).click()
  await expect(titles(app)).toHaveText(['Apple', 'Banana', 'Cherry'])
})

test('ten thousand tasks are scrolled with only a screenful in the page', async ({ app, account }) => {
  await account.createTasks(Array.from({ length: 10_000 }, (_, index) => ({ title: `Task ${index + 1}` })))
  await app.reload()
  await expect(app.getByRole('link', { name: 'Inbox' })).toContainText('10000', { timeout: 60_000 })
  await app.mouse.move(600, 500)
  await app.evaluate(() => scrollTo(0, document.documentElement.scrollHeight))
  await expect(row(app, 'Task 10000')).toBeVisible()
  expect(await app.locator('[data-task]').count()).toBeLessThan(60)
  await app.evaluate(() => scrollTo(0, 0))
  await expect(row(app, 'Task 1').first()).toBeVisible()
})

test('a change made in one tab is in the other at once', async ({ app, context }) => {
  const other = await context.newPage()
  await other.goto('/inbox')
  await composer(app).fill('Buy bread')
  await app.keyboard.press('Enter')
  await expect(row(other, 'Buy bread')).toBeVisible()
  await other.getByRole('checkbox', { name: /Buy bread/ }).click()
  await expect(titles(app)).toHaveCount(0)
})

test('a task that is added on a day or at a tag belongs there, unless its text says otherwise', async ({
  app,
  account,
}) => {
  const tag = await account.createTag({ name: 'work' })
  await app.goto('/today')
  await composer(app).fill('Here')
  await app.keyboard.press('Enter')
  await composer(app).fill('Not here tomorrow')
  await app.keyboard.press('Enter')
  await expect(titles(app)).toHaveText(['Here'])
  await app.goto(`/tags/${tag.id}`)
  await composer(app).fill('At work #home')
  await app.keyboard.press('Enter')
  await expect(row(app, 'At work')).toContainText('home')
  await expect
    .poll(async () => (await account.tasks()).at(-1)?.tags.map((one) => one.name))
    .toEqual(['home', 'work'])
  const [here, elsewhere] = await account.tasks()
  expect(daysFromToday(here?.due_date)).toBe(0)
  expect(daysFromToday(elsewhere?.due_date)).toBe(1)
})

test('Ctrl and Z undoes what was done last, but not while somebody writes', async ({ app, account }) => {
  await account.createTask({ title: 'Only' })
  await app.reload()
  await app.getByRole('checkbox', { name: /Only/ }).click()
  await expect(titles(app)).toHaveCount(0)
  await composer(app).fill('x')
  await app.keyboard.press('Control+z')
  await expect(titles(app)).toHaveCount(0)
  await app.keyboard.press('Escape')
  await app.keyboard.press('Control+z')
  await expect(titles(app)).toHaveText(['Only'])
})

function daysFromToday(day: string | null | undefined): number {
  const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Berlin' }).format(new Date())
  return (Date.parse(day ?? '') - Date.parse(today)) / 86_400_000
}
