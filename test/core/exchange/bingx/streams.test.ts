// The streams as this venue has them: gzip frames, pings, listen keys that end in silence, events in its spellings.

import { describe, expect, test } from 'vitest'
import { print } from '../helpers.ts'
import { asksAt, call, KEY, type Loose, pause, type Rehearsed, rehearsed, type Stream, sellsDownTo, until } from './rehearsed.ts'

const LISTEN = '/openApi/user/auth/userDataStream'

function ordersOf(stream: Stream): Loose[] {
  return stream.events.filter(({ e }) => e === 'TRADE_UPDATE' || e === 'ORDER_TRADE_UPDATE')
}

function accountsOf(stream: Stream): Loose[] {
  return stream.events.filter(({ e }) => e === 'ACCOUNT_UPDATE')
}

function listen(place: Rehearsed, method: string, key: string | null) {
  const query = key === null ? '' : `listenKey=${key}`
  return call({ port: place.port, method, path: LISTEN, query, headers: { 'X-BX-APIKEY': KEY } })
}

describe('the private stream', () => {
  test('tells the life of an order: NEW, partly filled, filled, with cumulative quantity and a fee for each fill', async () => {
    const place = await rehearsed()
    const stream = await place.privateStream()
    await place.place({ clientOrderId: 'Life1' })
    sellsDownTo(place.exchange, 59_980, 0.004)
    sellsDownTo(place.exchange, 59_980, 5)
    await until(() => ordersOf(stream).length === 3)
    expect(ordersOf(stream).map(({ o }) => [o.c, o.x, o.X, o.z, o.n])).toEqual([
      ['life1', 'NEW', 'NEW', '0.00000000', '0.00000000'],
      ['life1', 'TRADE', 'PARTIALLY_FILLED', '0.00400000', '-0.04799200'],
      ['life1', 'TRADE', 'FILLED', '0.01000000', '-0.07198800'],
    ])
    const { orderId } = (await place.query({ clientOrderId: 'life1' })).json.data.order
    expect(ordersOf(stream).map(({ o }) => o.i)).toEqual([orderId, orderId, orderId])
    expect(ordersOf(stream)[2].o).not.toHaveProperty('l')
  })

  test('tells the money after each fill, as states', async () => {
    const place = await rehearsed()
    const stream = await place.privateStream()
    await place.place({ type: 'MARKET', quantity: '0.1' })
    await until(() => accountsOf(stream).length === 1)
    const { a } = accountsOf(stream)[0]
    // 6000.1 of notional: a fee of 3.00005, a margin of a fifth.
    expect(a.B).toEqual([{ a: 'USDT', wb: '9996.99995000', cw: '8796.97995000', bc: '0' }])
    expect(a.P).toMatchObject([{ s: 'BTC-USDT', pa: '0.10000000', ep: '60001.00000000', up: '-0.05000000', ps: 'BOTH', cr: '-3.00005000' }])
  })

  test('says CANCELED with one L and EXPIRED, under the older event name where it is set', async () => {
    const place = await rehearsed({ settings: { orderEvent: 'ORDER_TRADE_UPDATE' } })
    const stream = await place.privateStream()
    await place.place({ clientOrderId: 'end1' })
    await place.cancel({ clientOrderId: 'end1' })
    await place.place({ price: '59000', timeInForce: 'IOC' })
    await until(() => ordersOf(stream).length === 4)
    expect(ordersOf(stream).map(({ e, o }) => [e, o.x, o.X])).toEqual([
      ['ORDER_TRADE_UPDATE', 'NEW', 'NEW'],
      ['ORDER_TRADE_UPDATE', 'CANCELED', 'CANCELED'],
      ['ORDER_TRADE_UPDATE', 'NEW', 'NEW'],
      ['ORDER_TRADE_UPDATE', 'EXPIRED', 'EXPIRED'],
    ])
  })

  test('pings, and lets go of who does not answer', async () => {
    const place = await rehearsed({ settings: { pingMs: 20 } })
    const good = await place.stream(`?listenKey=${await place.listenKey()}`)
    const mute = await place.stream(`?listenKey=${await place.listenKey()}`, false)
    await until(() => mute.isClosed)
    expect(mute.events.filter(({ e }) => e === 'Ping')).toHaveLength(5)
    expect(good.isClosed).toBe(false)
  })

  test('needs a key that holds: 64 hex digits, prolonged, ended, 404 when unknown', async () => {
    const place = await rehearsed()
    const key = await place.listenKey()
    expect(key).toMatch(/^[0-9a-f]{64}$/)
    expect(await place.listenKey()).toBe(key)
    expect((await listen(place, 'PUT', key)).status).toBe(200)
    expect((await listen(place, 'PUT', 'f00')).status).toBe(404)
    expect((await listen(place, 'PUT', null)).status).toBe(204)
    expect((await listen(place, 'DELETE', key)).status).toBe(200)
    expect((await listen(place, 'DELETE', key)).status).toBe(404)
    await expect(place.stream(`?listenKey=${key}`)).rejects.toThrow('401')
    expect((await call({ port: place.port, method: 'POST', path: LISTEN })).json.code).toBe(100413)
  })

  test('ends in silence when its key runs out: one word of it, and the socket stays open', async () => {
    const place = await rehearsed({ settings: { listenKeyMs: 1_000 } })
    const stream = await place.privateStream()
    await until(() => stream.events.some(({ e }) => e === 'listenKeyExpired'))
    await place.place()
    await pause(150)
    expect(ordersOf(stream)).toEqual([])
    expect(stream.isClosed).toBe(false)
  })
})

describe('the public stream', () => {
  async function subscribed(place: Rehearsed, topic: string): Promise<Stream> {
    const stream = await place.stream()
    stream.socket.send(JSON.stringify({ id: 'one', reqType: 'sub', dataType: `BTC-USDT@${topic}` }))
    await until(() => stream.events.some(({ id }) => id === 'one'))
    return stream
  }
  const pushesOf = (stream: Stream): Loose[] => stream.events.filter(({ dataType }) => typeof dataType === 'string' && dataType !== '')

  test('acknowledges, pushes trades without an id, and stops when asked', async () => {
    const place = await rehearsed()
    const stream = await subscribed(place, 'trade')
    place.exchange.onMarket(print(5, 'sell', '59999.5', '0.3'))
    await until(() => pushesOf(stream).length === 1)
    expect(pushesOf(stream)[0]).toMatchObject({
      code: 0,
      dataType: 'BTC-USDT@trade',
      data: [{ q: '0.3', p: '59999.5', m: true, s: 'BTC-USDT' }],
    })
    stream.socket.send(JSON.stringify({ id: 'two', reqType: 'unsub', dataType: 'BTC-USDT@trade' }))
    await until(() => stream.events.some(({ id }) => id === 'two'))
    place.exchange.onMarket(print(6, 'sell', '59999.5', '0.3'))
    await pause(50)
    expect(pushesOf(stream)).toHaveLength(1)
  })

  test('pushes the touch when it changes', async () => {
    const place = await rehearsed()
    const stream = await subscribed(place, 'bookTicker')
    asksAt(place.exchange, [[60_000.5, 3]])
    await until(() => pushesOf(stream).length === 1)
    expect(pushesOf(stream)[0].data).toMatchObject({ e: 'bookTicker', b: '60000', B: '1', a: '60000.5', A: '3' })
  })

  test('pushes whole books at a pace, asks from the worst to the best', async () => {
    const place = await rehearsed()
    const stream = await subscribed(place, 'depth5@100ms')
    await until(() => pushesOf(stream).length === 2)
    expect(pushesOf(stream)[1].data).toEqual({
      bids: [
        ['60000', '1'],
        ['59999', '2'],
      ],
      asks: [
        ['60002', '2'],
        ['60001', '1'],
      ],
    })
  })

  test('counts differences without a gap, the whole book first, zero for what is gone', async () => {
    const place = await rehearsed()
    const stream = await subscribed(place, 'incrDepth')
    asksAt(place.exchange, [
      [60_001, 0],
      [60_003, 4],
    ])
    await until(() => pushesOf(stream).length === 2)
    const [first, next] = pushesOf(stream).map(({ data }) => data)
    expect(first).toMatchObject({
      action: 'all',
      bids: [
        ['60000', '1'],
        ['59999', '2'],
      ],
    })
    expect(next).toMatchObject({
      action: 'update',
      lastUpdateId: first.lastUpdateId + 1,
      bids: [],
      asks: [
        ['60003', '4'],
        ['60001', '0.0000'],
      ],
    })
  })

  test('pushes the mark', async () => {
    const place = await rehearsed()
    const stream = await subscribed(place, 'markPrice')
    await until(() => pushesOf(stream).length === 1)
    expect(pushesOf(stream)[0].data).toMatchObject({ e: 'markPriceUpdate', p: '60000.50000000' })
  })

  test('answers nonsense and unknown topics with an error, and goes on', async () => {
    const place = await rehearsed()
    const stream = await place.stream()
    for (const text of ['nonsense', '{}', '[]', 'null', '{"id":"x","reqType":"sub","dataType":"ETH-USDT@trade"}']) stream.socket.send(text)
    await until(() => stream.events.length === 5)
    expect(stream.events.map(({ code }) => code)).toEqual([100400, 100400, 100400, 100400, 80015])
    expect(stream.isClosed).toBe(false)
  })
})
