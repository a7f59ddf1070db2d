import {
  BarChart3,
  CalendarClock,
  CalendarRange,
  CircleCheck,
  Inbox,
  Repeat,
  Settings,
  Tag,
  Trash2,
} from 'lucide-react'

/** The views of the navigation, and the key that leads there after G. */
export const VIEWS = [
  { to: '/inbox', name: 'inbox', icon: Inbox, key: 'i' },
  { to: '/today', name: 'today', icon: CalendarClock, key: 't' },
  { to: '/upcoming', name: 'upcoming', icon: CalendarRange, key: 'u' },
  { to: '/series', name: 'series', icon: Repeat, key: 'r' },
  { to: '/completed', name: 'completed', icon: CircleCheck, key: 'c' },
  { to: '/trash', name: 'trash', icon: Trash2, key: 'x' },
  { to: '/stats', name: 'stats', icon: BarChart3, key: 's' },
] as const

/** Every page that a key leads to. */
export const PLACES = [
  ...VIEWS,
  { to: '/tags', name: 'tags', icon: Tag, key: '#' },
  { to: '/settings', name: 'settings', icon: Settings, key: ',' },
] as const
