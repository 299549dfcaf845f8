// What is checked before an order exists. Each check gives a denial or nothing; none of them changes anything.

import { abs, add, type Decimal, dec, formatDecimal, isMultipleOf, mul, neg, ONE, sub, ZERO } from './decimal.ts'
import { type Denial, type DenialCode, denialOf } from './denials.ts'
import type { OrderType, Side, TimeInForce } from './inputs.ts'
import type { Instrument } from './instrument.ts'
import type { KernelState } from './state.ts'

/** Nothing a trader handles is larger; what is, came from a defect. */
const LARGEST = dec('1e15')

/** An order that somebody wants, before it has an id. */
export interface OrderWish {
  readonly instrument: string
  readonly side: Side
  readonly orderType: OrderType
  readonly price: Decimal | null
  readonly quantity: Decimal
  readonly timeInForce: TimeInForce
  readonly postOnly: boolean
  /** Where the numbers stand in the intent, for the denial: `bid.`, or nothing. */
  readonly path: string
}

/** A value of an intent that is meant to be a decimal: the type may have been lost on the way from a user's own code. */
export function decimalFault(value: unknown, field: string): Denial | null {
  if (typeof value !== 'bigint') return denialOf('VALUE_NOT_DECIMAL', field, String(value))
  if (value > LARGEST || value < -LARGEST) return denialOf('VALUE_OUT_OF_RANGE', field, formatDecimal(value as Decimal))
  return null
}

/** Whether the order is one the venue could accept at all: types, tick, lot, minimum and maximum. */
export function shapeFault(instrument: Instrument, wish: OrderWish, mark: Decimal | null): Denial | null {
  const { price, quantity, path } = wish
  const quantityFault = decimalFault(quantity, `${path}quantity`)
  if (quantityFault !== null) return quantityFault
  if (wish.orderType === 'market' && price !== null) return denialOf('PRICE_NOT_ALLOWED', `${path}price`, String(price))
  if (wish.postOnly && (wish.orderType === 'market' || wish.timeInForce !== 'gtc')) {
    return denialOf('TIME_IN_FORCE_INVALID', `${path}timeInForce`, wish.orderType === 'market' ? 'market' : wish.timeInForce)
  }
  if (wish.orderType === 'limit') {
    if (price === null || price === undefined) return denialOf('PRICE_MISSING', `${path}price`, 'none')
    const priceFault = decimalFault(price, `${path}price`)
    if (priceFault !== null) return priceFault
    if (price <= ZERO) return deny('PRICE_NOT_POSITIVE', `${path}price`, price)
    if (!isMultipleOf(price, instrument.tickSize)) return deny('PRICE_OFF_TICK', `${path}price`, price)
  }
  if (quantity <= ZERO) return deny('QUANTITY_NOT_POSITIVE', `${path}quantity`, quantity)
  if (!isMultipleOf(quantity, instrument.lotSize)) return deny('QUANTITY_OFF_LOT', `${path}quantity`, quantity)
  if (quantity < instrument.minQuantity) return deny('QUANTITY_BELOW_MIN', `${path}quantity`, quantity)
  if (instrument.maxQuantity > ZERO && quantity > instrument.maxQuantity) return deny('QUANTITY_ABOVE_MAX', `${path}quantity`, quantity)
  const reference = price ?? mark
  if (reference === null) return denialOf('MARK_MISSING', `${path}price`, 'none')
  const notional = mul(reference, quantity)
  if (notional < instrument.minNotional) return deny('NOTIONAL_BELOW_MIN', `${path}notional`, notional)
  return null
}

/** Whether the account may carry the order: limits, working orders, the venue's request to wait. */
export function riskFault(state: KernelState, wish: OrderWish, timeUs: number, reduceOnly: boolean): Denial | null {
  if (timeUs < state.blockedUntilUs) return denialOf('RATE_LIMITED', 'untilUs', String(state.blockedUntilUs))
  const limits = state.session?.limits
  if (limits === undefined || reduceOnly) return null
  if (limits.maxOpenOrders > 0 && state.liveOrders.size >= limits.maxOpenOrders) {
    return denialOf('OPEN_ORDERS_ABOVE_LIMIT', 'openOrders', String(state.liveOrders.size))
  }
  const position = state.positions.get(wish.instrument)
  const reference = wish.price ?? position?.mark ?? null
  if (position === undefined || reference === null) return null
  const notional = mul(reference, wish.quantity)
  if (limits.maxOrderNotional > ZERO && notional > limits.maxOrderNotional) {
    return deny('NOTIONAL_ABOVE_LIMIT', `${wish.path}notional`, notional)
  }
  if (limits.maxExposure === ZERO) return null
  const after = mul(abs(quantityAfterFills(state, wish)), reference)
  return after > limits.maxExposure ? deny('EXPOSURE_ABOVE_LIMIT', `${wish.path}exposure`, after) : null
}

/** The signed position once this order and every working order of its side are filled. */
function quantityAfterFills(state: KernelState, wish: OrderWish): Decimal {
  let working = wish.quantity
  for (const order of state.liveOrders.values()) {
    const { instrument, side, quantity } = order.request
    // A cancel under way most likely wins: counting both a quote and its replacement would halve what may be quoted.
    if (instrument === wish.instrument && side === wish.side && order.cancel === 'none') {
      working = add(working, sub(quantity, order.filledQuantity))
    }
  }
  const held = state.positions.get(wish.instrument)?.quantity ?? ZERO
  return add(held, wish.side === 'buy' ? working : neg(working))
}

/** Each ratio in (0, 1], all of them together exactly 1; an empty list means one leg of everything. */
export function exitRatiosFault(ratios: readonly Decimal[]): Denial | null {
  let sum = ZERO
  for (const [index, ratio] of ratios.entries()) {
    const fault = decimalFault(ratio, `exitRatios[${index}]`)
    if (fault !== null) return fault
    if (ratio <= ZERO || ratio > ONE) return deny('EXIT_RATIO_INVALID', `exitRatios[${index}]`, ratio)
    sum = add(sum, ratio)
  }
  if (ratios.length > 0 && sum !== ONE) return deny('EXIT_RATIOS_SUM', 'exitRatios', sum)
  return null
}

export function leverageFault(instrument: Instrument, leverage: Decimal): Denial | null {
  const fault = decimalFault(leverage, 'leverage')
  if (fault !== null) return fault
  if (leverage <= ZERO) return deny('LEVERAGE_NOT_POSITIVE', 'leverage', leverage)
  if (leverage > instrument.maxLeverage) return deny('LEVERAGE_ABOVE_CAP', 'leverage', leverage)
  return null
}

function deny(code: DenialCode, field: string, value: Decimal): Denial {
  return denialOf(code, field, formatDecimal(value))
}
