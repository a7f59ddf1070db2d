import { type ReactNode, useId } from 'react'

/** A part of the panel under a heading of its own. */
export function PanelSection({
  title,
  aside,
  children,
}: {
  title: string
  aside?: ReactNode
  children: ReactNode
}) {
  const id = useId()
  return (
    <section aria-labelledby={id} className="flex flex-col gap-1.5">
      <div className="flex min-h-8 items-center gap-3">
        <h3 id={id} className="grow text-sm font-semibold text-muted">
          {title}
        </h3>
        {aside}
      </div>
      {children}
    </section>
  )
}
