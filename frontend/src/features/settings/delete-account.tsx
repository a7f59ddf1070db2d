import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Form } from '@/components/ui/form'
import { logOut } from '@/data/account'
import { useSignedIn } from '@/data/hooks'
import { PasswordField } from '@/features/auth/password-field'
import { api, unwrap } from '@/lib/api'
import { useText } from '@/text/pages'
import { Section } from './section'

export function DeleteAccount() {
  const t = useText()
  const [isAsking, setAsking] = useState(false)
  return (
    <Section title={t.settings.deleteTitle} note={t.settings.deleteNote}>
      <Button look="danger" onClick={() => setAsking(true)}>
        {t.settings.deleteAccount}
      </Button>
      {isAsking && <Confirmation onClose={() => setAsking(false)} />}
    </Section>
  )
}

function Confirmation({ onClose }: { onClose: () => void }) {
  const t = useText()
  const { user } = useSignedIn()
  const check = (input: HTMLInputElement) => {
    const isSame = input.value.trim().toLowerCase() === user.email.toLowerCase()
    input.setCustomValidity(isSame ? '' : t.settings.confirmationDiffers)
  }
  return (
    <Dialog title={t.settings.deleteTitle} onClose={onClose}>
      <p className="mb-4">{t.settings.deleteWarning}</p>
      <Form
        submitLabel={t.settings.deleteForGood}
        look="danger"
        beside={
          <Button look="quiet" onClick={onClose}>
            {t.app.cancel}
          </Button>
        }
        onSend={async ({ current_password = '' }) => {
          await unwrap(api.DELETE('/api/v1/users/me', { body: { current_password } }))
          await logOut()
        }}
      >
        {(errors) => (
          <>
            <Field
              label={t.settings.deleteConfirmation(user.email)}
              name="confirmation"
              error={errors.confirmation}
              onChange={(event) => check(event.currentTarget)}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              required
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
    </Dialog>
  )
}
