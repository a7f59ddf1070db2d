import { useCallback, useEffect, useMemo, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Confirm } from '@/components/ui/confirm'
import { useNow, useReplica } from '@/data/hooks'
import type { Replica } from '@/data/replica'
import type { Task } from '@/data/task'
import { type TaskPages, useTaskPages } from '@/data/task-pages'
import { byPosition, type Now, nested, type Order } from '@/data/views'
import { Page } from '@/features/shell/page'
import { useText } from '@/text/pages'
import { TRASHED } from './abilities'
import { useTaskActions } from './actions'
import type { Section } from './list-items'
import { isReplicaComplete, ListSkeleton } from './list-skeleton'
import { OlderTasks } from './older-tasks'
import { TaskList } from './task-list'

const KEPT_MS = 30 * 86_400_000

/** What was deleted, to be restored or deleted for good. */
export function TrashPage() {
  const t = useText()
  const now = useNow()
  const sections = useReplica(useCallback((replica: Replica) => trashed([...replica.tasks()], now), [now]))
  const isComplete = useReplica(isReplicaComplete)
  const pages = useTaskPages({ trash: true, sort: '-updated_at' })
  const [asked, setAsked] = useState<readonly string[] | null>(null)
  const [isEmptying, setEmptying] = useState(false)
  const own = useTaskActions()
  const actions = useMemo(() => ({ ...own, removeForGood: setAsked }), [own])
  const isEmpty = sections.length === 0
  return (
    <Page
      title={t.app.trash}
      menus={!isEmpty && <Button onClick={() => setEmptying(true)}>{t.views.emptyTrash}</Button>}
    >
      {!isEmpty && <p className="px-2 pb-3 text-sm text-muted">{t.views.trashNote}</p>}
      {isEmpty && !isComplete && <ListSkeleton />}
      {isEmpty && isComplete && !pages.hasNextPage && (
        <p className="px-2 py-16 text-center text-muted">
          {t.views.trashEmpty} {t.views.trashNote}
        </p>
      )}
      {!isEmpty && (
        <TaskList label={t.tasks.listOf(t.app.trash)} sections={sections} can={TRASHED} actions={actions} />
      )}
      <OlderTasks pages={pages} />
      {asked !== null && (
        <Confirm
          title={t.views.deleteForGoodTitle(asked.length)}
          action={t.tasks.deleteForGood}
          onClose={() => setAsked(null)}
          onConfirm={() => {
            own.removeForGood(asked)
            setAsked(null)
          }}
        >
          <p>{t.views.deleteForGoodNote}</p>
        </Confirm>
      )}
      {isEmptying && <EmptyTrash sections={sections} pages={pages} onClose={() => setEmptying(false)} />}
    </Page>
  )
}

interface EmptyProps {
  sections: Section[]
  pages: TaskPages
  onClose: () => void
}

/** Of a trash that is not wholly loaded, the rest is fetched first: what is deleted has been counted. */
function EmptyTrash({ sections, pages, onClose }: EmptyProps) {
  const t = useText()
  const { removeForGood } = useTaskActions()
  const { hasNextPage, isFetching, isError, fetchNextPage } = pages
  useEffect(() => {
    if (hasNextPage && !isFetching && !isError) void fetchNextPage()
  }, [hasNextPage, isFetching, isError, fetchNextPage])
  const ids = sections.flatMap((section) => section.rows.map((row) => row.task.id))
  return (
    <Confirm
      title={t.views.emptyTrashTitle}
      action={t.views.emptyTrash}
      isBusy={hasNextPage && !isError}
      onClose={onClose}
      onConfirm={() => {
        removeForGood(ids)
        onClose()
      }}
    >
      <p>{t.views.emptyTrashNote(ids.length)}</p>
    </Confirm>
  )
}

const byDeletion: Order = (one, other) =>
  (other.deleted_at ?? '').localeCompare(one.deleted_at ?? '') || byPosition(one, other)

/** What went last comes first, with its parts below it. */
function trashed(tasks: Task[], now: Now): Section[] {
  const since = new Date(Date.parse(now.instant) - KEPT_MS).toISOString()
  const kept = tasks.filter((task) => task.deleted_at !== null && task.deleted_at > since)
  return kept.length === 0 ? [] : [{ id: 'all', rows: nested(kept, byDeletion) }]
}
