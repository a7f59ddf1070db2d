import type { Text } from '../text'
import { account } from './account'
import { app } from './app'
import { conflicts } from './conflicts'
import { tasks } from './tasks'

export const de: Text = {
  account,
  app,
  conflicts,
  tasks,
}
