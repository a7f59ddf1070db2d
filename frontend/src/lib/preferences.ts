import { Store } from './store'

/** Choices of this device, kept in the browser. */
export type Theme = 'system' | 'light' | 'dark'

export const theme = new Store<Theme>((globalThis.localStorage?.getItem('theme') as Theme | null) ?? 'system')
/** Keys without Ctrl can be switched off, for people who speak or mistype into the page (WCAG 2.1.4). */
export const hasSingleKeys = new Store(globalThis.localStorage?.getItem('single-keys') !== 'off')

export function chooseTheme(choice: Theme): void {
  theme.set(choice)
  if (choice === 'system') {
    localStorage.removeItem('theme')
    delete document.documentElement.dataset.theme
  } else {
    localStorage.setItem('theme', choice)
    document.documentElement.dataset.theme = choice
  }
}

export function chooseSingleKeys(isOn: boolean): void {
  hasSingleKeys.set(isOn)
  if (isOn) localStorage.removeItem('single-keys')
  else localStorage.setItem('single-keys', 'off')
}
