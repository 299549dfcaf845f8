// What the session has to say, newest first. A mark before the text says what the colour says.

import type { MessageModel } from '../core/session/view-model.ts'
import { countOf, formatClock } from './format.ts'
import type { Rect } from './layout.ts'
import { insideOf, Panel } from './panel.tsx'
import { allFit, furthestParagraph, inSight, type Paragraphs, piecesOf, wrapText } from './paragraphs.ts'
import { emptyWords, FIRST_PLACE, filterNotes, type ListPlace, whichOf } from './scroll.ts'
import { escapeText, truncateEnd } from './text.ts'
import { type Span, span, type Tone } from './theme.tsx'

const MARKS = {
  info: { mark: '·', tone: 'label' },
  warning: { mark: '!', tone: 'warning' },
  alarm: { mark: '!!', tone: 'alarm' },
} as const satisfies Record<MessageModel['severity'], { mark: string; tone: Tone }>

/** Clock, mark and the gaps after them. */
const BEFORE_TEXT = 12

/** A message, or where it is long a piece of it: what the list on the page of its own is moved by. */
export interface Piece {
  readonly message: MessageModel
  /** The place of the message among all, and of the piece in it. */
  readonly index: number
  readonly nth: number
  readonly text: string
}

export function messagePieces(messages: readonly MessageModel[]): Piece[] {
  return messages.flatMap((message, index) => piecesOf(wordsOf(message)).map((text, nth) => ({ message, index, nth, text })))
}

interface MessagesPanelProps {
  readonly rect: Rect
  readonly messages: readonly MessageModel[]
  readonly place?: ListPlace
}

/**
 * On the overview the newest: whole where all of them are, else each cut to its line, so that a long one pushes no other out of sight.
 * On a page of its own all of them, whole, to be moved through.
 */
export function MessagesPanel({ rect, messages, place = FIRST_PLACE }: MessagesPanelProps) {
  const { width, rows } = insideOf(rect)
  const { scroll } = place
  const pieces = messagePieces(messages)
  const paragraphs = piecesAsParagraphs(pieces, width)
  const from = scroll === null ? 0 : Math.min(scroll, furthestParagraph(paragraphs, rows))
  const isWhole = scroll !== null || allFit(paragraphs, rows)
  const shown = isWhole ? pieces.slice(from, from + inSight(paragraphs, from, rows)) : []
  const lines = isWhole
    ? shown.flatMap((piece) => pieceLines(piece, width))
    : messages.slice(0, rows).map((message) => shortLine(message, width))
  const none = [[span(emptyWords(place, 'nothing to report'), 'label')]]
  const title = scroll === null ? 'messages' : `messages${whichMessages(shown, pieces, place)}`
  return <Panel rect={rect} title={title} notes={notesOf(messages, place)} lines={messages.length === 0 ? none : lines} />
}

function whichMessages(shown: readonly Piece[], all: readonly Piece[], place: ListPlace): string {
  const from = shown[0]?.index ?? 0
  const after = (pieces: readonly Piece[]): number => (pieces.at(-1)?.index ?? -1) + 1
  return whichOf({ from, shown: after(shown) - from, listed: after(all), isAll: shown.length === all.length }, place)
}

/** The pieces as they stand on a page of their own. */
export function piecesAsParagraphs(pieces: readonly Piece[], width: number): Paragraphs {
  return { count: pieces.length, heightOf: (index) => wrapWhole(pieces[index]?.text ?? '', width).length }
}

function wrapWhole(text: string, width: number): string[] {
  return wrapText(text, width - BEFORE_TEXT, Number.POSITIVE_INFINITY)
}

function notesOf(messages: readonly MessageModel[], place: ListPlace): Span[] {
  const alarms = messages.filter(({ severity, isSettled }) => severity === 'alarm' && isSettled !== true).length
  const settled = messages.filter(({ severity, isSettled }) => severity === 'alarm' && isSettled === true).length
  const warnings = messages.filter(({ severity }) => severity === 'warning').length
  const notes: Span[] = filterNotes(place)
  if (alarms > 0) notes.push(span(alarms === 1 ? '1 alarm' : `${alarms} alarms`, 'alarm'))
  if (settled > 0) notes.push(span(alarms > 0 ? `${settled} settled` : `${countOf(settled, 'alarm')}, settled`, 'label'))
  if (warnings > 0) notes.push(span(warnings === 1 ? '1 warning' : `${warnings} warnings`, 'warning'))
  return notes
}

/** An alarm that is over says so before anything else, and looks like what it is by now: news. */
function wordsOf({ text, isSettled }: MessageModel): string {
  return isSettled === true ? `settled: ${text}` : text
}

function headOf({ timeUs, severity, isSettled }: MessageModel): Span[] {
  const { mark, tone } = MARKS[isSettled === true ? 'info' : severity]
  return [span(formatClock(timeUs), 'label'), span(' '), span(mark, tone), span(' '.repeat(3 - mark.length))]
}

function shortLine(message: MessageModel, width: number): Span[] {
  return [...headOf(message), span(truncateEnd(escapeText(wordsOf(message)), width - BEFORE_TEXT), toneOf(message))]
}

/** The time and the mark stand before the first piece only. */
function pieceLines({ message, nth, text }: Piece, width: number): Span[][] {
  const tone = toneOf(message)
  const indent = span(' '.repeat(BEFORE_TEXT))
  return wrapWhole(text, width).map((line, row) => [...(nth === 0 && row === 0 ? headOf(message) : [indent]), span(line, tone)])
}

function toneOf({ severity, isSettled }: MessageModel): Tone {
  return severity === 'info' || isSettled === true ? 'plain' : 'value'
}
