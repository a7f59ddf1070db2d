import { account } from './account'
import { conflicts } from './conflicts'
import { details } from './details'
import { problems } from './problems'
import { series } from './series'
import { settings } from './settings'
import { views } from './views'

/** Messages of what is loaded when it is wanted. */
export const pages = { account, conflicts, details, problems, series, settings, views }
