import { useCallback } from 'react'
import { useNow, useReplica } from '@/data/hooks'
import type { Replica } from '@/data/replica'
import type { Task } from '@/data/task'
import { useTaskPages } from '@/data/task-pages'
import type { Now } from '@/data/views'
import { Page } from '@/features/shell/page'
import { type Day, dayIn } from '@/lib/days'
import { grouped } from '@/lib/grouped'
import { useText } from '@/text/pages'
import { type Text, useLocale } from '@/text/text'
import { COMPLETED } from './abilities'
import { dayHeading } from './days'
import type { Section } from './list-items'
import { keptTasks } from './list-page'
import { isReplicaComplete, ListSkeleton } from './list-skeleton'
import { OlderTasks } from './older-tasks'
import { TaskList } from './task-list'

/** What was done, by day: from this device at once, further back from the server. */
export function CompletedPage() {
  const t = useText()
  const locale = useLocale()
  const now = useNow()
  const sections = useReplica(
    useCallback((replica: Replica) => byCompletion(keptTasks(replica), { now, locale, t }), [now, locale, t]),
  )
  const isComplete = useReplica(isReplicaComplete)
  const pages = useTaskPages({ completed: true, sort: '-completed_at' })
  return (
    <Page title={t.app.completed}>
      {sections.length === 0 && !isComplete && <ListSkeleton />}
      {sections.length === 0 && isComplete && !pages.hasNextPage && (
        <p className="px-2 py-16 text-center text-muted">{t.views.completedEmpty}</p>
      )}
      {sections.length > 0 && (
        <TaskList label={t.tasks.listOf(t.app.completed)} sections={sections} can={COMPLETED} />
      )}
      <OlderTasks pages={pages} />
    </Page>
  )
}

interface Options {
  now: Now
  locale: string
  t: Text
}

/** Newest first, by the day in the person's zone. */
export function byCompletion(tasks: Task[], { now, locale, t }: Options): Section[] {
  const done = tasks
    .flatMap((task) =>
      task.is_completed && task.completed_at !== null ? [{ task, at: task.completed_at }] : [],
    )
    .sort((one, other) => (one.at < other.at ? 1 : -1))
  const days = grouped(done, ({ at }): Day => dayIn(now.zone, new Date(at)))
  return [...days].map(([day, items]) => ({
    id: day,
    ...dayHeading(day, now.day, locale, t),
    rows: items.map(({ task }) => ({ task, depth: 0 })),
  }))
}
