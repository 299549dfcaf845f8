// Texts as whole paragraphs, for pages that have the room: lines of a width, and how far one can scroll. Draws nothing.

import { cutAt, displayWidth, escapeText, truncateEnd } from './text.ts'

/** Of one text beside others: a longer one ends in …. */
const MOST_LINES = 8

/** The text in lines of at most `width` columns, broken between words; a word that is longer than a line goes on in the next. */
export function wrapText(text: string, width: number, mostLines = MOST_LINES): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of escapeText(text).split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (displayWidth(longer) <= width) {
      line = longer
      continue
    }
    if (line !== '') lines.push(line)
    line = word
    for (let head = cutAt(line, width); head !== line && lines.length <= mostLines; head = cutAt(line, width)) {
      lines.push(head)
      line = line.slice(head.length)
    }
    // What follows has no line any more: the last one says so.
    if (lines.length >= mostLines) {
      const kept = lines.slice(0, mostLines)
      return [...kept.slice(0, -1), truncateEnd(`${kept.at(-1)} ${word} `, width).replace(/ $/, '…')]
    }
  }
  return [...lines, line]
}

/** The columns and rows that a text has at least, on the smallest screen. */
const PIECE = { columns: 44, rows: 10 } as const

/**
 * A text in pieces of which each is in sight as a whole on any screen, so that one can move through a text that is longer than the
 * screen is high. Where a piece ends does not depend on the width: a list that is read stays in its place through a resize.
 */
export function piecesOf(text: string): string[] {
  const escaped = escapeText(text)
  if (displayWidth(escaped) <= PIECE.columns * (PIECE.rows >> 1)) return [escaped]
  const pieces: string[] = []
  let words: string[] = []
  let rows = 1
  let used = 0
  for (const word of escaped.split(' ')) {
    const width = displayWidth(word)
    const fits = used + 1 + width <= PIECE.columns
    const more = fits ? 0 : Math.ceil(width / PIECE.columns)
    if (words.length > 0 && rows + more > PIECE.rows) {
      pieces.push(words.join(' '))
      words = []
      rows = Math.max(1, Math.ceil(width / PIECE.columns))
      used = width % PIECE.columns
    } else {
      rows += more
      used = fits ? used + 1 + width : width % PIECE.columns
    }
    words.push(word)
  }
  return [...pieces, words.join(' ')]
}

/** A list of paragraphs: how many there are, and how many rows each takes. */
export interface Paragraphs {
  readonly count: number
  readonly heightOf: (index: number) => number
}

/** Whether all of them fit into so many rows. */
export function allFit({ count, heightOf }: Paragraphs, rows: number): boolean {
  let used = 0
  for (let index = 0; index < count && used <= rows; index += 1) used += heightOf(index)
  return used <= rows
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
