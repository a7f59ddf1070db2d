import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { Field } from '@/components/ui/field'
import { Form } from '@/components/ui/form'
import { api, unwrap } from '@/lib/api'
import { useText } from '@/text/pages'
import { AuthPage, LINK } from './auth-page'

export function ForgotPasswordPage() {
  const t = useText()
  const [sentTo, setSentTo] = useState<string | null>(null)
  const back = (
    <Link to="/login" className={LINK}>
      {t.account.backToLogin}
    </Link>
  )
  if (sentTo !== null)
    return (
      <AuthPage title={t.account.linkSent} links={back}>
        <p role="status" className="break-words">
          {t.account.linkSentNote(sentTo)}
        </p>
      </AuthPage>
    )
  return (
    <AuthPage title={t.account.forgotTitle} note={t.account.forgotNote} links={back}>
      <Form
        submitLabel={t.account.sendLink}
        isWide
        onSend={async ({ email = '' }) => {
          await unwrap(api.POST('/api/v1/auth/forgot-password', { body: { email } }))
          setSentTo(email)
        }}
      >
        {(errors) => (
          <Field
            label={t.account.email}
            name="email"
            type="email"
            error={errors.email}
            autoComplete="email"
            autoFocus
            required
            maxLength={254}
          />
        )}
      </Form>
    </AuthPage>
  )
}
