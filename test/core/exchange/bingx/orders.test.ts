// Orders over the wire as this venue takes, tells and ends them, with its habits: ids beyond 2^53, cut decimals, odd lists.

import { describe, expect, test } from 'vitest'
import { formatDecimal } from '../../../../src/core/kernel/decimal.ts'
import { type Rehearsed, rehearsed, sellsDownTo, until } from './rehearsed.ts'

const OPEN_ORDERS = '/openApi/swap/v2/trade/openOrders'
const ALL_ORDERS = '/openApi/swap/v2/trade/allOrders'
const FULL_ORDERS = '/openApi/swap/v1/trade/fullOrder'
const FILLS = '/openApi/swap/v2/trade/fillHistory'
const LEVERAGE = '/openApi/swap/v2/trade/leverage'

async function fillsOf(place: Rehearsed, more: Record<string, string | number> = {}) {
  const { json } = await place.signed('GET', FILLS, {
    symbol: 'BTC-USDT',
    startTs: Date.now() - 60_000,
    endTs: Date.now() + 60_000,
    ...more,
  })
  return json.data.fill_history_orders
}

describe('an order', () => {
  test('that rests is PENDING under an id beyond 2^53, written as a bare integer and as text', async () => {
    const place = await rehearsed()
    const { text, json } = await place.place({ clientOrderId: 'Abc1' })
    const { orderID, status, clientOrderId, clientOrderID, executedQty } = json.data
    expect(text).toContain(`"orderId":${orderID},`)
    expect(BigInt(Number(orderID))).not.toBe(BigInt(orderID))
    expect({ status, clientOrderId, clientOrderID, executedQty }).toEqual({
      ...{ status: 'PENDING', clientOrderId: 'abc1', clientOrderID: 'abc1', executedQty: '0.00000000' },
    })
    const ms = Number(BigInt(orderID) >> 22n) + 1_288_834_974_657
    expect(Math.abs(ms - Date.now())).toBeLessThan(60_000)
  })

  test('is found by either id, in lists of open ones, and after its end in lists of finished ones', async () => {
    const place = await rehearsed()
    const { orderID } = (await place.place({ clientOrderId: 'abc2' })).json.data
    expect((await place.query({ orderId: orderID })).json.data.order).toMatchObject({
      clientOrderId: 'abc2',
      status: 'PENDING',
      origQty: '0.01',
    })
    expect((await place.query({ clientOrderID: 'ABC2' })).json.data.order.orderId).toBe(orderID)
    expect((await place.signed('GET', OPEN_ORDERS)).json.data.orders).toHaveLength(1)
    expect((await place.signed('GET', ALL_ORDERS, { limit: 500 })).json.data.orders).toEqual([])
    expect((await place.signed('GET', FULL_ORDERS, { limit: 500 })).json.data.orders).toHaveLength(1)
    const canceled = await place.cancel({ clientOrderId: 'abc2' })
    expect(canceled.json.data.order.status).toBe('CANCELLED')
    expect((await place.signed('GET', OPEN_ORDERS)).json.data.orders).toEqual([])
    const [finished] = (await place.signed('GET', ALL_ORDERS, { limit: 500 })).json.data.orders
    expect(finished).toMatchObject({ orderId: orderID, status: 'CANCELLED' })
    expect(finished.time % 1_000).toBe(0)
    expect((await place.query({ clientOrderId: 'nobody' })).json.code).toBe(109421)
  })

  test('V01 has its client order id for ever: a second one is refused, at once and later, open and cancelled', async () => {
    const place = await rehearsed()
    const first = await place.place({ clientOrderId: 'same1' })
    expect(first.json.code).toBe(0)
    expect((await place.place({ clientOrderId: 'SAME1' })).json.code).toBe(109201)
    await place.control('clock', { skewMs: 1_500 })
    expect((await place.place({ clientOrderId: 'same1' })).json.code).toBe(101481)
    await place.cancel({ clientOrderId: 'same1' })
    await place.control('restart')
    expect((await place.place({ clientOrderId: 'same1' })).json.code).toBe(101481)
    expect(place.audit().ordersByClientId).toEqual(new Map([['same1', 1]]))
  })

  test('V01 sent twice at once is taken once', async () => {
    const place = await rehearsed()
    const answers = await Promise.all(Array.from({ length: 8 }, () => place.place({ clientOrderId: 'race1' })))
    expect(answers.filter(({ json }) => json.code === 0)).toHaveLength(1)
    expect(place.audit().ordersByClientId.get('race1')).toBe(1)
  })

  test('that was refused leaves its id free, unless the setting says that it burns', async () => {
    for (const [burnRefusedIds, expected] of [
      [false, 0],
      [true, 109201],
    ] as const) {
      const place = await rehearsed({ settings: { burnRefusedIds } })
      expect((await place.place({ clientOrderId: 'poor1', quantity: '9999' })).json.code).toBe(101204)
      expect((await place.place({ clientOrderId: 'poor1' })).json.code).toBe(expected)
    }
  })

  test('has its extra decimals cut off, silently', async () => {
    const place = await rehearsed()
    const { json } = await place.place({ price: '59990.19', quantity: '0.01239' })
    expect(json.data).toMatchObject({ price: '59990.1', quantity: '0.0123' })
  })

  test('is answered in the older form where the setting says so', async () => {
    const place = await rehearsed({ settings: { placementForm: 'order' } })
    const { json } = await place.place({ clientOrderId: 'old1' })
    expect(json.data.order).toMatchObject({ clientOrderID: 'old1', type: 'LIMIT' })
    expect(json.data.order).not.toHaveProperty('status')
  })
})

describe('what is refused', () => {
  test.each([
    ['a quantity below the smallest', { quantity: '0.00001' }, 109400],
    ['a notional below two dollars', { price: '1000', quantity: '0.0010' }, 110425],
    ['a side of hedge mode', { positionSide: 'LONG' }, 109400],
    ['post-only that would take', { price: '60001', timeInForce: 'PostOnly' }, 101215],
    ['a price far through the market', { price: '90000' }, 101211],
    ['more than the margin carries', { quantity: '50' }, 101204],
    ['reduce-only with nothing to reduce', { reduceOnly: 'true' }, 101205],
    ['another symbol', { symbol: 'ETH-USDT' }, 109425],
    ['a client order id with a dash', { clientOrderId: 'a-b' }, 109400],
    ['a client order id of 41 characters', { clientOrderId: 'a'.repeat(41) }, 109400],
    ['two client order ids that differ', { clientOrderId: 'a', clientOrderID: 'b' }, 109400],
    ['an order type that is not rehearsed', { type: 'STOP_MARKET', stopPrice: '1' }, 109400],
    ['a time in force in another case', { timeInForce: 'postonly' }, 109400],
    ['no price', { price: '' }, 109400],
  ])('%s', async (_what, wish, code) => {
    const place = await rehearsed()
    expect((await place.place(wish)).json.code).toBe(code)
    expect(place.audit().orders.size).toBe(0)
  })

  test('is what a path or a method does not know', async () => {
    const place = await rehearsed()
    expect((await place.open('/openApi/swap/v2/nothing')).json.code).toBe(100404)
    expect((await place.signed('PUT', '/openApi/swap/v2/trade/order')).json.code).toBe(100404)
  })
})

describe('a fill', () => {
  test('of a market order is taken from the book, with fees, roundings and a false time zone', async () => {
    const place = await rehearsed({ balance: '100000' })
    const { json } = await place.place({ type: 'MARKET', quantity: '1.5', clientOrderId: 'take1' })
    expect(json.data).toMatchObject({ status: 'FILLED', executedQty: '1.50000000', avgPrice: '60001.3' })
    const { order } = (await place.query({ clientOrderId: 'take1' })).json.data
    expect(order).toMatchObject({ cumQuote: '90002', commission: '-45.001000', status: 'FILLED' })
    const rows = await fillsOf(place)
    expect(
      rows.map((row: { price: string; qty: string; volume: string; commission: string }) => [
        row.price,
        row.qty,
        row.volume,
        row.commission,
      ]),
    ).toEqual([
      ['60001', '1', '1', '-30.0005'],
      ['60002', '0.5', '0.5', '-15.0005'],
    ])
    expect(Number(rows[1].tradeId)).toBe(Number(rows[0].tradeId) + 1)
    expect(rows[0]).toMatchObject({ role: 'taker', side: 'buy', positionSide: 'both', orderId: json.data.orderID })
    const offBy = Date.parse(rows[0].filledTm) - Date.parse(rows[0].filledTime)
    expect(offBy).toBe(8 * 3_600_000)
    expect(Math.abs(Date.parse(rows[0].filledTime) - Date.now())).toBeLessThan(60_000)
  })

  test('of a resting order comes with the market, at its own price and the maker fee', async () => {
    const place = await rehearsed()
    await place.place({ clientOrderId: 'make1' })
    sellsDownTo(place.exchange, 59_980, 0.004)
    expect((await place.query({ clientOrderId: 'make1' })).json.data.order).toMatchObject({
      status: 'PARTIALLY_FILLED',
      executedQty: '0.004',
    })
    sellsDownTo(place.exchange, 59_980, 5)
    expect((await place.query({ clientOrderId: 'make1' })).json.data.order.status).toBe('FILLED')
    expect((await fillsOf(place)).map((row: { role: string; price: string }) => [row.role, row.price])).toEqual([
      ['maker', '59990'],
      ['maker', '59990'],
    ])
    expect((await place.cancel({ clientOrderId: 'make1' })).json.code).toBe(109422)
  })

  test('history pages, filters by order, and gives nothing for a start without an end', async () => {
    const place = await rehearsed({ balance: '100000' })
    const { orderID } = (await place.place({ type: 'MARKET', quantity: '1.5' })).json.data
    await place.place({ type: 'MARKET', quantity: '0.01' })
    expect(await fillsOf(place, { orderId: orderID })).toHaveLength(2)
    expect(await fillsOf(place, { pageSize: 2, pageIndex: 2 })).toHaveLength(1)
    expect(await fillsOf(place, { endTs: '' })).toEqual([])
    expect((await place.signed('GET', FILLS, { startTs: 1, endTs: Date.now() })).json.code).toBe(109400)
    const { json } = await place.signed('GET', '/openApi/swap/v2/trade/allFillOrders', {
      startTs: 0,
      endTs: Date.now() + 60_000,
      tradingUnit: 'COIN',
    })
    expect(json.data.fill_orders).toHaveLength(3)
    expect(json.data.fill_orders[0]).not.toHaveProperty('tradeId')
  })

  test('is not for what IOC and FOK leave: they expire', async () => {
    const place = await rehearsed({ balance: '100000' })
    const ioc = await place.place({ price: '60001', quantity: '1.2', timeInForce: 'IOC' })
    expect(ioc.json.data).toMatchObject({ status: 'EXPIRED', executedQty: '1.00000000' })
    const fok = await place.place({ price: '60002', quantity: '3.3', timeInForce: 'FOK' })
    expect(fok.json.data).toMatchObject({ status: 'EXPIRED', executedQty: '0.00000000' })
  })
})

describe('the account', () => {
  test('has the position and the balance of its fills, to the last digit of what is told', async () => {
    const place = await rehearsed()
    await place.place({ type: 'MARKET', quantity: '0.5' })
    await place.place({ type: 'MARKET', side: 'SELL', quantity: '0.2' })
    const { position, balance } = place.audit()
    expect(formatDecimal(position)).toBe('0.3')
    const [held] = (await place.signed('GET', '/openApi/swap/v2/user/positions')).json.data
    expect(held).toMatchObject({ positionAmt: '0.30000000', positionSide: 'BOTH', avgPrice: '60001', leverage: 5 })
    const [usdt, usdc] = (await place.signed('GET', '/openApi/swap/v3/user/balance')).json.data
    // 10000 − 0.2 of a loss of 1 each − fees of 15.00025 and 6.
    expect(formatDecimal(balance)).toBe('9978.79975')
    expect(usdt).toMatchObject({ asset: 'USDT', balance: '9978.79975000' })
    expect(usdc).toMatchObject({ asset: 'USDC', balance: '' })
  })

  test('is short with a sign, or with a side where the setting says so, and gone when flat', async () => {
    for (const [positionForm, amount, side] of [
      ['both', '-0.10000000', 'BOTH'],
      ['side', '0.10000000', 'SHORT'],
    ] as const) {
      const place = await rehearsed({ settings: { positionForm } })
      const positions = '/openApi/swap/v2/user/positions'
      await place.place({ type: 'MARKET', side: 'SELL', quantity: '0.1' })
      expect((await place.signed('GET', positions)).json.data).toMatchObject([{ positionAmt: amount, positionSide: side }])
      await place.place({ type: 'MARKET', side: 'BUY', quantity: '0.1', reduceOnly: 'true' })
      expect((await place.signed('GET', positions)).json.data).toEqual([])
    }
  })

  test('has a leverage that the margin follows, also after a restart', async () => {
    const place = await rehearsed()
    const most = { quantity: '1', price: '59990' }
    expect((await place.place(most)).json.code).toBe(101204)
    const wish = { symbol: 'BTC-USDT', side: 'BOTH', leverage: 20 }
    expect((await place.signed('POST', LEVERAGE, wish)).json.data).toEqual({ leverage: 20, symbol: 'BTC-USDT' })
    await place.control('restart')
    expect((await place.signed('GET', LEVERAGE, { symbol: 'BTC-USDT' })).json.data).toMatchObject({
      longLeverage: 20,
      maxLongLeverage: 125,
    })
    expect((await place.place(most)).json.code).toBe(0)
    expect((await place.signed('POST', LEVERAGE, { ...wish, leverage: 126 })).json.code).toBe(101414)
    expect((await place.signed('POST', LEVERAGE, { ...wish, side: 'LONG' })).json.code).toBe(109400)
  })

  test('is in one-way mode, crossed, at known rates', async () => {
    const place = await rehearsed()
    const dual = '/openApi/swap/v1/positionSide/dual'
    const margin = '/openApi/swap/v2/trade/marginType'
    expect((await place.signed('GET', dual)).json.data.dualSidePosition).toBe('false')
    expect((await place.signed('POST', dual, { dualSidePosition: 'true' })).json.code).toBe(109400)
    expect((await place.signed('POST', dual, { dualSidePosition: 'false' })).json.code).toBe(0)
    expect((await place.signed('GET', margin, { symbol: 'BTC-USDT' })).json.data.marginType).toBe('CROSSED')
    expect((await place.signed('POST', margin, { symbol: 'BTC-USDT', marginType: 'ISOLATED' })).json.code).toBe(109400)
    expect((await place.signed('GET', '/openApi/swap/v2/user/commissionRate')).json.data.commission).toEqual({
      ...{ takerCommissionRate: 0.0005, makerCommissionRate: 0.0002 },
    })
  })
})

describe('a cancel', () => {
  test('of the same order twice within a second is refused for that', async () => {
    const place = await rehearsed()
    const { orderID } = (await place.place()).json.data
    expect((await place.cancel({ orderId: orderID })).json.code).toBe(0)
    expect((await place.cancel({ orderId: orderID })).json.code).toBe(109201)
    await place.control('clock', { skewMs: 1_500 })
    expect((await place.cancel({ orderId: orderID })).json.code).toBe(109421)
    expect((await place.cancel({})).json.code).toBe(109400)
  })

  test('of all takes all, and says which', async () => {
    const place = await rehearsed()
    for (const clientOrderId of ['all1', 'all2']) await place.place({ clientOrderId })
    const { json } = await place.signed('DELETE', '/openApi/swap/v2/trade/allOpenOrders', { symbol: 'BTC-USDT' })
    expect(json.data.success.map((order: { clientOrderId: string; status: string }) => [order.clientOrderId, order.status])).toEqual([
      ['all1', 'CANCELLED'],
      ['all2', 'CANCELLED'],
    ])
    expect(json.data.failed).toBeNull()
  })

  test("comes by itself when the dead man's switch runs out, and not when it was closed in time", async () => {
    const place = await rehearsed()
    const path = '/openApi/swap/v2/trade/cancelAllAfter'
    await place.place({ clientOrderId: 'man1' })
    expect((await place.signed('POST', path, { type: 'ACTIVATE', timeOut: 5 })).json.code).toBe(109400)
    expect((await place.signed('POST', path, { type: 'ACTIVATE', timeOut: 60 })).json.data.status).toBe('ACTIVATED')
    await place.control('restart')
    await place.control('clock', { skewMs: 61_000 })
    await until(() => place.exchange.desk.books.openOrders().length === 0)
    await place.control('clock', { skewMs: 0 })
    await place.place({ clientOrderId: 'man2' })
    await place.signed('POST', path, { type: 'ACTIVATE', timeOut: 60 })
    expect((await place.signed('POST', path, { type: 'CLOSE' })).json.data.status).toBe('CLOSED')
    await place.control('clock', { skewMs: 61_000 })
    expect(place.exchange.desk.books.cancelAllAtUs).toBeNull()
    expect(place.exchange.desk.books.openOrders()).toHaveLength(1)
  })
})

describe('the market', () => {
  test('is told with asks from the worst to the best, and contracts with their precision', async () => {
    const place = await rehearsed()
    const query = 'symbol=BTC-USDT&limit=5'
    const { data } = (await place.open('/openApi/swap/v2/quote/depth', query)).json
    expect([data.bids[0], data.asks.at(-1), data.asksCoin]).toEqual([['60000', '1'], ['60001', '1'], data.asks])
    expect((await place.open('/openApi/swap/v2/quote/bookTicker', query)).json.data.book_ticker).toMatchObject({
      bid_price: 60000,
      ask_price: 60001,
    })
    expect((await place.open('/openApi/swap/v2/quote/premiumIndex', query)).json.data.markPrice).toBe('60000.5')
    const [contract] = (await place.open('/openApi/swap/v2/quote/contracts')).json.data
    expect(contract).toMatchObject({
      symbol: 'BTC-USDT',
      pricePrecision: 1,
      quantityPrecision: 4,
      tradeMinUSDT: 2,
      status: 1,
      apiStateOpen: 'true',
    })
  })

  test('has a clock of its own, which may be off', async () => {
    const place = await rehearsed()
    await place.control('clock', { skewMs: -100_000 })
    const { serverTime } = (await place.open('/openApi/swap/v2/server/time')).json.data
    expect(Date.now() - serverTime).toBeGreaterThan(90_000)
    expect((await place.place()).json.code).toBe(100421)
  })
})

describe('limits', () => {
  test('refuse the sixth call in a second, say so before, and punish who goes on', async () => {
    const place = await rehearsed({ settings: { rateLimits: true } })
    const calls = await Promise.all(Array.from({ length: 120 }, () => place.query({ clientOrderId: 'nobody' })))
    const codes = new Set(calls.map(({ status, json }) => (status === 200 ? json.code : status)))
    expect(codes).toEqual(new Set([109421, 100410, 429, 418]))
    expect(calls.map(({ headers }) => headers['x-ratelimit-requests-remain'])).toEqual(expect.arrayContaining(['4', '3', '2', '1', '0']))
    expect(Number(calls[0]?.headers['x-ratelimit-requests-expire'])).toBeGreaterThan(0)
    expect(place.truth().filter(({ kind }) => kind === 'query').length).toBeLessThan(20)
  })

  test('of another endpoint are not touched by a single burst', async () => {
    const place = await rehearsed({ settings: { rateLimits: true } })
    for (let count = 0; count < 7; count += 1) await place.query({ clientOrderId: 'nobody' })
    expect((await place.place()).json.code).toBe(0)
  })
})
