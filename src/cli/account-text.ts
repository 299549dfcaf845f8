// How commands that compare an account or prove a store lay out what they say: labelled blocks that fit 80 columns. Text only.

/** A terminal that is wider is not filled: evidence is read, not scanned. */
const WIDTH = 80
const LABEL = 12
const INDENT = '  '

/** Microseconds since 1970 as `2026-01-31 14:05:09.123` in UTC. */
export function utcText(timeUs: number): string {
  const date = new Date(Math.trunc(timeUs / 1000))
  return Number.isNaN(date.getTime()) ? `${timeUs} µs` : date.toISOString().slice(0, -1).replace('T', ' ')
}

/** `label     text`, the text wrapped under itself; a word that is longer than a line stays whole. */
export function labelled(label: string, text: string, indent = INDENT): string[] {
  return hanging(`${indent}${label.padEnd(LABEL)}`, text)
}

/** The text behind its head, wrapped under itself. */
export function hanging(head: string, text: string, width = WIDTH): string[] {
  return wrapped(text, width - head.length).map((line, index) => (index === 0 ? head : ' '.repeat(head.length)) + line)
}

/** A sentence of its own. */
export function paragraph(text: string, indent = ''): string[] {
  return wrapped(text, WIDTH - indent.length).map((line) => indent + line)
}

/** What a table may take: on a terminal no more than it has, and 80; a pipe folds nothing, so that `grep` finds whole rows. */
export function rowWidth(terminalWidth: number | undefined): number {
  return terminalWidth === undefined ? Number.POSITIVE_INFINITY : Math.min(terminalWidth, WIDTH)
}

/** Breaks at spaces; a word that is longer stays whole, and so does a command in backticks that fits a line: it is there to be typed. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  // What a venue wrote may hold anything: a break in it would start a line that passes for one of ours.
  for (const word of wordsOf(text, width)) {
    const next = line === '' ? word : `${line} ${word}`
    if (next.length <= width || line === '') line = next
    else {
      lines.push(line)
      line = word
    }
  }
  return [...lines, line]
}

function wordsOf(text: string, width: number): readonly string[] {
  const words: string[] = []
  let command = ''
  for (const word of text.split(/\s+/)) {
    command = command === '' ? word : `${command} ${word}`
    const isOpen = command.split('`').length % 2 === 0
    if (isOpen) continue
    words.push(...(command.length <= width ? [command] : command.split(' ')))
    command = ''
  }
  // A backtick that is never closed begins no command.
  return command === '' ? words : [...words, ...command.split(' ')]
}

export const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`

/** A long list says nothing more on a screen: --json has all of it. */
export const SHOWN = 50

export interface PlaceView {
  readonly mode: string
  readonly account: string | null
  readonly host: string | null
  readonly window: {
    readonly instruments: readonly string[]
    readonly asOfUs: number
    readonly fillsFromUs: number
    readonly fillsUntilUs: number | null
    readonly complete: boolean
  } | null
}

/** Which account where, and what of it was looked at. */
export function placeLines({ mode, account, host, window }: PlaceView): string[] {
  const money = mode === 'live' ? 'LIVE: real money' : 'demo: practice money'
  const place = [...labelled('account', `${account} (${money})`), ...labelled('venue', `${host}`)]
  if (window === null) return place
  const { instruments, asOfUs, fillsFromUs, fillsUntilUs, complete } = window
  const fills = fillsUntilUs === null ? 'could not be had' : `from ${utcText(fillsFromUs)} to ${utcText(fillsUntilUs)} UTC`
  return [
    ...place,
    ...labelled('looked at', `${instruments.join(', ')}, at ${utcText(asOfUs)} UTC by the venue's clock`),
    ...labelled('fills', fills),
    ...labelled(
      'complete',
      complete ? 'yes: open orders, positions and all fills of that time' : 'NO: what was not seen is unknown, not absent',
    ),
  ]
}
