import type { Instance } from './queries'

/** How many of the latest dates that are over were done, one after the other. `instances`: the latest first. */
export function streakOf(instances: Instance[]): number {
  const closed = instances.filter((instance) => instance.status !== 'open')
  const firstSkipped = closed.findIndex((instance) => instance.status === 'skipped')
  return firstSkipped < 0 ? closed.length : firstSkipped
}
