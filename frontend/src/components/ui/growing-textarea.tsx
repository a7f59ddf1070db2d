import type { ComponentProps } from 'react'
import { classes } from '@/lib/classes'

/** As high as its text. A copy of the text lies behind it and gives the height, in every browser. */
export function GrowingTextarea({
  className,
  value,
  ...rest
}: ComponentProps<'textarea'> & { value: string }) {
  const shared = 'col-start-1 row-start-1 min-w-0 whitespace-pre-wrap [overflow-wrap:anywhere]'
  return (
    <div className="grid min-w-0 grow">
      <div aria-hidden className={classes(shared, className, 'invisible')}>
        {`${value} `}
      </div>
      <textarea
        rows={1}
        dir="auto"
        value={value}
        className={classes(shared, className, 'resize-none overflow-hidden')}
        {...rest}
      />
    </div>
  )
}
