export function TaskPanel({ id }: { id: string }) {
  return <p>{id}</p>
}
