import { LoaderCircle } from 'lucide-react'
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { classes } from '@/lib/classes'
import { type Explanation, explain } from '@/text/explain'
import { useText } from '@/text/pages'
import { type Text, useLocale } from '@/text/text'
import { Button } from './button'

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

const FLAWLESS: Explanation = { fields: {} }

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
  const locale = useLocale()
  const ref = useRef<HTMLFormElement>(null)
  const isSending = useRef(false)
  const [isBusy, setBusy] = useState(false)
  const [wrong, setWrong] = useState(FLAWLESS)

  useEffect(() => {
    if (wrong !== FLAWLESS) ref.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()
  }, [wrong])

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (isSending.current) return
    const form = event.currentTarget
    const flaws = flawsOf(form, t)
    if (Object.keys(flaws).length > 0) return setWrong({ fields: flaws })
    isSending.current = true
    setBusy(true)
    setWrong(FLAWLESS)
    try {
      await onSend(valuesOf(form))
      if (isEmptiedAfter) form.reset()
    } catch (error) {
      setWrong(told(form, explain(error, t, locale)))
    } finally {
      isSending.current = false
      setBusy(false)
    }
  }

  return (
    <form ref={ref} noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
      {children(wrong.fields)}
      {wrong.fault && (
        <p role="alert" className="rounded-md bg-danger-soft px-3 py-2 text-sm text-danger">
          {wrong.fault}
        </p>
      )}
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

/** What is about a field that this form does not have is told of the whole. */
function told(form: HTMLFormElement, { fields, fault }: Explanation): Explanation {
  const strays = Object.keys(fields).filter((name) => form.elements.namedItem(name) === null)
  const faults = [fault, ...strays.map((name) => fields[name])].filter((text) => text !== undefined)
  return faults.length === 0 ? { fields } : { fields, fault: faults.join(' ') }
}

/** What the browser finds, in our words; the rest is for the server to say. */
function flawsOf(form: HTMLFormElement, t: Text): Record<string, string> {
  const flaws: Record<string, string> = {}
  for (const input of form.querySelectorAll<HTMLInputElement>('input[name]')) {
    if (input.validity.valueMissing) flaws[input.name] = t.account.problems.missing
    else if (input.validity.tooShort) flaws[input.name] = t.account.problems.string_too_short
    else if (input.validity.customError) flaws[input.name] = input.validationMessage
  }
  return flaws
}
