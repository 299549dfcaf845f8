// How amounts look on the screen: their tone and what stands where there is none. Owns no layout.

import { signOf, withSign } from './format.ts'
import { type Span, span, type Tone } from './theme.tsx'

const MISSING = '—'

/** An amount as it is; a dash where it is not known, which is not the same as zero. */
export function amount(text: string | null, tone: Tone = 'value'): Span {
  return text === null ? span(MISSING, 'label') : span(text, tone)
}

/** A profit or loss, always with its sign. */
export function profit(text: string | null): Span {
  if (text === null) return span(MISSING, 'label')
  const sign = signOf(text)
  return span(withSign(text), sign === 1 ? 'gain' : sign === -1 ? 'loss' : 'plain')
}

/** `buy`, `sell`, `bid`, `ask`, `long`, `short`, or whatever else a side is called. */
export function sideSpan(side: string | null): Span {
  if (side === null) return span(MISSING, 'label')
  const lower = side.toLowerCase()
  if (lower === 'buy' || lower === 'bid' || lower === 'long') return span(lower, 'buy')
  if (lower === 'sell' || lower === 'ask' || lower === 'short') return span(lower, 'sell')
  return span(side)
}
