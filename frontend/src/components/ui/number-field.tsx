import { type ComponentProps, useState } from 'react'
import { Field } from './field'

interface Props extends Omit<ComponentProps<'input'>, 'value' | 'onChange'> {
  label: string
  value: number
  min: number
  max: number
  onChange: (value: number) => void
}

/** A whole number. What is typed may be none for a while; when the field is left, it shows the number again. */
export function NumberField({ value, min, max, onChange, ...rest }: Props) {
  const [typed, setTyped] = useState<string | null>(null)
  return (
    <Field
      type="number"
      inputMode="numeric"
      min={min}
      max={max}
      value={typed ?? value}
      onChange={(event) => {
        setTyped(event.target.value)
        const number = Number(event.target.value)
        if (Number.isInteger(number) && number >= min && number <= max) onChange(number)
      }}
      onBlur={() => setTyped(null)}
      {...rest}
    />
  )
}
