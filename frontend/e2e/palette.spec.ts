import { expectNoViolations } from './axe'
import { expect, test } from './fixtures'

const LONG = 'Read the report on the new pricing that marketing sent '.repeat(4).trim()

test('the palette leads to views, tags and tasks', async ({ app, account }) => {
  await account.createTag({ name: 'Büro' })
  await account.createTasks([{ title: 'Call Ana' }, { title: LONG }, { title: 'Done', is_completed: true }])
  await app.reload()
  await expect(app.locator('[data-task]')).toHaveCount(2)
  await app.locator('[data-title]').first().focus()

  await app.keyboard.press('Control+k')
  const field = app.getByRole('combobox', { name: 'Type a command or a task' })
  await expect(field).toBeFocused()
  await expectNoViolations(app, 'palette')
  await app.keyboard.press('Escape')
  await expect(app.locator('[data-title]').first()).toBeFocused()

  await app.keyboard.press('Control+k')
  await app.keyboard.type('stat')
  const option = app.getByRole('option', { selected: true })
  await expect(option).toHaveText(/^Statistics/)
  await expect(field).toHaveAttribute('aria-activedescendant', (await option.getAttribute('id')) ?? '')
  await app.keyboard.press('Enter')
  await expect(app).toHaveURL(/\/stats/)
  await expect(field).toHaveCount(0)

  await app.keyboard.press('Control+k')
  await expect(field).toBeFocused()
  await app.keyboard.type('buro')
  await app.keyboard.press('Enter')
  await expect(app.getByRole('heading', { name: 'Büro' })).toBeVisible()

  await app.keyboard.press('Control+k')
  await expect(field).toBeFocused()
  await app.keyboard.type('call a')
  await expect(app.getByRole('option')).toHaveText(['Call Ana'])
  await app.getByRole('option').click()
  await expect(app).toHaveURL(/task=/)

  await app.goto('/inbox')
  await expect(app.locator('[data-task]')).toHaveCount(2)
  await app.keyboard.press('Control+k')
  await expect(field).toBeFocused()
  await app.keyboard.type('done')
  await expect(app.getByRole('option')).toHaveCount(0)
  await app.keyboard.type(' and dusted')
  await expect(app.getByText('Nothing matches “done and dusted”.')).toBeVisible()
  await expectNoViolations(app, 'palette')
  await field.fill('report')
  await app.setViewportSize({ width: 320, height: 640 })
  await expect(app.getByRole('option')).toHaveText([LONG])
  await expectNoViolations(app, 'palette')
})

test('the arrow keys go round, also past what is out of sight', async ({ app, account }) => {
  for (let index = 0; index < 25; index++) await account.createTag({ name: `Tag ${index}` })
  await app.reload()
  await expect(app.getByRole('link', { name: 'Tag 24' })).toBeAttached()
  await app.keyboard.press('Control+k')
  await expect(app.getByRole('combobox')).toBeFocused()
  await app.keyboard.press('ArrowUp')
  const last = app.getByRole('option').last()
  await expect(last).toHaveAttribute('aria-selected', 'true')
  await expect(last).toBeInViewport()
  await app.keyboard.press('ArrowDown')
  await expect(app.getByRole('option').first()).toHaveAttribute('aria-selected', 'true')
  await expect(app.getByRole('option').first()).toBeInViewport()
})

test('the palette does things', async ({ app }) => {
  const run = async (query: string) => {
    await app.keyboard.press('Control+k')
    await expect(app.getByRole('combobox')).toBeFocused()
    await app.keyboard.type(query)
    await app.keyboard.press('Enter')
    await expect(app.getByRole('combobox')).toHaveCount(0)
  }
  await app.goto('/trash')
  await expect(app.getByText('The trash is empty.')).toBeVisible()
  await run('add')
  await expect(app.getByRole('textbox', { name: 'Add a task' })).toBeFocused()
  await expect(app).toHaveURL(/\/trash/)
  await app.keyboard.press('Escape')
  await expect(app.getByRole('textbox', { name: 'Add a task' })).toHaveCount(0)

  await app.goto('/inbox')
  await run('theme dark')
  await expect(app.locator('html')).toHaveAttribute('data-theme', 'dark')
  await run('deutsch')
  await expect(app.locator('html')).toHaveAttribute('lang', 'de')
  await expect(app.getByRole('heading', { name: 'Eingang' })).toBeVisible()
  await run('Kürzel')
  await expect(app.getByRole('dialog', { name: 'Tastenkürzel' })).toBeVisible()
  await expectNoViolations(app, 'palette')
})

test('the keys are shown, and where single ones are switched off', async ({ app }) => {
  await expect(app.getByText('Nothing to do.')).toBeVisible()
  await app.keyboard.press('?')
  const dialog = app.getByRole('dialog', { name: 'Keyboard shortcuts' })
  await expect(dialog.getByRole('row', { name: /^Add a task Q/ })).toBeVisible()
  await expectNoViolations(app, 'palette')
  await app.keyboard.press('Escape')
  await expect(dialog).toHaveCount(0)
  await app.keyboard.press('?')
  await app.getByRole('link', { name: 'To the settings' }).click()
  await expect(app).toHaveURL(/\/settings/)
  await expect(dialog).toHaveCount(0)
})

test('a page takes the keys that it knows itself', async ({ app }) => {
  await expect(app.getByText('Nothing to do.')).toBeVisible()
  await app.getByRole('link', { name: 'Upcoming' }).click()
  await expect(app.getByText('Nothing is planned.')).toBeVisible()
  await app.keyboard.press('q')
  await expect(app.getByRole('textbox', { name: 'Add a task' })).toBeFocused()
  await expect(app).toHaveURL(/\/upcoming$/)

  await app.keyboard.press('Escape')
  await app.keyboard.press('/')
  await expect(app.getByRole('searchbox', { name: 'Search' })).toBeFocused()
  await app.keyboard.type('milk')
  await expect(app).toHaveURL(/\/search\?q=milk$/)
  await app.getByRole('heading', { name: 'Search' }).click()
  await app.keyboard.press('/')
  await expect(app.getByRole('searchbox', { name: 'Search' })).toBeFocused()
  await expect(app.getByRole('searchbox', { name: 'Search' })).toHaveValue('milk')
})

test('two keys lead to each place, but not while somebody writes', async ({ app, account }) => {
  await account.createTask({ title: 'Call Ana' })
  await app.reload()
  await expect(app.locator('[data-task]')).toHaveCount(1)
  const places = {
    t: 'today',
    u: 'upcoming',
    r: 'series',
    c: 'completed',
    s: 'stats',
    '#': 'tags',
    ',': 'settings',
  }
  for (const [key, place] of Object.entries(places)) {
    await app.keyboard.press('g')
    await app.keyboard.press(key)
    await expect(app).toHaveURL(new RegExp(`/${place}$`))
  }
  await app.keyboard.press('g')
  await app.keyboard.press('i')
  await expect(app.locator('[data-task]')).toHaveCount(1)

  await app.keyboard.press('g')
  await app.keyboard.press('j')
  await expect(app.locator('[data-title]')).toBeFocused()
  await app.keyboard.press('t')
  await app.keyboard.press('q')
  await app.keyboard.type('gt')
  await expect(app.getByRole('textbox', { name: 'Add a task' })).toHaveValue('gt')
  await expect(app).toHaveURL(/inbox$/)
  await app.keyboard.press('Escape')

  await app.locator('[data-title]').focus()
  await app.keyboard.press('g')
  await app.keyboard.press('x')
  await expect(app).toHaveURL(/trash$/)
  await app.keyboard.press('?')
  const help = app.getByRole('dialog', { name: 'Keyboard shortcuts' })
  await expect(help.getByRole('row', { name: /^Statistics G then S/ })).toBeVisible()
  await expectNoViolations(app, 'help')
})

test('the two keys can be switched off with the single ones', async ({ app }) => {
  await expect(app.getByText('Nothing to do.')).toBeVisible()
  await app.evaluate(() => localStorage.setItem('single-keys', 'off'))
  await app.reload()
  await expect(app.getByText('Nothing to do.')).toBeVisible()
  await app.keyboard.press('g')
  await app.keyboard.press('s')
  await app.getByRole('link', { name: 'Today' }).click()
  await expect(app).toHaveURL(/today$/)
  await app.goBack()
  await expect(app).toHaveURL(/inbox$/)
})
