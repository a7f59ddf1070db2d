import { useState } from 'react'
import { ApiError, NoAnswer } from '@/lib/errors'
import { type Text, useText } from '@/text/text'

/** Something that needs an answer of the server: whether it is under way, and why it failed. */
export function useAttempt() {
  const t = useText()
  const [error, setError] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const run = async (attempt: () => Promise<void>) => {
    setBusy(true)
    setError(null)
    try {
      await attempt()
    } catch (failure) {
      setError(faultText(failure, t))
    } finally {
      setBusy(false)
    }
  }
  return { run: (attempt: () => Promise<void>) => void run(attempt), error, isBusy }
}

/** Our own words where there are some for the code, else those of the server. */
export function faultText(error: unknown, t: Text): string {
  if (error instanceof NoAnswer) return t.app.noAnswer
  if (!(error instanceof ApiError)) return t.app.fault
  const [first] = error.problem.errors ?? []
  return t.series.faults[first?.code ?? error.code] ?? first?.message ?? error.message
}
