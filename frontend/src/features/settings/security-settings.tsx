import { Form } from '@/components/ui/form'
import { useSignedIn } from '@/data/hooks'
import { PasswordField } from '@/features/auth/password-field'
import { api, unwrap } from '@/lib/api'
import { queryClient } from '@/lib/query'
import { toast } from '@/lib/toasts'
import { useText } from '@/text/pages'
import { Narrow, Section } from './section'
import { SESSIONS, Sessions } from './sessions'

export function SecuritySettings() {
  return (
    <>
      <Password />
      <Sessions />
    </>
  )
}

function Password() {
  const t = useText()
  const { user } = useSignedIn()
  return (
    <Section title={t.settings.passwordTitle} note={t.settings.passwordNote}>
      <Narrow>
        <Form
          submitLabel={t.settings.changePassword}
          isEmptiedAfter
          onSend={async ({ current_password = '', new_password = '' }) => {
            const body = { current_password, new_password }
            await unwrap(api.POST('/api/v1/auth/change-password', { body }))
            toast(t.settings.passwordChanged)
            await queryClient.invalidateQueries({ queryKey: SESSIONS })
          }}
        >
          {(errors) => (
            <>
              {/* tells a password manager whose password it is */}
              <input hidden readOnly autoComplete="username" value={user.email} />
              <PasswordField
                label={t.settings.currentPassword}
                name="current_password"
                error={errors.current_password}
                autoComplete="current-password"
              />
              <PasswordField
                label={t.account.newPassword}
                name="new_password"
                error={errors.new_password}
                autoComplete="new-password"
              />
            </>
          )}
        </Form>
      </Narrow>
    </Section>
  )
}
