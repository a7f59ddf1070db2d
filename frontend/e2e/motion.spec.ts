import type { Page } from '@playwright/test'
import { expect, test } from './fixtures'

const titles = (page: Page) => page.locator('[data-task] [data-title]')

/** What is animated from here on, in no order: `leave First`, `transform Second`. */
async function watchMotion(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const seen: string[] = []
    const note = (what: string, target: EventTarget | null) => {
      const title = target instanceof Element ? target.querySelector('[data-title]')?.textContent : null
      if (title) seen.push(`${what} ${title}`)
    }
    document.addEventListener('animationstart', (event) => note(event.animationName, event.target))
    document.addEventListener('transitionrun', (event) => note(event.propertyName, event.target))
    Object.assign(window, { seenMotion: seen })
  })
  return () => page.evaluate(() => (window as unknown as { seenMotion: string[] }).seenMotion.toSorted())
}

test('a task that is completed is ticked off before it leaves, and the others close the gap', async ({
  app,
  account,
}) => {
  await account.createTasks(['One', 'Two', 'Three'].map((title) => ({ title })))
  await app.reload()
  await expect(titles(app)).toHaveCount(3)
  const motion = await watchMotion(app)
  await app.keyboard.press('j')
  await app.keyboard.press(' ')
  await expect(titles(app)).toHaveText(['Two', 'Three'])
  await expect(titles(app).first()).toBeFocused()
  await expect.poll(motion).toEqual(['leave One', 'transform Three', 'transform Two'])
  await app.keyboard.press('Control+z')
  await expect(titles(app)).toHaveText(['One', 'Two', 'Three'])
  await expect.poll(motion).toContain('fade One')
})

test('the last task is seen leaving, too; then the list is empty', async ({ app, account }) => {
  await account.createTask({ title: 'Only' })
  await app.reload()
  const motion = await watchMotion(app)
  await app.getByRole('checkbox', { name: /Only/ }).click()
  await expect(app.getByText('Nothing to do.')).toBeVisible()
  expect(await motion()).toEqual(['leave Only'])
})

test('nothing stays or moves for those who want no motion', async ({ app, account }) => {
  await account.createTasks(['One', 'Two'].map((title) => ({ title })))
  await app.emulateMedia({ reducedMotion: 'reduce' })
  await app.reload()
  await expect(titles(app)).toHaveCount(2)
  const motion = await watchMotion(app)
  await app.getByRole('checkbox', { name: /One/ }).click()
  await expect(titles(app)).toHaveText(['Two'])
  await expect(app.locator('[data-leaving]')).toHaveCount(0)
  expect(await motion()).not.toContain('leave One')
})

test('scrolling moves no row by itself', async ({ app, account }) => {
  await account.createTasks(Array.from({ length: 300 }, (_, index) => ({ title: `Task ${index + 1}` })))
  await app.reload()
  await expect(app.getByRole('link', { name: 'Inbox' })).toContainText('300')
  // the tasks themselves have just arrived
  await expect(app.locator('li.transition-transform')).toHaveCount(0)
  const motion = await watchMotion(app)
  await app.mouse.move(600, 500)
  for (let turn = 0; turn < 10; turn++) await app.mouse.wheel(0, 1_500)
  await expect(titles(app).last()).toHaveText('Task 300')
  expect(await motion()).toEqual([])
})
