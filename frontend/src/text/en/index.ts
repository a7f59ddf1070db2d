import { account } from './account'
import { app } from './app'
import { conflicts } from './conflicts'
import { tasks } from './tasks'

export const en = {
  account,
  app,
  conflicts,
  tasks,
}
