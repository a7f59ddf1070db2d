import { toast } from '@/lib/toasts'
import { currentText } from '@/text/text'

/** Keeps the app's files on the device, so that it opens without a network. A new version waits until it is wanted. */
export function startServiceWorker(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
  void register()
}

async function register(): Promise<void> {
  const registration = await navigator.serviceWorker.register('/sw.js').catch(() => null)
  if (registration === null) return
  if (registration.waiting) offer(registration.waiting)
  registration.addEventListener('updatefound', () => {
    const worker = registration.installing
    worker?.addEventListener('statechange', () => {
      if (worker.state === 'installed' && navigator.serviceWorker.controller) offer(worker)
    })
  })
}

function offer(worker: ServiceWorker): void {
  const { newVersion, reload } = currentText().app
  const run = () => {
    navigator.serviceWorker.addEventListener('controllerchange', () => location.reload())
    worker.postMessage({ type: 'SKIP_WAITING' })
  }
  toast(newVersion, { isLasting: true, action: { label: reload, run } })
}
