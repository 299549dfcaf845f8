// What must not be missed: orders of which nobody knows how they stand at the venue, a venue that cannot be reached or holds another
// position, a market that is stale, a gate near its limit, a checkpoint that failed. Words for the line that says so on every page and
// at every size, and for its plain twin. Owns no layout.

import type { DoubtModel, SessionViewModel } from '../core/session/view-model.ts'
import { formatClock, formatCount, formatShare, spaced, withSign } from './format.ts'
import { type Span, span, widthOf } from './theme.tsx'

type Alarming = Pick<SessionViewModel, 'doubts' | 'venueHealth' | 'phase' | 'feed' | 'limits' | 'store' | 'position'>

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
export function doubtText(doubt: DoubtModel): string {
  return doubtParts(doubt).join('')
}

/** In whole parts, the most telling first: where room is short, the last ones go. */
function doubtParts({ side, quantity, price, sinceUs, asks, clientOrderId }: DoubtModel): readonly string[] {
  return [`${side} ${quantity} at ${price ?? 'market'}`, ` since ${formatClock(sinceUs)}`, `, asked ${asks}×`, `, ${clientOrderId}`]
}

/** From this share of its limit on, a gate is near to halting the session. */
export const NEAR_SHARE = 0.8

interface Concern {
  readonly text: string
  /** Where there is no room for more. */
  readonly short: string
  readonly tone: 'alarm' | 'warning'
}

/** The worst first: alarms, then warnings. */
function concernsOf(model: Alarming): Concern[] {
  const { doubts, venueHealth, phase, feed, limits, store, position } = model
  const concerns: Concern[] = []
  const alarm = (text: string, short = text): number => concerns.push({ text, short, tone: 'alarm' })
  const counts = doubtCounts(doubts)
  if (counts !== null) alarm(counts, `${formatCount(doubts.length)} in doubt`)
  if (venueHealth?.state === 'unreachable') alarm('venue unreachable')
  if (feed?.isStale === true && phase === 'running') alarm(`feed silent for ${Math.floor(feed.silentUs / 1_000_000)} s`, 'feed silent')
  if ((store?.lastCheckpoint?.error ?? null) !== null) alarm('checkpoint failed')
  // A warning: for a moment it is so whenever a fill is told later than what it made of the position.
  if (position.venues !== null) {
    const text = `position ${withSign(position.quantity)} here, ${withSign(position.venues)} at the venue`
    concerns.push({ text, short: 'position differs', tone: 'warning' })
  }
  if (phase === 'halted') return concerns
  for (const { name, share, halts } of limits) {
    if (halts !== true || !(share >= NEAR_SHARE)) continue
    const short = `${spaced(name)} at ${formatShare(share)}`
    concerns.push({ text: `${short} of its limit`, short, tone: share >= 1 ? 'alarm' : 'warning' })
  }
  return [...concerns.filter(({ tone }) => tone === 'alarm'), ...concerns.filter(({ tone }) => tone === 'warning')]
}

/** Whether there is more than warnings: those come and go, and the screen must not jump for them. */
export function hasAlarm(model: Alarming): boolean {
  return concernsOf(model).some(({ tone }) => tone === 'alarm')
}

/**
 * What there is to fear first, then as many whole parts of what is known of each order as fit; nothing where there is nothing. Where not
 * even all concerns fit they are said shorter, and the last ones only counted: no word is cut.
 */
export function alarmSpans(model: Alarming, width: number): Span[] {
  const concerns = concernsOf(model)
  if (concerns.length === 0) return []
  const whole = concernSpans(concerns, 'text', 0)
  const spans = widthOf(whole) <= width ? whole : shortConcerns(concerns, width)
  return [...spans, ...eachSpans(model.doubts, width - widthOf(spans))]
}

function shortConcerns(concerns: readonly Concern[], width: number): Span[] {
  for (let kept = concerns.length; kept > 1; kept -= 1) {
    const spans = concernSpans(concerns.slice(0, kept), 'short', concerns.length - kept)
    if (widthOf(spans) <= width) return spans
  }
  return concernSpans(concerns.slice(0, 1), 'short', concerns.length - 1)
}

/** Alarms, then warnings, each group behind its mark; at the end how many more there are. */
function concernSpans(concerns: readonly Concern[], words: 'text' | 'short', left: number): Span[] {
  const more = left === 0 ? '' : `, ${left} more`
  const isLast = (tone: Concern['tone']): boolean => concerns.at(-1)?.tone === tone
  const spans: Span[] = []
  for (const [tone, mark] of [
    ['alarm', '!!'],
    ['warning', '!'],
  ] as const) {
    const texts = concerns.filter((concern) => concern.tone === tone).map((concern) => concern[words])
    if (texts.length === 0) continue
    spans.push(...(spans.length > 0 ? [span(' ')] : []), span(` ${mark} ${texts.join(', ')}${isLast(tone) ? more : ''} `, tone))
  }
  return spans
}

function eachSpans(doubts: readonly DoubtModel[], width: number): Span[] {
  let text = ''
  for (const doubt of doubts) {
    const [first = '', ...rest] = doubtParts(doubt)
    for (const part of [`${text === '' ? '  ' : ' · '}${first}`, ...rest]) {
      if (widthOf([span(text + part)]) > width) return text === '' ? [] : [span(text, 'value')]
      text += part
    }
  }
  return text === '' ? [] : [span(text, 'value')]
}

/** For a terminal too small for a line: the worst alone. */
export function shortAlarmSpans(model: Alarming): Span[] {
  return concernsOf(model)
    .slice(0, 1)
    .map(({ short, tone }) => span(short, tone))
}
