/** How many days back the statistics go. */
export const PERIODS = [7, 30, 90] as const
export const DEFAULT_DAYS = 30

export interface StatsSearch {
  days?: (typeof PERIODS)[number]
}

export function statsSearch(search: Record<string, unknown>): StatsSearch {
  const days = PERIODS.find((period) => `${period}` === `${search.days}`)
  return days === undefined ? {} : { days }
}
