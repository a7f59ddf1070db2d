import { Link, Outlet } from '@tanstack/react-router'
import { LogOut as LogOutIcon } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { LogOut } from '@/features/auth/log-out'
import { Page } from '@/features/shell/page'
import { useText } from '@/text/pages'

const TAB =
  '-mb-px flex min-h-10 items-center border-b-2 border-transparent font-medium text-muted hover:text-ink aria-[current=page]:border-accent aria-[current=page]:text-ink pointer-coarse:min-h-11'

export function SettingsPage() {
  const t = useText()
  const [isLeaving, setLeaving] = useState(false)
  const logOut = (
    <Button onClick={() => setLeaving(true)}>
      <LogOutIcon size={16} aria-hidden />
      {t.account.logOut}
    </Button>
  )
  return (
    <Page title={t.app.settings} menus={logOut}>
      <nav aria-label={t.settings.sections} className="flex flex-wrap gap-x-5 border-b border-line">
        <Link to="/settings" activeOptions={{ exact: true }} className={TAB}>
          {t.settings.profile}
        </Link>
        <Link to="/settings/security" className={TAB}>
          {t.settings.security}
        </Link>
        <Link to="/settings/appearance" className={TAB}>
          {t.settings.appearance}
        </Link>
        <Link to="/settings/data" className={TAB}>
          {t.settings.data}
        </Link>
      </nav>
      <Outlet />
      {isLeaving && <LogOut onCancel={() => setLeaving(false)} />}
    </Page>
  )
}
