import { useQuery } from '@tanstack/react-query'
import { Monitor, Smartphone } from 'lucide-react'
import { useState } from 'react'
import type { SessionPublic } from '@/client/schema'
import { Button } from '@/components/ui/button'
import { useSignedIn } from '@/data/hooks'
import { api, unwrap } from '@/lib/api'
import { formatInstant } from '@/lib/dates'
import { queryClient } from '@/lib/query'
import { toast } from '@/lib/toasts'
import { faultOf } from '@/text/explain'
import { useText } from '@/text/pages'
import { type Text, useLocale } from '@/text/text'
import { deviceOf } from './device-name'
import { Section } from './section'

export const SESSIONS = ['sessions']

export function Sessions() {
  const t = useText()
  const locale = useLocale()
  const [isBusy, setBusy] = useState(false)
  const { data, error, refetch } = useQuery(
    { queryKey: SESSIONS, queryFn: () => unwrap(api.GET('/api/v1/auth/sessions')) },
    queryClient,
  )
  const end = async (request: () => Promise<unknown>, told: string) => {
    setBusy(true)
    try {
      await request()
      toast(told)
    } catch (thrown) {
      toast(faultOf(thrown, t, locale), { tone: 'danger' })
    }
    await refetch()
    setBusy(false)
  }
  const endOthers = () => end(() => unwrap(api.DELETE('/api/v1/auth/sessions')), t.settings.sessionsEnded)
  const endOne = ({ id }: SessionPublic) => {
    const params = { path: { session_id: id } }
    return end(
      () => unwrap(api.DELETE('/api/v1/auth/sessions/{session_id}', { params })),
      t.settings.sessionEnded,
    )
  }

  return (
    <Section title={t.settings.sessionsTitle}>
      {error && !data && (
        <div role="alert" className="flex flex-wrap items-center gap-3">
          <p>{faultOf(error, t, locale)}</p>
          <Button onClick={() => void refetch()}>{t.app.retry}</Button>
        </div>
      )}
      {!error && !data && <p role="status">{t.app.loading}</p>}
      <ul className="-mt-2 divide-y divide-line">
        {data?.items.map((session) => (
          <SessionLine
            key={session.id}
            session={session}
            isBusy={isBusy}
            onEnd={() => void endOne(session)}
          />
        ))}
      </ul>
      {data && data.items.length > 1 && (
        <Button look="danger" disabled={isBusy} className="mt-3" onClick={() => void endOthers()}>
          {t.settings.endOthers}
        </Button>
      )}
    </Section>
  )
}

interface LineProps {
  session: SessionPublic
  isBusy: boolean
  onEnd: () => void
}

function SessionLine({ session, isBusy, onEnd }: LineProps) {
  const t = useText()
  const locale = useLocale()
  const { user } = useSignedIn()
  const device = nameOf(session, t)
  const isPhone = /\b(iPhone|iPad|Android)\b/.test(session.device ?? '')
  const Icon = isPhone ? Smartphone : Monitor
  const used = t.settings.lastUsed(formatInstant(session.last_used_at, locale, user.timezone))
  return (
    <li className="flex items-center gap-3 py-3">
      <Icon size={20} aria-hidden className="shrink-0 text-muted" />
      <div className="min-w-0 grow">
        <p className="flex flex-wrap items-baseline gap-x-2">
          <span className="font-medium break-words" title={session.device ?? undefined}>
            {device}
          </span>
          {session.is_current && (
            <span className="rounded-full bg-accent-soft px-2 text-xs font-medium">
              {t.settings.thisDevice}
            </span>
          )}
        </p>
        <p className="text-sm text-muted">
          {[used, session.network && t.settings.network(session.network)].filter(Boolean).join(' · ')}
        </p>
      </div>
      {!session.is_current && (
        <Button disabled={isBusy} aria-label={t.settings.endSessionOn(device)} onClick={onEnd}>
          {t.settings.endSession}
        </Button>
      )}
    </li>
  )
}

function nameOf({ device }: SessionPublic, t: Text): string {
  if (device === null) return t.settings.unknownDevice
  const known = deviceOf(device)
  return known === null ? device : t.settings.deviceOn(known.browser, known.system)
}
