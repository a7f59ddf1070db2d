import { type KeyboardEvent, useEffect, useId, useMemo, useState } from 'react'
import { Field } from '@/components/ui/field'
import { classes } from '@/lib/classes'
import { formatTime } from '@/lib/dates'
import { timeIn } from '@/lib/days'
import { useText } from '@/text/pages'
import { useLocale } from '@/text/text'

interface Props {
  /** As it is stored. */
  zone: string
  error?: string | undefined
}

/** A select that is searched by typing: the combobox of the ARIA patterns. The form gets `timezone`. */
export function TimeZoneField({ zone, error }: Props) {
  const t = useText()
  const locale = useLocale()
  const id = useId()
  const [chosen, setChosen] = useState<string | null>(null)
  const [typed, setTyped] = useState<string | null>(null)
  const [active, setActive] = useState<number | null>(null)
  const zones = useMemo(() => [...new Set(['UTC', zone, ...Intl.supportedValuesOf('timeZone')])], [zone])
  const current = chosen ?? zone
  const found = zones.filter((name) => isMatch(name, typed ?? ''))
  const isOpen = active !== null && found.length > 0
  const option = (index: number) => `${id}-${index}`

  const shown = isOpen ? option(active) : null
  useEffect(() => {
    if (shown !== null) document.getElementById(shown)?.scrollIntoView({ block: 'nearest' })
  }, [shown])

  const close = () => {
    setActive(null)
    setTyped(null)
  }
  const choose = () => {
    if (isOpen) setChosen(found[active] ?? current)
    close()
  }
  const open = () => setActive(Math.max(0, found.indexOf(current)))
  const move = (step: number) => {
    if (isOpen) setActive((active + step + found.length) % found.length)
    else open()
  }
  const press = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') move(1)
    else if (event.key === 'ArrowUp') move(-1)
    else if (event.key === 'Enter' && active !== null) choose()
    else if (event.key === 'Escape' && active !== null) close()
    else return
    event.preventDefault()
  }

  return (
    <div className="relative">
      <input type="hidden" name="timezone" value={current} />
      <Field
        label={t.settings.timezone}
        hint={t.settings.timezoneNow(formatTime(timeIn(current), locale))}
        error={found.length === 0 ? t.settings.noTimezone : error}
        value={typed ?? current.replaceAll('_', ' ')}
        onChange={(event) => {
          setTyped(event.target.value)
          setActive(0)
        }}
        onClick={open}
        onBlur={choose}
        onKeyDown={press}
        role="combobox"
        aria-expanded={isOpen}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={shown ?? undefined}
        autoComplete="off"
        spellCheck={false}
      />
      {isOpen && (
        <div
          id={`${id}-list`}
          role="listbox"
          aria-label={t.settings.timezone}
          className="absolute inset-x-0 top-15 z-10 max-h-64 overflow-y-auto rounded-md border border-line bg-raised p-1 shadow-raised pointer-coarse:top-17"
        >
          {found.map((name, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the input
            <div
              key={name}
              id={option(index)}
              role="option"
              aria-selected={name === current}
              tabIndex={-1}
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => {
                setChosen(name)
                close()
              }}
              className={classes(
                'flex min-h-8 items-center rounded-sm px-2.5 hover:bg-hover pointer-coarse:min-h-11',
                index === active && 'bg-hover',
                name === current && 'font-semibold text-accent',
              )}
            >
              {name.replaceAll('_', ' ')}
            </div>
          ))}
        </div>
      )}
    </div>
  )
}

/** By any part of the name: “york” finds America/New_York. */
function isMatch(zone: string, typed: string): boolean {
  const plain = (text: string) =>
    text
      .replaceAll(/[_/\s]+/g, ' ')
      .trim()
      .toLowerCase()
  return plain(zone).includes(plain(typed))
}
