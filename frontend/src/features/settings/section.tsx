import { type ReactNode, useId } from 'react'

interface Props {
  title: string
  note?: ReactNode
  children: ReactNode
}

/** A part of a page of settings. */
export function Section({ title, note, children }: Props) {
  const id = useId()
  return (
    <section aria-labelledby={id} className="border-t border-line py-8 first:border-t-0">
      <h2 id={id} className="text-lg font-semibold">
        {title}
      </h2>
      {note && <p className="mt-0.5 max-w-prose text-muted">{note}</p>}
      <div className="mt-4">{children}</div>
    </section>
  )
}

/** As wide as a form is easy to read. */
export function Narrow({ children }: { children: ReactNode }) {
  return <div className="max-w-sm">{children}</div>
}
