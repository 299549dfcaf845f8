// What is checked before an order exists. Each check gives a denial or nothing; none of them changes anything.

import { abs, add, type Decimal, div, isMultipleOf, LARGEST, max, min, mul, ONE, signOf, sub, ZERO } from './decimal.ts'
import { type Denial, denialOf } from './denials.ts'
import type { OrderShape, PositionSide, RiskLimits, Side } from './inputs.ts'
import { type Instrument, notionalOf, tradeValueOf } from './instrument.ts'
import { signedBy } from './ledger.ts'
import { type KernelState, type MarketFigures, type Order, type Position, priceKey, unfilledOf } from './state.ts'
import { unrealizedPnl } from './valuation.ts'

/** An order that somebody wants, before it has an id. */
export interface OrderWish extends OrderShape {
  readonly positionSide: PositionSide
  /** Asked for by whoever wants it: an exit finds out for itself. */
  readonly reduceOnly: boolean
  /** Only an entry states one. */
  readonly leverage: Decimal | null
  /** Where the numbers stand in the intent, for the denial: `bid.`, or nothing. */
  readonly path: string
}

/** A wish with all that it is judged by. */
export interface Candidate {
  readonly state: KernelState
  readonly wish: OrderWish
  readonly instrument: Instrument
  readonly position: Position
  readonly limits: RiskLimits
  readonly timeUs: number
  readonly isExit: boolean
  /** Quotes that the same intent cancels, if any, and how many orders it has asked for already. */
  readonly leaving: ReadonlySet<Order> | null
  readonly prepared: number
}

type Check = (candidate: Candidate) => Denial | null

/** In this order; the first that speaks denies. Exits must find a way out: what they are not asked would lock them in. */
// biome-ignore format: a table is read by column
const CHECKS: readonly { readonly check: Check; readonly exits: boolean }[] = [
  { check: tradingFault, exits: true },
  { check: shapeFault, exits: true },
  { check: directionFault, exits: true /* while reducing, an exit that opens on the account is none */ },
  { check: collarFault, exits: true /* only against selling for nothing */ },
  { check: staleFault, exits: false },
  { check: leverageFault, exits: false },
  { check: waitFault, exits: true /* the venue would refuse it, and make us wait longer */ },
  { check: orderRateFault, exits: false },
  { check: openOrdersFault, exits: false },
  { check: notionalFault, exits: false },
  { check: balanceFault, exits: true /* coins that are not there cannot be sold */ },
  { check: sizeFault, exits: false },
]

export function orderFault(candidate: Candidate): Denial | null {
  for (const { check, exits } of CHECKS) {
    const denial = !candidate.isExit || exits ? check(candidate) : null
    if (denial !== null) return denial
  }
  return null
}

/** A value of an intent that is meant to be a decimal: the type may have been lost on the way from a user's own code. */
export function decimalFault(value: unknown, field: string): Denial | null {
  if (typeof value !== 'bigint') return denialOf('VALUE_NOT_DECIMAL', field, value)
  return value > LARGEST || value < -LARGEST ? denialOf('VALUE_OUT_OF_RANGE', field, value) : null
}

export function positiveFault(
  value: Decimal | null | undefined,
  field: string,
  code: 'PRICE_NOT_POSITIVE' | 'QUANTITY_NOT_POSITIVE',
): Denial | null {
  return decimalFault(value, field) ?? ((value as Decimal) <= ZERO ? denialOf(code, field, value) : null)
}

export function tradingFault({ state }: Pick<Candidate, 'state'>): Denial | null {
  if (state.halted || state.stopping) return denialOf('SESSION_HALTED', 'session', state.session?.sessionId ?? 'none')
  return state.trading === 'halted' ? denialOf('TRADING_HALTED', 'trading', state.trading) : null
}

/** The first field that holds a word the kernel does not know. It is never taken for another: `BUY` is not a sale. */
function wordFault({ side, orderType, timeInForce, postOnly }: OrderShape): Denial | null {
  if (side !== 'buy' && side !== 'sell') return denialOf('FIELD_INVALID', 'side', side)
  if (orderType !== 'limit' && orderType !== 'market') return denialOf('FIELD_INVALID', 'orderType', orderType)
  if (timeInForce !== 'gtc' && timeInForce !== 'ioc' && timeInForce !== 'fok') return denialOf('FIELD_INVALID', 'timeInForce', timeInForce)
  return typeof postOnly === 'boolean' ? null : denialOf('FIELD_INVALID', 'postOnly', postOnly)
}

/** Whether the order is one the venue could accept at all: words, price and tick, lot, minimum and maximum. */
function shapeFault(candidate: Candidate): Denial | null {
  const { instrument, wish, position } = candidate
  const { lotSize, minQuantity, maxQuantity, minNotional } = instrument
  const { quantity, path } = wish
  const fault = wordFault(wish) ?? priceFault(candidate) ?? positiveFault(quantity, `${path}quantity`, 'QUANTITY_NOT_POSITIVE')
  if (fault !== null) return fault
  if (!isMultipleOf(quantity, lotSize)) return denialOf('QUANTITY_OFF_LOT', `${path}quantity`, quantity, { lotSize })
  if (quantity < minQuantity) return denialOf('QUANTITY_BELOW_MIN', `${path}quantity`, quantity, { limit: minQuantity })
  if (maxQuantity > ZERO && quantity > maxQuantity)
    return denialOf('QUANTITY_ABOVE_MAX', `${path}quantity`, quantity, { limit: maxQuantity })
  const reference = wish.price ?? position.mark
  if (reference === null) return denialOf('MARK_MISSING', `${path}price`, 'none')
  const notional = notionalOf(instrument.kind, quantity, reference)
  if (notional < minNotional) return denialOf('NOTIONAL_BELOW_MIN', `${path}notional`, notional, { limit: minNotional })
  return decimalFault(notional, `${path}notional`)
}

function priceFault({ wish, instrument: { tickSize } }: Candidate): Denial | null {
  const { orderType, price, timeInForce, postOnly, path } = wish
  if (postOnly && (orderType === 'market' || timeInForce !== 'gtc')) {
    return denialOf('TIME_IN_FORCE_INVALID', `${path}timeInForce`, orderType === 'market' ? 'market' : timeInForce)
  }
  if (orderType === 'market') return price === null ? null : denialOf('PRICE_NOT_ALLOWED', `${path}price`, price)
  if (price === null || price === undefined) return denialOf('PRICE_MISSING', `${path}price`, 'none')
  const fault = positiveFault(price, `${path}price`, 'PRICE_NOT_POSITIVE')
  return fault ?? (isMultipleOf(price, tickSize) ? null : denialOf('PRICE_OFF_TICK', `${path}price`, price, { tickSize }))
}

/** While reducing, and for reduce-only orders: with all that works on its side it must not take more than there is. */
function directionFault({ state, wish, position }: Candidate): Denial | null {
  const reducing = state.trading === 'reducing'
  if (!reducing && !wish.reduceOnly) return null
  const working = workingOn(state, position, wish.side, null)
  const held = wish.side === 'buy' ? -position.quantity : position.quantity
  if (working + wish.quantity <= held) return null
  const figures = { position: position.quantity, working }
  return denialOf(reducing ? 'REDUCING_ONLY' : 'REDUCE_ONLY_DIRECTION', `${wish.path}quantity`, wish.quantity, figures)
}

const TEN_THOUSAND = 10_000n

/** Compared as products, so that nothing is rounded. An exit may rest as far off as it likes, but must not sell for nothing. */
function collarFault({ state, wish, position, isExit, limits: { priceCollarBps } }: Candidate): Denial | null {
  const { price, instrument, path } = wish
  const mid = state.markets.get(instrument)?.mid ?? position.mark
  if (priceCollarBps === ZERO || price === null || mid === null) return null
  if (isExit && (wish.side === 'buy' ? price < mid : price > mid)) return null
  if (abs(sub(price, mid)) * TEN_THOUSAND * ONE <= priceCollarBps * mid) return null
  return denialOf('PRICE_OUTSIDE_COLLAR', `${path}price`, price, { mid, limitBps: priceCollarBps })
}

function staleFault({ state, wish, timeUs, limits }: Candidate): Denial | null {
  const asOfUs = state.markets.get(wish.instrument)?.asOfUs ?? null
  if (limits.staleFeedUs === 0 || asOfUs === null || timeUs - asOfUs <= limits.staleFeedUs) return null
  return denialOf('MARKET_STALE', 'ageUs', timeUs - asOfUs, { asOfUs, limitUs: limits.staleFeedUs })
}

/** The instrument's cap, or the config's where that is lower. */
function leverageCap(instrument: Instrument, { maxLeverage }: RiskLimits): Decimal {
  return maxLeverage === ZERO ? instrument.maxLeverage : min(instrument.maxLeverage, maxLeverage)
}

function leverageFault({ wish: { leverage }, instrument, limits }: Candidate): Denial | null {
  if (leverage === null) return null
  const fault = decimalFault(leverage, 'leverage')
  if (fault !== null) return fault
  if (leverage <= ZERO) return denialOf('LEVERAGE_NOT_POSITIVE', 'leverage', leverage)
  const limit = leverageCap(instrument, limits)
  return leverage > limit ? denialOf('LEVERAGE_ABOVE_CAP', 'leverage', leverage, { limit }) : null
}

/** Whether the venue lets us send anything now. */
function waitFault({ state, timeUs }: Candidate): Denial | null {
  return timeUs < state.blockedUntilUs ? denialOf('RATE_LIMITED', 'untilUs', state.blockedUntilUs) : null
}

const SECOND_US = 1_000_000

export function countSince(timesUs: readonly number[], nowUs: number): number {
  return timesUs.filter((timeUs) => timeUs > nowUs - SECOND_US).length
}

function orderRateFault({ state, timeUs, limits: { maxOrdersPerSecond: limit }, prepared }: Candidate): Denial | null {
  const count = limit === 0 ? 0 : countSince(state.orderTimesUs, timeUs) + prepared
  return limit > 0 && count >= limit ? denialOf('ORDER_RATE_ABOVE_LIMIT', 'orders', count, { limit }) : null
}

/**
 * A cancel under way may lose: only a quote that its own replacement pushes out, with one message after the other, is not
 * counted, since counting both would halve what may be quoted.
 */
function openOrdersFault({ state, leaving, prepared, limits: { maxOpenOrders: limit } }: Candidate): Denial | null {
  const count = state.liveOrders.size - (leaving?.size ?? 0) + prepared
  return limit > 0 && count >= limit ? denialOf('OPEN_ORDERS_ABOVE_LIMIT', 'openOrders', count, { limit }) : null
}

function notionalFault(candidate: Candidate): Denial | null {
  const { maxOrderNotional: limit } = candidate.limits
  if (limit === ZERO) return null
  const notional = notionalOf(candidate.instrument.kind, candidate.wish.quantity, orderPrice(candidate))
  return notional > limit ? denialOf('NOTIONAL_ABOVE_LIMIT', `${candidate.wish.path}notional`, notional, { limit }) : null
}

/** The price an order is judged at: the most a buy may cost; a sell's limit is only the least it brings, so the mark counts as well. */
function orderPrice({ wish: { side, price }, position: { mark } }: Candidate): Decimal {
  // Neither is missing where the shape was found good.
  if (price === null || mark === null) return (price ?? mark) as Decimal
  return side === 'sell' ? max(price, mark) : price
}

/** Σ unfilled quantity of the live orders on one side of a position, save those that leave. */
export function workingOn(state: KernelState, { instrument, positionSide }: Position, side: Side, leaving: Candidate['leaving']): Decimal {
  let working = ZERO
  for (const order of state.liveOrders.values()) {
    const { request } = order
    if (request.instrument !== instrument || request.side !== side || request.positionSide !== positionSide) continue
    if (leaving?.has(order) !== true) working = add(working, unfilledOf(order))
  }
  return working
}

/** Spot: what works already and this order together must be covered by what the wallet holds. */
function balanceFault(candidate: Candidate): Denial | null {
  const { state, wish, instrument, leaving } = candidate
  if (instrument.kind !== 'spot') return null
  const asset = wish.side === 'buy' ? instrument.quote : instrument.base
  const price = orderPrice(candidate)
  let working = ZERO
  for (const order of state.liveOrders.values()) {
    const { request } = order
    const traded = state.instruments.get(request.instrument) as Instrument
    const pays = request.side === 'buy' ? traded.quote : traded.base
    if (traded.kind !== 'spot' || pays !== asset || leaving?.has(order)) continue
    const unfilled = unfilledOf(order)
    working = add(
      working,
      request.side === 'buy'
        ? tradeValueOf('spot', unfilled, request.price ?? (state.markets.get(request.instrument) as MarketFigures).mark)
        : unfilled,
    )
  }
  const needed = wish.side === 'buy' ? tradeValueOf('spot', wish.quantity, price) : wish.quantity
  const balance = state.balances.get(`wallet|${asset}`) ?? ZERO
  return add(working, needed) > balance ? denialOf('BALANCE_TOO_LOW', `${wish.path}needed`, needed, { asset, balance, working }) : null
}

/** What grows a position is held to its limits, counted as if all that works on its side were filled. */
function sizeFault(candidate: Candidate): Denial | null {
  const { state, wish, instrument, position, leaving, limits } = candidate
  const { maxPosition, maxExposure } = limits
  if (instrument.kind === 'spot' && maxPosition === ZERO && maxExposure === ZERO) return null
  const working = workingOn(state, position, wish.side, leaving)
  const after = add(position.quantity, signedBy(wish.side, add(working, wish.quantity)))
  const shrinks = isWayDown(position.quantity, after)
  if (maxPosition > ZERO && abs(after) > maxPosition && !shrinks) {
    return denialOf('POSITION_ABOVE_LIMIT', `${wish.path}quantity`, wish.quantity, {
      position: position.quantity,
      working,
      limit: maxPosition,
    })
  }
  // Until it is known what is held, only less of it may be wanted.
  if (position.venues !== null && !shrinks) {
    return denialOf('POSITION_DIFFERS', `${wish.path}quantity`, wish.quantity, { position: position.quantity, venues: position.venues })
  }
  // What is held without a mark has no worth that a limit could be judged by.
  if (position.mark === null && position.quantity !== ZERO) {
    return shrinks ? null : denialOf('MARK_MISSING', `${wish.path}price`, 'none')
  }
  return exposureFault(candidate, after) ?? (instrument.kind === 'spot' || shrinks ? null : marginFault(candidate))
}

/** Above a limit there must be a way down again; through zero to the other side is none. */
function isWayDown(before: Decimal, after: Decimal): boolean {
  return abs(after) < abs(before) && signOf(after) !== -signOf(before)
}

/** What is held is worth its mark, however cheap the order: of the two the price at which a size is worth more is taken. */
function sizePrice({ wish: { price }, position: { mark }, instrument: { kind } }: Candidate): Decimal {
  if (price === null || mark === null) return (price ?? mark) as Decimal
  // Of inverse contracts, a lower price is more coins.
  return kind === 'inverse' ? min(price, mark) : max(price, mark)
}

/** Over all instruments with the same base: what one of them holds against another is no exposure. */
function exposureFault(candidate: Candidate, after: Decimal): Denial | null {
  const { state, wish, instrument, position, leaving, limits } = candidate
  if (limits.maxExposure === ZERO) return null
  const price = sizePrice(candidate)
  let held = notionalOf(instrument.kind, position.quantity, price)
  let exposure = notionalOf(instrument.kind, after, price)
  for (const other of state.positions.values()) {
    const traded = state.instruments.get(other.instrument) as Instrument
    if (other === position || traded.base !== instrument.base) continue
    const working = signedBy(wish.side, workingOn(state, other, wish.side, leaving))
    if (other.quantity === ZERO && working === ZERO) continue
    const { mark } = other
    if (mark === null) return denialOf('MARK_MISSING', `${wish.path}exposure`, other.instrument)
    const rate = traded.quote === instrument.quote ? ONE : state.assetPrices.get(priceKey(traded.quote, instrument.quote))
    if (rate === undefined) return denialOf('EXPOSURE_UNPRICED', `${wish.path}exposure`, other.instrument, { asset: traded.quote })
    held = add(held, mul(notionalOf(traded.kind, other.quantity, mark), rate))
    exposure = add(exposure, mul(notionalOf(traded.kind, add(other.quantity, working), mark), rate))
  }
  if (abs(exposure) <= limits.maxExposure || isWayDown(held, exposure)) return null
  const figures = { asset: instrument.base, limit: limits.maxExposure }
  return denialOf('EXPOSURE_ABOVE_LIMIT', `${wish.path}exposure`, abs(exposure), figures)
}

/** Perpetuals: the equity in the settle asset must cover every position at the worst that its working orders can make of it. */
function marginFault(candidate: Candidate): Denial | null {
  const { state, wish, instrument, position, leaving, limits } = candidate
  const { settle } = instrument
  let equity = state.balances.get(`wallet|${settle}`) ?? ZERO
  let margin = ZERO
  for (const held of state.positions.values()) {
    const traded = state.instruments.get(held.instrument) as Instrument
    if (traded.kind === 'spot' || traded.settle !== settle) continue
    const own = held === position
    const buys = add(workingOn(state, held, 'buy', leaving), own && wish.side === 'buy' ? wish.quantity : ZERO)
    const sells = add(workingOn(state, held, 'sell', leaving), own && wish.side === 'sell' ? wish.quantity : ZERO)
    const worst = max(abs(add(held.quantity, buys)), abs(sub(held.quantity, sells)))
    if (worst === ZERO) continue
    const price = own ? sizePrice(candidate) : (held.mark ?? highestPrice(state, held))
    const value = price === ZERO ? abs(held.cost) : tradeValueOf(traded.kind, worst, price)
    margin = add(margin, div(value, leverageCap(traded, limits)))
    if (held.mark !== null) equity = add(equity, unrealizedPnl(held, held.mark, traded.kind))
  }
  const figures = { asset: settle, equity, leverage: leverageCap(instrument, limits) }
  return margin > equity ? denialOf('MARGIN_TOO_LOW', `${wish.path}margin`, margin, figures) : null
}

/** What a position without a mark is valued at: the highest price of its working orders, or with none of them its cost. */
function highestPrice(state: KernelState, { instrument }: Position): Decimal {
  let highest = ZERO
  for (const { request } of state.liveOrders.values()) {
    // Without a mark there is no market order.
    if (request.instrument === instrument) highest = max(highest, request.price as Decimal)
  }
  return highest
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
