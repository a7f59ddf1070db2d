export interface Piece {
  text: string
  isMatch: boolean
}

const WORD = /[\p{L}\p{N}\p{M}]+/gu
/** Scripts without spaces between words, in which the server finds any part of a sentence. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u

/** The title in pieces, of which those are marked that the words of a search begin. */
export function pieces(title: string, query: string): Piece[] {
  const wanted = wordsOf(query)
  const found: Piece[] = []
  let end = 0
  for (const [from, to] of matches(title, wanted)) {
    if (from > end) found.push({ text: title.slice(end, from), isMatch: false })
    found.push({ text: title.slice(from, to), isMatch: true })
    end = to
  }
  if (end < title.length) found.push({ text: title.slice(end), isMatch: false })
  return found
}

/** What a search asks for, without what it excludes. A phrase is marked word by word. */
function wordsOf(query: string): string[] {
  const asked = query.replaceAll(/(?<!\S)-("[^"]*"?|\S+)/gu, ' ')
  return [...asked.matchAll(WORD)].map(([word]) => folded(word)).filter((word) => word !== '')
}

function* matches(title: string, wanted: string[]): Generator<[from: number, to: number]> {
  for (const { 0: word, index } of title.matchAll(WORD)) {
    for (const start of UNSPACED.test(word) ? [...word].keys() : [0]) {
      const length = longestMatch(word.slice(start), wanted)
      if (length === 0) continue
      yield [index + start, index + start + length]
      break
    }
  }
}

/** How much of the beginning of a word is asked for. */
function longestMatch(word: string, wanted: string[]): number {
  const whole = folded(word)
  const lengths = wanted.filter((one) => whole.startsWith(one)).map((one) => lengthOf(word, one.length))
  return Math.max(0, ...lengths)
}

/** How many characters of a word are so many when folded: accents go, and one letter may become two. */
function lengthOf(word: string, foldedLength: number): number {
  let length = 0
  for (const character of word) {
    if (folded(word.slice(0, length)).length >= foldedLength && !/\p{M}/u.test(character)) break
    length += character.length
  }
  return length
}

function folded(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
}
