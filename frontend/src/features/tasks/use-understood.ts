import { useEffect, useState } from 'react'
import type { QuickAddUnderstood } from '@/client/schema'
import { api, unwrap } from '@/lib/api'

const PAUSE_MS = 120

interface Reading {
  text: string
  meaning: QuickAddUnderstood
}

/** What the server understands of a line, a moment after the last key. Null until it has answered. */
export function useUnderstood(text: string, timezone: string): Reading | null {
  const [reading, setReading] = useState<Reading | null>(null)
  useEffect(() => {
    if (text.trim() === '') return setReading(null)
    const asking = new AbortController()
    const timer = setTimeout(() => {
      const body = { text, timezone, dry_run: true }
      unwrap(api.POST('/api/v1/tasks/quick', { body, signal: asking.signal })).then(
        ({ understood }) => setReading({ text, meaning: understood }),
        () => setReading(null),
      )
    }, PAUSE_MS)
    return () => {
      clearTimeout(timer)
      asking.abort()
    }
  }, [text, timezone])
  return reading
}
