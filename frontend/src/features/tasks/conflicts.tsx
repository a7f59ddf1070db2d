export function Conflicts({ onClose }: { onClose: () => void }) {
  return <button type="button" onClick={onClose} />
}
