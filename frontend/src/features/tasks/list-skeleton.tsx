import type { Replica } from '@/data/replica'
import { useText } from '@/text/text'

/** Whether all of the server's has been here once: an empty list is empty then, not unknown. */
export const isReplicaComplete = (replica: Replica) => replica.isComplete

/** Where the tasks will be, until they are there. */
export function ListSkeleton() {
  const t = useText()
  return (
    <div role="status" aria-label={t.app.loading} className="animate-pulse">
      {[60, 45, 70, 35, 55].map((width) => (
        <div key={width} aria-hidden className="flex h-15 items-start gap-3 border-b border-line px-2 py-2.5">
          <span className="size-5 rounded-full border-2 border-line" />
          <span className="h-4 rounded-sm bg-line" style={{ width: `${width}%` }} />
        </div>
      ))}
    </div>
  )
}
