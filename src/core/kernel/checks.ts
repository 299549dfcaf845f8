// What is checked before an order exists. Each check gives a denial or nothing; none of them changes anything.

import { abs, add, type Decimal, isMultipleOf, LARGEST, max, mul, ONE, signOf, sub, ZERO } from './decimal.ts'
import { type Denial, denialOf } from './denials.ts'
import type { OrderShape } from './inputs.ts'
import type { Instrument } from './instrument.ts'
import type { KernelState, Order } from './state.ts'

/** An order that somebody wants, before it has an id. */
export interface OrderWish extends OrderShape {
  /** Where the numbers stand in the intent, for the denial: `bid.`, or nothing. */
  readonly path: string
}

/** A value of an intent that is meant to be a decimal: the type may have been lost on the way from a user's own code. */
export function decimalFault(value: unknown, field: string): Denial | null {
  if (typeof value !== 'bigint') return denialOf('VALUE_NOT_DECIMAL', field, value)
  return value > LARGEST || value < -LARGEST ? denialOf('VALUE_OUT_OF_RANGE', field, value) : null
}

/** The first field that holds a word the kernel does not know. It is never taken for another: `BUY` is not a sale. */
function wordFault({ side, orderType, timeInForce, postOnly }: OrderShape): Denial | null {
  if (side !== 'buy' && side !== 'sell') return denialOf('FIELD_INVALID', 'side', side)
  if (orderType !== 'limit' && orderType !== 'market') return denialOf('FIELD_INVALID', 'orderType', orderType)
  if (timeInForce !== 'gtc' && timeInForce !== 'ioc' && timeInForce !== 'fok') return denialOf('FIELD_INVALID', 'timeInForce', timeInForce)
  return typeof postOnly === 'boolean' ? null : denialOf('FIELD_INVALID', 'postOnly', postOnly)
}

/** Whether the order is one the venue could accept at all: types, tick, lot, minimum and maximum. */
export function shapeFault(instrument: Instrument, wish: OrderWish, mark: Decimal | null): Denial | null {
  const { orderType, price, quantity, path } = wish
  const fault = wordFault(wish) ?? decimalFault(quantity, `${path}quantity`)
  if (fault !== null) return fault
  if (orderType === 'market' && price !== null) return denialOf('PRICE_NOT_ALLOWED', `${path}price`, price)
  if (wish.postOnly && (orderType === 'market' || wish.timeInForce !== 'gtc')) {
    return denialOf('TIME_IN_FORCE_INVALID', `${path}timeInForce`, orderType === 'market' ? 'market' : wish.timeInForce)
  }
  if (orderType === 'limit') {
    if (price === null || price === undefined) return denialOf('PRICE_MISSING', `${path}price`, 'none')
    const priceFault = decimalFault(price, `${path}price`)
    if (priceFault !== null) return priceFault
    if (price <= ZERO) return denialOf('PRICE_NOT_POSITIVE', `${path}price`, price)
    if (!isMultipleOf(price, instrument.tickSize)) return denialOf('PRICE_OFF_TICK', `${path}price`, price)
  }
  if (quantity <= ZERO) return denialOf('QUANTITY_NOT_POSITIVE', `${path}quantity`, quantity)
  if (!isMultipleOf(quantity, instrument.lotSize)) return denialOf('QUANTITY_OFF_LOT', `${path}quantity`, quantity)
  if (quantity < instrument.minQuantity) return denialOf('QUANTITY_BELOW_MIN', `${path}quantity`, quantity)
  if (instrument.maxQuantity > ZERO && quantity > instrument.maxQuantity) return denialOf('QUANTITY_ABOVE_MAX', `${path}quantity`, quantity)
  const reference = price ?? mark
  if (reference === null) return denialOf('MARK_MISSING', `${path}price`, 'none')
  const notional = mul(reference, quantity)
  if (notional < instrument.minNotional) return denialOf('NOTIONAL_BELOW_MIN', `${path}notional`, notional)
  return decimalFault(notional, `${path}notional`)
}

/** Whether the venue lets us send anything now. */
export function waitFault(state: KernelState, timeUs: number): Denial | null {
  return timeUs < state.blockedUntilUs ? denialOf('RATE_LIMITED', 'untilUs', state.blockedUntilUs) : null
}

/** Whether the account may carry the order: the same intent cancels `leaving` and has already asked for `prepared` orders. */
export function limitFault(state: KernelState, wish: OrderWish, leaving: ReadonlySet<Order>, prepared: number): Denial | null {
  const { limits } = state
  const position = state.positions.get(wish.instrument)
  if (limits === null || position === undefined) return null
  // A cancel under way may lose: only a quote that its own replacement pushes out, with one message after the other, is not
  // counted, since counting both would halve what may be quoted.
  const stays = (order: Order): boolean => !leaving.has(order)
  if (limits.maxOpenOrders > 0) {
    const count = [...state.liveOrders.values()].filter(stays).length + prepared
    if (count >= limits.maxOpenOrders) return denialOf('OPEN_ORDERS_ABOVE_LIMIT', 'openOrders', count)
  }
  const reference = worthOf(wish, position.mark)
  if (reference === null) return null
  const notional = mul(reference, wish.quantity)
  if (limits.maxOrderNotional > ZERO && notional > limits.maxOrderNotional) {
    return denialOf('NOTIONAL_ABOVE_LIMIT', `${wish.path}notional`, notional)
  }
  if (limits.maxExposure === ZERO) return null
  let working = wish.quantity
  for (const order of state.liveOrders.values()) {
    const { instrument, side, quantity } = order.request
    if (instrument === wish.instrument && side === wish.side && stays(order)) working = add(working, sub(quantity, order.filledQuantity))
  }
  const held = position.quantity
  const after = wish.side === 'buy' ? add(held, working) : sub(held, working)
  const exposure = mul(abs(after), reference)
  // Above the limit there must be a way down again; through zero to the other side is none.
  const reduces = abs(after) < abs(held) && signOf(after) !== -signOf(held)
  return exposure > limits.maxExposure && !reduces ? denialOf('EXPOSURE_ABOVE_LIMIT', `${wish.path}exposure`, exposure) : null
}

/** The price an order is judged at: the most a buy may cost; a sell's limit is only the least it brings, so the mark counts as well. */
function worthOf({ side, price }: OrderWish, mark: Decimal | null): Decimal | null {
  if (price === null || mark === null) return price ?? mark
  return side === 'sell' ? max(price, mark) : price
}

/** Each ratio in (0, 1], all of them together exactly 1; an empty list means one leg of everything. */
export function exitRatiosFault(ratios: readonly Decimal[]): Denial | null {
  if (!Array.isArray(ratios)) return denialOf('FIELD_INVALID', 'exitRatios', ratios)
  let sum = ZERO
  for (const [index, ratio] of (ratios as readonly Decimal[]).entries()) {
    const fault = decimalFault(ratio, `exitRatios[${index}]`)
    if (fault !== null) return fault
    if (ratio <= ZERO || ratio > ONE) return denialOf('EXIT_RATIO_INVALID', `exitRatios[${index}]`, ratio)
    sum = add(sum, ratio)
  }
  return ratios.length > 0 && sum !== ONE ? denialOf('EXIT_RATIOS_SUM', 'exitRatios', sum) : null
}

export function leverageFault(instrument: Instrument, leverage: Decimal): Denial | null {
  const fault = decimalFault(leverage, 'leverage')
  if (fault !== null) return fault
  if (leverage <= ZERO) return denialOf('LEVERAGE_NOT_POSITIVE', 'leverage', leverage)
  return leverage > instrument.maxLeverage ? denialOf('LEVERAGE_ABOVE_CAP', 'leverage', leverage) : null
}
