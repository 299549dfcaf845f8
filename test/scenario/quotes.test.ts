// How a market maker's two resting orders are kept, replaced, and held back.

import { describe, expect, test } from 'vitest'
import { dec } from '../../src/core/kernel/decimal.ts'
import { denialsOf, given, type KernelBench, quoteIntent, requestsOf, SYMBOL, typesOf } from '../core/kernel/kernel-bench.ts'

function quoted(bid: string | null = '2 x 10', ask: string | null = '3 x 10'): { bench: KernelBench; bid: string; ask: string } {
  const bench = given()
  const [first, second] = bench.prepare(quoteIntent(bid, ask))
  for (const id of [first, second]) if (id !== undefined) bench.ack(id)
  return { bench, bid: first as string, ask: second as string }
}

describe('a quote', () => {
  test('asks for one resting post-only limit order on each side', () => {
    const { bench, bid, ask } = quoted()
    const shape = { orderType: 'limit', timeInForce: 'gtc', postOnly: true, reduceOnly: false, role: 'quote', slotId: null }
    expect(bench.order(bid).request).toMatchObject({ ...shape, side: 'buy', price: dec('2'), intentSeq: 1 })
    expect(bench.order(ask).request).toMatchObject({ ...shape, side: 'sell', price: dec('3'), intentSeq: 2 })
  })

  test('that equals what rests is kept: its place in the queue is worth something', () => {
    const { bench } = quoted()
    expect(bench.when(quoteIntent('2 x 10', '3 x 10'))).toEqual([])
  })

  test('that differs is replaced on that side only, the cancel before the new order', () => {
    const { bench, ask } = quoted()
    const facts = bench.when(quoteIntent('2 x 10', '3 x 11'))
    expect(typesOf(facts)).toEqual(['CANCEL_MOVED', 'ORDER_PREPARED'])
    expect(facts[0]).toMatchObject({ clientOrderId: ask, from: 'none', to: 'requested' })
    expect(requestsOf(facts)[0]).toMatchObject({ side: 'sell', price: dec('3'), quantity: dec('11') })
  })

  test('of nothing takes both sides away', () => {
    const { bench } = quoted()
    expect(typesOf(bench.when(quoteIntent(null, null)))).toEqual(['CANCEL_MOVED', 'CANCEL_MOVED'])
    expect(bench.when(quoteIntent(null, null))).toEqual([])
  })

  test('waits while the last order of its side is being cancelled', () => {
    const { bench, bid } = quoted('2 x 10', null)
    bench.when(quoteIntent(null, null))
    expect(denialsOf(bench.when(quoteIntent('1.9 x 10', null)))).toEqual([`QUOTE_SIDE_PENDING bid ${bid}`])
    bench.cancelAck(bid)
    expect(requestsOf(bench.when(quoteIntent('1.9 x 10', null)))).toHaveLength(1)
  })

  test('waits while we do not know whether the venue has the last order of its side', () => {
    const bench = given()
    const bid = bench.prepare(quoteIntent('2 x 10', null))[0] as string
    bench.when({ type: 'NOTE_SUBMIT', clientOrderId: bid, outcome: 'unknown', detail: 'time-out' })
    expect(denialsOf(bench.when(quoteIntent('2 x 10', null)))).toEqual([`QUOTE_SIDE_IN_DOUBT bid ${bid}`])
    bench.ack(bid)
    expect(bench.when(quoteIntent('2 x 10', null))).toEqual([])
  })

  test('whose bid is not below its ask is denied whole', () => {
    const { bench } = quoted()
    expect(denialsOf(bench.when(quoteIntent('3 x 1', '3 x 1')))).toEqual(['QUOTE_CROSSED bid.price 3'])
    expect(bench.state.liveOrders.size).toBe(2)
  })

  test('with one bad side still places the good one, and names the bad', () => {
    const bench = given()
    const facts = bench.when(quoteIntent('2.00001 x 1', '3 x 1'))
    expect(denialsOf(facts)).toEqual(['PRICE_OFF_TICK bid.price 2.00001'])
    expect(requestsOf(facts).map((request) => request.side)).toEqual(['sell'])
  })

  test('that is filled is inventory of its own: it blocks no slot and belongs to none', () => {
    const { bench, bid } = quoted()
    bench.fill(bid, '10', '2')
    expect(bench.position()).toMatchObject({ quantity: dec('10'), quoted: dec('10'), inSlots: dec('0'), unassigned: dec('0') })
    bench.enter()
  })
})

describe('a cancel that goes wrong', () => {
  test('K13 refused: the order is asked about, and may be cancelled again', () => {
    const { bench, bid } = quoted()
    bench.when({ type: 'CANCEL', target: { kind: 'order', clientOrderId: bid } })
    const facts = bench.when({ type: 'CANCEL_REJECT', clientOrderId: bid, venueOrderId: null, code: '-2011', reason: 'unknown order' })
    expect(typesOf(facts)).toEqual(['CANCEL_MOVED', 'ORDER_QUERIED'])
    expect(bench.order(bid)).toMatchObject({ status: 'acked', cancel: 'refused' })
    expect(denialsOf(bench.when({ type: 'CANCEL', target: { kind: 'order', clientOrderId: bid } }))).toEqual([])
  })

  test.each([
    ['filled', 'filled', (bench: KernelBench, id: string) => bench.fill(id, '10', '2')],
    ['open', 'acked', (bench: KernelBench, id: string) => bench.ack(id)],
    ['cancelled after all', 'canceled', (bench: KernelBench, id: string) => bench.cancelAck(id)],
    ['expired', 'expired', (bench: KernelBench, id: string) => bench.expire(id)],
  ])('K13 refused, and the truth is %s: it decides', (_, status, answer) => {
    const { bench, bid } = quoted('2 x 10', null)
    bench.when({ type: 'CANCEL', target: { kind: 'order', clientOrderId: bid } })
    bench.when({ type: 'CANCEL_REJECT', clientOrderId: bid, venueOrderId: null, code: '-2011', reason: 'unknown order' })
    answer(bench, bid)
    expect(bench.order(bid).status).toBe(status)
    expect(bench.state.liveOrders.has(bid)).toBe(status === 'acked')
  })

  test('K13 in doubt: the side waits; once the venue still shows the order, it may be cancelled again', () => {
    const { bench, bid, ask } = quoted()
    bench.when({ type: 'CANCEL', target: { kind: 'order', clientOrderId: bid } })
    bench.when({ type: 'NOTE_CANCEL', clientOrderId: bid, outcome: 'unknown', detail: 'time-out' })
    expect(bench.order(bid)).toMatchObject({ status: 'acked', cancel: 'in_doubt' })
    expect(denialsOf(bench.when(quoteIntent('1.9 x 10', '3 x 10')))).toEqual([`QUOTE_SIDE_PENDING bid ${bid}`])
    const seen = { clientOrderId: bid, venueOrderId: null, instrument: SYMBOL, side: 'buy', filledQuantity: dec('0') } as const
    bench.snapshot({ openOrders: [seen] })
    expect(bench.order(bid)).toMatchObject({ status: 'acked', cancel: 'refused' })
    expect(typesOf(bench.when(quoteIntent('1.9 x 10', '3 x 10')))).toEqual(['CANCEL_MOVED', 'ORDER_PREPARED'])
    expect(bench.order(ask).cancel).toBe('none')
  })

  test('K21 limited by the venue: the cancel is in doubt, not the order, and the side does not stay stuck', () => {
    const { bench, bid } = quoted('2 x 10', null)
    bench.when(quoteIntent(null, null))
    bench.when({ type: 'NOTE_CANCEL', clientOrderId: bid, outcome: 'sent', detail: null })
    const facts = bench.when({ type: 'RATE_LIMITED', clientOrderId: bid, venueOrderId: null, retryAfterMs: 200 })
    expect(typesOf(facts)).toEqual(['RATE_LIMIT_NOTED', 'CANCEL_MOVED', 'ORDER_QUERIED'])
    expect(bench.order(bid)).toMatchObject({ status: 'acked', cancel: 'in_doubt' })
    bench.ack(bid)
    bench.timeUs += 200_000
    expect(typesOf(bench.when(quoteIntent('1.9 x 10', null)))).toEqual(['CANCEL_MOVED', 'ORDER_PREPARED'])
  })

  test('a late ack while a cancel is under way does not call the cancel off', () => {
    const bench = given()
    const bid = bench.prepare(quoteIntent('2 x 10', null))[0] as string
    bench.sent(bid)
    bench.when(quoteIntent(null, null))
    bench.when({ type: 'NOTE_CANCEL', clientOrderId: bid, outcome: 'sent', detail: null })
    bench.ack(bid)
    expect(bench.order(bid)).toMatchObject({ status: 'acked', cancel: 'sent' })
    bench.cancelAck(bid)
    expect(bench.order(bid)).toMatchObject({ status: 'canceled', cancel: 'none' })
  })
})

describe('a venue that limits us', () => {
  test.each([
    [null, 1_000, false],
    [200, 200, true],
    [0, 0, true],
    [3_600_000, 60_000, true],
    [-5, 1_000, false],
    [Number.NaN, 1_000, false],
    [Number.POSITIVE_INFINITY, 60_000, true],
  ])('K21 retry after %s ms is honoured as %s ms', (retryAfterMs, honouredMs, stated) => {
    const bench = given()
    const facts = bench.when({ type: 'RATE_LIMITED', clientOrderId: null, venueOrderId: null, retryAfterMs })
    expect(facts).toEqual([{ type: 'RATE_LIMIT_NOTED', clientOrderId: null, retryAfterMs: honouredMs, stated }])
    const until = bench.timeUs + honouredMs * 1000
    // The bench lets a microsecond pass before each input.
    bench.timeUs = until - 2
    if (honouredMs > 0) expect(denialsOf(bench.when(quoteIntent('2 x 1', null)))).toEqual([`RATE_LIMITED untilUs ${until}`])
    bench.timeUs = until - 1
    expect(requestsOf(bench.when(quoteIntent('2 x 1', null)))).toHaveLength(1)
  })

  test('K21 an order that was limited is in doubt, and asked about', () => {
    const bench = given()
    const bid = bench.prepare(quoteIntent('2 x 1', null))[0] as string
    bench.sent(bid)
    const facts = bench.when({ type: 'RATE_LIMITED', clientOrderId: bid, venueOrderId: null, retryAfterMs: null })
    expect(typesOf(facts)).toEqual(['RATE_LIMIT_NOTED', 'ORDER_MOVED', 'ORDER_QUERIED'])
    expect(bench.order(bid).status).toBe('in_doubt')
  })

  test('K21 a shorter word later does not shorten the wait', () => {
    const bench = given()
    bench.when({ type: 'RATE_LIMITED', clientOrderId: null, venueOrderId: null, retryAfterMs: 5_000 })
    bench.when({ type: 'RATE_LIMITED', clientOrderId: null, venueOrderId: null, retryAfterMs: 10 })
    bench.timeUs += 1_000_000
    expect(denialsOf(bench.when(quoteIntent('2 x 1', null)))[0]).toMatch(/^RATE_LIMITED/)
  })

  test('K23 an answer that cannot be read is recorded word for word, and the order asked about', () => {
    const { bench, bid } = quoted()
    const facts = bench.when({ type: 'UNRECOGNISED', clientOrderId: bid, venueOrderId: null, raw: '{"status":"WEIRD"}' })
    expect(facts[0]).toMatchObject({ type: 'RISK_FLAGGED', code: 'VENUE_UNRECOGNISED', detail: '{"status":"WEIRD"}' })
    expect(typesOf(facts)).toEqual(['RISK_FLAGGED', 'ORDER_MOVED', 'ORDER_QUERIED'])
  })
})

describe('a snapshot', () => {
  test('J08 invents no fill: a sum that differs is asked about', () => {
    const { bench, bid } = quoted()
    const seen = { clientOrderId: bid, venueOrderId: 'v1', instrument: SYMBOL, side: 'buy', filledQuantity: dec('4') } as const
    const facts = bench.snapshot({ openOrders: [seen] })
    expect(typesOf(facts)).toEqual(['ORDER_BOUND', 'ORDER_QUERIED'])
    expect(bench.position().quantity).toBe(dec('0'))
  })
})
