// Text as a terminal shows it: escaping, display width, cutting and padding by columns. Never colours anything.

/** What a screen must not draw raw: it would move the cursor, hide itself, or change the text round it. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu
const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }
/** Longer texts are cut before anything else is done with them, so that one of them cannot cost a frame. */
const LONGEST_TEXT = 2_000
const ELLIPSIS = '…'

/** ASCII and the screen's own symbols, all of them one column wide: nearly every text is made of nothing else. */
const SIMPLE = /^[ -~\u2500-\u259f●○◐■·×—…]*$/
const MARK = /^[\p{Mn}\p{Me}]/u
// East Asian Wide and Fullwidth blocks (Unicode Standard Annex 11), and what emoji fonts draw by default.
const WIDE =
  /^(?:[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1aff0}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation})/u
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** The text with control and format characters written out (`\n`, `\x1b`, `\u{202e}`), at most 2,000 characters of it. */
export function escapeText(text: string): string {
  const bounded = text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}${ELLIPSIS}` : text
  if (SIMPLE.test(bounded)) return bounded
  return bounded.replace(UNSAFE, escapeCharacter)
}

function escapeCharacter(character: string): string {
  const named = NAMED[character]
  if (named !== undefined) return named
  const code = (character.codePointAt(0) ?? 0).toString(16)
  return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u{${code}}`
}

/** How many columns an escaped text takes. */
export function displayWidth(text: string): number {
  if (SIMPLE.test(text)) return text.length
  let width = 0
  for (const { segment } of graphemes.segment(text)) width += graphemeWidth(segment)
  return width
}

function graphemeWidth(grapheme: string): number {
  if (MARK.test(grapheme)) return 0
  return WIDE.test(grapheme) ? 2 : 1
}

/** At most `width` columns of the text, its end replaced by … where it does not fit. */
export function truncateEnd(text: string, width: number): string {
  if (width <= 0) return ''
  if (displayWidth(text) <= width) return text
  let kept = ''
  let columns = 0
  for (const { segment } of graphemes.segment(text)) {
    const next = columns + graphemeWidth(segment)
    if (next > width - 1) break
    kept += segment
    columns = next
  }
  return kept + ELLIPSIS
}

/** At most `width` columns of the text, its start replaced by … where it does not fit: for paths. */
export function truncateStart(text: string, width: number): string {
  if (width <= 0) return ''
  if (displayWidth(text) <= width) return text
  let kept = ''
  let columns = 0
  for (const { segment } of Array.from(graphemes.segment(text)).reverse()) {
    const next = columns + graphemeWidth(segment)
    if (next > width - 1) break
    kept = segment + kept
    columns = next
  }
  return ELLIPSIS + kept
}

/** Exactly `width` columns, the text at the left. */
export function padEnd(text: string, width: number): string {
  const cut = truncateEnd(text, width)
  return cut + ' '.repeat(Math.max(0, width - displayWidth(cut)))
}

/** Exactly `width` columns, the text at the right. */
export function padStart(text: string, width: number): string {
  const cut = truncateEnd(text, width)
  return ' '.repeat(Math.max(0, width - displayWidth(cut))) + cut
}

const NUMBER = /^([+-]?\d+)(?:\.(\d+))?(.*)$/

/**
 * A number in at most `width` columns. Decimals are dropped with a … that says so; where not even the whole part fits,
 * # signs stand for it, because a number that has lost its first or last digits reads as another number.
 */
export function fitNumber(text: string, width: number): string {
  if (displayWidth(text) <= width) return text
  const match = NUMBER.exec(text)
  if (match === null) return truncateEnd(text, width)
  const [, whole = '', fraction = '', unit = ''] = match
  const unitWidth = displayWidth(unit)
  const placesThatFit = width - whole.length - unitWidth - 2
  if (placesThatFit >= 1 && fraction.length > placesThatFit) return `${whole}.${fraction.slice(0, placesThatFit)}${ELLIPSIS}${unit}`
  if (fraction !== '' && whole.length + 1 + unitWidth <= width) return `${whole}${ELLIPSIS}${unit}`
  if (whole.length + 1 <= width && (fraction !== '' || unit !== '')) return `${whole}${ELLIPSIS}`
  return '#'.repeat(Math.max(0, width))
}
