// What the book says about one price of one side, and what it leaves open. Reads the book; changes nothing.

import { type Decimal, ZERO } from '../kernel/decimal.ts'
import type { Side } from '../kernel/inputs.ts'
import type { DepthEvent, SnapshotEvent, TickerEvent } from '../market/events.ts'
import type { OrderBook } from '../market/order-book.ts'

export type BookEvent = TickerEvent | DepthEvent | SnapshotEvent

export function opposite(side: Side): Side {
  return side === 'buy' ? 'sell' : 'buy'
}

/** Whether a resting order of this side stands before one at the other price. */
export function isBetter(side: Side, price: Decimal, other: Decimal): boolean {
  return side === 'buy' ? price > other : price < other
}

/** The feed begins anew: what was displayed before and is not now was not cancelled. */
export function isFreshStart(event: BookEvent): boolean {
  if (event.type === 'depth') return event.afterGap
  return event.type === 'snapshot' && event.bids.length === 0 && event.asks.length === 0
}

/**
 * The displayed size at a price; null where the book leaves open whether there is any: behind the touch of a ticker,
 * beyond the deepest level, or between levels of a book that has no snapshot to stand on.
 * `wasSeen`: the size at the price was known before `event`, and no gap lies between.
 */
export function displayedSize(book: OrderBook, side: Side, price: Decimal, event: BookEvent | null, wasSeen: boolean): Decimal | null {
  const size = book.sizeAt(side, price)
  if (size > ZERO) return size
  const best = book.levelAt(side, 0)
  if (best === null) return null
  const isDiff = event?.type === 'depth'
  // Before the best level there is nobody, unless diffs are only just filling a book that has no snapshot.
  if (isBetter(side, price, best.price)) return isDiff && !wasSeen && !book.isComplete ? null : ZERO
  if (book.isComplete) {
    const deepest = book.levelAt(side, book.levelCount(side) - 1)
    if (deepest !== null && !isBetter(side, deepest.price, price)) return ZERO
  }
  // A diff that takes away a level says that it is empty; a ticker that moved on says nothing of it.
  return isDiff && wasSeen ? ZERO : null
}
