// What must not be missed: orders of which nobody knows how they stand at the venue, a venue that cannot be reached, a market that is
// stale, a gate near its limit, a checkpoint that failed. Words for the line that says so on every page and at every size, and for its
// plain twin. Owns no layout.

import type { DoubtModel, SessionViewModel } from '../core/session/view-model.ts'
import { formatClock, formatCount, formatShare, spaced } from './format.ts'
import { type Span, span } from './theme.tsx'

type Alarming = Pick<SessionViewModel, 'doubts' | 'venueHealth' | 'phase' | 'feed' | 'limits' | 'store'>

const NAMES = {
  in_doubt: { one: '1 order in doubt', many: 'orders in doubt', also: 'in doubt' },
  quarantined: { one: '1 order quarantined', many: 'orders quarantined', also: 'quarantined' },
  cancel: { one: '1 cancel in doubt', many: 'cancels in doubt', also: null },
} as const satisfies Record<DoubtModel['status'], { one: string; many: string; also: string | null }>

/** `2 orders in doubt, 1 quarantined, 1 cancel in doubt`; null where all is known. */
export function doubtCounts(doubts: readonly DoubtModel[]): string | null {
  const told: string[] = []
  for (const status of ['in_doubt', 'quarantined', 'cancel'] as const) {
    const count = doubts.filter((doubt) => doubt.status === status).length
    if (count === 0) continue
    const { one, many, also } = NAMES[status]
    // The noun is said once.
    if (told.length > 0 && also !== null) told.push(`${formatCount(count)} ${also}`)
    else told.push(count === 1 ? one : `${formatCount(count)} ${many}`)
  }
  return told.length === 0 ? null : told.join(', ')
}

/** `sell 120.5 at 2.1055 since 03:56:18, asked 3×, s7k200000001`. */
export function doubtText({ side, quantity, price, sinceUs, asks, clientOrderId }: DoubtModel): string {
  return `${side} ${quantity} at ${price ?? 'market'} since ${formatClock(sinceUs)}, asked ${asks}×, ${clientOrderId}`
}

/** From this share of its limit on, a gate is near to halting the session. */
export const NEAR_SHARE = 0.8

interface Concern {
  readonly text: string
  /** For a terminal too small for more. */
  readonly short: string
  readonly tone: 'alarm' | 'warning'
}

/** The worst first. */
function concernsOf(model: Alarming): Concern[] {
  const { doubts, venueHealth, phase, feed, limits, store } = model
  const concerns: Concern[] = []
  const alarm = (text: string, short = text): number => concerns.push({ text, short, tone: 'alarm' })
  const counts = doubtCounts(doubts)
  if (counts !== null) alarm(counts, `${formatCount(doubts.length)} in doubt`)
  if (venueHealth?.state === 'unreachable') alarm('venue unreachable')
  if (feed?.isStale === true && phase === 'running') alarm(`feed silent for ${Math.floor(feed.silentUs / 1_000_000)} s`, 'feed silent')
  if ((store?.lastCheckpoint?.error ?? null) !== null) alarm('checkpoint failed')
  if (phase === 'halted') return concerns
  for (const { name, share, halts } of limits) {
    if (halts !== true || !(share >= NEAR_SHARE)) continue
    const text = `${spaced(name)} at ${formatShare(share)} of its limit`
    concerns.push({ text, short: text, tone: share >= 1 ? 'alarm' : 'warning' })
  }
  return concerns
}

/** Whether there is more than warnings: those come and go, and the screen must not jump for them. */
export function hasAlarm(model: Alarming): boolean {
  return concernsOf(model).some(({ tone }) => tone === 'alarm')
}

/** What there is to fear first, so that a narrow screen cuts what is said of each order; nothing where there is nothing. */
export function alarmSpans(model: Alarming): Span[] {
  const concerns = concernsOf(model)
  const spans: Span[] = []
  for (const [tone, mark] of [
    ['alarm', '!!'],
    ['warning', '!'],
  ] as const) {
    const texts = concerns.filter((concern) => concern.tone === tone).map(({ text }) => text)
    if (texts.length > 0) spans.push(...(spans.length > 0 ? [span(' ')] : []), span(` ${mark} ${texts.join(', ')} `, tone))
  }
  const each = model.doubts.map(doubtText).join(' · ')
  return each === '' ? spans : [...spans, span(`  ${each}`, 'value')]
}

/** For a terminal too small for a line: the worst alone. */
export function shortAlarmSpans(model: Alarming): Span[] {
  return concernsOf(model)
    .slice(0, 1)
    .map(({ short, tone }) => span(short, tone))
}
