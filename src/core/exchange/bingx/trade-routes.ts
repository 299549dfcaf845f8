// Orders and fills over REST: placing, cancelling, asking. It reads parameters and writes answers; the desk does the work.

import { ZERO } from '../../kernel/decimal.ts'
import type { TimeInForce } from '../../kernel/inputs.ts'
import { fillAnswer, fillOrderAnswer, isFound, listedViews, orderAnswer, placementAnswer } from './answers.ts'
import type { Params } from './auth.ts'
import { type BookedFill, type BookedOrder, type OrderView, viewOf } from './books.ts'
import { CODES } from './codes.ts'
import type { OrderWish } from './desk.ts'
import { badParameter, type Counter, clientOrderIdOf, decimalOf, type Reply, type Route, refuse, wholeOf } from './route.ts'
import { bare, type WireValue } from './wire.ts'

const CLIENT_ORDER_ID = /^[a-zA-Z0-9]{1,40}$/
const TIMES_IN_FORCE: Readonly<Record<string, { readonly timeInForce: TimeInForce; readonly postOnly: boolean }>> = {
  GTC: { timeInForce: 'gtc', postOnly: false },
  IOC: { timeInForce: 'ioc', postOnly: false },
  FOK: { timeInForce: 'fok', postOnly: false },
  PostOnly: { timeInForce: 'gtc', postOnly: true },
}
const LONGEST_WINDOW_MS = 7 * 86_400_000
const MOST_ROWS = 1_000

/** The order as the parameters describe it, or the refusal of the first that is wrong. */
export function readWish(counter: Counter, params: Params): OrderWish | Reply {
  const clientOrderId = clientOrderIdOf(params)
  if (clientOrderId === null) return badParameter('clientOrderId and clientOrderID differ')
  if (clientOrderId !== '' && !CLIENT_ORDER_ID.test(clientOrderId)) return badParameter('clientOrderID is invalid')
  const [side, type, positionSide] = [params.get('side'), params.get('type'), params.get('positionSide') ?? 'BOTH']
  if (side !== 'BUY' && side !== 'SELL') return badParameter('Invalid side')
  if (type !== 'LIMIT' && type !== 'MARKET') return badParameter(`The order type ${type ?? ''} is not rehearsed here`)
  if (positionSide !== 'BOTH') return badParameter("In the One-way mode, the 'PositionSide' field can only be set to BOTH.")
  const force = TIMES_IN_FORCE[params.get('timeInForce') ?? 'GTC']
  if (force === undefined) return badParameter('Invalid timeInForce')
  const [quantity, price] = [decimalOf(params, 'quantity'), decimalOf(params, 'price')]
  if (quantity === undefined || quantity <= ZERO) return badParameter('Invalid quantity')
  if (type === 'LIMIT' && (price === undefined || price <= ZERO)) return badParameter('Invalid price')
  const reduceOnly = params.get('reduceOnly') ?? 'false'
  if (reduceOnly !== 'true' && reduceOnly !== 'false') return badParameter('Invalid reduceOnly')
  return {
    ...{ clientOrderId, symbol: symbolOf(counter, params), side: side === 'BUY' ? 'buy' : 'sell', type, quantity },
    price: type === 'LIMIT' ? (price ?? null) : null,
    ...(type === 'MARKET' ? { timeInForce: 'ioc' as const, postOnly: false } : force),
    reduceOnly: reduceOnly === 'true',
  }
}

function place(counter: Counter, params: Params): Reply {
  const wish = readWish(counter, params)
  if (!('side' in wish)) return wish
  const outcome = counter.desk.place(wish, 'api')
  if ('refused' in outcome) return { refused: outcome.refused, data: {} }
  return { data: placementAnswer(viewOf(outcome.order, counter.clock.nowUs()), counter.places, counter.settings.placementForm) }
}

function cancel(counter: Counter, params: Params): Reply {
  const asked = askedOrder(counter, params)
  if ('refused' in asked) return asked
  const { order, refused } = counter.desk.cancel(asked.order, { clientOrderId: asked.clientOrderId })
  if (refused !== null || order === null) return { refused: refused ?? CODES.noSuchOrder, data: {} }
  return { data: { order: answerOf(counter, viewOf(order, counter.clock.nowUs())) } }
}

function query(counter: Counter, params: Params, isOpenOnly: boolean): Reply {
  const asked = askedOrder(counter, params)
  if ('refused' in asked) return asked
  const { order, clientOrderId } = asked
  const view = order === undefined || !isFound(order, counter.clock.nowUs()) ? null : viewOf(order, counter.clock.nowUs())
  const isKnown = view !== null && (!isOpenOnly || view.standing === 'open')
  const code = isKnown ? 0 : CODES.noSuchOrder.code
  counter.desk.note({ kind: 'query', endpoint: 'order', orderId: order?.orderId ?? params.get('orderId') ?? '', clientOrderId, code })
  return isKnown ? { data: { order: answerOf(counter, view) } } : { refused: CODES.noSuchOrder, data: {} }
}

/** The order that a request names, by either id. */
function askedOrder(
  counter: Counter,
  params: Params,
): { readonly order: BookedOrder | undefined; readonly clientOrderId: string } | (Reply & { refused: object }) {
  const clientOrderId = clientOrderIdOf(params)?.toLowerCase()
  const orderId = params.get('orderId') ?? ''
  if (clientOrderId === undefined || (clientOrderId === '' && orderId === '')) {
    return { refused: { code: CODES.badParameter.code, message: 'orderId and clientOrderId cannot both be empty' } }
  }
  if (symbolOf(counter, params) !== counter.desk.instrument.symbol) return { refused: { code: 109425, message: 'symbol not exist' } }
  const { books } = counter.desk
  return { order: orderId === '' ? books.orderOf(clientOrderId) : books.order(orderId), clientOrderId }
}

function openOrders(counter: Counter, params: Params): Reply {
  noteList(counter, 'openOrders')
  if (isOtherSymbol(counter, params)) return { data: { orders: [] } }
  const views = listedViews(counter.desk.books.openOrders(), counter.clock.nowUs())
  return {
    data: { orders: views.map((view) => ({ ...answerOf(counter, view), trailingStopRate: bare('0'), trailingStopDistance: bare('0') })) },
  }
}

/** `isFinal`: finished orders only, and their times in whole seconds. */
function orderHistory(counter: Counter, params: Params, isFinal: boolean): Reply {
  noteList(counter, isFinal ? 'allOrders' : 'fullOrder')
  const nowMs = counter.clock.nowMs()
  const endMs = wholeOf(params, 'endTime', nowMs)
  const startMs = wholeOf(params, 'startTime', (endMs ?? nowMs) - LONGEST_WINDOW_MS)
  const limit = wholeOf(params, 'limit', 500)
  if (endMs === null || startMs === null || limit === null || limit === 0 || limit > MOST_ROWS) return badParameter('Invalid limit or time')
  if (endMs - startMs > LONGEST_WINDOW_MS) return refuse(CODES.windowTooLong)
  if (isOtherSymbol(counter, params)) return { data: { orders: [] } }
  const after = params.get('orderId') ?? ''
  const views = listedViews(counter.desk.books.orders(), counter.clock.nowUs()).filter(({ order, standing }) => {
    const ms = Math.floor(order.acceptedUs / 1_000)
    if (isFinal && standing === 'open') return false
    return ms >= startMs && ms <= endMs && (after === '' || (/^\d+$/.test(after) && BigInt(order.orderId) > BigInt(after)))
  })
  return { data: { orders: views.slice(-limit).map((view) => orderAnswer(view, counter.places, counter.desk.books.leverage, isFinal)) } }
}

function fillHistory(counter: Counter, params: Params): Reply {
  noteList(counter, 'fillHistory')
  const [startMs, endMs] = [wholeOf(params, 'startTs', 0), wholeOf(params, 'endTs', 0)]
  const [page, rowCount] = [wholeOf(params, 'pageIndex', 1), wholeOf(params, 'pageSize', 50)]
  if (startMs === null || endMs === null || page === null || rowCount === null || page === 0 || rowCount === 0 || rowCount > MOST_ROWS) {
    return badParameter('Invalid page or time')
  }
  // A start without an end gives nothing: the venue's own habit.
  if (endMs === 0 || isOtherSymbol(counter, params)) return { data: { fill_history_orders: [], total: 0 } }
  if (endMs - startMs > LONGEST_WINDOW_MS) return refuse(CODES.windowTooLong)
  const lastFillId = params.get('lastFillId') ?? ''
  const rows = toldFills(counter, startMs, endMs, params).filter(({ tradeId }) => lastFillId === '' || Number(tradeId) > Number(lastFillId))
  const shown = rows.slice((page - 1) * rowCount, page * rowCount)
  const feeDecimals = counter.settings.fillFeeDecimals
  return { data: { fill_history_orders: shown.map((fill) => fillAnswer(fill, counter.places, feeDecimals)), total: rows.length } }
}

function allFills(counter: Counter, params: Params): Reply {
  noteList(counter, 'allFillOrders')
  const [startMs, endMs] = [wholeOf(params, 'startTs', 0), wholeOf(params, 'endTs', counter.clock.nowMs())]
  if (startMs === null || endMs === null) return badParameter('Invalid time')
  if (params.get('tradingUnit') !== 'COIN') return badParameter('tradingUnit must be COIN here')
  const rows = toldFills(counter, startMs, endMs, params).slice(-512)
  const { books } = counter.desk
  const answers: WireValue[] = rows.map((fill) =>
    fillOrderAnswer(fill, books.order(fill.orderId) as BookedOrder, counter.places, counter.settings.fillFeeDecimals),
  )
  return { data: { fill_orders: answers } }
}

/** The fills after `startMs` up to `endMs` that may be told by now, oldest first. */
function toldFills(counter: Counter, startMs: number, endMs: number, params: Params): BookedFill[] {
  const nowUs = counter.clock.nowUs()
  const orderId = params.get('orderId') ?? ''
  return counter.desk.books.fills().filter((fill) => {
    const { hiding } = counter.desk.books.order(fill.orderId) as BookedOrder
    if (orderId !== '' && fill.orderId !== orderId) return false
    if (hiding !== null && (nowUs < hiding.orderUntilUs || (nowUs < hiding.fillsUntilUs && hiding.tradeIds.includes(fill.tradeId))))
      return false
    const ms = fill.timeUs / 1_000
    return ms > startMs && ms <= endMs
  })
}

function cancelAll(counter: Counter, params: Params): Reply {
  if (isOtherSymbol(counter, params)) return { data: { success: [], failed: null } }
  const success: WireValue[] = []
  const failed: WireValue[] = []
  for (const order of counter.desk.books.openOrders()) {
    const { clientOrderId } = order
    const { refused } = counter.desk.cancel(order, { clientOrderId })
    if (refused === null) success.push(answerOf(counter, viewOf(order, counter.clock.nowUs())))
    else failed.push({ orderId: bare(order.orderId), clientOrderId, errorCode: refused.code, errorMessage: refused.message })
  }
  return { data: { success, failed: failed.length === 0 ? null : failed } }
}

function answerOf(counter: Counter, view: OrderView) {
  return orderAnswer(view, counter.places, counter.desk.books.leverage)
}

function noteList(counter: Counter, endpoint: string): void {
  counter.desk.note({ kind: 'query', endpoint, orderId: '', clientOrderId: '', code: 0 })
}

/** dita's own name of the symbol that is asked for; a name that is not listed stays as it is. */
function symbolOf(counter: Counter, params: Params): string {
  const symbol = params.get('symbol') ?? ''
  return symbol === counter.places.symbol ? counter.desk.instrument.symbol : symbol
}

function isOtherSymbol(counter: Counter, params: Params): boolean {
  const symbol = params.get('symbol') ?? ''
  return symbol !== '' && symbol !== counter.places.symbol
}

const TRADE = '/openApi/swap/v2/trade'
const SIGNED = { auth: 'signed', perSecond: 5 } as const

export const TRADE_ROUTES: readonly Route[] = [
  { name: 'place', method: 'POST', path: `${TRADE}/order`, group: 3, ...SIGNED, answer: place },
  { name: 'cancel', method: 'DELETE', path: `${TRADE}/order`, group: 3, ...SIGNED, answer: cancel },
  { name: 'query', method: 'GET', path: `${TRADE}/order`, group: 2, ...SIGNED, answer: (counter, params) => query(counter, params, false) },
  {
    name: 'open_order',
    method: 'GET',
    path: `${TRADE}/openOrder`,
    group: 2,
    ...SIGNED,
    answer: (counter, params) => query(counter, params, true),
  },
  { name: 'open_orders', method: 'GET', path: `${TRADE}/openOrders`, group: 3, ...SIGNED, answer: openOrders },
  {
    name: 'all_orders',
    method: 'GET',
    path: `${TRADE}/allOrders`,
    group: 3,
    ...SIGNED,
    answer: (c, params) => orderHistory(c, params, true),
  },
  {
    name: 'full_orders',
    method: 'GET',
    path: '/openApi/swap/v1/trade/fullOrder',
    group: 2,
    ...SIGNED,
    answer: (c, params) => orderHistory(c, params, false),
  },
  { name: 'cancel_all', method: 'DELETE', path: `${TRADE}/allOpenOrders`, group: 2, ...SIGNED, answer: cancelAll },
  { name: 'fill_history', method: 'GET', path: `${TRADE}/fillHistory`, group: 2, ...SIGNED, answer: fillHistory },
  { name: 'fill_history', method: 'GET', path: '/openApi/swap/v1/trade/fillHistory', group: 2, ...SIGNED, answer: fillHistory },
  { name: 'all_fills', method: 'GET', path: `${TRADE}/allFillOrders`, group: 2, ...SIGNED, answer: allFills },
]
