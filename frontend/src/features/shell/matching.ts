/**
 * How well a text answers a query; 0 is not at all. Each word of the query must be in the text, best at the beginning of
 * a word, or its letters must come there in order, from the first one of a word on.
 */
export function score(text: string, query: string): number {
  const words = folded(query).split(/\s+/).filter(Boolean)
  const plain = folded(text)
  const scores = words.map((word) => wordScore(plain, word))
  if (scores.includes(0)) return 0
  const sum = scores.reduce((total, one) => total + one, 1)
  return plain.startsWith(words.join(' ')) ? sum + 1 : sum
}

export interface Answer<Item> {
  item: Item
  score: number
}

/** The best answers first; what answers alike stays in order. */
export function answers<Item>(
  items: Iterable<Item>,
  query: string,
  textOf: (item: Item) => string,
): Answer<Item>[] {
  return [...items]
    .map((item) => ({ item, score: score(textOf(item), query) }))
    .filter((answer) => answer.score > 0)
    .sort((one, other) => other.score - one.score)
}

function wordScore(text: string, word: string): number {
  if (text.startsWith(word)) return 4
  if (text.includes(` ${word}`)) return 3
  if (text.includes(word)) return 2
  return isAbbreviation(text, word) ? 1 : 0
}

function isAbbreviation(text: string, word: string): boolean {
  for (const { index } of text.matchAll(/(?<=^|\s)\S/g)) {
    let place = index
    let isInOrder = text[place] === word[0]
    for (const letter of word.slice(1)) {
      if (!isInOrder) break
      place = text.indexOf(letter, place + 1)
      isInOrder = place >= 0
    }
    if (isInOrder) return true
  }
  return false
}

function folded(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}
