import { counter } from '../count'

const count = counter('en')

/** What stands around every page, and words that many pages need. */
export const app = {
  name: 'Todo',
  inbox: 'Inbox',
  today: 'Today',
  upcoming: 'Upcoming',
  completed: 'Completed',
  trash: 'Trash',
  search: 'Search',
  stats: 'Statistics',
  settings: 'Settings',
  series: 'Recurring',
  tags: 'Tags',
  menu: 'Menu',
  navigation: 'Main',
  skipToContent: 'Skip to the content',
  save: 'Save',
  cancel: 'Cancel',
  close: 'Close',
  delete: 'Delete',
  undo: 'Undo',
  retry: 'Try again',
  loading: 'Loading',
  loadMore: 'Load more',
  more: 'More',
  dismiss: 'Dismiss',
  notifications: 'Notifications',
  openPalette: 'Commands',
  newVersion: 'A new version is ready.',
  reload: 'Reload',
  offline: 'You are offline. Changes are kept on this device and sent later.',
  waiting: (changes: number) =>
    count(changes, { one: '# change waits to be sent', other: '# changes wait to be sent' }),
  problems: (changes: number) =>
    count(changes, { one: '# change needs your decision', other: '# changes need your decision' }),
  dropped: (detail: string) => `A change could not be made: ${detail}`,
  fault: 'Something went wrong. Reload the page; nothing that was saved is lost.',
  notFound: 'There is nothing at this address.',
  backHome: 'Go to the inbox',
  noAnswer: 'The server cannot be reached. Check your connection and try again.',
}
