import { Link, useParams } from '@tanstack/react-router'
import { useCallback } from 'react'
import { useNow, useReplica, useTagsById } from '@/data/hooks'
import type { Task } from '@/data/task'
import { dueDay, isOverdue, type Now, type Sort } from '@/data/views'
import { Page } from '@/features/shell/page'
import { formatDay } from '@/lib/dates'
import { currentText, useLocale, useText } from '@/text/text'
import type { Section } from './list-items'
import { asRows, asTree, ListPage } from './list-page'
import { isReplicaComplete } from './list-skeleton'

const everything = () => true

export function InboxPage() {
  const t = useText()
  return (
    <ListPage
      title={t.app.inbox}
      empty={t.tasks.empty.inbox}
      isShown={everything}
      defaultSort="position"
      sections={asTree}
    />
  )
}

const isForToday = (task: Task, now: Now) => isOverdue(task, now) || dueDay(task, now.zone) === now.day

function lateAndToday(tasks: Task[], now: Now, sort: Sort): Section[] {
  const late = tasks.filter((task) => isOverdue(task, now) && dueDay(task, now.zone) !== now.day)
  const today = tasks.filter((task) => dueDay(task, now.zone) === now.day)
  const t = currentText()
  if (late.length === 0) return [{ id: 'today', isDay: true, rows: asRows(today, sort) }]
  return [
    { id: 'late', title: t.tasks.overdue, rows: asRows(late, sort) },
    { id: 'today', title: t.tasks.dueToday, isDay: true, rows: asRows(today, sort) },
  ]
}

export function TodayPage() {
  const t = useText()
  const locale = useLocale()
  const now = useNow()
  return (
    <ListPage
      title={t.app.today}
      aside={formatDay(now.day, locale, { weekday: 'long', day: 'numeric', month: 'long' })}
      empty={t.tasks.empty.today}
      isShown={isForToday}
      defaultSort="due_date"
      defaults={{ due_date: now.day }}
      sections={lateAndToday}
    />
  )
}

export function TagPage() {
  const t = useText()
  const { tagId = '' } = useParams({ strict: false })
  const tag = useTagsById().get(tagId)
  const isLoaded = useReplica(isReplicaComplete)
  const isTagged = useCallback((task: Task) => task.tags.includes(tagId), [tagId])
  if (isLoaded && tag === undefined) return <UnknownTag />
  return (
    <ListPage
      key={tagId}
      title={tag?.name ?? t.app.tags}
      empty={t.tasks.empty.tag}
      isShown={isTagged}
      defaultSort="position"
      defaults={{ tags: [tagId] }}
      sections={flat}
    />
  )
}

function UnknownTag() {
  const t = useText()
  return (
    <Page title={t.tasks.tagUnknown}>
      <p className="pb-4 text-muted">{t.tasks.tagUnknownHint}</p>
      <Link to="/tags" className="text-accent underline">
        {t.tasks.allTags}
      </Link>
    </Page>
  )
}

function flat(tasks: Task[], _now: Now, sort: Sort): Section[] {
  return [{ id: 'all', rows: asRows(tasks, sort) }]
}
