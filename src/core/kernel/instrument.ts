// What we trade: the numbers a venue binds orders to, and what a quantity of it is worth at a price.

import { type Decimal, decimalPlacesOf, div, mul, ZERO } from './decimal.ts'

/** How a position settles: coins change hands (spot), or profit is paid in the quote (linear) or the base (inverse). */
export type InstrumentKind = 'spot' | 'linear' | 'inverse'

/** Quantities of inverse contracts are in quote (their face value), all others in base. */
export interface Instrument {
  /** The name used everywhere: `XRP/RLUSD` for spot, `BTC/USDT:USDT` for a perpetual that settles in USDT. */
  readonly symbol: string
  readonly kind: InstrumentKind
  readonly base: string
  readonly quote: string
  /** The asset profit is paid in. */
  readonly settle: string
  /** Prices are multiples of this, in quote per base. */
  readonly tickSize: Decimal
  /** Quantities are multiples of this. */
  readonly lotSize: Decimal
  /** Smallest and largest quantity of one order; zero for "no such limit". */
  readonly minQuantity: Decimal
  readonly maxQuantity: Decimal
  /** Smallest notional of one order, in quote; zero for "no such limit". */
  readonly minNotional: Decimal
  /** 1 for spot. */
  readonly maxLeverage: Decimal
}

/** Worth in the settle asset, rounded half-even once: price × quantity; of inverse contracts quantity ÷ price. */
export function tradeValueOf(kind: InstrumentKind, quantity: Decimal, price: Decimal): Decimal {
  return kind === 'inverse' ? div(quantity, price) : mul(price, quantity)
}

/** Worth in quote: price × quantity; of inverse contracts the quantity itself. */
export function notionalOf(kind: InstrumentKind, quantity: Decimal, price: Decimal): Decimal {
  return kind === 'inverse' ? quantity : mul(price, quantity)
}

/** The sentences that say what is wrong with an instrument; empty when it can be traded exactly. */
export function instrumentFaults(instrument: Instrument): string[] {
  const { kind, tickSize, lotSize, minQuantity, maxQuantity, base, quote, settle } = instrument
  const faults: string[] = []
  for (const name of ['tickSize', 'lotSize', 'maxLeverage'] as const) {
    if (instrument[name] <= ZERO) faults.push(`${name} must be above zero`)
  }
  for (const name of ['minQuantity', 'maxQuantity', 'minNotional'] as const) {
    if (instrument[name] < ZERO) faults.push(`${name} must not be negative`)
  }
  // With at most 18 decimals between them, price × quantity is exact: no notional is ever rounded.
  if (decimalPlacesOf(tickSize) + decimalPlacesOf(lotSize) > 18) {
    faults.push('tickSize and lotSize must not need more than 18 decimals together')
  }
  if (maxQuantity > ZERO && minQuantity > maxQuantity) faults.push('minQuantity must not be above maxQuantity')
  if (settle !== (kind === 'inverse' ? base : quote)) faults.push(`settle must be the ${kind === 'inverse' ? 'base' : 'quote'}`)
  return faults
}
