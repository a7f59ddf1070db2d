import { Link, useRouter, useSearch } from '@tanstack/react-router'
import { Field } from '@/components/ui/field'
import { Form, type FormValues } from '@/components/ui/form'
import { register } from '@/data/account'
import { ApiError } from '@/lib/errors'
import { useText } from '@/text/pages'
import { AuthPage, LINK } from './auth-page'
import { nextPath } from './next-path'
import { PasswordField } from './password-field'

export function RegisterPage() {
  const t = useText()
  const { history } = useRouter()
  const { next } = useSearch({ from: '/guests/register' })
  return (
    <AuthPage
      title={t.account.register}
      links={
        <p>
          {t.account.hasAccount}{' '}
          <Link to="/login" search={{ next }} className={LINK}>
            {t.account.logIn}
          </Link>
        </p>
      }
    >
      <Form
        submitLabel={t.account.register}
        isWide
        onSend={async (values) => {
          await registerHere(values)
          history.replace(nextPath(next))
        }}
      >
        {(errors) => (
          <>
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
            <PasswordField
              label={t.account.password}
              name="password"
              error={errors.password}
              autoComplete="new-password"
            />
            <Field
              label={t.account.firstName}
              name="first_name"
              error={errors.first_name}
              autoComplete="given-name"
              dir="auto"
              maxLength={100}
            />
          </>
        )}
      </Form>
    </AuthPage>
  )
}

/** With the browser's time zone, where the server knows it. */
async function registerHere({ email = '', password = '', first_name }: FormValues): Promise<void> {
  const user = { email, password, first_name: first_name || null }
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
  await register({ ...user, timezone: timeZone }).catch((error: unknown) => {
    if (isAbout(error, '/timezone')) return register({ ...user, timezone: 'UTC' })
    throw error
  })
}

function isAbout(error: unknown, pointer: string): boolean {
  return error instanceof ApiError && (error.problem.errors ?? []).some((fault) => fault.pointer === pointer)
}
