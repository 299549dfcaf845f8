// The words and symbols for where a session stands.

import { haltWords } from '../core/halt-reasons.ts'
import type { SessionViewModel } from '../core/session/view-model.ts'
import { tradingWord } from '../core/trading-words.ts'
import { countOf } from './format.ts'
import { type Span, span, widthOf } from './theme.tsx'

type Ending = Pick<SessionViewModel, 'phase' | 'haltReason' | 'haltDetail'>

/** `stopAsked`: a person pressed a key, and the session has not said yet that it is stopping. */
export function phaseSpan({ phase, haltReason, haltDetail }: Ending, stopAsked: boolean): Span {
  if (phase === 'halted') return span(`■ ${haltReason === null ? 'ended' : haltWords(haltReason, haltDetail).word}`, 'value')
  if (phase === 'stopping' || stopAsked) return span('◐ stopping…', 'warning')
  return phase === 'starting' ? span('○ starting', 'value') : span('● running', 'good')
}

/** Whether it is ending already: no key asks for that any more. */
export function isStopping({ phase }: Pick<SessionViewModel, 'phase'>, stopAsked: boolean): boolean {
  return phase === 'stopping' || (stopAsked && phase !== 'halted')
}

type Stopping = Pick<SessionViewModel, 'phase' | 'orders' | 'venueHealth' | 'stopsByUs' | 'nowUs'>

/** What a session that starts in the world waits for before it trades. */
export function startSpans({ phase, venueHealth }: Pick<SessionViewModel, 'phase' | 'venueHealth'>): Span[] {
  return phase === 'starting' && venueHealth !== null ? [span('reconciling', 'value')] : []
}

/** What a session that stops still waits for, and for how long at most, in fewer words where there is no room; nothing where it waits for nothing that can be seen. */
export function waitSpans(model: Stopping, stopAsked: boolean, width: number): Span[] {
  if (!isStopping(model, stopAsked)) return []
  const { length } = model.orders
  const isAway = model.venueHealth?.state === 'unreachable'
  const tone = isAway ? 'warning' : 'value'
  if (length === 0) return isAway ? [span('waits for the venue', tone)] : []
  const orders = `taking back ${countOf(length, 'order')}`
  const waits = [span(isAway ? `${orders}, no answer` : orders, tone)]
  const wordings = atMostWordings(model).map((words) => [...waits, span(words, 'value')])
  return wordings.find((spans) => widthOf(spans) <= width) ?? waits
}

function atMostWordings({ stopsByUs, nowUs }: Stopping): string[] {
  if (stopsByUs === null) return []
  const left = Math.max(0, Math.ceil((stopsByUs - nowUs) / 1_000_000))
  return [`, at most ${left} s more`, `, ${left} s`]
}

/** What does not pass while the session runs; nothing where all does, and once it stops no order is sent anyway. */
export function tradingSpans({ phase, trading }: Pick<SessionViewModel, 'phase' | 'trading'>): Span[] {
  if (phase !== 'running' || trading === 'active') return []
  const word = tradingWord(trading)
  return [span(trading === 'halted' ? `trading ${word}` : word, 'warning')]
}

/** The same with the key that ends it, for a screen whose keys do. */
export function resumableSpans(model: Pick<SessionViewModel, 'phase' | 'trading'>): Span[] {
  const spans = tradingSpans(model)
  return spans.length === 0 ? [] : [...spans, span(` (${model.trading === 'halted' ? 'p' : 'r'} resumes)`, 'label')]
}

/** Why it ended; nothing while the session runs. An end that nobody meant is an alarm. */
export function haltSpans({ haltReason, haltDetail }: Pick<SessionViewModel, 'haltReason' | 'haltDetail'>): Span[] {
  if (haltReason === null) return []
  const { word, short, rest } = haltWords(haltReason, haltDetail)
  const reason = span(short, word === 'ended' ? 'value' : 'alarm')
  return rest === null ? [reason] : [reason, span(': '), span(rest)]
}
