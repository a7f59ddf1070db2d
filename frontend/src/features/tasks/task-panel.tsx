import { useNavigate } from '@tanstack/react-router'
import { PanelContent } from './panel/content'
import { PanelFrame } from './panel/frame'

/** Everything about one task: the one that the address names. */
export function TaskPanel({ id }: { id: string }) {
  const navigate = useNavigate()
  const close = () => void navigate({ to: '.', search: ({ task: _, ...before }) => before, replace: true })
  return (
    <PanelFrame id={id} onClose={close}>
      <PanelContent key={id} id={id} onClose={close} />
    </PanelFrame>
  )
}
