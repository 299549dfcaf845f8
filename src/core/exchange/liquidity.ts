// What the account may still take from the book: the displayed levels less what it took already. Never changes the book.

import { add, type Decimal, min, mul, sub, truncateToStep, ZERO } from '../kernel/decimal.ts'
import type { Side } from '../kernel/inputs.ts'
import type { OrderBook } from '../market/order-book.ts'
import { isBetter, opposite } from './sight.ts'

/** A quantity at one price. */
export interface Take {
  readonly price: Decimal
  readonly quantity: Decimal
}

interface Taken {
  displayed: Decimal
  /** What of it nobody of us has taken. */
  left: Decimal
}

/**
 * The feed does not know of our orders, so what they took is still displayed. It stays taken until the feed's level
 * grows (the growth is new) or vanishes; where the level shrinks, what we left in it shrinks no further than that.
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
    const taken = this.#taken[against].get(price)
    if (taken !== undefined) {
      taken.left = sub(taken.left, quantity)
      return
    }
    const displayed = this.#book.sizeAt(against, price)
    this.#taken[against].set(price, { displayed, left: sub(displayed, quantity) })
  }

  /** Follows a change of the book. */
  follow(): void {
    this.#followSide('buy')
    this.#followSide('sell')
  }

  #followSide(side: Side): void {
    for (const [price, taken] of this.#taken[side]) {
      const size = this.#book.sizeAt(side, price)
      if (size > taken.displayed) taken.left = add(taken.left, sub(size, taken.displayed))
      else taken.left = min(taken.left, size)
      taken.displayed = size
      if (taken.left === size) this.#taken[side].delete(price)
    }
  }
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
