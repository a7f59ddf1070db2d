import { AlertTriangle, CloudOff, CloudUpload } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { useOperations } from '@/data/hooks'
import { isOnline } from '@/lib/connection'
import { useStore } from '@/lib/store'
import { useText } from '@/text/text'

const Conflicts = lazy(() =>
  import('@/features/tasks/conflicts').then((module) => ({ default: module.Conflicts })),
)

const LINE = 'flex w-full items-center gap-2 px-4 py-2 text-start text-sm'

/** What a person should know of the connection and of changes that have not arrived. */
export function Status() {
  const t = useText()
  const online = useStore(isOnline)
  const operations = useOperations()
  const problems = new Set(operations.filter((one) => one.problem).map((one) => one.taskId)).size
  const waiting = operations.filter((one) => !one.problem).length
  const [isDeciding, setDeciding] = useState(false)
  return (
    <div role="status" className="border-line not-empty:border-t">
      {problems > 0 && (
        <button
          type="button"
          onClick={() => setDeciding(true)}
          className={`${LINE} text-danger hover:bg-hover`}
        >
          <AlertTriangle size={16} aria-hidden className="shrink-0" />
          {t.app.problems(problems)}
        </button>
      )}
      {!online && (
        <p className={`${LINE} bg-warning-soft`}>
          <CloudOff size={16} aria-hidden className="shrink-0" />
          {t.app.offline}
        </p>
      )}
      {!online && waiting > 0 && (
        <p className={`${LINE} text-muted`}>
          <CloudUpload size={16} aria-hidden className="shrink-0" />
          {t.app.waiting(waiting)}
        </p>
      )}
      {isDeciding && (
        <Suspense>
          <Conflicts onClose={() => setDeciding(false)} />
        </Suspense>
      )}
    </div>
  )
}
