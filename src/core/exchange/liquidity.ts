// What the account may still take from the book: the displayed levels less what it took already. Never changes the book.

import { add, type Decimal, min, mul, sub, truncateToStep, ZERO } from '../kernel/decimal.ts'
import type { Side } from '../kernel/inputs.ts'
import type { OrderBook } from '../market/order-book.ts'
import { type BookEvent, displayedSize, isBetter, isFreshStart, opposite } from './sight.ts'

/** So many prices a side are remembered while the feed does not show them; those taken from longest ago are forgotten first. */
export const MOST_UNSEEN_PRICES = 1_000

/** A quantity at one price. */
export interface Take {
  readonly price: Decimal
  readonly quantity: Decimal
}

interface Taken {
  /** As the feed last showed it. */
  displayed: Decimal
  /** What of it nobody of us has taken. */
  left: Decimal
  /** False while the feed leaves open whether the level is still there. */
  isSeen: boolean
}

/**
 * The feed does not know of our orders, so what they took is still displayed. It stays taken until the feed's level is
 * seen to grow (the growth is new) or to be gone; where the level shrinks, what we left in it shrinks no further than
 * that. A level that is only no longer shown, behind the touch of a ticker or after a gap, is what it was when it was.
 */
export class Liquidity {
  readonly #book: OrderBook
  readonly #lotSize: Decimal
  readonly #taken = { buy: new Map<Decimal, Taken>(), sell: new Map<Decimal, Taken>() }

  constructor(book: OrderBook, lotSize: Decimal) {
    this.#book = book
    this.#lotSize = lotSize
  }

  /** Whether there is anything to follow when the book changes. */
  get isTouched(): boolean {
    return this.#taken.buy.size > 0 || this.#taken.sell.size > 0
  }

  /**
   * What an order of `side` would take, best price first, whole lots only, never worse than `limit` (null: at any price).
   * Changes nothing.
   */
  plan(side: Side, limit: Decimal | null, quantity: Decimal): Take[] {
    const against = opposite(side)
    const takes: Take[] = []
    let wanted = quantity
    for (let depth = 0; wanted > ZERO; depth += 1) {
      const level = this.#book.levelAt(against, depth)
      if (level === null || (limit !== null && isBetter(side, level.price, limit))) break
      const left = this.#taken[against].get(level.price)?.left ?? level.size
      const taken = truncateToStep(min(left, wanted), this.#lotSize)
      if (taken === ZERO) continue
      takes.push({ price: level.price, quantity: taken })
      wanted = sub(wanted, taken)
    }
    return takes
  }

  /** Marks a part of a plan as taken. */
  take(side: Side, { price, quantity }: Take): void {
    const against = opposite(side)
    const displayed = this.#book.sizeAt(against, price)
    const left = this.#taken[against].get(price)?.left ?? displayed
    // Put last, so that the prices stand in the order in which they were last taken from.
    this.#taken[against].delete(price)
    this.#taken[against].set(price, { displayed, left: sub(left, quantity), isSeen: true })
  }

  /** Follows a change of the book, and the event that made it. */
  follow(event: BookEvent): void {
    this.#followSide('buy', event)
    this.#followSide('sell', event)
  }

  #followSide(side: Side, event: BookEvent): void {
    const isFresh = isFreshStart(event)
    let unseen = 0
    for (const [price, taken] of this.#taken[side]) {
      const size = this.#shownSize(side, price, event, taken.isSeen && !isFresh)
      taken.isSeen = size !== null
      if (size === null) {
        unseen += 1
        continue
      }
      if (size > taken.displayed) taken.left = add(taken.left, sub(size, taken.displayed))
      else taken.left = min(taken.left, size)
      taken.displayed = size
      if (taken.left === size) this.#taken[side].delete(price)
    }
    if (unseen > MOST_UNSEEN_PRICES) this.#forget(side, unseen - MOST_UNSEEN_PRICES)
  }

  /** The size at a price, zero where it is seen to be gone; null where the feed leaves that open. */
  #shownSize(side: Side, price: Decimal, event: BookEvent, wasSeen: boolean): Decimal | null {
    const best = this.#book.levelAt(side, 0)
    // Nearly all events where many prices are remembered: a ticker says nothing of what is behind it.
    if (!wasSeen && event.type === 'ticker' && best !== null && isBetter(side, best.price, price)) return null
    return displayedSize(this.#book, side, price, event, wasSeen) ?? (saysEmpty(event, side, price) ? ZERO : null)
  }

  #forget(side: Side, count: number): void {
    let left = count
    for (const [price, { isSeen }] of this.#taken[side]) {
      if (left === 0) return
      if (isSeen) continue
      this.#taken[side].delete(price)
      left -= 1
    }
  }
}

/** A ticker without a level on a side says that all of it is gone, a diff that a price is. */
function saysEmpty(event: BookEvent, side: Side, price: Decimal): boolean {
  if (event.type === 'ticker') return (side === 'buy' ? event.bid : event.ask).size === ZERO
  if (event.type === 'snapshot') return false
  return (side === 'buy' ? event.bids : event.asks).some((level) => level.price === price && level.size === ZERO)
}

export function totalOf(takes: readonly Take[]): { readonly quantity: Decimal; readonly notional: Decimal } {
  let quantity: Decimal = ZERO
  let notional: Decimal = ZERO
  for (const take of takes) {
    quantity = add(quantity, take.quantity)
    notional = add(notional, mul(take.price, take.quantity))
  }
  return { quantity, notional }
}
