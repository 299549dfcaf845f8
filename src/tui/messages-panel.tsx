// What the session has to say, newest first. A mark before the text says what the colour says.

import type { MessageModel } from '../core/session/view-model.ts'
import { formatClock } from './format.ts'
import type { Rect } from './layout.ts'
import { insideOf, Panel } from './panel.tsx'
import { furthestParagraph, inSight, type Paragraphs, wrapText } from './paragraphs.ts'
import { emptyWords, FIRST_PLACE, filterNotes, type ListPlace } from './scroll.ts'
import { escapeText, truncateEnd } from './text.ts'
import { type Span, span, type Tone } from './theme.tsx'

const MARKS = {
  info: { mark: '·', tone: 'label' },
  warning: { mark: '!', tone: 'warning' },
  alarm: { mark: '!!', tone: 'alarm' },
} as const satisfies Record<MessageModel['severity'], { mark: string; tone: Tone }>

/** Clock, mark and the gaps after them. */
const BEFORE_TEXT = 12

/** From so many rows on, messages are not cut to a line each. */
const ROWS_FOR_WHOLE = 8

interface MessagesPanelProps {
  readonly rect: Rect
  readonly messages: readonly MessageModel[]
  readonly place?: ListPlace
}

/** On the overview the newest, each cut to its line where rows are few; on a page of its own all of them, to be moved through. */
export function MessagesPanel({ rect, messages, place = FIRST_PLACE }: MessagesPanelProps) {
  const { width, rows } = insideOf(rect)
  const { scroll } = place
  const paragraphs = messageParagraphs(messages, width)
  const from = scroll === null ? 0 : Math.min(scroll, furthestParagraph(paragraphs, rows))
  const count = scroll === null ? rows : inSight(paragraphs, from, rows)
  const items = messages.slice(from, from + count)
  const isAll = scroll === null || items.length === messages.length
  const title = isAll ? 'messages' : `messages: ${from + 1}–${from + items.length} of ${messages.length}`
  const isWhole = scroll !== null || rows >= ROWS_FOR_WHOLE || furthestParagraph(paragraphs, rows) === 0
  const lines = items.flatMap((message) => (isWhole ? paragraph(message, width) : [shortLine(message, width)]))
  const none = [[span(emptyWords(place, 'nothing to report'), 'label')]]
  return <Panel rect={rect} title={title} notes={notesOf(messages, place)} lines={messages.length === 0 ? none : lines} />
}

/** The messages as they stand on a page of their own. */
export function messageParagraphs(messages: readonly MessageModel[], width: number): Paragraphs {
  return { count: messages.length, heightOf: (index) => wrapText(messages[index]?.text ?? '', width - BEFORE_TEXT).length }
}

function notesOf(messages: readonly MessageModel[], place: ListPlace): Span[] {
  const alarms = messages.filter(({ severity }) => severity === 'alarm').length
  const warnings = messages.filter(({ severity }) => severity === 'warning').length
  const notes: Span[] = filterNotes(place)
  if (alarms > 0) notes.push(span(alarms === 1 ? '1 alarm' : `${alarms} alarms`, 'alarm'))
  if (warnings > 0) notes.push(span(warnings === 1 ? '1 warning' : `${warnings} warnings`, 'warning'))
  return notes
}

function headOf({ timeUs, severity }: MessageModel): Span[] {
  const { mark, tone } = MARKS[severity]
  return [span(formatClock(timeUs), 'label'), span(' '), span(mark, tone), span(' '.repeat(3 - mark.length))]
}

function shortLine(message: MessageModel, width: number): Span[] {
  return [...headOf(message), span(truncateEnd(escapeText(message.text), width - BEFORE_TEXT), toneOf(message))]
}

function paragraph(message: MessageModel, width: number): Span[][] {
  const [first = '', ...more] = wrapText(message.text, width - BEFORE_TEXT)
  const tone = toneOf(message)
  return [[...headOf(message), span(first, tone)], ...more.map((text) => [span(' '.repeat(BEFORE_TEXT)), span(text, tone)])]
}

function toneOf({ severity }: MessageModel): Tone {
  return severity === 'info' ? 'plain' : 'value'
}
