import { currentLanguage, currentText as firstText, type Language, type PageText, type Text } from './text'

const LOADERS: Record<Language, () => Promise<PageText>> = {
  en: () => import('./en/pages').then((module) => module.pages),
  de: () => import('./de/pages').then((module) => module.pages),
}

const text: Text = { ...firstText(), ...(await LOADERS[currentLanguage()]()) }

/** As in `text.ts`, with the messages of pages that are loaded when they are wanted. Only for these. */
export function useText(): Text {
  return text
}

/** Outside of components. */
export function currentText(): Text {
  return text
}
