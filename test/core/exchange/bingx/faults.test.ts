// Every fault the exchange knows, driven over the wire once: what the caller sees, and what is true.

import { describe, expect, test } from 'vitest'
import { type FaultRule, ruleOf } from '../../../../src/core/exchange/fault-plan.ts'
import { FAULTS, type FaultName } from '../../../../src/core/exchange/faults.ts'
import { formatDecimal } from '../../../../src/core/kernel/decimal.ts'
import { type Answer, type Loose, Lost, pause, type Rehearsed, rehearsed, type Stream, sellsDownTo, until } from './rehearsed.ts'

type Params = FaultRule['params']
type Drive = (fault: FaultName) => Promise<void>

const once = (fault: FaultName, params: Params = {}, more: Partial<FaultRule> = {}): FaultRule =>
  ruleOf(fault, { params, times: 1, ...more })

async function struckOnce(fault: FaultName, params: Params = {}, more: Partial<FaultRule> = {}): Promise<Rehearsed> {
  return await rehearsed({ rules: [once(fault, params, more)] })
}

/** The answer, or that it was lost. */
function answerOrLost(answer: Promise<Answer>): Promise<Answer | Lost> {
  return answer.catch((error: unknown) => {
    if (error instanceof Lost) return error
    throw error
  })
}

const acceptedOf = (place: Rehearsed): number => place.audit().ordersByClientId.get('f1') ?? 0
const ordersOf = (stream: Stream): Loose[] => stream.events.filter(({ e }) => e === 'TRADE_UPDATE')

async function placed(place: Rehearsed): Promise<Answer | Lost> {
  return await answerOrLost(place.place({ clientOrderId: 'f1' }))
}

async function statusOf(place: Rehearsed): Promise<string> {
  const { json } = await place.query({ clientOrderId: 'f1' })
  return json.code === 0 ? `${json.data.order.status} ${json.data.order.executedQty}` : String(json.code)
}

const DRIVEN: Record<FaultName, Drive> = {
  answer_lost: async (fault) => {
    for (const cut of ['before', 'inside']) {
      const place = await struckOnce(fault, { cut })
      expect(await placed(place)).toBeInstanceOf(Lost)
      expect(acceptedOf(place)).toBe(1)
      expect(await statusOf(place)).toBe('PENDING 0')
    }
  },
  request_lost: async (fault) => {
    const place = await struckOnce(fault)
    expect(await placed(place)).toBeInstanceOf(Lost)
    expect(acceptedOf(place)).toBe(0)
    expect(await statusOf(place)).toBe('109421')
  },
  http_504_accepted: async (fault) => {
    const place = await struckOnce(fault)
    expect(await placed(place)).toMatchObject({ status: 504, json: undefined })
    expect(acceptedOf(place)).toBe(1)
  },
  http_504_refused: async (fault) => {
    const place = await struckOnce(fault)
    expect(await placed(place)).toMatchObject({ status: 504, json: undefined })
    expect(acceptedOf(place)).toBe(0)
  },
  delay: async (fault) => {
    const inTime = await struckOnce(fault, { ms: 150, side: 'admission' }, { on: 'place' })
    const sent = placed(inTime)
    await pause(30)
    expect(acceptedOf(inTime)).toBe(0)
    expect(await sent).toMatchObject({ json: { code: 0 } })
    const tooLate = await struckOnce(fault, { ms: 300, side: 'admission' }, { on: 'place' })
    expect(await answerOrLost(tooLate.place({ clientOrderId: 'f1', recvWindow: 100 }))).toMatchObject({ json: { code: 100421 } })
    const answer = await struckOnce(fault, { ms: 150 }, { on: 'place' })
    const answered = placed(answer)
    await until(() => acceptedOf(answer) === 1)
    expect(await answered).toMatchObject({ json: { code: 0 } })
  },
  duplicate_event: async (fault) => {
    const place = await struckOnce(fault, { copies: 2 })
    const stream = await place.privateStream()
    await placed(place)
    await until(() => ordersOf(stream).length === 3)
    expect(new Set(ordersOf(stream).map((event) => JSON.stringify(event))).size).toBe(1)
  },
  reorder_events: async (fault) => {
    const place = await struckOnce(fault, { ms: 5_000 })
    const stream = await place.privateStream()
    await place.place({ type: 'MARKET', quantity: '0.01', clientOrderId: 'f1' })
    await until(() => ordersOf(stream).length === 2)
    expect(ordersOf(stream).map(({ o }) => o.X)).toEqual(['FILLED', 'NEW'])
    const alone = await struckOnce(fault, { ms: 100 })
    const other = await alone.privateStream()
    await placed(alone)
    await until(() => ordersOf(other).length === 1)
  },
  drop_event: async (fault) => {
    const place = await struckOnce(fault)
    const stream = await place.privateStream()
    await place.place({ type: 'MARKET', quantity: '0.01' })
    await until(() => ordersOf(stream).length === 1)
    expect(ordersOf(stream)[0].o.X).toBe('FILLED')
  },
  delay_event: async (fault) => {
    const place = await struckOnce(fault, { ms: 200 })
    const stream = await place.privateStream()
    await place.place({ type: 'MARKET', quantity: '0.01' })
    await until(() => ordersOf(stream).length === 2)
    expect(ordersOf(stream).map(({ o }) => o.X)).toEqual(['FILLED', 'NEW'])
  },
  stream_drop: async (fault) => {
    const place = await struckOnce(fault)
    const stream = await place.privateStream()
    await placed(place)
    await until(() => stream.isClosed)
    expect(ordersOf(stream)).toEqual([])
    await place.privateStream()
  },
  stream_silent: async (fault) => {
    const place = await rehearsed({ rules: [once(fault)], settings: { pingMs: 20 } })
    const stream = await place.privateStream()
    await placed(place)
    await until(() => place.struck(fault) === 1)
    const heard = stream.events.length
    await pause(150)
    expect([stream.isClosed, stream.events.length, ordersOf(stream).length]).toEqual([false, heard, 0])
  },
  broken_frame: async (fault) => {
    for (const [form, words] of [
      ['gzip', 'unexpected end of file'],
      ['text', 'text: {"e":"TRADE_UPDATE"'],
      ['oversized', 'Cannot create a Buffer larger'],
      ['truncated_json', 'no JSON: {"e":"TRADE_UPDATE"'],
    ] as const) {
      const place = await struckOnce(fault, { form })
      const stream = await place.privateStream()
      await placed(place)
      await until(() => stream.broken.length === 1)
      expect(stream.broken[0]).toContain(words)
    }
  },
  zero_trade_time: async (fault) => {
    const place = await struckOnce(fault)
    const stream = await place.privateStream()
    await placed(place)
    await until(() => ordersOf(stream).length === 1)
    expect(ordersOf(stream)[0]).toMatchObject({ T: 0, o: { T: 0, c: 'f1' } })
  },
  unknown_event_status: async (fault) => {
    const place = await struckOnce(fault, { status: 'RUNNING' })
    const stream = await place.privateStream()
    await placed(place)
    await until(() => ordersOf(stream).length === 1)
    expect(ordersOf(stream)[0].o.X).toBe('RUNNING')
  },
  listen_key_expired: async (fault) => {
    const place = await struckOnce(fault)
    const key = await place.listenKey()
    const stream = await place.privateStream()
    await placed(place)
    await until(() => stream.events.some(({ e }) => e === 'listenKeyExpired'))
    await pause(50)
    expect([stream.isClosed, ordersOf(stream)]).toEqual([false, []])
    await expect(place.stream(`?listenKey=${key}`)).rejects.toThrow('401')
    expect(await place.listenKey()).not.toBe(key)
  },
  fill_after_cancel: async (fault) => {
    const place = await struckOnce(fault, { ms: 800, share: 0.5 })
    const stream = await place.privateStream()
    await placed(place)
    const { json } = await place.cancel({ clientOrderId: 'f1' })
    expect(json.data.order).toMatchObject({ status: 'CANCELLED', executedQty: '0' })
    expect(await statusOf(place)).toBe('CANCELLED 0')
    expect(place.audit().fills).toHaveLength(1)
    await until(() => ordersOf(stream).length === 3)
    const [, canceled, late] = ordersOf(stream)
    expect([canceled.o.X, canceled.o.z, late.o.X, late.o.z]).toEqual(['CANCELED', '0.00000000', 'PARTIALLY_FILLED', '0.00500000'])
    expect(late.T).toBeLessThanOrEqual(canceled.T)
    expect(await statusOf(place)).toBe('CANCELLED 0.005')
    const whole = await struckOnce(fault, { ms: 800, share: 1 })
    await placed(whole)
    expect((await whole.cancel({ clientOrderId: 'f1' })).json.data.order.status).toBe('CANCELLED')
    expect(await statusOf(whole)).toBe('CANCELLED 0')
    await until(async () => (await statusOf(whole)) === 'FILLED 0.01')
  },
  filled_on_cancel: async (fault) => {
    const place = await struckOnce(fault)
    await placed(place)
    expect((await place.cancel({ clientOrderId: 'f1' })).json.code).toBe(109422)
    expect(await statusOf(place)).toBe('FILLED 0.01')
  },
  cancel_ignored: async (fault) => {
    const place = await struckOnce(fault)
    await placed(place)
    expect((await place.cancel({ clientOrderId: 'f1' })).json.data.order.status).toBe('CANCELLED')
    expect(await statusOf(place)).toBe('PENDING 0')
    sellsDownTo(place.exchange, 59_980, 5)
    expect(await statusOf(place)).toBe('FILLED 0.01')
  },
  partial_then_cancel: async (fault) => {
    for (const ms of [0, 100]) {
      const place = await struckOnce(fault, { ms, share: 0.3 })
      const stream = await place.privateStream()
      expect(await placed(place)).toMatchObject({ json: { code: 0 } })
      await until(() => ordersOf(stream).length === 3)
      expect(ordersOf(stream).map(({ o }) => o.X)).toEqual(['NEW', 'PARTIALLY_FILLED', 'CANCELED'])
      expect(await statusOf(place)).toBe('CANCELLED 0.003')
    }
  },
  rate_limited: async (fault) => {
    const withHint = await struckOnce(fault, {}, { on: 'place' })
    const answer = await placed(withHint)
    expect(answer).toMatchObject({ status: 200, json: { code: 100410 }, headers: { 'x-ratelimit-requests-remain': '0' } })
    for (const status of ['403', '418', '429']) {
      const place = await struckOnce(fault, { headers: false, status }, { on: 'place' })
      const bare = await placed(place)
      expect(bare).toMatchObject({ status: Number(status), json: undefined })
      expect((bare as Answer).headers).not.toHaveProperty('x-ratelimit-requests-expire')
      expect(acceptedOf(place)).toBe(0)
    }
  },
  unknown_status: async (fault) => {
    const place = await struckOnce(fault)
    await placed(place)
    expect(await statusOf(place)).toBe('Unknown 0')
    expect(await statusOf(place)).toBe('PENDING 0')
  },
  unknown_code: async (fault) => {
    for (const [when, orders] of [
      ['before', 0],
      ['after', 1],
    ] as const) {
      const place = await struckOnce(fault, { when })
      expect(await placed(place)).toMatchObject({ json: { code: 199_999 } })
      expect(acceptedOf(place)).toBe(orders)
    }
  },
  wrapped_error: async (fault) => {
    for (const [when, orders] of [
      ['before', 0],
      ['after', 1],
    ] as const) {
      const place = await struckOnce(fault, { when })
      const { json } = (await placed(place)) as Answer
      expect([json.code, JSON.parse(json.msg).Code]).toEqual([80_012, 101_253])
      expect(acceptedOf(place)).toBe(orders)
    }
  },
  busy: async (fault) => {
    for (const [code, when, orders] of [
      [100_500, 'after', 1],
      [80_019, 'after', 1],
      [100_410, 'before', 0],
    ] as const) {
      const place = await struckOnce(fault, { code, when })
      expect(await placed(place)).toMatchObject({ json: { code } })
      expect(acceptedOf(place)).toBe(orders)
    }
  },
  late_visibility: async (fault) => {
    const place = await struckOnce(fault, { ms: 800, lists_ms: 1_000 })
    const stream = await place.privateStream()
    expect(await placed(place)).toMatchObject({ json: { code: 0 } })
    const openOrders = async () => (await place.signed('GET', '/openApi/swap/v2/trade/openOrders')).json.data.orders.length
    expect([await statusOf(place), await openOrders()]).toEqual(['109421', 0])
    await until(() => ordersOf(stream).length === 1)
    await until(async () => (await statusOf(place)) === 'PENDING 0')
    await until(async () => (await openOrders()) === 1)
  },
  clock_skew: async (fault) => {
    const place = await struckOnce(fault, { ms: -20_000 }, { on: 'place' })
    expect(await placed(place)).toMatchObject({ json: { code: 100421 } })
    const { serverTime } = (await place.open('/openApi/swap/v2/server/time')).json.data
    expect(Date.now() - serverTime).toBeGreaterThan(15_000)
  },
  restart: async (fault) => {
    for (const [when, orders] of [
      ['before', 0],
      ['after', 1],
    ] as const) {
      const place = await struckOnce(fault, { when, ms: 600 })
      const stream = await place.privateStream()
      expect(await placed(place)).toBeInstanceOf(Lost)
      expect(await answerOrLost(place.open('/openApi/swap/v2/server/time'))).toBeInstanceOf(Lost)
      await until(() => stream.isClosed)
      await until(async () => !((await answerOrLost(place.open('/openApi/swap/v2/server/time'))) instanceof Lost))
      expect(acceptedOf(place)).toBe(orders)
      expect(await statusOf(place)).toBe(orders === 1 ? 'PENDING 0' : '109421')
    }
  },
  refuse_all: async (fault) => {
    const place = await struckOnce(fault, { code: 109_403 })
    expect(await placed(place)).toMatchObject({ json: { code: 109_403 } })
    expect(acceptedOf(place)).toBe(0)
  },
  truncated_json: async (fault) => {
    const place = await struckOnce(fault)
    const answer = (await placed(place)) as Answer
    expect([answer.status, answer.json, answer.text.slice(0, 10)]).toEqual([200, undefined, '{"code":0,'])
    expect(acceptedOf(place)).toBe(1)
  },
  html_200: async (fault) => {
    for (const [when, orders] of [
      ['before', 0],
      ['after', 1],
    ] as const) {
      const place = await struckOnce(fault, { when })
      expect(await placed(place)).toMatchObject({ status: 200, json: undefined, headers: { 'content-type': 'text/html' } })
      expect(acceptedOf(place)).toBe(orders)
    }
  },
  empty_data: async (fault) => {
    const place = await struckOnce(fault)
    expect(await placed(place)).toMatchObject({ json: { code: 0, data: {} } })
    expect(acceptedOf(place)).toBe(1)
  },
  odd_shapes: async (fault) => {
    const place = await struckOnce(fault, {}, { on: 'place' })
    const { json, text } = (await placed(place)) as Answer
    expect(json.data).toMatchObject({ quantity: 0.01, price: 59990, neverSeenBefore: [] })
    expect(json.code).toBe(0)
    expect(text).toContain(`"orderId":${json.data.orderID},`)
  },
  duplicate_id_answer: async (fault) => {
    for (const [code, when, orders] of [
      [101_481, 'after', 1],
      [101_400, 'after', 1],
      [109_201, 'before', 0],
    ] as const) {
      const place = await struckOnce(fault, { code, when })
      expect(await placed(place)).toMatchObject({ json: { code } })
      expect(acceptedOf(place)).toBe(orders)
    }
  },
}

describe('T02 V01 the fault', () => {
  test.each(Object.entries(DRIVEN))('%s', async (fault, drive) => {
    expect(Object.keys(FAULTS)).toContain(fault)
    await drive(fault as FaultName)
  })

  test.each(Object.keys(FAULTS))('%s stands in the truth log when it strikes', async (fault) => {
    const place = await rehearsed({ rules: [ruleOf(fault as FaultName, { times: 1, on: '*' })] })
    await place.privateStream().catch(() => undefined)
    await until(async () => {
      await placed(place)
      await answerOrLost(place.cancel({ clientOrderId: 'f1' }))
      return place.struck(fault) === 1
    })
    expect(place.failures).toEqual([])
  })
})

describe('faults together', () => {
  test('V01 leave at most one order for each client order id, and a position that is the sum of its fills', async () => {
    const rules = (Object.keys(FAULTS) as FaultName[])
      .filter((fault) => fault !== 'clock_skew')
      .map((fault) => ruleOf(fault, { where: { probability: 0.1 }, params: 'ms' in FAULTS[fault].params ? { ms: 5 } : {} }))
    const place = await rehearsed({ rules })
    for (let count = 0; count < 60; count += 1) {
      const clientOrderId = `mix${count % 20}`
      await answerOrLost(place.place({ clientOrderId, side: count % 2 === 0 ? 'BUY' : 'SELL', price: count % 2 === 0 ? '60001' : '60000' }))
      await answerOrLost(place.cancel({ clientOrderId }))
    }
    await pause(50)
    const audit = place.audit()
    expect(audit.doubled).toEqual([])
    expect(audit.orders.size).toBeGreaterThan(5)
    expect(formatDecimal(place.exchange.desk.books.position.quantity)).toBe(formatDecimal(audit.position))
    expect(place.exchange.desk.books.balance).toBe(audit.balance)
    expect(place.failures).toEqual([])
  })
})
