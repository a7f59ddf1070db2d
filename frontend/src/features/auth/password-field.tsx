import { Eye, EyeOff } from 'lucide-react'
import { type ComponentProps, useState } from 'react'
import { IconButton } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { useText } from '@/text/pages'

type Props = Omit<ComponentProps<typeof Field>, 'type' | 'button'> & {
  autoComplete: 'current-password' | 'new-password'
}

const MINIMUM = 8

export function PasswordField(props: Props) {
  const t = useText()
  const [isShown, setShown] = useState(false)
  const isNew = props.autoComplete === 'new-password'
  return (
    <Field
      required
      minLength={isNew ? MINIMUM : undefined}
      maxLength={isNew ? 128 : 1024}
      hint={isNew ? t.account.passwordHint : undefined}
      {...props}
      type={isShown ? 'text' : 'password'}
      autoCapitalize="none"
      spellCheck={false}
      button={
        <IconButton label={t.account.showPassword} aria-pressed={isShown} onClick={() => setShown(!isShown)}>
          {isShown ? <EyeOff size={18} /> : <Eye size={18} />}
        </IconButton>
      }
    />
  )
}
