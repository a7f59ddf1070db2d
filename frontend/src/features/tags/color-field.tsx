import { useEffect, useId, useRef, useState } from 'react'
import { Field } from '@/components/ui/field'
import { TAG_COLORS } from '@/data/tag-colors'
import { classes } from '@/lib/classes'
import { useText } from '@/text/pages'

interface Props {
  initial: string | undefined
  error: string | undefined
}

const COLOR = /^#[0-9A-F]{6}$/i

/** A few colours, or any other by its number, which is what is sent. */
export function ColorField({ initial = TAG_COLORS[0], error }: Props) {
  const t = useText()
  const name = useId()
  const [color, setColor] = useState<string>(initial)
  const hex = useRef<HTMLInputElement>(null)
  useEffect(() => hex.current?.setCustomValidity(COLOR.test(color) ? '' : t.views.tagHexInvalid), [color, t])
  return (
    <>
      <fieldset>
        <legend className="pb-1.5 text-sm font-medium">{t.views.tagColor}</legend>
        <div className="grid grid-cols-6 gap-1">
          {TAG_COLORS.map((value) => (
            <label
              key={value}
              title={t.views.colors[value]}
              className="relative flex h-10 cursor-pointer items-center justify-center rounded-md hover:bg-hover has-focus-visible:outline-2 has-focus-visible:outline-accent pointer-coarse:h-11"
            >
              <input
                type="radio"
                name={name}
                value={value}
                aria-label={t.views.colors[value]}
                checked={color.toUpperCase() === value}
                onChange={() => setColor(value)}
                className="sr-only"
              />
              <span
                aria-hidden
                className={classes(
                  'size-6 rounded-full',
                  color.toUpperCase() === value && 'ring-2 ring-ink ring-offset-2 ring-offset-raised',
                )}
                style={{ backgroundColor: value }}
              />
            </label>
          ))}
        </div>
      </fieldset>
      <Field
        label={t.views.tagHex}
        ref={hex}
        name="color"
        value={color}
        error={error}
        maxLength={7}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setColor(event.target.value)}
        className="max-w-40 font-mono"
      />
    </>
  )
}
