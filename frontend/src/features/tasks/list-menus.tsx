import { ArrowDownUp, ListFilter, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { MenuItem, Popover } from '@/components/ui/popover'
import { useTags } from '@/data/hooks'
import { PRIORITIES, type Tag } from '@/data/task'
import { type Filter, SORTS, type Sort } from '@/data/views'
import { useText } from '@/text/text'
import { TagDot } from './tag-chip'

const TRIGGER =
  'inline-flex min-h-8 items-center gap-1.5 rounded-md px-2 text-sm text-muted hover:bg-hover pointer-coarse:min-h-11'
const DUES = ['today', 'overdue', 'upcoming', 'none'] as const

interface Props {
  filter: Filter
  sort: Sort
  onChange: (filter: Filter) => void
}

export function ListMenus({ filter, sort, onChange }: Props) {
  return (
    <>
      <FilterMenu filter={filter} onChange={onChange} />
      <SortMenu sort={sort} onChange={onChange} />
    </>
  )
}

function SortMenu({ sort, onChange }: Omit<Props, 'filter'>) {
  const t = useText()
  const content = (
    <>
      <ArrowDownUp size={15} aria-hidden />
      <span className="max-sm:sr-only">{t.tasks.sortBy[sort]}</span>
    </>
  )
  return (
    <Popover
      label={t.tasks.sort}
      role="menu"
      trigger={{ className: TRIGGER, title: t.tasks.sort, children: content }}
    >
      {(close) =>
        SORTS.map((choice) => (
          <MenuItem
            key={choice}
            checked={choice === sort}
            autoFocus={choice === sort}
            onClick={() => {
              onChange({ sort: choice })
              close()
            }}
          >
            {t.tasks.sortBy[choice]}
          </MenuItem>
        ))
      }
    </Popover>
  )
}

function FilterMenu({ filter, onChange }: Omit<Props, 'sort'>) {
  const t = useText()
  const tags = useTags()
  const content = (
    <>
      <ListFilter size={15} aria-hidden />
      <span className="max-sm:sr-only">{t.tasks.filter}</span>
    </>
  )
  const heading = 'px-2.5 pt-2 pb-1 text-xs font-semibold text-muted'
  return (
    <Popover
      label={t.tasks.filter}
      trigger={{ className: TRIGGER, title: t.tasks.filter, children: content }}
    >
      {() => (
        <div className="max-h-[60dvh] w-60 overflow-auto p-1">
          <fieldset>
            <legend className={heading}>{t.tasks.due}</legend>
            {DUES.map((due) => (
              <Choice
                key={due}
                isChosen={filter.due === due}
                onChange={() => onChange({ due: filter.due === due ? undefined : due })}
              >
                {t.tasks.dueFilter[due]}
              </Choice>
            ))}
          </fieldset>
          <fieldset>
            <legend className={heading}>{t.tasks.priorities}</legend>
            {PRIORITIES.toReversed().map((priority) => (
              <Choice
                key={priority}
                isChosen={filter.priority?.includes(priority) ?? false}
                onChange={() => onChange({ priority: toggled(filter.priority, priority) })}
              >
                {t.tasks.priority[priority]}
              </Choice>
            ))}
          </fieldset>
          {tags.length > 0 && (
            <fieldset>
              <legend className={heading}>{t.app.tags}</legend>
              {tags.map((tag) => (
                <Choice
                  key={tag.id}
                  isChosen={filter.tag?.includes(tag.id) ?? false}
                  onChange={() => onChange({ tag: toggled(filter.tag, tag.id) })}
                >
                  <TagDot color={tag.color} />
                  <bdi className="truncate">{tag.name}</bdi>
                </Choice>
              ))}
            </fieldset>
          )}
        </div>
      )}
    </Popover>
  )
}

function Choice({
  isChosen,
  onChange,
  children,
}: {
  isChosen: boolean
  onChange: () => void
  children: ReactNode
}) {
  return (
    <label className="flex min-h-8 cursor-pointer items-center gap-2 rounded-sm px-2.5 hover:bg-hover pointer-coarse:min-h-11">
      <input type="checkbox" checked={isChosen} onChange={onChange} className="size-4" />
      {children}
    </label>
  )
}

function toggled<Value>(values: Value[] | undefined, value: Value): Value[] | undefined {
  const after = values?.includes(value) ? values.filter((one) => one !== value) : [...(values ?? []), value]
  return after.length === 0 ? undefined : after
}

interface ActiveProps {
  filter: Filter
  tags: ReadonlyMap<string, Tag>
  onChange: (filter: Filter) => void
}

/** The filters that are on, each of which can be taken off. */
export function ActiveFilters({ filter, tags, onChange }: ActiveProps) {
  const t = useText()
  const { due, priority = [], tag = [] } = filter
  const chips: { key: string; label: string; without: Filter }[] = [
    ...(due ? [{ key: due, label: t.tasks.dueFilter[due], without: { due: undefined } }] : []),
    ...priority.map((name) => ({
      key: name,
      label: t.tasks.priority[name],
      without: { priority: toggled(priority, name) },
    })),
    ...tag.map((id) => ({ key: id, label: tags.get(id)?.name ?? id, without: { tag: toggled(tag, id) } })),
  ]
  if (chips.length === 0) return null
  return (
    <div className="flex flex-wrap items-center gap-1.5 pt-3">
      {chips.map(({ key, label, without }) => (
        <button
          key={key}
          type="button"
          aria-label={t.tasks.removeFilter(label)}
          onClick={() => onChange(without)}
          className="inline-flex min-h-7 items-center gap-1 rounded-full bg-accent-soft ps-3 pe-2 text-sm pointer-coarse:min-h-11"
        >
          <bdi>{label}</bdi>
          <X size={14} aria-hidden />
        </button>
      ))}
      <button
        type="button"
        onClick={() => onChange({ due: undefined, priority: undefined, tag: undefined })}
        className="min-h-7 px-2 text-sm text-muted underline"
      >
        {t.tasks.clearFilters}
      </button>
    </div>
  )
}
