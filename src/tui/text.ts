// Text as a terminal shows it: escaping, display width, cutting and padding by columns. Never colours anything.

import { escapeText as escapeWhole } from '../core/text.ts'
import { roundDecimal, signOf } from './format.ts'

/** Longer texts are cut before anything else is done with them, so that one of them cannot cost a frame. */
const LONGEST_TEXT = 2_000
const ELLIPSIS = '…'

/** ASCII and the screen's own symbols, all of them one column wide: nearly every text is made of nothing else. */
const SIMPLE = /^[ -~\u2500-\u259f●○◐■·×—…]*$/
const MARK = /^[\p{Mn}\p{Me}]/u
// East Asian Wide and Fullwidth blocks (Unicode Standard Annex 11), and what emoji fonts draw by default.
const WIDE =
  /^(?:[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1aff0}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation})/u
/** A number at the end of a text, or the beginning of one. */
const NUMBER_AT_END = /[+-]?\d[\d.,]*$/
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** The text with control and format characters written out (`\n`, `\x1b`, `\u{202e}`), at most 2,000 characters of it. */
export function escapeText(text: string): string {
  return escapeWhole(text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}${ELLIPSIS}` : text)
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

/**
 * At most `width` columns of the text, its end replaced by … where it does not fit. A number at the cut goes as a whole,
 * because a number that has lost its last digits reads as another number.
 */
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
  return kept.replace(NUMBER_AT_END, '') + ELLIPSIS
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

/** As much of the text's start as takes at most `width` columns, and at least a character of it. */
export function cutAt(text: string, width: number): string {
  if (displayWidth(text) <= width) return text
  let kept = ''
  let columns = 0
  for (const { segment } of graphemes.segment(text)) {
    columns += graphemeWidth(segment)
    if (kept !== '' && columns > width) break
    kept += segment
  }
  return kept
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

const NUMBER = /^([+-]?\d+(?:\.(\d+))?)(.*)$/

/**
 * A number in at most `width` columns, rounded to as many decimals as fit. What would round to zero and is not zero is
 * `>0` or `<0`; where not even the whole part fits, # signs stand for it, because it must not read as another number.
 */
export function fitNumber(text: string, width: number): string {
  if (displayWidth(text) <= width) return text
  const match = NUMBER.exec(text)
  if (match === null) return truncateEnd(text, width)
  const [, number = '', fraction = '', unit = ''] = match
  for (let places = Math.min(fraction.length, Math.max(0, width)); places >= 0; places -= 1) {
    const rounded = roundDecimal(number, places)
    const shown = signOf(rounded) === signOf(number) ? rounded : signOf(number) === 1 ? '>0' : '<0'
    if (displayWidth(shown + unit) <= width) return shown + unit
  }
  return '#'.repeat(Math.max(0, width))
}

/** The columns a number takes with no decimal left. */
export function wholeWidth(text: string): number {
  const match = NUMBER.exec(text)
  return match === null ? 0 : displayWidth(roundDecimal(match[1] ?? '', 0) + (match[3] ?? ''))
}
