import { account } from './account'
import { app } from './app'
import { conflicts } from './conflicts'
import { details } from './details'
import { series } from './series'
import { settings } from './settings'
import { tasks } from './tasks'
import { views } from './views'

export const en = {
  account,
  app,
  conflicts,
  details,
  series,
  settings,
  tasks,
  views,
}
