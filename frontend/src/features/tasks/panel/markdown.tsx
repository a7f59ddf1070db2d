import { Square, SquareCheck } from 'lucide-react'
import ReactMarkdown, { type Components } from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { currentText } from '@/text/pages'

const PLUGINS = [remarkGfm]
const SCHEMES = /^(https?|mailto):/i

/** Headings begin below those of the panel; pictures are only named, so that nothing is loaded from elsewhere. */
const COMPONENTS: Components = {
  a: ({ href, children }) =>
    href ? (
      <a href={href} target="_blank" rel="noopener noreferrer nofollow" className="text-accent underline">
        {children}
      </a>
    ) : (
      <span>{children}</span>
    ),
  img: ({ alt }) => <span>{currentText().details.image(alt ?? '')}</span>,
  input: ({ checked }) => {
    const Icon = checked ? SquareCheck : Square
    const { ticked, notTicked } = currentText().details
    return (
      <Icon
        size={16}
        role="img"
        aria-label={checked ? ticked : notTicked}
        className="me-1 inline align-text-bottom"
      />
    )
  },
  h1: ({ children }) => <h4 className="text-lg font-semibold">{children}</h4>,
  h2: ({ children }) => <h5 className="font-semibold">{children}</h5>,
  h3: ({ children }) => <h6 className="font-semibold">{children}</h6>,
  h4: ({ children }) => <h6 className="text-sm font-semibold">{children}</h6>,
  h5: ({ children }) => <h6 className="text-sm font-semibold">{children}</h6>,
  p: ({ children }) => <p className="whitespace-pre-line">{children}</p>,
  ul: ({ children }) => <ul className="list-disc ps-5 [&_.task-list-item]:list-none">{children}</ul>,
  ol: ({ children, start }) => (
    <ol start={start} className="list-decimal ps-5">
      {children}
    </ol>
  ),
  blockquote: ({ children }) => (
    <blockquote className="border-s-2 border-strong-line ps-3 text-muted">{children}</blockquote>
  ),
  code: ({ children }) => <code className="rounded-sm bg-sunken px-1 text-sm">{children}</code>,
  pre: ({ children }) => <pre className="overflow-x-auto rounded-md bg-sunken p-2">{children}</pre>,
  hr: () => <hr className="border-line" />,
  table: ({ children }) => (
    <div className="overflow-x-auto">
      <table className="text-sm [&_td]:border [&_td]:border-line [&_td]:px-2 [&_th]:border [&_th]:border-line [&_th]:px-2">
        {children}
      </table>
    </div>
  ),
}

/** Text of a person, which may be hostile: no HTML, no pictures, links to the web and to mail addresses only. */
export function Markdown({ text }: { text: string }) {
  return (
    <div className="flex flex-col gap-2 [overflow-wrap:anywhere]">
      <ReactMarkdown remarkPlugins={PLUGINS} components={COMPONENTS} urlTransform={webAddress}>
        {text}
      </ReactMarkdown>
    </div>
  )
}

function webAddress(url: string): string {
  return SCHEMES.test(url) ? url : ''
}
