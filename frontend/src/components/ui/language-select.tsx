import type { ComponentProps } from 'react'
import { chooseLanguage, currentLanguage, LANGUAGES, type Language } from '@/text/text'

export function LanguageSelect(props: ComponentProps<'select'>) {
  const language = currentLanguage()
  return (
    <select {...props} value={language} onChange={(event) => chooseLanguage(event.target.value as Language)}>
      {Object.entries(LANGUAGES).map(([tag, name]) => (
        <option key={tag} value={tag} lang={tag}>
          {name}
        </option>
      ))}
    </select>
  )
}
