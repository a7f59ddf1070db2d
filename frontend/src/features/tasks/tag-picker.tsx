import { Check, Plus } from 'lucide-react'
import { useId, useState } from 'react'
import { INPUT } from '@/components/ui/field'
import { useTags, useWorkspace } from '@/data/hooks'
import { pullTags } from '@/data/sync'
import { colorFor } from '@/data/tag-colors'
import { api, unwrap } from '@/lib/api'
import { classes } from '@/lib/classes'
import { toast } from '@/lib/toasts'
import { faultOf } from '@/text/explain'
import { useText } from '@/text/pages'
import { useLocale } from '@/text/text'
import { TagDot } from './tag-chip'

interface Props {
  chosen: readonly string[]
  onChange: (tags: string[]) => void
}

/** A combobox that stays open: Enter switches a tag on or off, or makes the one that was typed. */
export function TagPicker({ chosen, onChange }: Props) {
  const t = useText()
  const locale = useLocale()
  const { replica } = useWorkspace()
  const id = useId()
  const [query, setQuery] = useState('')
  const [active, setActive] = useState(0)
  const tags = useTags()
  const name = query.trim().replace(/^#/, '')
  const found = tags.filter((tag) => tag.name.toLowerCase().includes(name.toLowerCase()))
  const isNew = name !== '' && !tags.some((tag) => tag.name.toLowerCase() === name.toLowerCase())
  const count = found.length + Number(isNew)

  const toggle = (tag: string) =>
    onChange(chosen.includes(tag) ? chosen.filter((one) => one !== tag) : [...chosen, tag])
  const make = async () => {
    try {
      const tag = await unwrap(api.POST('/api/v1/tags', { body: { name, color: colorFor(name) } }))
      await pullTags(replica)
      onChange([...chosen, tag.id])
      setQuery('')
    } catch (error) {
      toast(faultOf(error, t, locale), { tone: 'danger' })
    }
  }
  const choose = (index: number) => {
    const tag = found[index]
    if (tag) toggle(tag.id)
    else if (isNew) void make()
  }

  return (
    <div className="flex w-64 flex-col">
      <input
        // biome-ignore lint/a11y/noAutofocus: it was opened to type into
        autoFocus
        role="combobox"
        aria-label={t.tasks.findTag}
        aria-expanded
        aria-controls={`${id}-list`}
        aria-activedescendant={count > 0 ? `${id}-${active}` : undefined}
        placeholder={t.tasks.findTag}
        value={query}
        maxLength={50}
        onChange={(event) => {
          setQuery(event.target.value)
          setActive(0)
        }}
        onKeyDown={(event) => {
          const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
          if (step !== 0) setActive((active + step + count) % Math.max(count, 1))
          else if (event.key === 'Enter') choose(active)
          else return
          event.preventDefault()
        }}
        className={classes(INPUT, 'm-2 w-auto')}
      />
      <div
        id={`${id}-list`}
        role="listbox"
        aria-multiselectable
        aria-label={t.app.tags}
        className="max-h-64 overflow-auto px-1 pb-1"
      >
        {found.map((tag, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the combobox
          <div
            key={tag.id}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={chosen.includes(tag.id)}
            onClick={() => toggle(tag.id)}
            className={classes(
              'flex min-h-9 cursor-pointer items-center gap-2 rounded-sm px-2.5',
              index === active && 'bg-hover',
            )}
          >
            <TagDot color={tag.color} />
            <bdi className="grow truncate">{tag.name}</bdi>
            {chosen.includes(tag.id) && <Check size={16} aria-hidden className="text-accent" />}
          </div>
        ))}
        {isNew && (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the combobox
          <div
            id={`${id}-${found.length}`}
            role="option"
            tabIndex={-1}
            aria-selected={false}
            onClick={() => void make()}
            className={classes(
              'flex min-h-9 cursor-pointer items-center gap-2 rounded-sm px-2.5',
              active === found.length && 'bg-hover',
            )}
          >
            <Plus size={16} aria-hidden />
            {t.tasks.makeTag(name)}
          </div>
        )}
      </div>
    </div>
  )
}
