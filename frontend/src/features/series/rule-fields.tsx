import { SelectField } from '@/components/ui/field'
import { NumberField } from '@/components/ui/number-field'
import { classes } from '@/lib/classes'
import { firstWeekday } from '@/lib/dates'
import { type Day, weekday } from '@/lib/days'
import { useText } from '@/text/pages'
import { useLocale } from '@/text/text'
import { firstOf, MAXIMUM, type MonthDay, ORDINALS, type RuleForm, UNITS, type Unit } from './rrule-form'
import { weekdayName } from './rule-words'

const SHORTEST_MONTH = 28
const LONGEST_MONTH = 31

interface Props {
  form: RuleForm
  start: Day
  onChange: (form: RuleForm) => void
}

/** Every so many days, weeks, months or years, and on which days of these. */
export function RuleFields({ form, start, onChange }: Props) {
  const t = useText()
  const { interval, repetition } = form
  return (
    <>
      <div className="grid grid-cols-2 gap-4">
        <NumberField
          label={t.series.every}
          value={interval}
          min={1}
          max={MAXIMUM}
          onChange={(next) => onChange({ ...form, interval: next })}
        />
        <SelectField
          label={t.series.unit}
          value={repetition.unit}
          onChange={(event) => onChange({ ...form, repetition: firstOf(event.target.value as Unit, start) })}
        >
          {UNITS.map((unit) => (
            <option key={unit} value={unit}>
              {t.series.units[unit]}
            </option>
          ))}
        </SelectField>
      </div>
      {repetition.unit === 'week' && (
        <Weekdays
          chosen={repetition.weekdays.length > 0 ? repetition.weekdays : [weekday(start)]}
          onChange={(weekdays) => onChange({ ...form, repetition: { unit: 'week', weekdays } })}
        />
      )}
      {repetition.unit === 'month' && (
        <DayOfMonth
          on={repetition.on ?? { kind: 'day', day: Number(start.slice(8)) }}
          start={start}
          onChange={(on) => onChange({ ...form, repetition: { unit: 'month', on } })}
        />
      )}
    </>
  )
}

/** One of them stays chosen. */
function Weekdays({ chosen, onChange }: { chosen: number[]; onChange: (weekdays: number[]) => void }) {
  const t = useText()
  const locale = useLocale()
  const first = firstWeekday(locale)
  const week = [1, 2, 3, 4, 5, 6, 7].map((day) => ((day + first - 2) % 7) + 1)
  const toggle = (day: number) => {
    const next = chosen.includes(day) ? chosen.filter((one) => one !== day) : [...chosen, day].sort()
    if (next.length > 0) onChange(next)
  }
  return (
    <fieldset>
      <legend className="pb-1 text-sm font-medium">{t.series.weekdays}</legend>
      <div className="grid max-w-sm grid-cols-7 gap-1">
        {week.map((day) => (
          <button
            key={day}
            type="button"
            aria-pressed={chosen.includes(day)}
            aria-label={weekdayName(day, locale)}
            onClick={() => toggle(day)}
            className={classes(
              'min-h-9 rounded-md border text-sm pointer-coarse:min-h-11',
              chosen.includes(day)
                ? 'border-accent bg-accent text-on-accent'
                : 'border-strong-line bg-surface hover:bg-hover',
            )}
          >
            {weekdayName(day, locale, 'short')}
          </button>
        ))}
      </div>
    </fieldset>
  )
}

interface DayOfMonthProps {
  on: MonthDay
  start: Day
  onChange: (on: MonthDay) => void
}

function DayOfMonth({ on, start, onChange }: DayOfMonthProps) {
  const t = useText()
  const locale = useLocale()
  const kind = on.kind === 'day' && on.day === -1 ? 'last' : on.kind
  const date = Number(start.slice(8))
  const choices: Record<typeof kind, MonthDay> = {
    day: { kind: 'day', day: date },
    last: { kind: 'day', day: -1 },
    weekday: { kind: 'weekday', ordinal: Math.min(Math.ceil(date / 7), 5), weekday: weekday(start) },
  }
  return (
    <div className="grid grid-cols-2 gap-4">
      <SelectField
        label={t.series.monthly}
        value={kind}
        onChange={(event) => onChange(choices[event.target.value as typeof kind])}
      >
        <option value="day">{t.series.monthlyBy.day}</option>
        <option value="last">{t.series.monthlyBy.last}</option>
        <option value="weekday">{t.series.monthlyBy.weekday}</option>
      </SelectField>
      {on.kind === 'day' && on.day > 0 && (
        <NumberField
          label={t.series.day}
          value={on.day}
          min={1}
          max={LONGEST_MONTH}
          onChange={(day) => onChange({ kind: 'day', day })}
        />
      )}
      {on.kind === 'weekday' && (
        <>
          <SelectField
            label={t.series.ordinal}
            value={on.ordinal}
            onChange={(event) => onChange({ ...on, ordinal: Number(event.target.value) })}
          >
            {ORDINALS.map((ordinal) => (
              <option key={ordinal} value={ordinal}>
                {t.series.ordinals[ordinal]}
              </option>
            ))}
          </SelectField>
          <SelectField
            label={t.series.weekday}
            value={on.weekday}
            onChange={(event) => onChange({ ...on, weekday: Number(event.target.value) })}
          >
            {[1, 2, 3, 4, 5, 6, 7].map((day) => (
              <option key={day} value={day}>
                {weekdayName(day, locale)}
              </option>
            ))}
          </SelectField>
        </>
      )}
      {on.kind === 'day' && on.day > SHORTEST_MONTH && (
        <p className="col-span-2 -mt-2 text-sm text-muted">{t.series.shortMonths}</p>
      )}
    </div>
  )
}
