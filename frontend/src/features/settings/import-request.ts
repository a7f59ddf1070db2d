import type { ImportReport } from '@/client/schema'
import { upload } from '@/lib/upload'

export const FORMATS = ['detect', 'json', 'csv', 'ics', 'todoist', 'ticktick'] as const
export type Format = (typeof FORMATS)[number]

const TYPES: Record<Exclude<Format, 'detect'>, string> = {
  json: 'application/json',
  csv: 'text/csv',
  ics: 'text/calendar',
  todoist: 'text/csv',
  ticktick: 'text/csv',
}

/** By its name. Which program a CSV comes from is for the server to find out, from its columns. */
export function formatOf(name: string): Format {
  if (/\.json$/i.test(name)) return 'json'
  return /\.(ics|ical)$/i.test(name) ? 'ics' : 'detect'
}

interface Import {
  file: File
  format: Format
  isDryRun: boolean
  onProgress: (share: number) => void
}

export async function sendImport({ file, format, isDryRun, onProgress }: Import): Promise<ImportReport> {
  const query = new URLSearchParams(format === 'detect' ? {} : { format })
  if (isDryRun) query.set('dry_run', 'true')
  const path = `/api/v1/users/me/import?${query}`
  const type = TYPES[format === 'detect' ? 'csv' : format]
  return (await upload({ path, file, type, onProgress })) as ImportReport
}
