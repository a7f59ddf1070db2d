import { app } from './app'
import { tasks } from './tasks'

export const en = { app, tasks }
