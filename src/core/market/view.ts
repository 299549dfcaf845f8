// The market as strategies and screens see it. Types only.

import type { Decimal } from '../kernel/decimal.ts'
import type { BookLevel } from './events.ts'

/** The market as a strategy sees it at a tick. Prices in quote, sizes in base; null where there is none yet. */
export interface MarketView {
  readonly timeUs: number
  readonly bid: BookLevel | null
  readonly ask: BookLevel | null
  /** (bid + ask) ÷ 2. */
  readonly mid: Decimal | null
  /** The venue's own mark price, where the feed carries one. */
  readonly mark: Decimal | null
  /** The price of the last trade, and Σ price × size and Σ size of the trades since the last tick. */
  readonly lastTrade: Decimal | null
  readonly tradedValue: Decimal
  readonly tradedSize: Decimal
  /** The best `count` levels of a side, best first. */
  bids(count: number): readonly BookLevel[]
  asks(count: number): readonly BookLevel[]
}
