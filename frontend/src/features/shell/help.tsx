import { Link } from '@tanstack/react-router'
import { Fragment } from 'react'
import { Dialog } from '@/components/ui/dialog'
import { useText } from '@/text/pages'
import type { Text } from '@/text/text'
import { PLACES } from './places'

/** Every key of the app: single ones, chords with +, sequences with a space, and alternatives. */
export function Help({ onClose }: { onClose: () => void }) {
  const t = useText()
  return (
    <Dialog title={t.views.help} onClose={onClose}>
      <table className="w-full">
        <thead className="sr-only">
          <tr>
            <th scope="col">{t.views.helpAction}</th>
            <th scope="col">{t.views.helpKey}</th>
          </tr>
        </thead>
        {groupsOf(t).map(([title, keys]) => (
          <tbody key={title}>
            <tr>
              <th
                scope="rowgroup"
                colSpan={2}
                className="pt-4 pb-1 text-start text-sm font-semibold text-muted"
              >
                {title}
              </th>
            </tr>
            {keys.map(([action, ...alternatives]) => (
              <tr key={action} className="border-t border-line">
                <th scope="row" className="py-2 pe-4 text-start font-normal">
                  {action}
                </th>
                <td className="py-2 text-end whitespace-nowrap">
                  <Keys alternatives={alternatives} />
                </td>
              </tr>
            ))}
          </tbody>
        ))}
      </table>
      <p className="pt-5 text-sm text-muted">
        {t.views.helpNote}{' '}
        <Link to="/settings" onClick={onClose} className="text-accent underline">
          {t.views.toSettings}
        </Link>
      </p>
    </Dialog>
  )
}

function Keys({ alternatives }: { alternatives: string[] }) {
  const t = useText()
  return alternatives.map((keys) => (
    <kbd key={keys} className="ms-1.5 inline-flex items-baseline gap-1 font-sans">
      {keys.split(/[+ ]/).map((key, index) => (
        <Fragment key={key}>
          {index > 0 && keys.includes(' ') && <span className="text-sm text-muted"> {t.views.thenKey} </span>}
          <kbd className="inline-flex min-w-6 justify-center rounded-sm border border-line bg-sunken px-1.5 font-sans text-sm">
            {key}
          </kbd>
        </Fragment>
      ))}
    </kbd>
  ))
}

function groupsOf({
  app,
  views: { groups, helpGroups, keys, key },
}: Text): [string, [string, ...string[]][]][] {
  const isMac = navigator.platform.startsWith('Mac')
  const modifier = isMac ? '⌘' : key.control
  const alt = isMac ? '⌥' : 'Alt'
  return [
    [
      helpGroups.everywhere,
      [
        [keys.palette, `${modifier}+K`],
        [keys.add, 'Q'],
        [keys.search, '/'],
        [keys.help, '?'],
        [keys.undo, `${modifier}+Z`],
        [keys.escape, key.escape],
      ],
    ],
    [groups.go, PLACES.map((place): [string, string] => [app[place.name], `G ${place.key.toUpperCase()}`])],
    [
      helpGroups.list,
      [
        [keys.move, 'J', 'K', '↓', '↑'],
        [keys.select, 'X'],
        [keys.selectAll, `${modifier}+A`],
        [keys.open, key.enter],
      ],
    ],
    [
      helpGroups.task,
      [
        [keys.complete, key.space],
        [keys.edit, 'E'],
        [keys.priority, '1', '2', '3', '4'],
        [keys.noPriority, '0'],
        [keys.choosePriority, 'P'],
        [keys.due, 'D'],
        [keys.tags, '#'],
        [keys.reorder, `${alt}+↑`, `${alt}+↓`],
        [keys.trash, key.delete],
      ],
    ],
  ]
}
