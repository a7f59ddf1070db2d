import type { ImportLine, ImportReport } from '@/client/schema'
import { useText } from '@/text/pages'
import { useLocale } from '@/text/text'

const KINDS = ['tasks', 'tags', 'recurring_tasks', 'task_instances'] as const
type Found = ImportLine & { level: 'error' | 'warning' }

export function ImportResult({ report }: { report: ImportReport }) {
  const t = useText()
  const found = report.lines.filter((line): line is Found => line.level !== 'info')
  const isRefused = found.some((line) => line.level === 'error')
  const done = report.dry_run ? t.settings.wouldImport : t.settings.imported
  return (
    <div className="mt-6">
      <div role="status">
        <h3 className={isRefused ? 'font-semibold text-danger' : 'font-semibold'}>
          {isRefused ? t.settings.refused : done}
        </h3>
      </div>
      {!isRefused && <Counts report={report} />}
      {found.length > 0 && <Lines lines={found} />}
      {found.length > 0 && report.lines_left_out > 0 && (
        <p className="mt-2 text-sm text-muted">{t.settings.linesLeftOut(report.lines_left_out)}</p>
      )}
    </div>
  )
}

function Counts({ report }: { report: ImportReport }) {
  const t = useText()
  const numbers = new Intl.NumberFormat(useLocale())
  return (
    <table className="mt-2 text-start">
      <thead>
        <tr className="text-sm text-muted">
          <th scope="col" className="py-1 pe-6 text-start font-medium">
            {t.settings.kind}
          </th>
          <th scope="col" className="py-1 pe-6 text-end font-medium">
            {t.settings.created}
          </th>
          <th scope="col" className="py-1 text-end font-medium">
            {t.settings.existing}
          </th>
        </tr>
      </thead>
      <tbody className="tabular-nums">
        {KINDS.map((kind) => (
          <tr key={kind} className="border-t border-line">
            <th scope="row" className="py-1 pe-6 text-start font-normal">
              {t.settings.kinds[kind]}
            </th>
            <td className="py-1 pe-6 text-end font-semibold">{numbers.format(report.created[kind])}</td>
            <td className="py-1 text-end text-muted">{numbers.format(report.existing[kind])}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Lines({ lines }: { lines: Found[] }) {
  const t = useText()
  return (
    <section
      aria-label={t.settings.linesTitle}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
      tabIndex={0}
      className="mt-4 max-h-80 overflow-auto rounded-md border border-line"
    >
      <table className="w-full">
        <thead className="sticky top-0 bg-sunken text-sm text-muted">
          <tr>
            {[t.settings.place, t.settings.level, t.settings.message].map((name) => (
              <th key={name} scope="col" className="px-3 py-1.5 text-start font-medium">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the lines never change
            <tr key={index} className="border-t border-line align-top">
              <td className="px-3 py-1.5 whitespace-nowrap tabular-nums">
                {line.line === null ? <bdi>{line.pointer}</bdi> : t.settings.line(line.line)}
              </td>
              <td className={line.level === 'error' ? 'px-3 py-1.5 text-danger' : 'px-3 py-1.5 text-warning'}>
                {t.settings.levels[line.level]}
              </td>
              <td lang="en" dir="auto" className="w-full px-3 py-1.5">
                {line.message}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
