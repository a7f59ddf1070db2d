import type { ComponentProps } from 'react'
import { classes } from '@/lib/classes'

const LOOKS = {
  primary: 'bg-accent text-on-accent hover:opacity-90',
  plain: 'border border-line bg-surface hover:bg-hover',
  quiet: 'hover:bg-hover',
  danger: 'border border-line bg-surface text-danger hover:bg-danger-soft',
}

type Look = { look?: keyof typeof LOOKS }

export function Button({ look = 'plain', className, ...rest }: ComponentProps<'button'> & Look) {
  return (
    <button
      type="button"
      className={classes(
        'inline-flex min-h-9 items-center justify-center gap-2 rounded-md px-3.5 font-medium pointer-coarse:min-h-11',
        LOOKS[look],
        className,
      )}
      {...rest}
    />
  )
}

/** A button that shows only an icon. `label` is what it is called, and its tooltip. */
export function IconButton({
  label,
  look = 'quiet',
  className,
  ...rest
}: ComponentProps<'button'> & Look & { label: string }) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={classes(
        'inline-flex size-8 shrink-0 items-center justify-center rounded-md text-muted pointer-coarse:size-11',
        LOOKS[look],
        className,
      )}
      {...rest}
    />
  )
}
