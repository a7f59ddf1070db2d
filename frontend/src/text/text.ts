import { Store, useStore } from '@/lib/store'
import { en } from './en'

/** Every message of the app. English is the measure: a language that lacks one does not compile. */
export type Text = typeof en
export type Language = 'en' | 'de'

export const LANGUAGES: Record<Language, string> = { en: 'English', de: 'Deutsch' }

const KEY = 'language'
const LOADERS: Record<Language, () => Promise<Text>> = {
  en: () => Promise.resolve(en),
  de: () => import('./de').then((module) => module.de),
}

interface Spoken {
  language: Language
  /** For dates and numbers: the browser's, where it is of this language. */
  locale: string
  t: Text
}

const spoken = new Store<Spoken>({ language: 'en', locale: 'en', t: en })

export function useText(): Text {
  return useStore(spoken).t
}

export function useLocale(): string {
  return useStore(spoken).locale
}

export function useLanguage(): Language {
  return useStore(spoken).language
}

/** Outside of components. */
export function currentText(): Text {
  return spoken.get().t
}

export async function startLanguage(): Promise<void> {
  const wanted = [localStorage.getItem(KEY), ...navigator.languages].map((tag) => tag?.slice(0, 2))
  await speak((wanted.find((tag) => tag !== undefined && tag in LANGUAGES) ?? 'en') as Language)
}

export async function chooseLanguage(language: Language): Promise<void> {
  localStorage.setItem(KEY, language)
  await speak(language)
}

async function speak(language: Language): Promise<void> {
  const t = await LOADERS[language]()
  const locale = navigator.languages.find((tag) => tag.slice(0, 2) === language) ?? language
  document.documentElement.lang = language
  spoken.set({ language, locale, t })
}
