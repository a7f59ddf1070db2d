import { useNavigate } from '@tanstack/react-router'
import {
  Circle,
  Hash,
  Keyboard,
  Languages,
  LogOut,
  type LucideIcon,
  Monitor,
  Moon,
  Plus,
  Search,
  Settings,
  Sun,
} from 'lucide-react'
import { useMemo } from 'react'
import { useReplica, useTags } from '@/data/hooks'
import { openTasks } from '@/features/tasks/list-page'
import { chooseTheme } from '@/lib/preferences'
import { useText } from '@/text/pages'
import { chooseLanguage, LANGUAGES, type Language, type Text } from '@/text/text'
import { type Answer, answers } from './matching'
import { PLACES } from './places'

type Group = keyof Text['views']['groups']

export interface Command {
  id: string
  title: string
  icon: LucideIcon
  /** The colour of a tag. */
  color?: string
  /** The key, or the two after each other, that do the same. */
  keys?: string
  run: () => void
}

export interface CommandGroup {
  id: Group
  commands: Command[]
}

const MOST = 20

/** What the shell shows. */
export interface Dialogs {
  onAdd: () => void
  onHelp: () => void
  onLogOut: () => void
}

/** What answers a query, the group with the best answer first. Tasks are offered once something is typed. */
export function useCommands(query: string, dialogs: Dialogs): CommandGroup[] {
  const all: Record<Group, Command[]> = {
    go: useViews(),
    do: useDeeds(dialogs),
    tags: useTagCommands(),
    appearance: useAppearance(),
    tasks: useTaskCommands(),
  }
  const isAsked = query.trim() !== ''
  return Object.entries(all)
    .filter(([id]) => isAsked || id !== 'tasks')
    .map(([id, commands]) => ({
      id: id as Group,
      found: answers(commands, query, (command) => command.title),
    }))
    .filter(({ found }) => found.length > 0)
    .sort((one, other) => bestOf(other.found) - bestOf(one.found))
    .map(({ id, found }) => ({ id, commands: found.slice(0, MOST).map(({ item }) => item) }))
}

function bestOf([first]: Answer<Command>[]): number {
  return first?.score ?? 0
}

function useViews(): Command[] {
  const t = useText()
  const navigate = useNavigate()
  const partsOfSettings = [
    ['/settings/security', t.settings.security],
    ['/settings/appearance', t.settings.appearance],
    ['/settings/data', t.settings.data],
  ] as const
  return [
    ...PLACES.map(({ to, name, icon, key }) => ({
      id: to,
      title: t.app[name],
      icon,
      keys: `G ${key.toUpperCase()}`,
      run: () => void navigate({ to }),
    })),
    ...partsOfSettings.map(([to, part]) => ({
      id: to,
      title: `${t.app.settings}: ${part}`,
      icon: Settings,
      run: () => void navigate({ to }),
    })),
  ]
}

function useDeeds({ onAdd, onHelp, onLogOut }: Dialogs): Command[] {
  const t = useText()
  const navigate = useNavigate()
  return [
    { id: 'add', title: t.views.addTask, icon: Plus, keys: 'Q', run: onAdd },
    {
      id: 'search',
      title: t.app.search,
      icon: Search,
      keys: '/',
      run: () => void navigate({ to: '/search' }),
    },
    { id: 'help', title: t.views.showKeys, icon: Keyboard, keys: '?', run: onHelp },
    { id: 'log-out', title: t.account.logOut, icon: LogOut, run: onLogOut },
  ]
}

function useAppearance(): Command[] {
  const t = useText()
  const themes = [
    ['system', Monitor],
    ['light', Sun],
    ['dark', Moon],
  ] as const
  return [
    ...themes.map(([theme, icon]) => ({
      id: `theme-${theme}`,
      title: t.views.themes[theme],
      icon,
      run: () => chooseTheme(theme),
    })),
    ...Object.entries(LANGUAGES).map(([language, name]) => ({
      id: `language-${language}`,
      title: t.views.speak(name),
      icon: Languages,
      run: () => chooseLanguage(language as Language),
    })),
  ]
}

function useTagCommands(): Command[] {
  const navigate = useNavigate()
  return useTags().map(({ id, name, color }) => ({
    id,
    title: name,
    icon: Hash,
    color,
    run: () => void navigate({ to: '/tags/$tagId', params: { tagId: id } }),
  }))
}

function useTaskCommands(): Command[] {
  const navigate = useNavigate()
  const tasks = useReplica(openTasks)
  return useMemo(
    () =>
      tasks.map(({ id, title }) => ({
        id,
        title,
        icon: Circle,
        run: () => void navigate({ to: '.', search: (before) => ({ ...before, task: id }) }),
      })),
    [tasks, navigate],
  )
}
