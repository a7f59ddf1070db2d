import { type FormEvent, type ReactNode, useState } from 'react'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Field, SelectField } from '@/components/ui/field'
import type { Day } from '@/lib/days'
import { useText } from '@/text/pages'
import { currentLanguage, useLocale } from '@/text/text'
import type { Recurrence } from './changes'
import { EndFields } from './end-fields'
import { formOf, presetsOf, type RuleForm, ruleOf } from './rrule-form'
import { RuleFields } from './rule-fields'
import { RulePreview } from './rule-preview'
import { ruleWords, sentence } from './rule-words'

interface Props {
  initial: Recurrence
  /** From which day on the rule counts. */
  start: Day
  dueTime: string | null
  zone: string
  submit: string
  isBusy: boolean
  fault: string | undefined
  onSubmit: (recurrence: Recurrence) => void
  /** What stands above the buttons. */
  children?: ReactNode
}

/** A rule by choice, by form or as text: the text is what is edited, the rest shows it. */
export function RecurrenceEditor({
  initial,
  start,
  dueTime,
  zone,
  submit,
  isBusy,
  fault,
  onSubmit,
  children,
}: Props) {
  const t = useText()
  const [recurrence, setRecurrence] = useState(initial)
  const [isValid, setValid] = useState(true)
  const set = (change: Partial<Recurrence>) => setRecurrence({ ...recurrence, ...change })
  const form = formOf(recurrence.rrule)
  const setForm = (next: RuleForm) => set({ rrule: ruleOf(next) })
  const send = (event: FormEvent) => {
    event.preventDefault()
    if (isValid && !isBusy) onSubmit(recurrence)
  }
  return (
    <form onSubmit={send} className="flex flex-col gap-4">
      <Repetitions form={form} start={start} onChange={setForm} />
      {form !== null && (
        <EndFields end={form.end} start={start} onChange={(end) => setForm({ ...form, end })} />
      )}
      <Ways recurrence={recurrence} onChange={set} />
      <details open={form === null}>
        <summary className="w-fit rounded-sm text-sm text-muted">{t.series.advanced}</summary>
        <div className="pt-2">
          <Field
            label={t.series.ruleText}
            value={recurrence.rrule}
            maxLength={500}
            spellCheck={false}
            autoCapitalize="characters"
            onChange={(event) => set({ rrule: event.target.value })}
          />
        </div>
      </details>
      <RulePreview recurrence={recurrence} start={start} dueTime={dueTime} zone={zone} onValid={setValid} />
      {children}
      <Alert>{fault}</Alert>
      <Button type="submit" look="primary" className="self-end" disabled={!isValid || isBusy}>
        {submit}
      </Button>
    </form>
  )
}

interface RepetitionsProps {
  form: RuleForm | null
  start: Day
  onChange: (form: RuleForm) => void
}

/** What people choose most, and below it the fields for anything else. */
function Repetitions({ form, start, onChange }: RepetitionsProps) {
  const t = useText()
  const language = currentLanguage()
  const locale = useLocale()
  const presets = presetsOf(start)
  const chosen = presets.findIndex((preset) => form !== null && isPreset(form, preset))
  const [isCustom, setCustom] = useState(chosen < 0)
  const end = form?.end ?? { kind: 'never' }
  const choose = (value: string) => {
    setCustom(value === 'custom')
    const repetition = presets[Number(value)] ?? form?.repetition ?? presets[0]
    const interval = value === 'custom' ? (form?.interval ?? 1) : 1
    if (repetition) onChange({ interval, repetition, end })
  }
  const value = form === null ? 'other' : isCustom || chosen < 0 ? 'custom' : chosen
  return (
    <>
      <SelectField
        label={t.series.repeats}
        value={value}
        hint={form === null ? t.series.beyondForm : undefined}
        onChange={(event) => choose(event.target.value)}
      >
        {presets.map((repetition, index) => (
          <option key={JSON.stringify(repetition)} value={index}>
            {sentence(ruleWords({ interval: 1, repetition, end: { kind: 'never' } }, t, language, locale))}
          </option>
        ))}
        <option value="custom">{t.series.custom}</option>
        {form === null && <option value="other">{t.series.otherRule}</option>}
      </SelectField>
      {form !== null && value === 'custom' && <RuleFields form={form} start={start} onChange={onChange} />}
    </>
  )
}

function isPreset(form: RuleForm, preset: RuleForm['repetition']): boolean {
  return form.interval === 1 && JSON.stringify(form.repetition) === JSON.stringify(preset)
}

interface WaysProps {
  recurrence: Recurrence
  onChange: (change: Partial<Recurrence>) => void
}

function Ways({ recurrence: { mode, missed }, onChange }: WaysProps) {
  const t = useText()
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <SelectField
        label={t.series.mode}
        value={mode}
        onChange={(event) => onChange({ mode: event.target.value as Recurrence['mode'] })}
      >
        <option value="schedule">{t.series.modes.schedule}</option>
        <option value="after_completion">{t.series.modes.after_completion}</option>
      </SelectField>
      <SelectField
        label={t.series.missed}
        value={missed}
        onChange={(event) => onChange({ missed: event.target.value as Recurrence['missed'] })}
      >
        <option value="skip">{t.series.missedWays.skip}</option>
        <option value="keep">{t.series.missedWays.keep}</option>
      </SelectField>
    </div>
  )
}
