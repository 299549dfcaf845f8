// How orders, fills, positions and balances look on this venue's wire, as it was recorded: its spellings, its roundings,
// its false time zone. Reads the books; changes nothing.

import {
  abs,
  add,
  type Decimal,
  dec,
  decimalPlacesOf,
  div,
  formatDecimal,
  max,
  mul,
  neg,
  parseDecimal,
  sub,
  ZERO,
} from '../../kernel/decimal.ts'
import { type BookedChange, type BookedFill, type BookedOrder, type OrderStanding, type OrderView, viewOf } from './books.ts'
import type { Desk } from './desk.ts'
import type { DoorSettings } from './settings.ts'
import { type Bare, bare, beijingTime, fixed, type WireObject, type WireValue, wireSymbolOf } from './wire.ts'

const REST_STATUS = { open: 'PENDING', filled: 'FILLED', canceled: 'CANCELLED', expired: 'EXPIRED' } as const satisfies Record<
  OrderStanding,
  string
>
const STREAM_STATUS = { open: 'NEW', filled: 'FILLED', canceled: 'CANCELED', expired: 'EXPIRED' } as const satisfies Record<
  OrderStanding,
  string
>
const TIME_IN_FORCE = { gtc: 'GTC', ioc: 'IOC', fok: 'FOK' } as const
/** Decimals of money: in orders, on the stream, in lists of balances. */
const ORDER_FEE_DECIMALS = 6
const STREAM_DECIMALS = 8
const BALANCE_DECIMALS = 8

export interface Places {
  readonly symbol: string
  /** Of a price. */
  readonly decimals: number
  readonly settle: string
}

export function placesOf(desk: Desk): Places {
  const { instrument } = desk
  return { symbol: wireSymbolOf(instrument), decimals: decimalPlacesOf(instrument.tickSize), settle: instrument.settle }
}

export function restStatusOf(view: OrderView): string {
  return view.standing === 'open' && view.filledQuantity > ZERO ? 'PARTIALLY_FILLED' : REST_STATUS[view.standing]
}

/** The object of section "query one order". `wholeSeconds`: as the lists of finished orders have their times. */
export function orderAnswer(view: OrderView, places: Places, leverage: Decimal, wholeSeconds = false): WireObject {
  const { order } = view
  const time = (us: number): number => (wholeSeconds ? Math.floor(us / 1_000_000) * 1_000 : Math.floor(us / 1_000))
  return {
    symbol: places.symbol,
    orderId: bare(order.orderId),
    side: order.side.toUpperCase(),
    positionSide: 'BOTH',
    type: order.type,
    origQty: order.quantity,
    price: order.price === null ? fixed(view.averagePrice, places.decimals) : fixed(dec(order.price), places.decimals),
    executedQty: formatDecimal(view.filledQuantity),
    avgPrice: fixed(view.averagePrice, places.decimals),
    // Rounded to a whole number: the venue's own habit.
    cumQuote: fixed(view.quoteQuantity, 0),
    stopPrice: '',
    profit: fixed(view.realized, 4),
    commission: fixed(neg(view.fee), ORDER_FEE_DECIMALS),
    status: restStatusOf(view),
    time: time(order.acceptedUs),
    updateTime: time(order.updatedUs),
    clientOrderId: order.clientOrderId,
    leverage: `${formatDecimal(leverage)}X`,
    takeProfit: noTrigger(),
    stopLoss: noTrigger(),
    advanceAttr: 0,
    positionID: 0,
    takeProfitEntrustPrice: bare('0'),
    stopLossEntrustPrice: bare('0'),
    orderType: '',
    workingType: 'MARK_PRICE',
    onlyOnePosition: true,
    reduceOnly: order.reduceOnly,
    postOnly: order.postOnly,
    timeInForce: timeInForceOf(order),
    stopGuaranteed: false,
    triggerOrderId: 0,
  }
}

export function placementAnswer(view: OrderView, places: Places, form: DoorSettings['placementForm']): WireObject {
  const { order } = view
  const price = order.price ?? '0'
  if (form === 'order') {
    const { orderId, clientOrderId, side, type, quantity } = order
    return {
      order: {
        ...{ symbol: places.symbol, orderId: bare(orderId), side: side.toUpperCase(), positionSide: 'BOTH', type },
        ...{ clientOrderID: clientOrderId, workingType: 'MARK_PRICE', price: bare(price), quantity: bare(quantity) },
        ...{ stopPrice: bare('0'), timeInForce: timeInForceOf(order), reduceOnly: order.reduceOnly },
      },
    }
  }
  return {
    orderId: bare(order.orderId),
    orderID: order.orderId,
    symbol: places.symbol,
    positionSide: 'BOTH',
    side: order.side.toUpperCase(),
    type: order.type,
    price,
    quantity: order.quantity,
    quoteOrderQty: '0',
    stopPrice: '0',
    workingType: 'MARK_PRICE',
    clientOrderID: order.clientOrderId,
    clientOrderId: order.clientOrderId,
    timeInForce: timeInForceOf(order),
    ...{
      priceRate: '0',
      stopLoss: '',
      takeProfit: '',
      reduceOnly: order.reduceOnly,
      activationPrice: '0',
      closePosition: '',
      stopGuaranteed: '',
    },
    status: restStatusOf(view),
    avgPrice: fixed(view.averagePrice, places.decimals),
    executedQty: fixed(view.filledQuantity, STREAM_DECIMALS),
  }
}

/** A row of `fillHistory`, the only list with trade ids. */
export function fillAnswer(fill: BookedFill, places: Places, feeDecimals: number): WireObject {
  const [price, quantity] = [parseDecimal(fill.price), parseDecimal(fill.quantity)]
  return {
    ...timesOf(fill),
    volume: fill.quantity,
    price: fill.price,
    qty: fill.quantity,
    quoteQty: formatDecimal(mul(price, quantity)),
    commission: fixed(neg(parseDecimal(fill.fee)), feeDecimals),
    commissionAsset: places.settle,
    orderId: fill.orderId,
    tradeId: fill.tradeId,
    symbol: places.symbol,
    role: fill.liquidity,
    side: fill.side,
    positionSide: 'both',
  }
}

/** A row of `allFillOrders`: no trade id. */
export function fillOrderAnswer(fill: BookedFill, order: BookedOrder, places: Places, feeDecimals: number): WireObject {
  return {
    ...timesOf(fill),
    volume: fill.quantity,
    price: fill.price,
    amount: formatDecimal(mul(parseDecimal(fill.price), parseDecimal(fill.quantity))),
    commission: fixed(neg(parseDecimal(fill.fee)), feeDecimals),
    currency: places.settle,
    orderId: fill.orderId,
    clientOrderID: fill.clientOrderId,
    symbol: places.symbol,
    side: fill.side.toUpperCase(),
    type: order.type,
    positionSide: 'BOTH',
    onlyOnePosition: true,
    ...{ liquidatedPrice: '0.0', liquidatedMarginRatio: '0.0' },
  }
}

interface PositionNumbers {
  readonly quantity: Decimal
  readonly entryPrice: Decimal
  readonly unrealized: Decimal
  readonly margin: Decimal
}

function positionNumbers(quantity: Decimal, cost: Decimal, mark: Decimal | null, leverage: Decimal): PositionNumbers {
  const entryPrice = quantity === ZERO ? ZERO : div(cost, quantity)
  const unrealized = mark === null ? ZERO : sub(mul(quantity, mark), cost)
  return { quantity, entryPrice, unrealized, margin: div(abs(cost), leverage) }
}

/** All positions that are not flat: in one-way mode at most one. */
export function positionsAnswer(desk: Desk, places: Places, settings: DoorSettings, nowMs: number): WireObject[] {
  const { position, leverage } = desk.books
  const { quantity, entryPrice, unrealized, margin } = positionNumbers(position.quantity, position.cost, desk.mark, leverage)
  if (quantity === ZERO) return []
  const side = sideOf(quantity, settings)
  const amount = fixed(settings.positionForm === 'both' ? quantity : abs(quantity), STREAM_DECIMALS)
  return [
    {
      positionId: '1735000000000000001',
      symbol: places.symbol,
      currency: places.settle,
      positionAmt: amount,
      availableAmt: amount,
      positionSide: side,
      isolated: false,
      avgPrice: formatDecimal(entryPrice),
      initialMargin: fixed(margin, 4),
      margin: fixed(add(margin, unrealized), 4),
      leverage: bare(formatDecimal(leverage)),
      unrealizedProfit: fixed(unrealized, 4),
      realisedProfit: fixed(realizedOf(desk), 4),
      markPrice: formatDecimal(desk.mark ?? ZERO),
      positionValue: fixed(abs(position.cost), 4),
      onlyOnePosition: true,
      liquidationPrice: bare('0'),
      updateTime: nowMs,
    },
  ]
}

export function balanceAnswer(desk: Desk, places: Places): WireObject[] {
  const { balance, position, leverage } = desk.books
  const { unrealized, margin } = positionNumbers(position.quantity, position.cost, desk.mark, leverage)
  const equity = add(balance, unrealized)
  const bound = desk.boundMargin
  const empty = { userId: '', balance: '', equity: '', unrealizedProfit: '', realisedProfit: '0' }
  return [
    {
      userId: '123',
      asset: places.settle,
      balance: fixed(balance, BALANCE_DECIMALS),
      equity: fixed(equity, BALANCE_DECIMALS),
      unrealizedProfit: fixed(unrealized, BALANCE_DECIMALS),
      realisedProfit: fixed(realizedOf(desk), BALANCE_DECIMALS),
      availableMargin: fixed(max(sub(equity, bound), ZERO), BALANCE_DECIMALS),
      usedMargin: fixed(margin, BALANCE_DECIMALS),
      freezedMargin: fixed(max(sub(bound, margin), ZERO), BALANCE_DECIMALS),
      shortUid: '123',
    },
    // The asset nobody uses, with its empty strings.
    {
      ...empty,
      asset: places.settle === 'USDC' ? 'USDT' : 'USDC',
      availableMargin: '',
      usedMargin: '',
      freezedMargin: '',
      shortUid: '123',
    },
  ]
}

/** The event of a change of an order. `l` and `L` are left out, as in every recording. */
export function orderEvent(change: BookedChange, places: Places, settings: DoorSettings, nowMs: number): WireObject {
  const { view, fill, what, timeUs } = change
  const { order } = view
  const eight = (value: Decimal): string => fixed(value, STREAM_DECIMALS)
  const status = view.standing === 'open' && view.filledQuantity > ZERO ? 'PARTIALLY_FILLED' : STREAM_STATUS[view.standing]
  const worth = fill === null ? ZERO : mul(parseDecimal(fill.price), parseDecimal(fill.quantity))
  return {
    e: settings.orderEvent,
    E: nowMs,
    T: Math.floor(timeUs / 1_000),
    o: {
      s: places.symbol,
      c: order.clientOrderId,
      i: bare(order.orderId),
      S: order.side.toUpperCase(),
      o: order.type,
      q: eight(dec(order.quantity)),
      p: eight(order.price === null ? view.averagePrice : dec(order.price)),
      sp: eight(ZERO),
      ap: eight(view.averagePrice),
      x: what,
      X: status,
      N: places.settle,
      n: eight(fill === null ? ZERO : neg(parseDecimal(fill.fee))),
      T: Math.floor(timeUs / 1_000),
      wt: '',
      ps: 'BOTH',
      rp: eight(fill?.realized ?? ZERO),
      z: eight(view.filledQuantity),
      sg: 'false',
      ti: 0,
      ro: order.reduceOnly,
      td: fill === null ? 0 : Number(fill.tradeId),
      tv: fixed(worth, 1),
    },
  }
}

/** The event of the money a fill moved: states, not deltas. */
export function accountEvent(change: BookedChange, desk: Desk, settings: DoorSettings, nowMs: number): WireObject {
  const { position, balance, fill } = change
  const { symbol, settle } = placesOf(desk)
  const { quantity, entryPrice, unrealized, margin } = positionNumbers(position.quantity, position.cost, desk.mark, desk.books.leverage)
  const eight = (value: Decimal): string => fixed(value, STREAM_DECIMALS)
  const closed = fill === null ? ZERO : sub(fill.realized, parseDecimal(fill.fee))
  const held: WireValue = {
    s: symbol,
    pa: eight(settings.positionForm === 'both' ? quantity : abs(quantity)),
    ep: eight(entryPrice),
    up: eight(unrealized),
    mt: 'cross',
    iw: eight(add(margin, unrealized)),
    ps: sideOf(quantity, settings),
    cr: eight(closed),
  }
  return {
    e: 'ACCOUNT_UPDATE',
    E: nowMs,
    // `bc` stays 0 although money moved: so it was recorded.
    a: { m: 'ORDER', B: [{ a: settle, wb: eight(balance), cw: eight(sub(balance, margin)), bc: '0' }], P: [held] },
  }
}

/** With crossed margin a payment speaks of the wallet alone. */
export function fundingEvent(desk: Desk, nowMs: number): WireObject {
  const { settle } = placesOf(desk)
  const { balance, position, leverage } = desk.books
  const { margin } = positionNumbers(position.quantity, position.cost, desk.mark, leverage)
  const wallet = { a: settle, wb: fixed(balance, STREAM_DECIMALS), cw: fixed(sub(balance, margin), STREAM_DECIMALS), bc: '0' }
  return { e: 'ACCOUNT_UPDATE', E: nowMs, a: { m: 'FUNDING_FEE', B: [wallet], P: [] } }
}

/** Whether a question may find the order by now. */
export function isFound(order: BookedOrder, nowUs: number): boolean {
  return order.hiding === null || nowUs >= order.hiding.orderUntilUs
}

/** The orders that lists may show by now, as they may be told. */
export function listedViews(orders: Iterable<BookedOrder>, nowUs: number): OrderView[] {
  const views: OrderView[] = []
  for (const order of orders) {
    if (order.hiding === null || nowUs >= order.hiding.listsUntilUs) views.push(viewOf(order, nowUs))
  }
  return views
}

/** What stands where an order has no take-profit and no stop-loss. */
function noTrigger(): Readonly<Record<string, string | Bare>> {
  return { type: '', quantity: bare('0'), stopPrice: bare('0'), price: bare('0'), workingType: '' }
}

function sideOf(quantity: Decimal, settings: DoorSettings): string {
  if (settings.positionForm === 'both') return 'BOTH'
  return quantity < ZERO ? 'SHORT' : 'LONG'
}

function realizedOf(desk: Desk): Decimal {
  return desk.books.fills().reduce((sum, fill) => add(sum, sub(fill.realized, parseDecimal(fill.fee))), ZERO)
}

function timeInForceOf(order: BookedOrder): string {
  return order.postOnly ? 'PostOnly' : TIME_IN_FORCE[order.timeInForce]
}

/** `filledTm` claims to be UTC and is not; `filledTime` is right. Both know whole seconds only. */
function timesOf(fill: BookedFill): WireObject {
  const local = beijingTime(fill.timeUs)
  return { filledTm: `${local}Z`, filledTime: `${local}.000+0800` }
}
