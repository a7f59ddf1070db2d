import { Store } from './store'

/** Whether the last request got an answer. */
export const isOnline = new Store(globalThis.navigator?.onLine ?? true)
