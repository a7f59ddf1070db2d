import type { Task } from '@/data/task'
import { Store } from '@/lib/store'

/** As long as `animate-leave` in styles.css. */
const LEAVING_MS = 500

type Leaving = ReadonlyMap<string, Task>

/** Tasks that were completed here a moment ago, as they were before: their lists show them ticked off until they leave. */
export const leaving = new Store<Leaving>(new Map())

export function seeOff(tasks: readonly Task[]): void {
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return
  leaving.set(new Map([...leaving.get(), ...tasks.map((task) => [task.id, task] as const)]))
  const gone = new Set(tasks)
  setTimeout(() => {
    leaving.set(new Map([...leaving.get()].filter(([, task]) => !gone.has(task))))
  }, LEAVING_MS)
}
