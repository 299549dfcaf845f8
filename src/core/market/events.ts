// What a feed says about a market. Types only. Times are microseconds since 1970 on the receiver's clock; prices in
// quote, sizes in base.

import type { Decimal } from '../kernel/decimal.ts'
import type { Side } from '../kernel/inputs.ts'

/** Absolute size at a price; zero means that the level is gone. */
export interface BookLevel {
  readonly price: Decimal
  readonly size: Decimal
}

interface Stamped {
  readonly timeUs: number
  /** When the venue says it happened; null where the message carries no time. */
  readonly venueTimeUs: number | null
}

/** Best bid and ask with their sizes. */
export interface TickerEvent extends Stamped {
  readonly type: 'ticker'
  /** In the id space of depth updates. */
  readonly updateId: number
  readonly bid: BookLevel
  readonly ask: BookLevel
}

export interface TradeEvent extends Stamped {
  readonly type: 'trade'
  readonly tradeId: string
  readonly price: Decimal
  readonly size: Decimal
  /** Who took: the side of the incoming order. */
  readonly aggressor: Side
  /** False for prints that no order of the market made (insurance fund, ADL): no price, no volume, no fill. */
  readonly isMarket: boolean
}

/** Changed levels, each with its absolute size. */
export interface DepthEvent extends Stamped {
  readonly type: 'depth'
  readonly updateId: number
  readonly bids: readonly BookLevel[]
  readonly asks: readonly BookLevel[]
  /** True where this update does not follow the one before: the book must be thrown away first. */
  readonly afterGap: boolean
}

/** The whole book, or as much of it as the venue gives. */
export interface SnapshotEvent extends Stamped {
  readonly type: 'snapshot'
  readonly updateId: number
  readonly bids: readonly BookLevel[]
  readonly asks: readonly BookLevel[]
}

/** A derivative's mark and index price and its funding rate. */
export interface MarkEvent extends Stamped {
  readonly type: 'mark'
  readonly mark: Decimal
  readonly index: Decimal | null
  readonly fundingRate: Decimal | null
  readonly nextFundingUs: number | null
}

export type MarketEvent = TickerEvent | TradeEvent | DepthEvent | SnapshotEvent | MarkEvent
