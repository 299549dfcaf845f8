// What we trade: the numbers a venue binds orders to.

import { type Decimal, decimalPlacesOf, ZERO } from './decimal.ts'

/** How a position settles: coins change hands (spot), or profit is paid in the quote (linear) or the base (inverse). */
export type InstrumentKind = 'spot' | 'linear' | 'inverse'

export interface Instrument {
  /** The name used everywhere: `XRP/RLUSD` for spot, `BTC/USDT:USDT` for a perpetual that settles in USDT. */
  readonly symbol: string
  readonly kind: InstrumentKind
  readonly base: string
  readonly quote: string
  /** The asset profit and fees are paid in. */
  readonly settle: string
  /** Prices are multiples of this, in quote per base. */
  readonly tickSize: Decimal
  /** Quantities are multiples of this, in base. */
  readonly lotSize: Decimal
  /** Smallest and largest quantity of one order, in base; zero for "no such limit". */
  readonly minQuantity: Decimal
  readonly maxQuantity: Decimal
  /** Smallest price × quantity of one order, in quote; zero for "no such limit". */
  readonly minNotional: Decimal
  /** 1 for spot. */
  readonly maxLeverage: Decimal
}

/** The sentences that say what is wrong with an instrument; empty when it can be traded exactly. */
export function instrumentFaults(instrument: Instrument): string[] {
  const faults: string[] = []
  for (const name of ['tickSize', 'lotSize', 'maxLeverage'] as const) {
    if (instrument[name] <= ZERO) faults.push(`${name} must be above zero`)
  }
  for (const name of ['minQuantity', 'maxQuantity', 'minNotional'] as const) {
    if (instrument[name] < ZERO) faults.push(`${name} must not be negative`)
  }
  // With at most 18 decimals between them, price × quantity is exact: no notional is ever rounded.
  if (decimalPlacesOf(instrument.tickSize) + decimalPlacesOf(instrument.lotSize) > 18) {
    faults.push('tickSize and lotSize must not need more than 18 decimals together')
  }
  if (instrument.maxQuantity > ZERO && instrument.minQuantity > instrument.maxQuantity) {
    faults.push('minQuantity must not be above maxQuantity')
  }
  // The ledger books profit in the quote: it has no postings yet for contracts that settle in anything else.
  if (instrument.kind === 'inverse') faults.push('inverse contracts cannot be booked yet')
  else if (instrument.settle !== instrument.quote) faults.push('settle must be the quote')
  return faults
}
