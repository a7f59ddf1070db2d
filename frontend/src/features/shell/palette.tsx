import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { Dialog } from '@/components/ui/dialog'
import { TagDot } from '@/features/tasks/tag-chip'
import { classes } from '@/lib/classes'
import { useText } from '@/text/pages'
import { type Command, type CommandGroup, type Dialogs, useCommands } from './commands'

/** Everything that can be gone to or done, by typing. A combobox: the focus stays in the field. */
export function Palette({ onClose, ...dialogs }: Dialogs & { onClose: () => void }) {
  const t = useText()
  const id = useId()
  const [query, setQuery] = useState('')
  const [active, setActive] = useState(0)
  const groups = useCommands(query, dialogs)
  const commands = groups.flatMap((group) => group.commands)
  const current = commands[active]
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (current) list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' })
  }, [current])

  const run = (command: Command) => {
    onClose()
    command.run()
  }
  const press = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (event.nativeEvent.isComposing) return
    if (step !== 0) setActive((active + step + commands.length) % Math.max(commands.length, 1))
    else if (event.key === 'Enter' && current) run(current)
    else return
    event.preventDefault()
  }
  return (
    <Dialog title={t.views.palette} shape="top" isBare onClose={onClose}>
      <input
        data-autofocus
        role="combobox"
        aria-label={t.views.palettePlaceholder}
        aria-expanded
        aria-controls={`${id}-list`}
        aria-activedescendant={current && `${id}-${current.id}`}
        aria-autocomplete="list"
        autoComplete="off"
        dir="auto"
        placeholder={t.views.palettePlaceholder}
        maxLength={100}
        value={query}
        onChange={(event) => {
          setQuery(event.target.value)
          setActive(0)
        }}
        onKeyDown={press}
        className="sticky top-0 z-1 min-h-13 w-full border-b border-line bg-raised px-4 outline-none placeholder:text-muted"
      />
      <div ref={list} id={`${id}-list`} role="listbox" aria-label={t.views.palette} className="p-1.5">
        {groups.map((group) => (
          <Group key={group.id} group={group} prefix={id} current={current} onRun={run} />
        ))}
      </div>
      <p role="status" className="px-4 text-center break-words text-muted not-empty:pb-8">
        {commands.length === 0 && t.views.noCommand(query.trim())}
      </p>
    </Dialog>
  )
}

interface GroupProps {
  group: CommandGroup
  prefix: string
  current: Command | undefined
  onRun: (command: Command) => void
}

function Group({ group, prefix, current, onRun }: GroupProps) {
  const t = useText()
  const label = `${prefix}-group-${group.id}`
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of options in a listbox
    <div role="group" aria-labelledby={label}>
      <p id={label} className="px-2.5 pt-2 pb-1 text-xs font-semibold text-muted">
        {t.views.groups[group.id]}
      </p>
      {group.commands.map((command) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the combobox
        <div
          key={command.id}
          id={`${prefix}-${command.id}`}
          role="option"
          tabIndex={-1}
          aria-selected={command === current}
          onClick={() => onRun(command)}
          className={classes(
            'flex min-h-10 scroll-mt-20 scroll-mb-2 cursor-pointer items-center gap-3 rounded-sm px-2.5 py-1.5 pointer-coarse:min-h-11',
            command === current ? 'bg-accent-soft' : 'hover:bg-hover',
          )}
        >
          {command.color === undefined ? (
            <command.icon size={16} aria-hidden className="shrink-0 text-muted" />
          ) : (
            <span className="inline-flex w-4 shrink-0 justify-center">
              <TagDot color={command.color} />
            </span>
          )}
          <bdi className="min-w-0 grow truncate">{command.title}</bdi>
          {command.keys && (
            <kbd
              aria-hidden
              className="shrink-0 rounded-sm border border-line px-1.5 font-sans text-xs text-muted pointer-coarse:hidden"
            >
              {command.keys}
            </kbd>
          )}
        </div>
      ))}
    </div>
  )
}
