// The orders that rest at the exchange, in price-time order. Keeps their order; fills nothing.

import type { Decimal } from '../kernel/decimal.ts'
import type { Side } from '../kernel/inputs.ts'
import { type ExchangeOrder, limitOf } from './order.ts'
import { isBetter } from './sight.ts'

export class RestingOrders {
  /** Best price first, and at one price the one that came first. */
  readonly #sides: Readonly<Record<Side, ExchangeOrder[]>> = { buy: [], sell: [] }

  get isEmpty(): boolean {
    return this.#sides.buy.length === 0 && this.#sides.sell.length === 0
  }

  side(side: Side): readonly ExchangeOrder[] {
    return this.#sides[side]
  }

  add(order: ExchangeOrder): void {
    const orders = this.#sides[order.request.side]
    const index = orders.findIndex((other) => isBefore(order, other))
    orders.splice(index < 0 ? orders.length : index, 0, order)
  }

  remove(order: ExchangeOrder): void {
    const orders = this.#sides[order.request.side]
    const index = orders.indexOf(order)
    if (index >= 0) orders.splice(index, 1)
  }

  /** The orders of a side that somebody trading at `price` reaches, best first; a copy, so that fills may remove from it. */
  reachedBy(price: Decimal, side: Side): readonly ExchangeOrder[] {
    const orders = this.#sides[side]
    let count = 0
    while (count < orders.length && reaches(price, orders[count] as ExchangeOrder)) count += 1
    return count === 0 ? NOBODY : orders.slice(0, count)
  }
}

const NOBODY: readonly never[] = []

function reaches(price: Decimal, order: ExchangeOrder): boolean {
  return !isBetter(order.request.side, price, limitOf(order))
}

function isBefore(order: ExchangeOrder, other: ExchangeOrder): boolean {
  const price = limitOf(order)
  const otherPrice = limitOf(other)
  if (price === otherPrice) return order.rank < other.rank
  return isBetter(order.request.side, price, otherPrice)
}
