import { Link } from '@tanstack/react-router'
import { Ellipsis, Plus } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { INPUT } from '@/components/ui/field'
import { MenuItem, Popover } from '@/components/ui/popover'
import { useTags } from '@/data/hooks'
import type { Tag } from '@/data/task'
import { Page } from '@/features/shell/page'
import { useCounts } from '@/features/tasks/counts'
import { TagDot } from '@/features/tasks/tag-chip'
import { classes } from '@/lib/classes'
import { useText } from '@/text/pages'
import { DeleteTag, EditTag, MergeTag } from './tag-dialogs'

/** More than are seen at a glance. */
const MANY = 12

type Shown = { dialog: 'new' } | { dialog: 'edit' | 'merge' | 'delete'; tag: Tag }

export function TagsPage() {
  const t = useText()
  const tags = useTags()
  const { tags: counts } = useCounts()
  const [query, setQuery] = useState('')
  const [shown, setShown] = useState<Shown | null>(null)
  const wanted = query.trim().toLowerCase()
  const found = tags.filter((tag) => tag.name.toLowerCase().includes(wanted))
  return (
    <Page
      title={t.app.tags}
      menus={
        <Button onClick={() => setShown({ dialog: 'new' })}>
          <Plus size={16} aria-hidden />
          {t.views.newTag}
        </Button>
      }
    >
      {tags.length > MANY && (
        <input
          type="search"
          dir="auto"
          aria-label={t.views.findTags}
          placeholder={t.views.findTags}
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          className={classes(INPUT, 'mb-2')}
        />
      )}
      <p role="status" className="px-2 text-center text-muted not-empty:py-16">
        {tags.length === 0 && t.views.tagsEmpty}
        {tags.length > 0 && found.length === 0 && t.views.noTagFound(query.trim())}
      </p>
      <ul>
        {found.map((tag) => (
          <TagLine
            key={tag.id}
            tag={tag}
            count={counts.get(tag.id) ?? 0}
            canMerge={tags.length > 1}
            onShow={(dialog) => setShown({ dialog, tag })}
          />
        ))}
      </ul>
      {shown !== null && <TagDialog shown={shown} counts={counts} onClose={() => setShown(null)} />}
    </Page>
  )
}

interface LineProps {
  tag: Tag
  count: number
  canMerge: boolean
  onShow: (dialog: 'edit' | 'merge' | 'delete') => void
}

function TagLine({ tag, count, canMerge, onShow }: LineProps) {
  const t = useText()
  const choices = [
    ['edit', t.views.editTag],
    ...(canMerge ? [['merge', t.views.mergeTag] as const] : []),
    ['delete', t.views.deleteTag],
  ] as const
  return (
    <li className="relative flex min-h-11 items-center gap-3 border-b border-line px-2 hover:bg-hover/60">
      <TagDot color={tag.color} />
      <Link
        to="/tags/$tagId"
        params={{ tagId: tag.id }}
        className="min-w-0 grow py-2.5 break-words after:absolute after:inset-0 after:rounded-md focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-accent"
      >
        <bdi>{tag.name}</bdi>
      </Link>
      <span className="text-sm whitespace-nowrap text-muted tabular-nums">{t.views.openTasks(count)}</span>
      <Popover
        label={t.views.tagActions(tag.name)}
        role="menu"
        trigger={{
          className:
            'relative z-1 inline-flex size-8 shrink-0 items-center justify-center rounded-md text-muted hover:bg-hover pointer-coarse:size-11',
          'aria-label': t.views.tagActions(tag.name),
          title: t.views.tagActions(tag.name),
          children: <Ellipsis size={18} />,
        }}
      >
        {(close) =>
          choices.map(([dialog, label]) => (
            <MenuItem
              key={dialog}
              autoFocus={dialog === 'edit'}
              className={dialog === 'delete' ? 'text-danger' : undefined}
              onClick={() => {
                close()
                onShow(dialog)
              }}
            >
              {label}
            </MenuItem>
          ))
        }
      </Popover>
    </li>
  )
}

interface DialogProps {
  shown: Shown
  counts: ReadonlyMap<string, number>
  onClose: () => void
}

function TagDialog({ shown, counts, onClose }: DialogProps) {
  if (shown.dialog === 'new') return <EditTag tag={null} onClose={onClose} />
  const { tag } = shown
  if (shown.dialog === 'edit') return <EditTag tag={tag} onClose={onClose} />
  const count = counts.get(tag.id) ?? 0
  const Ask = shown.dialog === 'merge' ? MergeTag : DeleteTag
  return <Ask tag={tag} count={count} onClose={onClose} />
}
