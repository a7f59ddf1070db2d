import type { UserPublic, UserUpdate } from '@/client/schema'
import { Field } from '@/components/ui/field'
import { Form } from '@/components/ui/form'
import { changeUser } from '@/data/account'
import { useSignedIn } from '@/data/hooks'
import { PasswordField } from '@/features/auth/password-field'
import { api, unwrap } from '@/lib/api'
import { ApiError } from '@/lib/errors'
import { toast } from '@/lib/toasts'
import { useText } from '@/text/pages'
import { Narrow, Section } from './section'
import { TimeZoneField } from './time-zone-field'

export function ProfileSettings() {
  return (
    <>
      <Profile />
      <EmailAddress />
    </>
  )
}

function Profile() {
  const t = useText()
  const { user } = useSignedIn()
  return (
    <Section title={t.settings.profile}>
      <Narrow>
        <Form
          submitLabel={t.app.save}
          onSend={async ({ first_name, last_name, username, timezone = user.timezone }) => {
            await update(user, {
              first_name: first_name || null,
              last_name: last_name || null,
              username: username || null,
              timezone,
            })
            toast(t.settings.saved)
          }}
        >
          {(errors) => (
            <>
              <Field
                label={t.settings.firstName}
                name="first_name"
                defaultValue={user.first_name ?? ''}
                error={errors.first_name}
                autoComplete="given-name"
                dir="auto"
                maxLength={100}
              />
              <Field
                label={t.settings.lastName}
                name="last_name"
                defaultValue={user.last_name ?? ''}
                error={errors.last_name}
                autoComplete="family-name"
                dir="auto"
                maxLength={100}
              />
              <Field
                label={t.settings.username}
                name="username"
                defaultValue={user.username ?? ''}
                hint={t.settings.usernameHint}
                error={errors.username}
                autoComplete="username"
                autoCapitalize="none"
                spellCheck={false}
                dir="auto"
                maxLength={50}
              />
              <TimeZoneField zone={user.timezone} error={errors.timezone} />
            </>
          )}
        </Form>
      </Narrow>
    </Section>
  )
}

function EmailAddress() {
  const t = useText()
  const { user } = useSignedIn()
  return (
    <Section title={t.settings.emailTitle} note={t.settings.emailNow(user.email)}>
      <Narrow>
        <Form
          submitLabel={t.settings.changeEmail}
          look="plain"
          isEmptiedAfter
          onSend={async ({ email = '', current_password = '' }) => {
            await update(user, { email, current_password })
            toast(t.settings.emailChanged)
          }}
        >
          {(errors) => (
            <>
              <Field
                label={t.settings.newEmail}
                name="email"
                type="email"
                error={errors.email}
                autoComplete="email"
                required
                maxLength={254}
              />
              <PasswordField
                label={t.settings.currentPassword}
                name="current_password"
                error={errors.current_password}
                autoComplete="current-password"
              />
            </>
          )}
        </Form>
      </Narrow>
    </Section>
  )
}

/** What was changed elsewhere meanwhile is shown in the fields that the person has not touched. */
async function update({ version }: UserPublic, body: UserUpdate): Promise<void> {
  const params = { header: { 'if-match': `"${version}"` } }
  try {
    changeUser(await unwrap(api.PATCH('/api/v1/users/me', { params, body })))
  } catch (error) {
    if (error instanceof ApiError && error.status === 412) {
      changeUser(await unwrap(api.GET('/api/v1/users/me')))
    }
    throw error
  }
}
