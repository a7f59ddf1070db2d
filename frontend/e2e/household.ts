import type { Account } from './account'

const COLOURS = ['#2f6f5e', '#b3261e', '#1f5fbf', '#a34f00', '#7a3fa0', '#0f7b83', '#8a6d00', '#b0307a']

/** An account as somebody has it who uses the app: tags, dates, series, parts, a past. */
export async function furnish(account: Account): Promise<void> {
  await account.call('PATCH', '/users/me', { first_name: 'Ana', last_name: 'Souza' })
  const names = ['home', 'work', 'errands', 'garden', 'travel', 'reading']
  for (const [index, name] of names.entries())
    await account.createTag({ name, color: COLOURS[index] ?? '#2f6f5e' })
  const quick = [
    'Call the bank about the transfer today 4pm !urgent #home',
    'Pay rent every month on the 1st at 9am #home !high',
    'Buy oat milk, coffee and the good bread today #errands',
    'Send the draft to Carlos tomorrow 10am #work !high',
    'Water the plants every 3 days #garden',
    'Review the quarter with the whole team and write down what we want to keep in 3 days at 2pm #work !medium',
    'Stretch every day at 7am',
    'Book the train to Lisbon in 9 days #travel !medium',
    'Dentist in 12 days at 8:30am #home',
    'Return the library books in 5 days #errands #reading',
    'Read "The Mezzanine" #reading !low',
    'Sketch a plan for the balcony #garden',
  ]
  for (const text of quick) await account.call('POST', '/tasks/quick', { text })
  const day = (distance: number) => new Date(Date.now() + distance * 86_400_000).toISOString().slice(0, 10)
  const party = await account.createTask({
    title: 'Plan Mia’s birthday',
    description:
      'Twelve guests, **no nuts**.\n\n- [the garden](https://example.com) if it is dry\n- else the kitchen',
    due_date: day(6),
    priority: 'medium',
  })
  for (const title of ['Write the invitations', 'Order the cake', 'Find the fairy lights', 'Playlist']) {
    await account.createTask({ title, parent_id: party.id, is_completed: title.startsWith('Write') })
  }
  await account.createTask({ title: 'Renew the passport', due_date: day(-2), priority: 'high' })
  await account.createTasks(
    Array.from({ length: 24 }, (_, index) => ({ title: `Done before ${index + 1}`, is_completed: true })),
  )
  for (const title of ['Old idea', 'Duplicate']) {
    const task = await account.createTask({ title })
    await account.call('DELETE', `/tasks/${task.id}`)
  }
  await keepHabit(account)
}

/** Completes the open instances of the daily series a few times, so that there is a streak. */
async function keepHabit(account: Account): Promise<void> {
  for (let round = 0; round < 4; round += 1) {
    const open = (await account.tasks()).find((task) => task.title === 'Stretch' && !task.is_completed)
    if (open) await account.call('PATCH', `/tasks/${open.id}/complete`, { is_completed: true })
  }
}
