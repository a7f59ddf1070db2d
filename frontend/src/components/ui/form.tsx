import { LoaderCircle } from 'lucide-react'
import { type FormEvent, type ReactNode, useEffect, useRef } from 'react'
import { classes } from '@/lib/classes'
import type { Explanation } from '@/text/explain'
import { useText } from '@/text/pages'
import type { Text } from '@/text/text'
import { Alert } from './alert'
import { Button } from './button'
import { useAttempt } from './use-attempt'

export type FormValues = Readonly<Record<string, string>>

interface Props {
  submitLabel: string
  look?: 'primary' | 'plain' | 'danger'
  isWide?: boolean
  /** The fields are empty again after it was sent. */
  isEmptiedAfter?: boolean
  /** What stands beside the button. */
  beside?: ReactNode
  onSend: (values: FormValues) => Promise<unknown>
  /** The fields, with what is wrong of each, by name. */
  children: (errors: Explanation['fields']) => ReactNode
}

/**
 * A form that is sent once at a time, and tells what was refused: at its field, which gets the focus, or above the
 * button. Names of inputs are those of the API's fields.
 */
export function Form({
  submitLabel,
  look = 'primary',
  isWide = false,
  isEmptiedAfter = false,
  beside,
  onSend,
  children,
}: Props) {
  const t = useText()
  const ref = useRef<HTMLFormElement>(null)
  const hasField = (name: string) => ref.current?.elements.namedItem(name) !== null
  const { run, isBusy, wrong, setWrong } = useAttempt(hasField)

  // biome-ignore lint/correctness/useExhaustiveDependencies: each time that something else is wrong
  useEffect(() => {
    ref.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()
  }, [wrong])

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (isBusy) return
    const form = event.currentTarget
    const flaws = flawsOf(form, t)
    if (Object.keys(flaws).length > 0) return setWrong({ fields: flaws })
    run(async () => {
      await onSend(valuesOf(form))
      if (isEmptiedAfter) form.reset()
    })
  }

  return (
    <form ref={ref} noValidate onSubmit={submit} className="flex flex-col gap-4">
      {children(wrong.fields)}
      <Alert>{wrong.fault}</Alert>
      <div className="flex flex-wrap items-center gap-3">
        <Button
          type="submit"
          look={look}
          aria-disabled={isBusy}
          className={classes(isWide && 'w-full', isBusy && 'opacity-70')}
        >
          {isBusy && <LoaderCircle size={16} aria-hidden className="animate-spin" />}
          {submitLabel}
        </Button>
        {beside}
      </div>
    </form>
  )
}

function valuesOf(form: HTMLFormElement): FormValues {
  const entries = [...new FormData(form)]
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}

/** What the browser finds, in our words; the rest is for the server to say. */
function flawsOf(form: HTMLFormElement, t: Text): Record<string, string> {
  const flaws: Record<string, string> = {}
  for (const input of form.querySelectorAll<HTMLInputElement>('input[name]')) {
    if (input.validity.valueMissing) flaws[input.name] = t.problems.missing
    else if (input.validity.tooShort) flaws[input.name] = t.problems.string_too_short
    else if (input.validity.customError) flaws[input.name] = input.validationMessage
  }
  return flaws
}
