// What must hold of an order at the moment it is prepared: trading states, sizes and limits, counted by the auditor's own books
// as if any of the live orders were filled.

import { add, type Decimal, div, max, min, mul, neg, sub, ZERO } from '../../src/core/kernel/decimal.ts'
import type { OrderRequest } from '../../src/core/kernel/facts.ts'
import type { KernelInput, PositionSide, Side } from '../../src/core/kernel/inputs.ts'
import type { Instrument } from '../../src/core/kernel/instrument.ts'
import type { OwnBooks } from './own-books.ts'
import { magnitude, notional, signed, worth } from './own-holding.ts'
import type { OwnOrders } from './own-orders.ts'
import { must } from './violation.ts'

const SECOND_US = 1_000_000
const ONE = 10n ** 18n

export interface Preparing {
  readonly request: OrderRequest
  readonly input: KernelInput
  readonly timeUs: number
  readonly books: OwnBooks
  readonly orders: OwnOrders
  /** Quotes that the same decision pushes out: see `working`. */
  readonly leaving: ReadonlySet<string>
  /** What the same decision has prepared already: the other quote, which was judged at its own price. */
  readonly siblings: ReadonlySet<string>
}

export function judgePrepared(preparing: Preparing): void {
  const { request, timeUs, books, orders } = preparing
  const { clientOrderId, role } = request
  const instrument = books.instrument(request.instrument)
  must(!orders.over, `order ${clientOrderId} was prepared after the end`)
  must(orders.trading !== 'halted', `order ${clientOrderId} was prepared while trading is halted`)
  must(timeUs >= orders.waitUntilUs, `order ${clientOrderId} was prepared while the venue asked us to wait`)
  must(role === 'exit' || orders.listed.has(request.instrument), `order ${clientOrderId} trades what this session does not`)
  judgeShape(preparing, instrument)
  judgePlace(preparing, instrument)
  judgeDirection(preparing, instrument)
  judgeCollar(preparing)
  judgeRates(preparing)
  if (role !== 'exit') judgeSizes(preparing, instrument)
  if (instrument.kind === 'spot') judgeBalance(preparing, instrument)
}

/** Single cancels and the exchange of quotes are held to the rate; taking back everything at once never is. */
export function judgeCancelRate(input: KernelInput, timeUs: number, { limits, canceledUs }: OwnOrders): void {
  const held =
    (input.type === 'CANCEL' && input.target.kind !== 'instrument') || (input.type === 'QUOTE' && (input.bid ?? input.ask ?? null) !== null)
  const limit = limits?.maxCancelsPerSecond ?? 0
  const recent = canceledUs.filter((canceledAtUs) => canceledAtUs > timeUs - SECOND_US).length
  must(!held || limit === 0 || recent < limit, `${input.type} cancels number ${recent + 1} within a second`)
}

function judgeShape({ request, books }: Preparing, instrument: Instrument): void {
  const { clientOrderId: id, quantity, price, orderType, postOnly, timeInForce } = request
  const { tickSize, lotSize, minQuantity, maxQuantity, minNotional } = instrument
  must(quantity > ZERO && quantity % lotSize === 0n, `order ${id} is not of whole lots`)
  must(quantity >= minQuantity && (maxQuantity === ZERO || quantity <= maxQuantity), `order ${id} is too small or too large`)
  must((price === null) === (orderType === 'market'), `order ${id} is ${orderType} at ${price}`)
  must(price === null || (price > ZERO && price % tickSize === 0n), `order ${id} is priced off the tick`)
  must(!postOnly || (orderType === 'limit' && timeInForce === 'gtc'), `order ${id} is post-only and cannot rest`)
  const reference = price ?? books.marks.get(request.instrument)
  must(reference !== undefined, `order ${id} was prepared without any price`)
  must(notional(instrument, quantity, reference) >= minNotional, `order ${id} is below the smallest notional`)
}

/** An entry is the first order of its trade, an exit closes no more than is open, and what is in doubt freezes its slot. */
function judgePlace({ request, books, orders }: Preparing, instrument: Instrument): void {
  const { clientOrderId: id, role, slotId, trade, positionSide, side, quantity } = request
  const hedged = orders.session?.positionMode === 'hedge' && instrument.kind !== 'spot'
  if (role === 'quote') return must(!hedged && positionSide === 'net' && slotId === null, `quote ${id} is in a hedged position or a slot`)
  const beside = orders.ofTrade(slotId, trade)
  if (role === 'entry') {
    must(beside.length === 0, `entry ${id} is not the only order of its trade`)
    must(positionSide === (hedged ? (side === 'buy' ? 'long' : 'short') : 'net'), `entry ${id} opens the ${positionSide} position`)
    must(orders.session?.slotIds.includes(slotId ?? '') === true, `entry ${id} is in slot ${slotId}, which the session does not have`)
    const { unassigned, dust } = books.position(request.instrument, positionSide)
    return must(unassigned === dust, `entry ${id} was prepared beside unassigned exposure of ${unassigned}`)
  }
  const doubtful = beside.find(({ status }) => status === 'in_doubt' || status === 'quarantined')
  must(doubtful === undefined, `exit ${id} was prepared beside order ${doubtful?.request.clientOrderId}, which is ${doubtful?.status}`)
  const own = books.trade(slotId ?? '', trade ?? 0)
  must(
    own.side !== side && own.instrument === request.instrument && own.positionSide === positionSide,
    `exit ${id} does not fit ${own.key}`,
  )
  let covered: Decimal = quantity
  for (const { request: other, filled } of beside) {
    if (other.role === 'exit' && filled < other.quantity) covered = add(covered, sub(other.quantity, filled))
  }
  const open = magnitude(own.holding.quantity)
  must(covered <= open, `exits of ${covered} work on ${open} that is open in ${own.key}`)
}

/** Reducing, or reduce-only: even if all that works on its side were filled, the position would be no larger, and no other. */
function judgeDirection(preparing: Preparing, instrument: Instrument): void {
  const { request, input, books, orders } = preparing
  const { clientOrderId: id, side, positionSide, quantity } = request
  const held = books.position(request.instrument, positionSide).holding.quantity
  const reducible = side === 'buy' ? neg(held) : held
  must(!request.reduceOnly || quantity <= reducible, `reduce-only order ${id} of ${quantity} would open something, ${held} is held`)
  must(!request.reduceOnly || instrument.kind !== 'spot', `order ${id} is reduce-only, and coins are not positions`)
  if (orders.trading !== 'reducing' && !(input.type === 'ENTER' && input.reduceOnly === true)) return
  const after = add(quantity, workingOf(preparing, request.instrument, positionSide, side, NONE))
  must(after <= reducible, `order ${id} could grow or flip a position of ${held}: ${after} would work on its side`)
}

function judgeCollar({ request, books, orders }: Preparing): void {
  const { clientOrderId: id, price, side, role, instrument } = request
  const bps = orders.limits?.priceCollarBps ?? ZERO
  const mid = orders.markets.get(instrument)?.mid ?? books.marks.get(instrument) ?? null
  if (bps === ZERO || price === null || mid === null) return
  if (role === 'exit' && (side === 'buy' ? price < mid : price > mid)) return
  const distance = magnitude(sub(price, mid))
  must(distance * 10_000n * 10n ** 18n <= bps * mid, `order ${id} at ${price} is outside the collar round ${mid}`)
}

function judgeRates({ request, timeUs, orders, leaving }: Preparing): void {
  const { clientOrderId: id, role } = request
  const { maxOrdersPerSecond = 0, staleFeedUs = 0, maxOpenOrders = 0 } = orders.limits ?? {}
  if (role === 'exit') return
  const recent = orders.preparedUs.filter((preparedUs) => preparedUs > timeUs - SECOND_US).length
  must(maxOrdersPerSecond === 0 || recent < maxOrdersPerSecond, `order ${id} is number ${recent + 1} within a second`)
  const asOfUs = orders.markets.get(request.instrument)?.asOfUs ?? null
  must(staleFeedUs === 0 || asOfUs === null || timeUs - asOfUs <= staleFeedUs, `order ${id} was prepared on stale market data`)
  const live = [...orders.live.keys()].filter((other) => !leaving.has(other)).length
  must(maxOpenOrders === 0 || live < maxOpenOrders, `order ${id} is live order number ${live + 1}`)
}

function judgeSizes(preparing: Preparing, instrument: Instrument): void {
  const { request, books, orders } = preparing
  const { clientOrderId: id, side, positionSide, quantity } = request
  const { limits } = orders
  if (limits === null) return
  const price = priceOf(preparing)
  const size = notional(instrument, quantity, price)
  must(limits.maxOrderNotional === ZERO || size <= limits.maxOrderNotional, `order ${id} is worth ${size}, above the limit`)
  const held = books.position(request.instrument, positionSide).holding.quantity
  const working = add(quantity, workingOf(preparing, request.instrument, positionSide, side))
  const after = add(held, signed(side, working))
  const shrinks = isSmaller(after, held)
  const { venues } = books.position(request.instrument, positionSide)
  must(shrinks || venues === null, `order ${id} adds to a position of ${held}, and the venue says ${venues}`)
  const judged = limits.maxExposure > ZERO || instrument.kind !== 'spot'
  must(shrinks || !judged || held === ZERO || books.marks.has(request.instrument), `order ${id} adds to what has no mark`)
  must(shrinks || limits.maxPosition === ZERO || magnitude(after) <= limits.maxPosition, `order ${id} could lead to a position of ${after}`)
  if (books.marks.has(request.instrument) || held === ZERO) judgeExposure(preparing, instrument, { held, after, price })
  if (instrument.kind !== 'spot' && !shrinks) judgeMargin(preparing, instrument, price)
}

function isSmaller(after: Decimal, before: Decimal): boolean {
  return before !== ZERO && magnitude(after) < magnitude(before) && (after === ZERO || after > ZERO === before > ZERO)
}

/** Over all instruments of one base, as if every order on the same side were filled; what lowers it may stay above the limit. */
function judgeExposure(
  preparing: Preparing,
  instrument: Instrument,
  { held, after, price }: Readonly<Record<'held' | 'after' | 'price', Decimal>>,
): void {
  const { base, quote } = instrument
  const { request, books, orders } = preparing
  const limit = orders.limits?.maxExposure ?? ZERO
  if (limit === ZERO) return
  let exposure = notional(instrument, after, price)
  let before = notional(instrument, held, price)
  for (const position of books.positions.values()) {
    const other = books.instrument(position.instrument)
    if (other.base !== base || (position.instrument === request.instrument && position.positionSide === request.positionSide)) continue
    const working = workingOf(preparing, position.instrument, position.positionSide, request.side)
    const quantity = add(position.holding.quantity, signed(request.side, working))
    if (position.holding.quantity === ZERO && working === ZERO) continue
    const mark = books.marks.get(position.instrument)
    const rate = other.quote === quote ? (ONE as Decimal) : books.prices.get(`${other.quote}|${quote}`)
    must(
      mark !== undefined && rate !== undefined,
      `order ${request.clientOrderId} was prepared beside ${position.instrument}, without a price`,
    )
    exposure = add(exposure, mul(notional(other, quantity, mark), rate))
    before = add(before, mul(notional(other, position.holding.quantity, mark), rate))
  }
  must(magnitude(exposure) <= limit || isSmaller(exposure, before), `order ${request.clientOrderId} could lead to ${exposure} of ${base}`)
}

/** Whatever fills: the equity in the settle asset carries every position at its worst. */
function judgeMargin(preparing: Preparing, { settle }: Instrument, price: Decimal): void {
  const { request, books, orders, leaving, siblings } = preparing
  const beside = new Set([...leaving, ...siblings])
  let equity = books.balances.get(`wallet|${settle}`) ?? ZERO
  let margin = ZERO
  for (const [symbol, positionSide] of positionsOf(preparing)) {
    const other = books.instrument(symbol)
    if (other.kind === 'spot' || other.settle !== settle) continue
    const { holding } = books.position(symbol, positionSide)
    const own = symbol === request.instrument && positionSide === request.positionSide
    const onSide = (side: Side): Decimal =>
      own && request.side === side
        ? add(workingOf(preparing, symbol, positionSide, side), request.quantity)
        : workingOf(preparing, symbol, positionSide, side, own ? beside : leaving)
    const worst = max(magnitude(add(holding.quantity, onSide('buy'))), magnitude(sub(holding.quantity, onSide('sell'))))
    const mark = books.marks.get(symbol) ?? null
    const prices = own ? [price, request.price, mark] : [mark ?? priceOfAny(preparing, symbol)]
    const reference = dearest(other, prices)
    if (worst !== ZERO && reference !== null) margin = add(margin, div(worth(other, worst, reference), capOf(preparing, other)))
    if (holding.quantity === ZERO || mark === null) continue
    const open = sub(worth(other, holding.quantity, mark), holding.cost)
    equity = add(equity, other.kind === 'inverse' ? neg(open) : open)
  }
  const cap = orders.limits?.maxLeverage
  must(margin <= equity, `order ${request.clientOrderId} needs a margin of ${margin} ${settle}, there is ${equity} (cap ${cap})`)
}

/** The price at which a quantity takes the most of the settle asset: of inverse contracts that is the lowest. */
function dearest({ kind }: Instrument, prices: readonly (Decimal | null)[]): Decimal | null {
  const known = prices.filter((price) => price !== null)
  return known.length === 0 ? null : known.reduce(kind === 'inverse' ? min : max)
}

function capOf({ orders }: Preparing, { maxLeverage }: Instrument): Decimal {
  const limit = orders.limits?.maxLeverage ?? ZERO
  return limit === ZERO || maxLeverage < limit ? maxLeverage : limit
}

/** All that is held or worked on, with the order's own position. */
function positionsOf({ request, books, orders }: Preparing): (readonly [symbol: string, positionSide: PositionSide])[] {
  const all = [...books.positions.values(), ...[...orders.live.values()].map((order) => order.request), request]
  const keys = new Map(all.map(({ instrument, positionSide }) => [`${instrument} ${positionSide}`, [instrument, positionSide] as const]))
  return [...keys.values()]
}

/** Where nobody has said what an instrument is worth, the prices of its own orders say it. */
function priceOfAny({ orders }: Preparing, symbol: string): Decimal | null {
  for (const { request } of orders.live.values()) if (request.instrument === symbol && request.price !== null) return request.price
  return null
}

/** Coins: what any of the working orders takes out of the wallet is there. */
function judgeBalance(preparing: Preparing, { base, quote }: Instrument): void {
  const { request, books, orders } = preparing
  const asset = request.side === 'buy' ? quote : base
  const takes = ({ side, instrument, price }: OrderRequest, quantity: Decimal): Decimal => {
    const reference = price ?? books.marks.get(instrument) ?? ZERO
    return side === 'buy' ? mul(quantity, reference) : quantity
  }
  let needed = takes(request, request.quantity)
  for (const [id, { request: other, filled }] of orders.live) {
    const traded = books.instrument(other.instrument)
    if (traded.kind !== 'spot' || (other.side === 'buy' ? traded.quote : traded.base) !== asset) continue
    if (filled < other.quantity && !preparing.leaving.has(id)) needed = add(needed, takes(other, sub(other.quantity, filled)))
  }
  const balance = books.balances.get(`wallet|${asset}`) ?? ZERO
  must(needed <= balance, `order ${request.clientOrderId} and what works need ${needed} ${asset}, there is ${balance}`)
}

/** The most a buy costs; a sell may bring more than its limit. */
function priceOf({ request, books }: Preparing): Decimal {
  const mark = books.marks.get(request.instrument) ?? null
  if (request.price === null || mark === null) return request.price ?? mark ?? ZERO
  return request.side === 'sell' ? max(request.price, mark) : request.price
}

const NONE: ReadonlySet<string> = new Set()

/** Σ unfilled of the live orders on one side of a position, save those that do not count. */
function workingOf(preparing: Preparing, instrument: string, positionSide: PositionSide, side: Side, without = preparing.leaving): Decimal {
  let sum = ZERO
  for (const [id, { request, filled }] of preparing.orders.live) {
    if (request.instrument !== instrument || request.positionSide !== positionSide || request.side !== side) continue
    if (filled < request.quantity && !without.has(id)) sum = add(sum, sub(request.quantity, filled))
  }
  return sum
}
