// The market as a strategy sees it, built from market events. It owns its order book; it never decides anything.

import { add, type Decimal, dec, div, mul, ZERO } from '../kernel/decimal.ts'
import type { BookLevel, MarketEvent } from './events.ts'
import { OrderBook } from './order-book.ts'
import type { MarketView } from './view.ts'

const TWO = dec('2')
const MARK_FRESH_US = 10_000_000

/** A view that is always the present: it changes with every event applied, so a reader who wants the past copies. */
export class MarketState implements MarketView {
  readonly book: OrderBook
  readonly #keepsBook: boolean
  #timeUs = 0
  #mark: Decimal | null = null
  #markUs = 0
  #lastTrade: Decimal | null = null
  #tradedValue: Decimal = ZERO
  #tradedSize: Decimal = ZERO

  /** @param kept a book that somebody else keeps up to date, before this is told of an event; without one it keeps its own */
  constructor(kept?: OrderBook) {
    this.book = kept ?? new OrderBook()
    this.#keepsBook = kept === undefined
  }

  apply(event: MarketEvent): void {
    this.#timeUs = event.timeUs
    if (event.type === 'trade') {
      // Prints that no order of the market made may be far off it: they are neither price nor volume.
      if (!event.isMarket) return
      this.#lastTrade = event.price
      this.#tradedSize = add(this.#tradedSize, event.size)
      this.#tradedValue = add(this.#tradedValue, mul(event.price, event.size))
    } else if (event.type === 'mark') {
      this.#mark = event.mark
      this.#markUs = event.timeUs
    } else if (this.#keepsBook) {
      this.book.apply(event)
    }
  }

  /** Begins the next tick: what was traded is counted from zero again. */
  startTick(): void {
    this.#tradedValue = ZERO
    this.#tradedSize = ZERO
  }

  /** Of the last event; zero before the first. */
  get timeUs(): number {
    return this.#timeUs
  }

  get bid(): BookLevel | null {
    return this.book.bestBid()
  }

  get ask(): BookLevel | null {
    return this.book.bestAsk()
  }

  get mid(): Decimal | null {
    const bid = this.book.bestBid()
    const ask = this.book.bestAsk()
    return bid === null || ask === null ? null : div(add(bid.price, ask.price), TWO)
  }

  /** Null once it is older than ten seconds: venues say it every one to three, and a frozen mark hides losses. */
  get mark(): Decimal | null {
    return this.#timeUs - this.#markUs > MARK_FRESH_US ? null : this.#mark
  }

  get lastTrade(): Decimal | null {
    return this.#lastTrade
  }

  get tradedValue(): Decimal {
    return this.#tradedValue
  }

  get tradedSize(): Decimal {
    return this.#tradedSize
  }

  bids(count: number): readonly BookLevel[] {
    return this.book.bids(count)
  }

  asks(count: number): readonly BookLevel[] {
    return this.book.asks(count)
  }
}
