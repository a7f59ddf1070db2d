import { ApiError, NoAnswer } from '@/lib/errors'
import type { Text } from './text'

/** What was wrong with a request, for people: of single fields, by name, or else of the whole. */
export interface Explanation {
  fields: Readonly<Record<string, string>>
  fault?: string
}

/** Refusals that are about one field, although they do not point at it. */
const FIELD_OF_CODE: Record<string, string> = {
  email_taken: 'email',
  username_taken: 'username',
  wrong_password: 'current_password',
  name_taken: 'name',
}

export function explain(error: unknown, t: Text, locale: string): Explanation {
  if (error instanceof NoAnswer) return { fields: {}, fault: t.app.noAnswer }
  if (!(error instanceof ApiError)) return { fields: {}, fault: t.app.fault }
  if (error.status === 429) return { fields: {}, fault: t.account.wait(duration(error.retryAfter, locale)) }
  const text = textOf(t, error.code, error.message)
  const field = FIELD_OF_CODE[error.code]
  if (field !== undefined) return { fields: { [field]: text } }
  const faults = error.problem.errors ?? []
  if (faults.length === 0) return { fields: {}, fault: text }
  return {
    fields: Object.fromEntries(
      faults.map(({ pointer, code, message }) => [pointer.replace('/', ''), textOf(t, code, message)]),
    ),
  }
}

/** What is about a field that is not there is told of the whole. */
export function told({ fields, fault }: Explanation, hasField: (name: string) => boolean): Explanation {
  const strays = Object.keys(fields).filter((name) => !hasField(name))
  const faults = [fault, ...strays.map((name) => fields[name])].filter((text) => text !== undefined)
  return faults.length === 0 ? { fields } : { fields, fault: faults.join(' ') }
}

/** All that was wrong, where there are no fields. */
export function faultOf(error: unknown, t: Text, locale: string): string {
  return told(explain(error, t, locale), () => false).fault ?? t.app.fault
}

/** English words of the server stand in for what has none of ours. */
function textOf(t: Text, code: string, words: string): string {
  return (t.problems as Readonly<Record<string, string>>)[code] ?? words
}

function duration(seconds: number | null, locale: string): string {
  const isShort = seconds !== null && seconds < 60
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: isShort ? 'second' : 'minute',
    unitDisplay: 'long',
  }).format(isShort ? seconds : Math.ceil((seconds ?? 60) / 60))
}
