// The gate that watches the market data: how long the book has said nothing, and whether that is silence or a hole. It asks nobody
// and cancels nothing: the loop does what it says.

import type { MarketEvent } from '../market/events.ts'
import type { MarketView } from '../market/view.ts'
import { type Gate, gateOf } from './gates.ts'

/** `live`: there is a market to quote in. `silent`: for half of what is allowed, so that what rests is taken back; or beyond it. */
export type FeedLook = { readonly state: 'live' } | { readonly state: 'silent'; readonly gate: Gate; readonly isBeyond: boolean }

export class FeedGate {
  readonly #limitUs: number
  #lastEventUs: number
  /** Of the book alone: a mark or a trade beside a dead book is no market to quote in. */
  #lastBookUs: number | null = null

  /** @param limitUs longest silence; 0: no limit */
  constructor(limitUs: number, startUs: number) {
    this.#limitUs = limitUs
    this.#lastEventUs = startUs
  }

  onMarket({ type, timeUs }: MarketEvent): void {
    this.#lastEventUs = timeUs
    if (type !== 'trade' && type !== 'mark') this.#lastBookUs = timeUs
  }

  /** The longest silence; 0: no limit. */
  get limitUs(): number {
    return this.#limitUs
  }

  get lastEventUs(): number {
    return this.#lastEventUs
  }

  /** How old the market is that is seen now. */
  get bookUs(): number {
    return this.#lastBookUs ?? this.#lastEventUs
  }

  look(nowUs: number, { bid, ask }: Pick<MarketView, 'bid' | 'ask'>): FeedLook {
    const silentUs = nowUs - this.bookUs
    if (this.#limitUs === 0 || silentUs * 2 <= this.#limitUs) return { state: 'live' }
    const figures = { value: String(silentUs / 1_000_000), limit: String(this.#limitUs / 1_000_000), unit: 's' }
    // The book was given up, and the rest of the market goes on: what is missing was not filled up again.
    const isHole = this.#lastBookUs !== null && bid === null && ask === null && (nowUs - this.#lastEventUs) * 2 <= this.#limitUs
    const gate = isHole
      ? gateOf('market_gap', { name: 'a gap in the market data, without a book for', ...figures })
      : gateOf('risk_stale_feed', { name: 'silent for', ...figures })
    return { state: 'silent', gate, isBeyond: silentUs > this.#limitUs }
  }
}
