import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { notices, startAccount } from '@/data/account'
import { toast } from '@/lib/toasts'
import { currentText, startLanguage } from '@/text/text'
import { router } from './router'
import { startServiceWorker } from './service-worker'
import './styles.css'

notices.dropped = (detail) => toast(currentText().app.dropped(detail), { tone: 'danger' })
notices.fault = () => toast(currentText().app.fault, { tone: 'danger' })

/** Not awaited at the top: a language comes as a file of its own, which waits for this one. */
async function start(): Promise<void> {
  await Promise.all([startLanguage(), startAccount()])
  const element = document.getElementById('root')
  if (element === null) return
  createRoot(element).render(
    <StrictMode>
      <RouterProvider router={router} />
    </StrictMode>,
  )
}

void start()
startServiceWorker()

// What a key or a click needs next, so that neither has to wait for it. Without a network it is asked for again then.
const SOON = [
  () => import('@/features/tasks/due-picker'),
  () => import('@/features/tasks/tag-picker'),
  () => import('@/features/tasks/task-panel'),
  () => import('@/features/shell/palette'),
  () => import('@/features/tasks/quick-add-dialog'),
  () => import('@/features/search/search-page'),
]
setTimeout(() => {
  for (const load of SOON) load().catch(() => undefined)
}, 1_000)
