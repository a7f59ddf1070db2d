import { app } from './app'
import { conflicts } from './conflicts'
import { tasks } from './tasks'

export const en = {
  app,
  conflicts,
  tasks,
}
