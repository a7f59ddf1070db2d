import { en } from './en'
import type { pages } from './en/pages'

/** Every message of the app. English is the measure: a language that lacks one does not compile. */
export type Text = FirstText & PageText
/** The messages of what is there at once. */
export type FirstText = typeof en
/** The messages of what is loaded when it is wanted, with it: see `pages.ts`. */
export type PageText = typeof pages
export type Language = 'en' | 'de'

export const LANGUAGES: Record<Language, string> = { en: 'English', de: 'Deutsch' }

const KEY = 'language'
const LOADERS: Record<Language, () => Promise<FirstText>> = {
  en: () => Promise.resolve(en),
  de: () => import('./de').then((module) => module.de),
}

/** One language is spoken as long as the page is open. */
let language: Language = 'en'
let locale = 'en'
let text: FirstText = en

export function useText(): FirstText {
  return text
}

/** Outside of components. */
export function currentText(): FirstText {
  return text
}

export function currentLanguage(): Language {
  return language
}

/** For dates and numbers: the browser's, where it is of the language. */
export function useLocale(): string {
  return locale
}

export async function startLanguage(): Promise<void> {
  const wanted = [localStorage.getItem(KEY), ...navigator.languages].map((tag) => tag?.slice(0, 2))
  language = (wanted.find((tag) => tag !== undefined && tag in LANGUAGES) ?? 'en') as Language
  locale = navigator.languages.find((tag) => tag.slice(0, 2) === language) ?? language
  text = await LOADERS[language]()
  document.documentElement.lang = language
}

export function chooseLanguage(choice: Language): void {
  localStorage.setItem(KEY, choice)
  location.reload()
}
