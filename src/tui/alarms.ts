// What must not be missed: orders of which nobody knows how they stand at the venue, and a venue that cannot be reached. Words
// for the line that says so at every size, and for its plain twin. Owns no layout.

import type { DoubtModel, SessionViewModel } from '../core/session/view-model.ts'
import { formatClock, formatCount } from './format.ts'
import { type Span, span } from './theme.tsx'

type Alarming = Pick<SessionViewModel, 'doubts' | 'venueHealth'>

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

export function hasAlarm({ doubts, venueHealth }: Alarming): boolean {
  return doubts.length > 0 || venueHealth?.state === 'unreachable'
}

/** The counts first, so that a narrow screen cuts what is said of each; nothing where there is nothing to fear. */
export function alarmSpans({ doubts, venueHealth }: Alarming): Span[] {
  const counts = doubtCounts(doubts)
  const parts = [...(counts === null ? [] : [counts]), ...(venueHealth?.state === 'unreachable' ? ['venue unreachable'] : [])]
  if (parts.length === 0) return []
  const each = doubts.map(doubtText).join(' · ')
  return [span(` !! ${parts.join(', ')} `, 'alarm'), ...(each === '' ? [] : [span(`  ${each}`, 'value')])]
}

/** For a terminal too small for a line: `2 IN DOUBT`, or that the venue is away. */
export function shortAlarmSpans({ doubts, venueHealth }: Alarming): Span[] {
  if (doubts.length > 0) return [span(`${formatCount(doubts.length)} in doubt`, 'alarm')]
  return venueHealth?.state === 'unreachable' ? [span('venue unreachable', 'alarm')] : []
}
