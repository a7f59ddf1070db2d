import type { Text } from '../text'
import { app } from './app'
import { tasks } from './tasks'

export const de: Text = { app, tasks }
