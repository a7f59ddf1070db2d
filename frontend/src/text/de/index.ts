import type { Text } from '../text'
import { app } from './app'
import { conflicts } from './conflicts'
import { tasks } from './tasks'

export const de: Text = {
  app,
  conflicts,
  tasks,
}
