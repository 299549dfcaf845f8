// What somebody away from the screen is told: one message, in words and as data. Types, and the words every shape shares.

import { escapeText } from '../text.ts'

/** `halt`: something stopped a session; `end`: it is over, whatever ended it. */
export type NoticeKind = 'halt' | 'alarm' | 'quarantine' | 'end' | 'test'

export interface Notice {
  /** The same at every attempt to send it: a receiver that heard it twice can tell. */
  readonly id: string
  readonly kind: NoticeKind
  /** `high` wakes somebody, `low` need not make a sound. */
  readonly urgency: 'low' | 'normal' | 'high'
  /** By the world's clock, in microseconds since 1970. */
  readonly timeUs: number
  readonly host: string
  readonly sessionId: string | null
  /** One line. */
  readonly title: string
  /** What happened and what to type, in whole sentences; may hold several lines. */
  readonly text: string
  /** The same as data, for programs: decimal strings, names, counts. */
  readonly details: Readonly<Record<string, string | number | null>>
}

/** A notice and how many went lost before it. */
export interface Outgoing {
  readonly notice: Notice
  readonly dropped: number
}

/** The words to show, with nothing in them that a screen would act on; cut where they are too long. */
export function wordsOf({ notice, dropped }: Outgoing, longest: number): string {
  const lines = notice.text.split('\n').map(escapeText)
  if (dropped > 0) lines.push(`${dropped} earlier ${dropped === 1 ? 'notification was' : 'notifications were'} dropped.`)
  return cut(lines.join('\n'), longest)
}

/** By what a person would call characters, so that none is torn. */
function cut(text: string, longest: number): string {
  if (text.length <= longest) return text
  let kept = ''
  for (const character of text) {
    if (kept.length + character.length >= longest) break
    kept += character
  }
  return `${kept}…`
}

export function titleOf({ notice }: Outgoing): string {
  return escapeText(notice.title).slice(0, 200)
}
