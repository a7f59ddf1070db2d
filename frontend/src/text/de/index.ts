import { app } from './app'
import { tasks } from './tasks'

export const de = { app, tasks }
