import { useRef, useState } from 'react'
import { ApiError, NoAnswer } from '@/lib/errors'
import { type Explanation, explain, told } from '@/text/explain'
import { useText } from '@/text/pages'
import { useLocale } from '@/text/text'

/**
 * Something that needs an answer of the server, once at a time: whether it is under way, and what was wrong. That is told
 * of the whole, but for the fields that there are.
 */
export function useAttempt(hasField: (name: string) => boolean = () => false) {
  const t = useText()
  const locale = useLocale()
  const isRunning = useRef(false)
  const [isBusy, setBusy] = useState(false)
  const [wrong, setWrong] = useState<Explanation>({ fields: {} })

  const attempt = async (work: () => Promise<unknown>) => {
    if (isRunning.current) return
    isRunning.current = true
    setBusy(true)
    setWrong({ fields: {} })
    try {
      await work()
    } catch (error) {
      if (!(error instanceof ApiError || error instanceof NoAnswer)) reportError(error)
      setWrong(told(explain(error, t, locale), hasField))
    } finally {
      isRunning.current = false
      setBusy(false)
    }
  }
  return { run: (work: () => Promise<unknown>) => void attempt(work), isBusy, wrong, setWrong }
}
