import { useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import { useStore } from '@/lib/store'
import { account } from './account'
import type { Operation } from './operations'
import type { Tag, Task } from './task'
import { type Now, nowIn } from './views'
import type { Workspace } from './workspace'

const MINUTE_MS = 60_000

/** Of pages that only somebody logged in gets to see. */
export function useSignedIn() {
  const current = useStore(account)
  if (current.status !== 'in') throw new Error('nobody is logged in')
  return current
}

export function useWorkspace(): Workspace {
  return useSignedIn().workspace
}

function useRevision(): number {
  const { replica } = useWorkspace()
  return useSyncExternalStore(replica.subscribe, replica.getRevision)
}

/** Computed from the replica, anew when it has changed. `select` must be stable. */
export function useReplica<Value>(select: (replica: Workspace['replica']) => Value): Value {
  const { replica } = useWorkspace()
  const revision = useRevision()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the revision stands for what is in the replica
  return useMemo(() => select(replica), [replica, select, revision])
}

export function useTask(id: string): Task | null {
  useRevision()
  return useWorkspace().replica.task(id)
}

const tagsOf = (replica: Workspace['replica']): readonly Tag[] => replica.tags()
const operationsOf = (replica: Workspace['replica']): readonly Operation[] => replica.operations()

export function useTags(): readonly Tag[] {
  return useReplica(tagsOf)
}

export function useTagsById(): ReadonlyMap<string, Tag> {
  const tags = useTags()
  return useMemo(() => new Map(tags.map((tag) => [tag.id, tag])), [tags])
}

export function useOperations(): readonly Operation[] {
  return useReplica(operationsOf)
}

/** The person's day and time, which goes on. */
export function useNow(): Now {
  const { timezone } = useSignedIn().user
  const [instant, setInstant] = useState(() => new Date())
  useEffect(() => {
    const timer = setInterval(() => setInstant(new Date()), MINUTE_MS)
    return () => clearInterval(timer)
  }, [])
  return useMemo(() => nowIn(timezone, instant), [timezone, instant])
}
