import { Link, useNavigate } from '@tanstack/react-router'
import { useLayoutEffect, useState } from 'react'
import { Form } from '@/components/ui/form'
import { api, unwrap } from '@/lib/api'
import { toast } from '@/lib/toasts'
import { useText } from '@/text/pages'
import { AuthPage, LINK } from './auth-page'
import { PasswordField } from './password-field'

export function ResetPasswordPage() {
  const t = useText()
  const navigate = useNavigate()
  const token = useTokenOfLink()
  const again = (
    <Link to="/forgot-password" className={LINK}>
      {t.account.newLink}
    </Link>
  )
  if (token === null)
    return (
      <AuthPage title={t.account.resetTitle} links={again}>
        <p>{t.account.noToken}</p>
      </AuthPage>
    )
  return (
    <AuthPage title={t.account.resetTitle} note={t.account.resetNote} links={again}>
      <Form
        submitLabel={t.account.setPassword}
        isWide
        onSend={async ({ new_password = '' }) => {
          await unwrap(api.POST('/api/v1/auth/reset-password', { body: { token, new_password } }))
          toast(t.account.passwordSet)
          await navigate({ to: '/login' })
        }}
      >
        {(errors) => (
          <PasswordField
            label={t.account.newPassword}
            name="new_password"
            error={errors.new_password}
            autoComplete="new-password"
            autoFocus
          />
        )}
      </Form>
    </AuthPage>
  )
}

/** Read once; then it is taken out of the address bar, the history and any screenshot. */
function useTokenOfLink(): string | null {
  const [token] = useState(() => new URLSearchParams(location.hash.slice(1)).get('token'))
  useLayoutEffect(() => {
    if (location.hash !== '') history.replaceState(history.state, '', location.pathname)
  }, [])
  return token
}
