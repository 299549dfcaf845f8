// How large an order of a strategy may be, and whether a venue would take it. Decides no prices.

import { type Decimal, div, floorToStep, min, sub, ZERO } from '../kernel/decimal.ts'
import type { Side } from '../kernel/inputs.ts'
import { type Instrument, notionalOf } from '../kernel/instrument.ts'
import type { PortfolioView } from './port.ts'

/** The most whole lots that cost no more than `notional` at `price`, and no more than one order may hold. */
export function quantityFor(notional: Decimal, price: Decimal, { kind, lotSize, maxQuantity }: Instrument): Decimal {
  if (notional <= ZERO || price <= ZERO) return ZERO
  let quantity = floorToStep(kind === 'inverse' ? notional : div(notional, price), lotSize)
  // The quotient is rounded half-even, so that it can lie above the true one by less than the last decimal.
  if (notionalOf(kind, quantity, price) > notional) quantity = sub(quantity, lotSize)
  return maxQuantity > ZERO ? min(quantity, floorToStep(maxQuantity, lotSize)) : quantity
}

/** On spot, what the account can pay for or hand over; elsewhere the quantity as it is. */
export function withinBalance(quantity: Decimal, side: Side, price: Decimal, { instrument, portfolio }: BalanceOptions): Decimal {
  if (instrument.kind !== 'spot') return quantity
  if (side === 'buy') return min(quantity, quantityFor(portfolio.balance(instrument.quote), price, instrument))
  const owned = portfolio.balance(instrument.base)
  return owned <= ZERO ? ZERO : min(quantity, floorToStep(owned, instrument.lotSize))
}

interface BalanceOptions {
  readonly instrument: Instrument
  readonly portfolio: Pick<PortfolioView, 'balance'>
}

/** Whether an order is at least as large as the venue asks for. */
export function isLargeEnough(quantity: Decimal, price: Decimal, { kind, minQuantity, minNotional }: Instrument): boolean {
  return quantity > ZERO && quantity >= minQuantity && notionalOf(kind, quantity, price) >= minNotional
}
