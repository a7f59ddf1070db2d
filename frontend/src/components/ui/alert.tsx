import type { ReactNode } from 'react'
import { classes } from '@/lib/classes'

/** What went wrong, where it did. Nothing where nothing did. */
export function Alert({ children, className }: { children: ReactNode; className?: string }) {
  if (!children) return null
  return (
    <p role="alert" className={classes('rounded-md bg-danger-soft px-3 py-2 text-sm text-danger', className)}>
      {children}
    </p>
  )
}
