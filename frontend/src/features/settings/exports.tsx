import { Download } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { download } from '@/lib/download'
import { toast } from '@/lib/toasts'
import { faultOf } from '@/text/explain'
import { useText } from '@/text/pages'
import { useLocale } from '@/text/text'
import { Progress } from './progress'
import { Section } from './section'

const PATHS = {
  account: '/api/v1/users/me/export',
  csv: '/api/v1/tasks/export?format=csv',
  ics: '/api/v1/tasks/export?format=ics',
}
type Kind = keyof typeof PATHS

export function Exports() {
  const t = useText()
  return (
    <Section title={t.settings.exportTitle} note={t.settings.exportNote}>
      <ul className="-mt-2 divide-y divide-line">
        {(Object.keys(PATHS) as Kind[]).map((kind) => (
          <ExportLine key={kind} kind={kind} />
        ))}
      </ul>
    </Section>
  )
}

function ExportLine({ kind }: { kind: Kind }) {
  const t = useText()
  const locale = useLocale()
  const [bytes, setBytes] = useState<number | null>(null)
  const run = async () => {
    setBytes(0)
    try {
      await download(PATHS[kind], setBytes)
    } catch (error) {
      toast(faultOf(error, t, locale), { tone: 'danger' })
    }
    setBytes(null)
  }
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 py-3">
      <div className="min-w-0 grow basis-60">
        <p className="font-medium">{t.settings.exports[kind]}</p>
        <p className="text-sm text-muted">{t.settings.exportNotes[kind]}</p>
        {bytes !== null && (
          <Progress label={t.settings.downloading} note={t.settings.bytesSoFar(formatBytes(bytes, locale))} />
        )}
      </div>
      <Button
        disabled={bytes !== null}
        aria-label={t.settings.downloadOf(t.settings.exports[kind])}
        onClick={() => void run()}
      >
        <Download size={16} aria-hidden />
        {t.settings.download}
      </Button>
    </li>
  )
}

function formatBytes(bytes: number, locale: string): string {
  const isSmall = bytes < 1_000_000
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: isSmall ? 'kilobyte' : 'megabyte',
    maximumFractionDigits: isSmall ? 0 : 1,
  }).format(bytes / (isSmall ? 1_000 : 1_000_000))
}
