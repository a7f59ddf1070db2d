import { useState } from 'react'
import { ApiError, NoAnswer } from '@/lib/errors'
import { explain } from '@/text/explain'
import { useText } from '@/text/pages'
import { type Text, useLocale } from '@/text/text'

/** Something that needs an answer of the server: whether it is under way, and why it failed. */
export function useAttempt() {
  const t = useText()
  const locale = useLocale()
  const [error, setError] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const run = async (attempt: () => Promise<unknown>) => {
    setBusy(true)
    setError(null)
    try {
      await attempt()
    } catch (failure) {
      setError(faultText(failure, t, locale))
    } finally {
      setBusy(false)
    }
  }
  return { run: (attempt: () => Promise<unknown>) => void run(attempt), error, isBusy }
}

/** In the words of series where there are some, else in those of the app. */
export function faultText(error: unknown, t: Text, locale: string): string {
  if (error instanceof ApiError) {
    const own = t.series.faults[error.problem.errors?.[0]?.code ?? error.code]
    if (own !== undefined) return own
  } else if (!(error instanceof NoAnswer)) {
    return t.app.fault
  }
  const { fields, fault } = explain(error, t, locale)
  return fault ?? Object.values(fields).join(' ')
}
