interface Props {
  label: string
  note?: string
  /** From 0 to 1. Left out where nobody knows. */
  share?: number
}

export function Progress({ label, note, share }: Props) {
  return (
    <div className="mt-2 flex items-center gap-3 text-sm">
      <progress aria-label={label} value={share} max={1} className="h-1.5 w-40" />
      <span role="status" className="text-muted">
        {label}
      </span>
      {note && <span className="text-muted tabular-nums">{note}</span>}
    </div>
  )
}
