// What the exchange checks of an instrument, and of an order on arrival, apart from its money. Nothing here changes anything.

import { DitaError, EXIT } from '../errors.ts'
import { add, type Decimal, formatDecimal, isMultipleOf, max, mul, sub, ZERO } from '../kernel/decimal.ts'
import type { OrderRequest } from '../kernel/facts.ts'
import { type Instrument, instrumentFaults } from '../kernel/instrument.ts'
import { type Refusal, refusal } from './codes.ts'
import { isBetter } from './sight.ts'

/** Whether the numbers and fields of the order are ones the instrument allows. */
export function shapeRefusal(instrument: Instrument, request: OrderRequest, reference: Decimal | null): Refusal | null {
  return fieldRefusal(request) ?? stepRefusal(instrument, request) ?? sizeRefusal(instrument, request, reference)
}

function fieldRefusal(request: OrderRequest): Refusal | null {
  const { orderType, price, postOnly, timeInForce } = request
  if (orderType === 'limit' && price === null) return refusal('INVALID_REQUEST', 'A limit order needs a price.')
  if (orderType === 'market' && price !== null) return refusal('INVALID_REQUEST', 'A market order carries no price.')
  if (postOnly && (orderType === 'market' || timeInForce !== 'gtc')) {
    return refusal('INVALID_REQUEST', `Post-only does not go with ${orderType === 'market' ? 'a market order' : timeInForce}.`)
  }
  return null
}

function stepRefusal(instrument: Instrument, { price, quantity }: OrderRequest): Refusal | null {
  const { tickSize, lotSize } = instrument
  if (price !== null && (price <= ZERO || !isMultipleOf(price, tickSize))) {
    return refusal('TICK_SIZE', `Price ${formatDecimal(price)}, tick ${formatDecimal(tickSize)}.`)
  }
  if (quantity <= ZERO || !isMultipleOf(quantity, lotSize)) {
    return refusal('LOT_SIZE', `Quantity ${formatDecimal(quantity)}, lot ${formatDecimal(lotSize)}.`)
  }
  return null
}

function sizeRefusal(instrument: Instrument, request: OrderRequest, reference: Decimal | null): Refusal | null {
  const { quantity } = request
  const { minQuantity, maxQuantity, minNotional } = instrument
  if (quantity < minQuantity) {
    return refusal('MIN_QUANTITY', `Quantity ${formatDecimal(quantity)}, smallest ${formatDecimal(minQuantity)}.`)
  }
  if (maxQuantity > ZERO && quantity > maxQuantity) {
    return refusal('MAX_QUANTITY', `Quantity ${formatDecimal(quantity)}, largest ${formatDecimal(maxQuantity)}.`)
  }
  const price = request.price ?? reference
  // What closes a position may be as small as the position is; a market order has no notional before there is a price.
  if (price === null || (request.reduceOnly && instrument.kind !== 'spot')) return null
  const notional = mul(price, quantity)
  if (notional >= minNotional) return null
  return refusal('MIN_NOTIONAL', `Notional ${formatDecimal(notional)}, smallest ${formatDecimal(minNotional)}.`)
}

/** @throws DitaError INSTRUMENT_UNSUPPORTED */
export function assertSupported(instrument: Instrument): void {
  const faults = instrumentFaults(instrument)
  if (instrument.kind === 'inverse') faults.push('inverse contracts cannot be rehearsed yet')
  if (faults.length === 0) return
  throw new DitaError('INSTRUMENT_UNSUPPORTED', {
    fault: 'user',
    exitCode: EXIT.config,
    message: `The paper exchange cannot trade ${instrument.symbol}: ${faults.join('; ')}.`,
    next: 'Correct `instrument` in the config; spot and linear perpetuals are supported.',
  })
}

/** Whether an order of this price takes from a book with this touch opposite. */
export function wouldCross({ side, price }: OrderRequest, touch: Decimal): boolean {
  return price !== null && !isBetter(side, touch, price)
}

/** The most an order can be worth: what it takes at once at those prices, the rest at its limit, or all of it there. */
export function mostOf({ price, quantity }: OrderRequest, taken: { readonly quantity: Decimal; readonly notional: Decimal }): Decimal {
  if (price === null) return taken.notional
  return max(mul(price, quantity), add(taken.notional, mul(price, sub(quantity, taken.quantity))))
}
