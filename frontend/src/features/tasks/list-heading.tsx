import type { ReactNode } from 'react'
import { useText } from '@/text/text'

interface Props {
  id: string
  title: string
  note: string | undefined
  count: number
  children: ReactNode
}

export function ListHeading({ id, title, note, count, children }: Props) {
  const t = useText()
  return (
    <div className="flex flex-wrap items-center gap-x-2 px-2 pt-5 pb-1.5">
      <h2
        data-heading={id}
        tabIndex={-1}
        className="flex min-w-0 grow basis-0 flex-wrap items-baseline gap-x-2 rounded-sm font-semibold"
      >
        {title} {note && <span className="font-normal text-muted">{note}</span>}{' '}
        <span className="text-sm font-normal text-muted">{t.tasks.count(count)}</span>
      </h2>
      {children}
    </div>
  )
}
