export function Palette({ onClose }: { onClose: () => void; onHelp: () => void }) {
  return <button type="button" onClick={onClose} />
}
