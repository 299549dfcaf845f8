// Texts as whole paragraphs, for pages that have the room: lines of a width, and how far one can scroll. Draws nothing.

import { displayWidth, escapeText, truncateEnd } from './text.ts'

/** Of one text: a longer one ends in …. */
const MOST_LINES = 8

/** The text in lines of at most `width` columns, broken between words; a word that is longer than a line is cut. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of escapeText(text).split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (displayWidth(longer) <= width) {
      line = longer
      continue
    }
    if (line !== '') lines.push(line)
    line = truncateEnd(word, width)
    // What follows has no line any more: the last one says so.
    if (lines.length === MOST_LINES) return [...lines.slice(0, -1), truncateEnd(`${lines.at(-1)} ${word} `, width).replace(/ $/, '…')]
  }
  return [...lines, line]
}

/** A list of paragraphs: how many there are, and how many rows each takes. */
export interface Paragraphs {
  readonly count: number
  readonly heightOf: (index: number) => number
}

/** How many of them, from one on, are in sight as a whole or in part. */
export function inSight({ count, heightOf }: Paragraphs, from: number, rows: number): number {
  let used = 0
  let index = from
  for (; index < count && used < rows; index += 1) used += heightOf(index)
  return index - from
}

/** The first of the last page: from it on, all fit. */
export function furthestParagraph({ count, heightOf }: Paragraphs, rows: number): number {
  let used = 0
  let first = count
  while (first > 0) {
    used += heightOf(first - 1)
    if (used > rows) break
    first -= 1
  }
  return Math.max(0, Math.min(first, count - 1))
}
