// The words and symbols for where a session stands.

import type { SessionPhase, SessionViewModel, TradingModel } from '../core/session/view-model.ts'
import { countOf } from './format.ts'
import { type Span, span } from './theme.tsx'

/** Ends that nobody needs to worry about; every other halt is an alarm. */
const CALM_HALTS: ReadonlySet<string> = new Set([
  'duration_elapsed',
  'feed_ended',
  'engine_requested_halt',
  'interrupted_sigint',
  'interrupted_sigterm',
  'interrupted_sighup',
])

/** `stopAsked`: a person pressed a key, and the session has not said yet that it is stopping. */
export function phaseSpan(phase: SessionPhase, stopAsked: boolean): Span {
  if (phase === 'halted') return span('■ halted', 'value')
  if (phase === 'stopping' || stopAsked) return span('◐ stopping…', 'warning')
  return phase === 'starting' ? span('○ starting', 'value') : span('● running', 'good')
}

/** Whether it is ending already: no key asks for that any more. */
export function isStopping({ phase }: Pick<SessionViewModel, 'phase'>, stopAsked: boolean): boolean {
  return phase === 'stopping' || (stopAsked && phase !== 'halted')
}

/** What a session that stops still waits for; nothing where it waits for nothing that can be seen. */
export function waitSpans(model: Pick<SessionViewModel, 'phase' | 'orders' | 'venueHealth'>, stopAsked: boolean): Span[] {
  if (!isStopping(model, stopAsked)) return []
  const { length } = model.orders
  const isAway = model.venueHealth?.state === 'unreachable'
  if (length === 0) return isAway ? [span('waits for the venue', 'warning')] : []
  const orders = `taking back ${countOf(length, 'order')}`
  return [span(isAway ? `${orders}, no answer` : orders, isAway ? 'warning' : 'value')]
}

const TRADING_WORDS: Readonly<Record<Exclude<TradingModel, 'active'>, string>> = {
  reducing: 'reducing only',
  halted: 'trading paused',
}

/** What does not pass while the session runs; nothing where all does, and once it stops no order is sent anyway. */
export function tradingSpans({ phase, trading }: Pick<SessionViewModel, 'phase' | 'trading'>): Span[] {
  return phase === 'running' && trading !== 'active' ? [span(TRADING_WORDS[trading], 'warning')] : []
}

/** The halt reason and its detail; nothing while the session runs. */
export function haltSpans(model: SessionViewModel): Span[] {
  if (model.haltReason === null) return []
  const reason = span(model.haltReason, CALM_HALTS.has(model.haltReason) ? 'value' : 'alarm')
  return model.haltDetail === null ? [reason] : [reason, span(' '), span(model.haltDetail)]
}
