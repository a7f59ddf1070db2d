import type { Tag } from '@/data/task'

/** A tag by its name; the colour of a person's choice is only a dot, so that the name is always readable. */
export function TagChip({ tag }: { tag: Pick<Tag, 'name' | 'color'> }) {
  return (
    <span className="inline-flex max-w-40 items-center gap-1">
      <TagDot color={tag.color} />
      <bdi className="truncate">{tag.name}</bdi>
    </span>
  )
}

export function TagDot({ color }: { color: string }) {
  return <span aria-hidden className="size-2 shrink-0 rounded-full" style={{ backgroundColor: color }} />
}
