// Where the quotes of a session stood at its ticks: how near to the touch, on how many sides, and what else follows its quoting.
// Distances are bps of the mid, zero at the touch. Formulas and sources are in docs/METRICS.md.

import { abs, type Decimal, dec, ZERO } from '../kernel/decimal.ts'
import { InventoryCourse } from './inventory-course.ts'
import { Markouts, type TickSeries } from './markouts.ts'
import { loadQuoteLife, QuoteFills } from './quote-life.ts'
import type { QuotingSideSummary, QuotingSummary, UpTimeSummary } from './quoting-view.ts'
import { meanOf, medianOf, percentOf, textOrNull } from './statistics.ts'
import type { JournalDb, Window } from './stored.ts'
import type { Tick, TickSink } from './tick-pass.ts'

const EDGES = [dec('2'), dec('5'), dec('10')] as const

/** What follows a session's quotes: lead its sinks through the session, then ask for the summary. */
export class Quoting {
  readonly #places = new QuotePlaces()
  readonly #markouts: Markouts
  readonly #inventory: InventoryCourse
  readonly #fills = new QuoteFills()

  /** `quantityAsset` is what quantities of the session's instrument are in. */
  constructor(series: TickSeries, quantityAsset: string) {
    this.#markouts = new Markouts(series)
    this.#inventory = new InventoryCourse(series, quantityAsset)
  }

  get sinks(): readonly TickSink[] {
    return [this.#places, this.#markouts, this.#inventory, this.#fills]
  }

  /** @throws DitaError STORE_DAMAGED */
  async summary(db: JournalDb, sessionId: string, window: Window): Promise<QuotingSummary> {
    return {
      ...this.#places.summary(),
      life: await loadQuoteLife(db, sessionId, window, this.#fills),
      markouts: this.#markouts.summary(),
      inventory: this.#inventory.summary(),
    }
  }
}

/**
 * Per side, over the ticks of the session: bid (our bid − best bid) × 10⁴ ÷ mid, ask (best ask − our ask) × 10⁴ ÷ mid, as the
 * engine noted them at each tick.
 */
class QuotePlaces implements TickSink {
  readonly #bids: Decimal[] = []
  readonly #asks: Decimal[] = []
  readonly #ticks = { twoSided: 0, bidOnly: 0, askOnly: 0, neither: 0 }

  onTick({ bidDistanceBps, askDistanceBps, ourBid, ourAsk }: Tick): void {
    if (bidDistanceBps !== null) this.#bids.push(bidDistanceBps)
    if (askDistanceBps !== null) this.#asks.push(askDistanceBps)
    if (ourBid !== null) this.#ticks[ourAsk === null ? 'bidOnly' : 'twoSided'] += 1
    else this.#ticks[ourAsk === null ? 'neither' : 'askOnly'] += 1
  }

  summary(): Pick<QuotingSummary, 'ticks' | 'bid' | 'ask' | 'upTime'> {
    const { twoSided, bidOnly, askOnly, neither } = this.#ticks
    const ticks = twoSided + bidOnly + askOnly + neither
    const upTime: UpTimeSummary = {
      twoSidedTicks: twoSided,
      bidOnlyTicks: bidOnly,
      askOnlyTicks: askOnly,
      neitherTicks: neither,
      twoSidedPercent: percentOf(twoSided, ticks),
      anyPercent: percentOf(ticks - neither, ticks),
    }
    return { ticks, bid: sideSummary(this.#bids, ticks), ask: sideSummary(this.#asks, ticks), upTime }
  }
}

function sideSummary(distances: readonly Decimal[], ticks: number): QuotingSideSummary {
  const counts = [0, 0, 0, 0]
  let atTouch = 0
  for (const distance of distances) {
    if (distance >= ZERO) atTouch += 1
    const size = abs(distance)
    const edge = EDGES.findIndex((limit) => size <= limit)
    const bin = edge === -1 ? EDGES.length : edge
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  const [near = 0, middle = 0, far = 0, beyond = 0] = counts
  return {
    quotedTicks: distances.length,
    withinTwoBpsTicks: near,
    withinTwoBpsPercent: percentOf(near, ticks),
    withinTwoBpsPercentOfQuoted: percentOf(near, distances.length),
    meanBps: textOrNull(meanOf(distances)),
    medianBps: textOrNull(medianOf(distances)),
    histogram: { '0-2': near, '2-5': middle, '5-10': far, '10+': beyond },
    atTouchTicks: atTouch,
    atTouchPercent: percentOf(atTouch, ticks),
    atTouchPercentOfQuoted: percentOf(atTouch, distances.length),
  }
}
