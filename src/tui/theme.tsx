// The few tones the screen speaks in, and the one component that draws text in them. Only the sixteen colours of the
// terminal's own theme are used, so that light and dark themes both stay legible, and no tone is the only carrier of a
// meaning: signs, words and symbols say the same.

import { Text } from 'ink'
import { createContext, useContext } from 'react'
import { displayWidth, escapeText, truncateEnd } from './text.ts'

export type Tone =
  | 'plain'
  | 'label'
  | 'value'
  | 'title'
  | 'frame'
  | 'buy'
  | 'sell'
  | 'gain'
  | 'loss'
  | 'good'
  | 'warning'
  | 'alarm'
  | 'bar'
  | 'track'

export interface Span {
  readonly text: string
  readonly tone: Tone
}

/** Select Graphic Rendition parameters (ECMA-48): what turns a tone on. */
const RENDITION = {
  plain: '',
  label: '2',
  value: '1',
  title: '1;36',
  frame: '2',
  buy: '32',
  sell: '35',
  gain: '1;32',
  loss: '1;31',
  good: '1;32',
  warning: '30;43',
  alarm: '1;37;41',
  bar: '36',
  track: '2',
} as const satisfies Record<Tone, string>
const ESCAPE = '\u001b['

export const ColourContext = createContext(true)

/** A piece of a line. Every text reaches the screen through here, so that none reaches it unescaped. */
export function span(text: string, tone: Tone = 'plain'): Span {
  return { text: escapeText(text), tone }
}

export function widthOf(spans: readonly Span[]): number {
  return spans.reduce((width, { text }) => width + displayWidth(text), 0)
}

/** The spans cut to `width` columns: the one that does not fit ends in …, and nothing follows it. No number is cut. */
export function cutSpans(spans: readonly Span[], width: number): Span[] {
  const kept: Span[] = []
  let left = width
  for (const { text, tone } of spans) {
    const columns = displayWidth(text)
    if (columns <= left) {
      kept.push({ text, tone })
      left -= columns
      continue
    }
    const cut = truncateEnd(text, left)
    // Right behind a digit, the … would say that a number goes on.
    if (!(cut.startsWith('…') && /\d$/.test(kept.at(-1)?.text ?? ''))) kept.push({ text: cut, tone })
    break
  }
  return kept
}

/** Spans at the left and right ends of `width` columns; the left ones give way. */
export function spread(left: readonly Span[], right: readonly Span[], width: number): Span[] {
  const end = cutSpans(right, width)
  const room = width - widthOf(end)
  const start = cutSpans(left, end.length === 0 ? room : room - 1)
  return [...start, span(' '.repeat(Math.max(0, room - widthOf(start)))), ...end]
}

interface LineProps {
  readonly spans: readonly Span[]
  readonly width: number
}

/**
 * One line of the screen. It never wraps. The colours are written into the text here, and not left to one element each,
 * because a screen of a thousand elements costs the session too much time.
 */
export function Line({ spans, width }: LineProps) {
  const coloured = useContext(ColourContext)
  const text = cutSpans(spans, width)
    .map((part) => (coloured ? paint(part) : part.text))
    .join('')
  // An empty text has no height, and the lines under it would move up.
  return <Text wrap="truncate-end">{text === '' ? ' ' : text}</Text>
}

function paint({ text, tone }: Span): string {
  const rendition = RENDITION[tone]
  return rendition === '' || text === '' ? text : `${ESCAPE}${rendition}m${text}${ESCAPE}0m`
}
