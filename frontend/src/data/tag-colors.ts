/** A few that are told apart on light and dark. */
export const TAG_COLORS = [
  '#6B7280',
  '#DC2626',
  '#EA580C',
  '#CA8A04',
  '#65A30D',
  '#16A34A',
  '#0D9488',
  '#0284C7',
  '#2563EB',
  '#7C3AED',
  '#C026D3',
  '#DB2777',
] as const

export type TagColor = (typeof TAG_COLORS)[number]

/** What a new tag has when nobody chose: of a name always the same, and not the grey of the first, which says nothing. */
export function colorFor(name: string): TagColor {
  const [grey, ...bright] = TAG_COLORS
  let hash = 0
  for (const character of name.normalize('NFC').toLowerCase()) {
    hash = (Math.imul(hash, 31) + (character.codePointAt(0) ?? 0)) >>> 0
  }
  return bright[hash % bright.length] ?? grey
}
