// The control door: what a rehearsal does from outside, and that nobody without the token gets in.

import { describe, expect, test } from 'vitest'
import { asksAt, Lost, rehearsed, sellsDownTo, until } from './rehearsed.ts'

const ACTIONS = [
  'status',
  'faults',
  'clock',
  'orders/place',
  'orders/fill',
  'orders/cancel',
  'funding',
  'listen-keys/expire',
  'streams/drop',
  'restart',
  'freeze',
]

describe('the token', () => {
  test.each(ACTIONS)('is needed for %s: without it there is nothing here', async (action) => {
    const place = await rehearsed()
    for (const token of ['', 'wrong', 'control-toke']) {
      expect(await place.control(action, {}, token)).toMatchObject({ status: 404, json: { code: 100404 } })
    }
    expect(place.truth().filter(({ kind }) => kind === 'control')).toEqual([])
  })
})

describe('the control door', () => {
  test('turns faults on and off, adds and clears them, and says how often they struck', async () => {
    const place = await rehearsed()
    expect((await place.control('faults', { add: { fault: 'refuse_all', code: 101204 } })).json).toMatchObject({ ok: true, number: 1 })
    expect((await place.place()).json.code).toBe(101204)
    await place.control('faults', { on: false })
    expect((await place.place()).json.code).toBe(0)
    await place.control('faults', { on: true })
    expect((await place.place()).json.code).toBe(101204)
    expect((await place.control('status')).json).toMatchObject({
      faultsOn: true,
      faults: [{ number: 1, fault: 'refuse_all', on: 'place', fired: 2 }],
    })
    await place.control('faults', { clear: true })
    expect((await place.place()).json.code).toBe(0)
    const bad = await place.control('faults', { add: { fault: 'refuse_al' } })
    expect(bad).toMatchObject({ status: 400, json: { ok: false, error: expect.stringContaining('Did you mean `refuse_all`?') } })
  })

  test('places an order that is not ours, fills it and another, and cancels', async () => {
    const place = await rehearsed()
    const { orderId } = (await place.control('orders/place', { side: 'BUY', type: 'LIMIT', price: '59000', quantity: '0.02' })).json
    expect((await place.query({ orderId })).json.data.order).toMatchObject({ clientOrderId: '', status: 'PENDING' })
    await place.control('orders/fill', { orderId, share: 0.5 })
    expect((await place.query({ orderId })).json.data.order).toMatchObject({ executedQty: '0.01', status: 'PARTIALLY_FILLED' })
    expect((await place.control('orders/cancel', { orderId })).json).toMatchObject({ ok: true, standing: 'canceled' })
    expect(place.truth().find((record) => record.kind === 'order_accepted')).toMatchObject({ source: 'control' })
    expect((await place.control('orders/fill', { orderId: '1' })).status).toBe(400)
  })

  test('drops streams, or makes them silent', async () => {
    const place = await rehearsed()
    const silent = await place.privateStream()
    await place.control('streams/drop', { silently: true })
    await place.place()
    const dropped = await place.privateStream()
    await place.control('streams/drop')
    await until(() => dropped.isClosed && silent.isClosed)
    expect(silent.events.filter(({ e }) => e === 'TRADE_UPDATE')).toEqual([])
  })

  test('lets listen keys run out', async () => {
    const place = await rehearsed()
    const stream = await place.privateStream()
    await place.control('listen-keys/expire')
    await until(() => stream.events.some(({ e }) => e === 'listenKeyExpired'))
  })

  test('restarts in place: down for a while, and with its book and its orders back', async () => {
    const place = await rehearsed()
    await place.place({ clientOrderId: 'down1' })
    await place.control('restart', { downMs: 600 }).catch((error: unknown) => expect(error).toBeInstanceOf(Lost))
    await expect(place.open('/openApi/swap/v2/server/time')).rejects.toBeInstanceOf(Lost)
    await until(() =>
      place.open('/openApi/swap/v2/server/time').then(
        () => true,
        () => false,
      ),
    )
    asksAt(place.exchange, [[60_001, 2]])
    expect((await place.place({ type: 'MARKET', quantity: '0.01' })).json.data.status).toBe('FILLED')
    sellsDownTo(place.exchange, 59_980, 1)
    expect((await place.query({ clientOrderId: 'down1' })).json.data.order.status).toBe('FILLED')
  })

  test('freezes and thaws: what is asked meanwhile is answered afterwards', async () => {
    const place = await rehearsed()
    await place.control('freeze', { on: true })
    let isAnswered = false
    const answer = place.place({ clientOrderId: 'ice1' }).then((given) => {
      isAnswered = true
      return given
    })
    await place.control('status')
    expect([isAnswered, place.audit().orders.size]).toEqual([false, 0])
    await place.control('freeze', { on: false })
    expect((await answer).json.code).toBe(0)
  })

  test('answers what it cannot read with the reason', async () => {
    const place = await rehearsed()
    expect(await place.control('clock', { skewMs: 'much' })).toMatchObject({
      status: 400,
      json: { error: expect.stringContaining('skewMs') },
    })
    expect(await place.control('clock', { skew: 1 })).toMatchObject({ status: 400 })
    expect(await place.control('nothing')).toMatchObject({ status: 404 })
  })
})
