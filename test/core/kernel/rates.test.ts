// How many orders and cancels there may be in a second, and what no rate may ever hold up.

import { describe, expect, test } from 'vitest'
import {
  contextsOf,
  denialsOf,
  enterIntent,
  given,
  type KernelBench,
  LINEAR,
  openingOf,
  quoteIntent,
  requestsOf,
  SYMBOL,
  typesOf,
} from './kernel-bench.ts'

const SECOND = 1_000_000

describe('the order rate', () => {
  test('the limit is reached, and the second after the first of them it is free again', () => {
    const bench = given({ limits: { maxOrdersPerSecond: 2 }, slotIds: ['a', 'b', 'c'] })
    bench.enter()
    const firstUs = bench.timeUs
    bench.wait(400_000)
    bench.enter({ slotId: 'b' })
    bench.timeUs = firstUs + SECOND - 2
    const facts = bench.when(enterIntent({ slotId: 'c' }))
    expect(bench.timeUs - firstUs).toBe(SECOND - 1)
    expect([denialsOf(facts), contextsOf(facts)]).toEqual([['ORDER_RATE_ABOVE_LIMIT orders 2'], ['ORDER_RATE_ABOVE_LIMIT limit=2']])
    expect(requestsOf(bench.when(enterIntent({ slotId: 'c' })))).toHaveLength(1)
    expect(bench.timeUs - firstUs).toBe(SECOND)
  })

  test('the two orders of one quote are two', () => {
    const bench = given({ limits: { maxOrdersPerSecond: 3 } })
    bench.quote('2 x 1', '3 x 1')
    const facts = bench.when({ ...quoteIntent('1.9 x 1', '3.1 x 1') })
    expect([requestsOf(facts).map((request) => request.side), denialsOf(facts)]).toEqual([['buy'], ['ORDER_RATE_ABOVE_LIMIT orders 3']])
  })

  test('a denied order uses none of it, and an exit is held up by none of it, and counts', () => {
    const bench = given({ instrument: LINEAR, limits: { maxOrdersPerSecond: 2 } })
    bench.when(enterIntent({ price: '0' }))
    bench.opened()
    bench.exit()
    expect(denialsOf(bench.when(enterIntent({ slotId: 'b' })))).toEqual(['ORDER_RATE_ABOVE_LIMIT orders 2'])
    const other = given({ instrument: LINEAR, limits: { maxOrdersPerSecond: 1 } })
    other.mark('2')
    other.opened()
    other.exit()
    other.residual()
    expect(other.state.liveOrders.size).toBe(1)
  })

  test('only as many times are kept as the limit looks back', () => {
    const bench = given({ limits: { maxOrdersPerSecond: 2 } })
    for (let count = 0; count < 5; count += 1) {
      bench.wait(SECOND)
      bench.quote(`${1 + count} x 1`, null)
    }
    expect(bench.state.orderTimesUs).toHaveLength(2)
    bench.when({ type: 'OPEN_SESSION', session: openingOf({ sessionId: 's2' }) })
    bench.enter()
    expect(bench.state.orderTimesUs).toEqual([])
  })
})

describe('the cancel rate', () => {
  /** Two slots that work, with a limit on cancels. */
  function working(maxCancelsPerSecond: number): { bench: KernelBench; first: string; second: string } {
    const bench = given({ limits: { maxCancelsPerSecond } })
    return { bench, first: bench.enter(), second: bench.enter({ slotId: 'b' }) }
  }

  test('the limit is reached, and a second after the first of them it is free again', () => {
    const { bench, first, second } = working(1)
    expect(typesOf(bench.cancel(first))).toEqual(['CANCEL_MOVED'])
    const firstUs = bench.timeUs
    bench.timeUs = firstUs + SECOND - 2
    const facts = bench.cancel(second)
    expect([denialsOf(facts), contextsOf(facts)]).toEqual([['CANCEL_RATE_ABOVE_LIMIT cancels 2'], ['CANCEL_RATE_ABOVE_LIMIT limit=1']])
    expect(typesOf(bench.cancel(second))).toEqual(['CANCEL_MOVED'])
  })

  test('of a slot’s orders all or none are cancelled', () => {
    const bench = given({ instrument: LINEAR, limits: { maxCancelsPerSecond: 1 } })
    bench.opened({ exitRatios: ['0.5', '0.5'] })
    bench.ack(bench.exit())
    bench.exit()
    const facts = bench.when({ type: 'CANCEL', target: { kind: 'exit', slotId: 'a' } })
    expect(denialsOf(facts)).toEqual(['CANCEL_RATE_ABOVE_LIMIT cancels 2'])
    expect(typesOf(facts)).toEqual(['INTENT_DENIED'])
  })

  test('a quote that replaces more than is allowed is denied whole; one of nothing is never refused', () => {
    const bench = given({ limits: { maxCancelsPerSecond: 1 } })
    bench.quote('2 x 1', '3 x 1')
    expect(denialsOf(bench.when(quoteIntent('1.9 x 1', '3.1 x 1')))).toEqual(['CANCEL_RATE_ABOVE_LIMIT cancels 2'])
    expect(typesOf(bench.when(quoteIntent('1.9 x 1', '3 x 1')))).toEqual(['CANCEL_MOVED', 'ORDER_PREPARED'])
    expect(denialsOf(bench.when(quoteIntent('1.9 x 1', '3.1 x 1')))).toEqual(['CANCEL_RATE_ABOVE_LIMIT cancels 2'])
    expect(typesOf(bench.when(quoteIntent(null, null)))).toEqual(['CANCEL_MOVED', 'CANCEL_MOVED'])
  })

  test('a quote that is kept as it rests needs no cancel', () => {
    const bench = given({ limits: { maxCancelsPerSecond: 1 } })
    bench.quote('2 x 1', '3 x 1')
    bench.cancel(bench.enter())
    expect(bench.when(quoteIntent('2 x 1', '3 x 1'))).toEqual([])
  })

  test('everything on an instrument at once, a control, and what is left over are held up by none of it', () => {
    const { bench } = working(1)
    expect(typesOf(bench.when({ type: 'CANCEL', target: { kind: 'instrument', instrument: SYMBOL } }))).toEqual([
      'CANCEL_MOVED',
      'CANCEL_MOVED',
    ])
    const other = working(1)
    expect(typesOf(other.bench.control('halt'))).toEqual(['TRADING_MOVED', 'CANCEL_MOVED', 'CANCEL_MOVED'])
    const third = given({ instrument: LINEAR, limits: { maxCancelsPerSecond: 1 } })
    third.mark('2')
    third.opened({ exitRatios: ['0.5', '0.5'] })
    third.ack(third.exit())
    third.exit()
    expect(typesOf(third.residual())).toEqual(['CANCEL_MOVED', 'CANCEL_MOVED'])
  })

  test('cancels of the other session’s limits are forgotten with them', () => {
    const { bench, first, second } = working(1)
    bench.cancel(first)
    bench.when({ type: 'OPEN_SESSION', session: openingOf({ sessionId: 's2' }) })
    expect(typesOf(bench.cancel(second))).toEqual(['CANCEL_MOVED'])
  })
})
