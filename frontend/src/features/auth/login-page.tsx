import { Link, useRouter, useSearch } from '@tanstack/react-router'
import { Field } from '@/components/ui/field'
import { Form } from '@/components/ui/form'
import { logIn } from '@/data/account'
import { useText } from '@/text/pages'
import { AuthPage, LINK } from './auth-page'
import { nextPath } from './next-path'
import { PasswordField } from './password-field'

export function LoginPage() {
  const t = useText()
  const { history } = useRouter()
  const { next, reason } = useSearch({ from: '/guests/login' })
  return (
    <AuthPage
      title={t.account.logIn}
      links={
        <>
          <Link to="/forgot-password" className={LINK}>
            {t.account.forgot}
          </Link>
          <p>
            {t.account.isNew}{' '}
            <Link to="/register" search={{ next }} className={LINK}>
              {t.account.register}
            </Link>
          </p>
        </>
      }
    >
      {reason === 'ended' && (
        <div role="status" className="mb-5 rounded-md bg-warning-soft px-3 py-2.5">
          <p className="font-medium">{t.account.ended}</p>
          <p className="mt-0.5 text-sm">{t.account.endedNote}</p>
        </div>
      )}
      <Form
        submitLabel={t.account.logIn}
        isWide
        onSend={async ({ email = '', password = '' }) => {
          await logIn(email, password)
          history.replace(nextPath(next))
        }}
      >
        {(errors) => (
          <>
            <Field
              label={t.account.identity}
              name="email"
              error={errors.email}
              autoComplete="username"
              autoCapitalize="none"
              spellCheck={false}
              dir="auto"
              autoFocus
              required
              maxLength={254}
            />
            <PasswordField
              label={t.account.password}
              name="password"
              error={errors.password}
              autoComplete="current-password"
            />
          </>
        )}
      </Form>
    </AuthPage>
  )
}
