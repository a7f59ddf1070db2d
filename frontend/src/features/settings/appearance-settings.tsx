import { useId } from 'react'
import { INPUT } from '@/components/ui/field'
import { LanguageSelect } from '@/components/ui/language-select'
import { chooseSingleKeys, chooseTheme, hasSingleKeys, type Theme, theme } from '@/lib/preferences'
import { useStore } from '@/lib/store'
import { useText } from '@/text/pages'
import { Narrow, Section } from './section'

const THEMES: readonly Theme[] = ['system', 'light', 'dark']

export function AppearanceSettings() {
  const t = useText()
  return (
    <>
      <Section title={t.settings.theme} note={t.settings.deviceNote}>
        <Themes />
      </Section>
      <Section title={t.account.language}>
        <Narrow>
          <LanguageSelect aria-label={t.account.language} className={INPUT} />
        </Narrow>
      </Section>
      <Section title={t.settings.keysTitle}>
        <SingleKeys />
      </Section>
    </>
  )
}

function Themes() {
  const t = useText()
  const chosen = useStore(theme)
  return (
    <fieldset className="inline-flex flex-wrap gap-1 rounded-md border border-line p-1">
      <legend className="sr-only">{t.settings.theme}</legend>
      {THEMES.map((choice) => (
        <label
          key={choice}
          className="relative flex min-h-8 items-center rounded-sm px-3 has-checked:bg-accent-soft has-checked:font-semibold has-focus-visible:outline-2 has-focus-visible:outline-accent hover:bg-hover pointer-coarse:min-h-11"
        >
          <input
            type="radio"
            name="theme"
            checked={choice === chosen}
            onChange={() => chooseTheme(choice)}
            className="absolute inset-0 opacity-0"
          />
          {t.settings.themes[choice]}
        </label>
      ))}
    </fieldset>
  )
}

function SingleKeys() {
  const t = useText()
  const id = useId()
  const isOn = useStore(hasSingleKeys)
  return (
    <div className="flex gap-3">
      <input
        id={id}
        type="checkbox"
        checked={isOn}
        aria-describedby={`${id}-note`}
        onChange={(event) => chooseSingleKeys(event.target.checked)}
        className="mt-0.5 size-5 shrink-0 pointer-coarse:size-6"
      />
      <div>
        <label htmlFor={id} className="font-medium">
          {t.settings.singleKeys}
        </label>
        <p id={`${id}-note`} className="text-sm text-muted">
          {t.settings.singleKeysNote}
        </p>
      </div>
    </div>
  )
}
