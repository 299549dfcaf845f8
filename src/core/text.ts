// What every room does with text: writing out what must not reach a terminal raw, and finding the word that was meant. Pure.

/** What would move a cursor, hide itself, or change the text round it: controls, format characters, and what has no meaning. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu
const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }
/** Nearly every text is made of nothing else: blocks without one unsafe character. To build the classes above costs time at each start. */
const PLAIN = /^[ -~\u00a1-\u00ac\u00ae-\u034e\u2010-\u2027\u2030-\u205e\u2190-\u23ff\u2500-\u25ff]*$/

/** The text on one line, with control and format characters written out: `\n`, `\x1b`, `\u{202e}`. */
export function escapeText(text: string): string {
  return escapeAs(text, written)
}

/** The same in another notation, which is handed each character that must not stay. */
export function escapeAs(text: string, notation: (character: string) => string): string {
  return PLAIN.test(text) ? text : text.replace(UNSAFE, notation)
}

function written(character: string): string {
  const named = NAMED[character]
  if (named !== undefined) return named
  const code = (character.codePointAt(0) ?? 0).toString(16)
  return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u{${code}}`
}

/** Longer than any word of dita. */
const LONGEST_WORD = 64
/** One slip in so many letters is a slip, and one is allowed to any word; more is another word. */
const LETTERS_A_SLIP = 3
/** Fewer letters begin too much. */
const FEWEST_LETTERS = 3

/**
 * The one of some words that is nearest to what somebody typed: with slips, cut short where only one begins so, or by its initials.
 * Case and signs count for nothing. Null where none is near enough to be meant.
 */
export function nearestWord(typed: string, words: readonly string[]): string | null {
  const name = plainWord(typed)
  if (name === '' || typed.length > LONGEST_WORD) return null
  const begun = new Set(words.map(plainWord).filter((known) => known.startsWith(name)))
  const isCut = name.length >= FEWEST_LETTERS && begun.size === 1
  let nearest: string | null = null
  let fewest = Math.max(1, Math.floor(name.length / LETTERS_A_SLIP)) + 1
  for (const word of words) {
    const known = plainWord(word)
    const isShort = (isCut && begun.has(known)) || initialsOf(word) === name
    const slips = Math.min(isShort ? 1 : Number.POSITIVE_INFINITY, editDistance(name, known))
    // Where every letter is another, nothing of the word was typed.
    if (slips >= fewest || slips >= Math.min(name.length, known.length)) continue
    nearest = word
    fewest = slips
  }
  return nearest
}

/** `tickInterval-Seconds` and `tick_interval_seconds` are the same word. */
export function plainWord(word: string): string {
  return word.toLowerCase().replace(/[^a-z0-9]/g, '')
}

/** `mm` for `market_maker`; empty for a word of one part. */
function initialsOf(word: string): string {
  const parts = word.split(/[^A-Za-z0-9]+/).filter((part) => part !== '')
  return parts.length < 2 ? '' : parts.map((part) => part.charAt(0).toLowerCase()).join('')
}

/** Insertions, deletions, replacements and swaps of neighbours between two words (Damerau and Levenshtein, restricted). */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= b.length; column += 1) {
      const isSame = a[row - 1] === b[column - 1]
      let cost = Math.min(at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + (isSame ? 0 : 1))
      const isSwap = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      if (isSwap) cost = Math.min(cost, at(beforeLast, column - 2) + 1)
      current.push(cost)
    }
    beforeLast = last
    last = current
  }
  return at(last, b.length)
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY
}
