// How an order stands, in words: as many as there is room for, and never half of one. Owns no layout.

import { spaced } from './format.ts'
import { displayWidth, escapeText } from './text.ts'

interface Standing {
  readonly status: string
  readonly cancel: string
}

/** Statuses in which nobody knows whether the venue has the order. */
const TROUBLED: ReadonlySet<string> = new Set(['in_doubt', 'quarantined'])

/** What says the same in less room. */
const SHORT: Readonly<Record<string, string>> = { partially_filled: 'partial', quarantined: 'quarant.', submitting: 'sending' }

/** Of a cancel: in words, and as the mark that docs/SCREEN.md explains. */
const CANCELS: Readonly<Record<string, readonly [words: string, mark: string]>> = {
  requested: ['cancel requested', 'cancel→'],
  sent: ['cancel sent', 'cancel→'],
  in_doubt: ['cancel in doubt', 'cancel?'],
  refused: ['cancel refused', 'refused'],
}

export function isTroubled({ status, cancel }: Standing): boolean {
  return TROUBLED.has(status) || cancel === 'in_doubt'
}

/** The longest first. Where only one part fits, it is the one that matters: the order's doubt, or else its cancel. */
export function statusWordings({ status, cancel }: Standing): readonly [string, ...string[]] {
  const long = escapeText(spaced(status))
  const short = SHORT[status] ?? long
  if (cancel === 'none' || cancel === '') return [long, short]
  const [words, mark] = CANCELS[cancel] ?? [`cancel ${escapeText(spaced(cancel))}`, 'cancel']
  if (TROUBLED.has(status)) return [`${long}, ${words}`, `${long}, ${mark}`, long, short]
  return [`${long}, ${words}`, `${long}, ${mark}`, `${short}, ${mark}`, ...(cancel === 'in_doubt' ? [words] : []), mark]
}

/** The first that fits, or else the last. */
export function longestThatFits(wordings: readonly string[], width: number): string {
  return wordings.find((words) => displayWidth(words) <= width) ?? wordings.at(-1) ?? ''
}
