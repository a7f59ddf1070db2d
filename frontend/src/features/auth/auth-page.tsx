import { Globe } from 'lucide-react'
import { type ReactNode, useEffect } from 'react'
import { LanguageSelect } from '@/components/ui/language-select'
import { useText } from '@/text/pages'

interface Props {
  title: string
  note?: string
  /** Where else to go. */
  links?: ReactNode
  children: ReactNode
}

/** The frame of the pages for people who are not logged in. */
export function AuthPage({ title, note, links, children }: Props) {
  const t = useText()
  useEffect(() => {
    document.title = `${title} · ${t.app.name}`
  }, [title, t])
  return (
    <div className="flex min-h-dvh flex-col px-5">
      <main className="mx-auto flex w-full max-w-sm grow flex-col justify-center py-10">
        <p className="mb-8 flex items-center gap-2.5 text-lg font-semibold">
          <img src="/icon.svg" alt="" width={32} height={32} />
          {t.app.name}
        </p>
        <h1 className="text-xl font-bold">{title}</h1>
        {note && <p className="mt-1 text-muted">{note}</p>}
        <div className="mt-6">{children}</div>
        {links && <div className="mt-6 flex flex-col items-start gap-2 text-muted">{links}</div>}
      </main>
      <footer className="flex justify-center pb-6">
        <div className="flex items-center gap-1.5 text-sm text-muted">
          <Globe size={16} aria-hidden />
          <LanguageSelect
            aria-label={t.account.language}
            className="min-h-9 rounded-md bg-page px-1 hover:bg-hover pointer-coarse:min-h-11"
          />
        </div>
      </footer>
    </div>
  )
}

export const LINK = 'inline-block min-h-6 font-medium text-accent underline-offset-4 hover:underline'
