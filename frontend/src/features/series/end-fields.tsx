import { Field, SelectField } from '@/components/ui/field'
import { NumberField } from '@/components/ui/number-field'
import { addMonths, type Day } from '@/lib/days'
import { useText } from '@/text/pages'
import { type End, MAXIMUM } from './rrule-form'

const FIRST_COUNT = 10

interface Props {
  end: End
  start: Day
  onChange: (end: End) => void
}

/** Never, on a day, or after a number of times. */
export function EndFields({ end, start, onChange }: Props) {
  const t = useText()
  const choices: Record<End['kind'], End> = {
    never: { kind: 'never' },
    until: { kind: 'until', day: addMonths(start, 3) },
    count: { kind: 'count', count: FIRST_COUNT },
  }
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <SelectField
        label={t.series.ends}
        value={end.kind}
        onChange={(event) => onChange(choices[event.target.value as End['kind']])}
      >
        <option value="never">{t.series.endings.never}</option>
        <option value="until">{t.series.endings.until}</option>
        <option value="count">{t.series.endings.count}</option>
      </SelectField>
      {end.kind === 'until' && (
        <Field
          type="date"
          label={t.series.lastDay}
          required
          min={start}
          max="9998-12-31"
          value={end.day}
          onChange={({ target: { value } }) => value !== '' && onChange({ kind: 'until', day: value })}
        />
      )}
      {end.kind === 'count' && (
        <NumberField
          label={t.series.times}
          value={end.count}
          min={1}
          max={MAXIMUM}
          onChange={(count) => onChange({ kind: 'count', count })}
        />
      )}
    </div>
  )
}
