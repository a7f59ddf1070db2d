import { Link } from '@tanstack/react-router'
import { useText } from '@/text/text'

export function NotFound() {
  const t = useText()
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-4 p-6 text-center">
      <h1 className="text-xl font-bold">{t.app.notFound}</h1>
      <Link to="/inbox" className="text-accent underline">
        {t.app.backHome}
      </Link>
    </main>
  )
}

export function Fault() {
  const t = useText()
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-4 p-6 text-center">
      <h1 className="text-xl font-bold">{t.app.fault}</h1>
      <button type="button" className="text-accent underline" onClick={() => location.reload()}>
        {t.app.reload}
      </button>
    </main>
  )
}
