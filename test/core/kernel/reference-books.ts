// The reference model's books: cost by the average, slots, and balances, from the rules as they are written down. Slow and
// obvious; never looks at the kernel's own ledger.

import type { Instrument, InstrumentKind } from '../../../src/core/kernel/instrument.ts'
import { NOTHING, type Rational } from './reference-rational.ts'

/** What is open at which cost, signed: above zero long. `basis…` is both when it last grew. */
export interface CostBook {
  quantity: Rational
  cost: Rational
  basisQuantity: Rational
  basisCost: Rational
  realized: Rational
}

export function emptyBook(): CostBook {
  return { quantity: NOTHING, cost: NOTHING, basisQuantity: NOTHING, basisCost: NOTHING, realized: NOTHING }
}

/** What a quantity at a price is worth in the settle asset: price × quantity, of inverse contracts quantity ÷ price. */
export function valueAt(kind: InstrumentKind, price: Rational, quantity: Rational): Rational {
  return (kind === 'inverse' ? quantity.over(price) : quantity.times(price)).rounded()
}

/** A trade as the books see it: how much, signed, and for how much in all. */
export interface Trade {
  readonly kind: InstrumentKind
  readonly quantity: Rational
  readonly value: Rational
}

/** The worth of a part of a trade: its share of the whole, rounded once. */
export function valueOfPart({ quantity, value }: Pick<Trade, 'quantity' | 'value'>, part: Rational): Rational {
  return value.times(part).over(quantity.size()).rounded()
}

/** Adds a trade to the book; returns the profit it realised, above zero for a gain of longs and shorts alike. */
export function trade(book: CostBook, traded: Trade): Rational {
  const { kind, quantity, value } = traded
  const side = book.quantity.sign()
  if (side === 0 || side === quantity.sign()) {
    grow(book, quantity, value)
    return NOTHING
  }
  const beyond = quantity.size().above(book.quantity.size())
  const closingSize = beyond ? book.quantity.size() : quantity.size()
  const closingValue = beyond ? valueOfPart(traded, closingSize) : value
  const left = beyond ? NOTHING : book.quantity.plus(quantity)
  const cost = left.isZero() ? NOTHING : book.basisCost.times(left).over(book.basisQuantity).rounded()
  const removed = book.cost.minus(cost).size()
  // Longs of linear contracts and coins gain where the close brings more than it cost; for shorts, and for longs of inverse
  // contracts (whose worth in base falls as the price rises), it is the other way round; for inverse shorts once more.
  const gain = closingValue.minus(removed)
  const profit = side > 0 === (kind !== 'inverse') ? gain : gain.negated()
  book.quantity = left
  book.cost = cost
  book.realized = book.realized.plus(profit)
  if (left.isZero()) book.basisQuantity = book.basisCost = NOTHING
  if (beyond) grow(book, quantity.plus(side > 0 ? closingSize : closingSize.negated()), value.minus(closingValue))
  return profit
}

function grow(book: CostBook, quantity: Rational, value: Rational): void {
  book.quantity = book.quantity.plus(quantity)
  book.cost = book.cost.plus(quantity.sign() > 0 ? value : value.negated())
  book.basisQuantity = book.quantity
  book.basisCost = book.cost
}

/** Balances by account and asset. */
export class Balances {
  readonly #amounts = new Map<string, Rational>()

  /** Moves an amount from one account to another: nothing is ever made or lost. */
  move(asset: string, amount: Rational, accounts: { readonly from: string; readonly to: string }): void {
    this.#add(`${accounts.to}|${asset}`, amount)
    this.#add(`${accounts.from}|${asset}`, amount.negated())
  }

  of(key: string): Rational {
    return this.#amounts.get(key) ?? NOTHING
  }

  /** The balances that are not zero. */
  entries(): Map<string, string> {
    const out = new Map<string, string>()
    for (const [key, amount] of this.#amounts) if (!amount.isZero()) out.set(key, `${amount}`)
    return out
  }

  #add(key: string, amount: Rational): void {
    this.#amounts.set(key, this.of(key).plus(amount))
  }
}

/** Books what a trade moves between the accounts: coins or contracts against `conversion`, and the profit it realised. */
export function settle(balances: Balances, instrument: Instrument, traded: Pick<Trade, 'quantity' | 'value'>, profit: Rational): void {
  const { kind, base, quote, settle: paidIn } = instrument
  const buys = traded.quantity.sign() > 0
  const value = buys ? traded.value : traded.value.negated()
  const held = kind === 'spot' ? 'wallet' : 'position'
  const into = { from: 'conversion', to: held }
  // A buyer of inverse contracts takes their worth in base, and owes their number in quote.
  balances.move(base, kind === 'inverse' ? value : traded.quantity, into)
  balances.move(quote, (kind === 'inverse' ? traded.quantity : value).negated(), into)
  balances.move(paidIn, profit, { from: 'realized_pnl', to: 'conversion' })
  if (kind !== 'spot') balances.move(paidIn, profit, { from: 'position', to: 'wallet' })
}
