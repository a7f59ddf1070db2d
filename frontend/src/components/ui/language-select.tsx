import type { ComponentProps } from 'react'
import { chooseLanguage, LANGUAGES, type Language, useLanguage } from '@/text/text'

export function LanguageSelect(props: ComponentProps<'select'>) {
  const language = useLanguage()
  return (
    <select
      {...props}
      value={language}
      onChange={(event) => void chooseLanguage(event.target.value as Language)}
    >
      {Object.entries(LANGUAGES).map(([tag, name]) => (
        <option key={tag} value={tag} lang={tag}>
          {name}
        </option>
      ))}
    </select>
  )
}
