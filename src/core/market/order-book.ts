// The order book of one instrument, built from market events. It owns the levels; it never reads a feed and never trades.

import { type Decimal, ZERO } from '../kernel/decimal.ts'
import type { Side } from '../kernel/inputs.ts'
import type { BookLevel, DepthEvent, MarketEvent, SnapshotEvent, TickerEvent } from './events.ts'

/**
 * A book of price levels: `buy` names the bids, `sell` the asks. It works from a snapshot and diffs, from diffs alone,
 * from a ticker alone (then with one level a side), or from all of them, and is never crossed or locked.
 *
 * A ticker shares its id space with the diffs but comes sooner, so the newer of the two has the last word on the touch:
 * - a ticker older than the last diff, or than the last ticker, says nothing new and is ignored;
 * - a newer one removes every level better than its own and sets its own;
 * - a diff older than the last ticker is applied, and the ticker's touch is set again on top of it.
 */
export class OrderBook {
  readonly #bids = new HalfBook('buy')
  readonly #asks = new HalfBook('sell')
  #ticker: TickerEvent | null = null
  /** The last diff or snapshot; -1 before the first. */
  #depthId = -1
  #complete = false
  #conflicts = 0

  /** Takes over what an event says about the book; trades and marks say nothing. True where the book may have changed. */
  apply(event: MarketEvent): boolean {
    switch (event.type) {
      case 'ticker':
        return this.#applyTicker(event)
      case 'depth':
        return this.#applyDepth(event)
      case 'snapshot':
        return this.#applySnapshot(event)
      default:
        return false
    }
  }

  bestBid(): BookLevel | null {
    return this.#bids.at(0)
  }

  bestAsk(): BookLevel | null {
    return this.#asks.at(0)
  }

  /** The size at a price, zero where there is none. */
  sizeAt(side: Side, price: Decimal): Decimal {
    return this.#half(side).sizeAt(price)
  }

  /** The level at a distance from the best one, which is 0; null beyond the last. Allocates nothing. */
  levelAt(side: Side, depth: number): BookLevel | null {
    return this.#half(side).at(depth)
  }

  /** How many levels a side has. */
  levelCount(side: Side): number {
    return this.#half(side).count
  }

  /** The best `count` levels, best first. */
  bids(count: number): BookLevel[] {
    return this.#bids.best(count)
  }

  asks(count: number): BookLevel[] {
    return this.#asks.best(count)
  }

  /** The newest id the book holds something of, diff, snapshot or ticker; -1 while it holds nothing. */
  get lastUpdateId(): number {
    return Math.max(this.#depthId, this.#ticker?.updateId ?? -1)
  }

  /** Whether both sides have a level. */
  get isReady(): boolean {
    return this.#bids.count > 0 && this.#asks.count > 0
  }

  /** Whether it stands on a snapshot with no gap since. Otherwise levels that never changed are missing. */
  get isComplete(): boolean {
    return this.#complete
  }

  /** How often an update contradicted older levels, which were then removed. Zero on a sound feed. */
  get conflicts(): number {
    return this.#conflicts
  }

  clear(): void {
    this.#bids.clear()
    this.#asks.clear()
    this.#ticker = null
    this.#depthId = -1
    this.#complete = false
  }

  #half(side: Side): HalfBook {
    return side === 'buy' ? this.#bids : this.#asks
  }

  #applyTicker(ticker: TickerEvent): boolean {
    if (ticker.updateId < this.lastUpdateId) return false
    if (ticker.bid.size > ZERO && ticker.ask.size > ZERO && ticker.bid.price >= ticker.ask.price) {
      this.#conflicts += 1
      return false
    }
    this.#ticker = ticker
    if (this.#depthId < 0) {
      // Nobody maintains the levels behind the touch: an old touch left standing there would be a phantom.
      this.#bids.clear()
      this.#asks.clear()
    }
    this.#impose(ticker)
    return true
  }

  #impose(ticker: TickerEvent): void {
    this.#bids.setTouch(ticker.bid)
    this.#asks.setTouch(ticker.ask)
  }

  #applyDepth(depth: DepthEvent): boolean {
    if (depth.afterGap) this.clear()
    else if (depth.updateId < this.#depthId) return false
    this.#update(depth)
    return true
  }

  #applySnapshot(snapshot: SnapshotEvent): boolean {
    const ticker = this.#ticker
    this.clear()
    // A snapshot without any level says that nothing is known, of the touch neither: a feed's fresh start.
    if (snapshot.bids.length === 0 && snapshot.asks.length === 0) return true
    this.#ticker = ticker
    this.#update(snapshot)
    this.#complete = true
    return true
  }

  #update(event: DepthEvent | SnapshotEvent): void {
    this.#depthId = event.updateId
    this.#asks.setAll(event.asks)
    this.#bids.setAll(event.bids)
    if (this.#ticker !== null && this.#ticker.updateId > event.updateId) {
      // What the older event brought back beyond the newer touch goes again, so nothing is left crossed.
      this.#impose(this.#ticker)
      return
    }
    this.#ticker = null
    if (this.#isCrossed()) this.#uncross(event)
  }

  #isCrossed(): boolean {
    const bid = this.#bids.at(0)
    const ask = this.#asks.at(0)
    return bid !== null && ask !== null && bid.price >= ask.price
  }

  /** The event is newer than what it contradicts, so older levels yield; one that crosses itself loses its asks. */
  #uncross(event: DepthEvent | SnapshotEvent): void {
    this.#conflicts += 1
    for (const ask of event.asks) if (ask.size > ZERO) this.#bids.removeReaching(ask.price)
    this.#bids.setAll(event.bids)
    for (const bid of event.bids) if (bid.size > ZERO) this.#asks.removeReaching(bid.price)
  }
}

/** One side, sorted so that the best level is the last: changes near the touch, nearly all of them, move little. */
class HalfBook {
  readonly #levels: BookLevel[] = []
  readonly #isBid: boolean

  constructor(side: Side) {
    this.#isBid = side === 'buy'
  }

  get count(): number {
    return this.#levels.length
  }

  at(depth: number): BookLevel | null {
    return this.#levels[this.#levels.length - 1 - depth] ?? null
  }

  best(count: number): BookLevel[] {
    const length = Math.min(count, this.#levels.length)
    const levels: BookLevel[] = []
    for (let depth = 0; depth < length; depth += 1) levels.push(this.#levels[this.#levels.length - 1 - depth] as BookLevel)
    return levels
  }

  sizeAt(price: Decimal): Decimal {
    const level = this.#levels[this.#find(price)]
    return level !== undefined && level.price === price ? level.size : ZERO
  }

  clear(): void {
    this.#levels.length = 0
  }

  setAll(levels: readonly BookLevel[]): void {
    for (const level of levels) this.#set(level)
  }

  /** Removing a price that is not there is normal: a diff may tell of levels that came and went unseen. */
  #set(level: BookLevel): void {
    const index = this.#find(level.price)
    const isHeld = this.#levels[index]?.price === level.price
    if (level.size > ZERO) {
      if (isHeld) this.#levels[index] = level
      else if (index === this.#levels.length) this.#levels.push(level)
      else this.#levels.splice(index, 0, level)
    } else if (isHeld) {
      if (index === this.#levels.length - 1) this.#levels.pop()
      else this.#levels.splice(index, 1)
    }
  }

  /** Makes a level the best one; a size of zero means that the side is empty. */
  setTouch(level: BookLevel): void {
    if (level.size === ZERO) {
      this.clear()
      return
    }
    this.removeReaching(level.price)
    this.#levels.push(level)
  }

  /** Removes the levels at a price and all better ones. */
  removeReaching(price: Decimal): void {
    for (let top = this.at(0); top !== null && !this.#isBetter(price, top.price); top = this.at(0)) this.#levels.pop()
  }

  #isBetter(price: Decimal, than: Decimal): boolean {
    return this.#isBid ? price > than : price < than
  }

  /** Where a price is, or where it belongs. */
  #find(price: Decimal): number {
    const levels = this.#levels
    let low = 0
    let high = levels.length
    // Gallops from the best level inwards, since that is where most prices are, before halving what is left.
    for (let reach = 1; reach <= levels.length; reach *= 4) {
      const index = levels.length - reach
      if (this.#isBetter(price, (levels[index] as BookLevel).price)) {
        low = index + 1
        break
      }
      high = index
    }
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#isBetter(price, (levels[middle] as BookLevel).price)) low = middle + 1
      else high = middle
    }
    return low
  }
}
