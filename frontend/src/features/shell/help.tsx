export function Help({ onClose }: { onClose: () => void }) {
  return <button type="button" onClick={onClose} />
}
