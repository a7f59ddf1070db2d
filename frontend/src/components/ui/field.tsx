import { type ComponentProps, type ReactNode, useId } from 'react'
import { classes } from '@/lib/classes'

export const INPUT =
  'min-h-9 w-full rounded-md border border-strong-line bg-surface px-3 py-1.5 placeholder:text-muted aria-invalid:border-danger pointer-coarse:min-h-11'

interface Props {
  label: string
  hint?: string | undefined
  error?: string | undefined
}

interface InputProps extends Props {
  /** A button inside the input, at its end. */
  button?: ReactNode
}

/** A labelled input with its hint and its error, which screen readers are told with it. */
export function Field({
  label,
  hint,
  error,
  button,
  className,
  ...rest
}: ComponentProps<'input'> & InputProps) {
  const id = useId()
  return (
    <Labelled id={id} label={label} hint={hint} error={error}>
      <div className="relative flex items-center">
        <input
          id={id}
          aria-invalid={error !== undefined}
          aria-describedby={error || hint ? `${id}-note` : undefined}
          className={classes(INPUT, button !== undefined && 'pe-11', className)}
          {...rest}
        />
        {button && <span className="absolute end-0.5 flex">{button}</span>}
      </div>
    </Labelled>
  )
}

export function SelectField({ label, hint, error, className, ...rest }: ComponentProps<'select'> & Props) {
  const id = useId()
  return (
    <Labelled id={id} label={label} hint={hint} error={error}>
      <select
        id={id}
        aria-invalid={error !== undefined}
        aria-describedby={error || hint ? `${id}-note` : undefined}
        className={classes(INPUT, className)}
        {...rest}
      />
    </Labelled>
  )
}

function Labelled({ id, label, hint, error, children }: Props & { id: string; children: ReactNode }) {
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      {children}
      {(error ?? hint) && (
        <p
          id={`${id}-note`}
          role={error === undefined ? undefined : 'alert'}
          className={classes('text-sm', error ? 'text-danger' : 'text-muted')}
        >
          {error ?? hint}
        </p>
      )}
    </div>
  )
}
