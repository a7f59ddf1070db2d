import { useState } from 'react'
import type { ImportReport } from '@/client/schema'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Field, SelectField } from '@/components/ui/field'
import { useWorkspace } from '@/data/hooks'
import { ApiError } from '@/lib/errors'
import { faultOf } from '@/text/explain'
import { useText } from '@/text/pages'
import { useLocale } from '@/text/text'
import { FORMATS, type Format, formatOf, sendImport } from './import-request'
import { ImportResult } from './import-result'
import { Progress } from './progress'
import { Section } from './section'

/** First a dry run, whose report is shown; then the import. */
export function ImportFile() {
  const t = useText()
  const locale = useLocale()
  const workspace = useWorkspace()
  const [file, setFile] = useState<File | null>(null)
  const [format, setFormat] = useState<Format>('detect')
  const [share, setShare] = useState<number | null>(null)
  const [report, setReport] = useState<ImportReport | null>(null)
  const [fault, setFault] = useState<string | null>(null)
  const isBusy = share !== null

  const begin = (chosen: File | null, chosenFormat: Format) => {
    setFile(chosen)
    setFormat(chosenFormat)
    setReport(null)
    setFault(null)
  }
  const send = async (isDryRun: boolean) => {
    if (file === null) return
    begin(file, format)
    setShare(0)
    try {
      setReport(await sendImport({ file, format, isDryRun, onProgress: setShare }))
      if (!isDryRun) void workspace.refresh({ everything: true })
    } catch (error) {
      const refused = error instanceof ApiError ? error.problem.report : null
      if (refused) setReport(refused)
      else setFault(faultOf(error, t, locale))
    }
    setShare(null)
  }
  const isReady = report?.dry_run && report.lines.every((line) => line.level !== 'error')

  return (
    <Section title={t.settings.importTitle} note={t.settings.importNote}>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field
          type="file"
          label={t.settings.file}
          hint={t.settings.fileHint}
          accept=".json,.csv,.ics,.ical,application/json,text/csv,text/calendar"
          disabled={isBusy}
          onChange={(event) => {
            const chosen = event.target.files?.[0] ?? null
            begin(chosen, formatOf(chosen?.name ?? ''))
          }}
          className="file:me-3 file:rounded-sm file:bg-hover file:px-2 file:font-medium"
        />
        <SelectField
          label={t.settings.format}
          value={format}
          disabled={isBusy}
          onChange={(event) => begin(file, event.target.value as Format)}
        >
          {FORMATS.map((name) => (
            <option key={name} value={name}>
              {t.settings.formats[name]}
            </option>
          ))}
        </SelectField>
      </div>
      {report && <ImportResult report={report} />}
      <Alert className="mt-4">{fault}</Alert>
      {share !== null && <Upload share={share} />}
      <div className="mt-4">
        {isReady ? (
          <Button look="primary" disabled={isBusy} onClick={() => void send(false)}>
            {t.settings.importNow}
          </Button>
        ) : (
          <Button disabled={isBusy || file === null} onClick={() => void send(true)}>
            {t.settings.checkFile}
          </Button>
        )}
      </div>
    </Section>
  )
}

/** What happens after the last byte has been sent takes as long as it takes. */
function Upload({ share }: { share: number }) {
  const t = useText()
  return share < 1 ? (
    <Progress label={t.settings.uploading} share={share} />
  ) : (
    <Progress label={t.settings.reading} />
  )
}
