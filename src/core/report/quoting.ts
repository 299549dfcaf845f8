// How near the quotes of a session were to the touch. Distances are bps of the mid, zero at the touch.

import { abs, add, type Decimal, dec, div, formatDecimal, mulDiv, ONE, ZERO } from '../kernel/decimal.ts'
import { inWindow, type JournalDb, slicesOf, stored, type Window } from './stored.ts'
import type { QuotingSideSummary, QuotingSummary } from './summary-view.ts'

const EDGES = [dec('2'), dec('5'), dec('10')] as const
const HUNDRED = dec('100')
const TWO = dec('2')

/**
 * Per side, over the ticks of the session: bid (our bid − best bid) × 10⁴ ÷ mid, ask (best ask − our ask) × 10⁴ ÷ mid, as the
 * engine noted them at each tick.
 * @throws DitaError STORE_DAMAGED
 */
export async function loadQuoting(db: JournalDb, window: Window): Promise<QuotingSummary> {
  const bids: Decimal[] = []
  const asks: Decimal[] = []
  let ticks = 0
  for (const slice of slicesOf(window)) {
    const rows = await db.selectFrom('market_snapshots').select(['bid_distance_bps', 'ask_distance_bps']).where(inWindow(slice)).execute()
    ticks += rows.length
    for (const row of rows) {
      if (row.bid_distance_bps !== null) bids.push(stored(row.bid_distance_bps))
      if (row.ask_distance_bps !== null) asks.push(stored(row.ask_distance_bps))
    }
  }
  return { ticks, bid: sideSummary(bids, ticks), ask: sideSummary(asks, ticks) }
}

function sideSummary(distances: Decimal[], ticks: number): QuotingSideSummary {
  const counts = [0, 0, 0, 0]
  let sum = ZERO
  for (const distance of distances) {
    sum = add(sum, distance)
    const size = abs(distance)
    const edge = EDGES.findIndex((limit) => size <= limit)
    const bin = edge === -1 ? EDGES.length : edge
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  const [near = 0, middle = 0, far = 0, beyond = 0] = counts
  return {
    quotedTicks: distances.length,
    withinTwoBpsTicks: near,
    withinTwoBpsPercent: percent(near, ticks),
    withinTwoBpsPercentOfQuoted: percent(near, distances.length),
    meanBps: distances.length === 0 ? null : formatDecimal(div(sum, whole(distances.length))),
    medianBps: medianOf(distances),
    histogram: { '0-2': near, '2-5': middle, '5-10': far, '10+': beyond },
  }
}

function medianOf(values: readonly Decimal[]): string | null {
  const sorted = [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  const upper = sorted[Math.floor(sorted.length / 2)]
  const lower = sorted[Math.floor((sorted.length - 1) / 2)]
  return upper === undefined || lower === undefined ? null : formatDecimal(div(add(lower, upper), TWO))
}

function percent(part: number, of: number): string | null {
  return of === 0 ? null : formatDecimal(mulDiv(HUNDRED, whole(part), whole(of)))
}

function whole(count: number): Decimal {
  return (BigInt(count) * ONE) as Decimal
}
