import type { Instance } from './queries'

export interface Streak {
  current: number
  longest: number
}

/** How often a series was done in a row. What is open does not end a streak; what was skipped does. */
export function streakOf(instances: readonly Pick<Instance, 'status' | 'occurrence_date'>[]): Streak {
  const closed = instances
    .filter((instance) => instance.status !== 'open')
    .toSorted((one, other) => (one.occurrence_date < other.occurrence_date ? -1 : 1))
  let [current, longest] = [0, 0]
  for (const { status } of closed) {
    current = status === 'completed' ? current + 1 : 0
    longest = Math.max(longest, current)
  }
  return { current, longest }
}
