// Hedge mode: a long and a short position of one instrument beside each other, each with its own books.

import { describe, expect, test } from 'vitest'
import { dec, formatDecimal } from '../../src/core/kernel/decimal.ts'
import {
  denialsOf,
  given,
  INVERSE,
  type KernelBench,
  LINEAR,
  openingOf,
  quoteIntent,
  requestsOf,
  SYMBOL,
} from '../core/kernel/kernel-bench.ts'

/** Long 10 at 2 in slot `a`, short 4 at 3 in slot `b`. */
function bothSides(setup = {}): KernelBench {
  const bench = given({ instrument: LINEAR, positionMode: 'hedge', ...setup })
  bench.opened({ quantity: '10' })
  bench.opened({ slotId: 'b', side: 'sell', quantity: '4', price: '3' })
  return bench
}

describe('in hedge mode', () => {
  test('buying enters the long position, selling the short one, and neither nets against the other', () => {
    const bench = bothSides()
    expect([...bench.state.positions.keys()]).toEqual([`${SYMBOL}#long`, `${SYMBOL}#short`])
    expect(bench.parts('long')).toMatchObject({ position: '10', inSlots: '10' })
    expect(bench.parts('short')).toMatchObject({ position: '-4', inSlots: '-4' })
    expect(bench.facts('ORDER_PREPARED').map(({ request }) => [request.side, request.positionSide])).toEqual([
      ['buy', 'long'],
      ['sell', 'short'],
    ])
    expect(bench.facts('TRADE_OPENED').map((trade) => trade.positionSide)).toEqual(['long', 'short'])
  })

  test('an exit acts on the position of its slot, and is reduce-only there', () => {
    const bench = bothSides()
    const long = bench.exit()
    const short = bench.exit({ slotId: 'b', price: dec('1') })
    expect(bench.order(long).request).toMatchObject({ side: 'sell', positionSide: 'long', reduceOnly: true })
    expect(bench.order(short).request).toMatchObject({ side: 'buy', positionSide: 'short', reduceOnly: true })
    bench.fill(long, '10', '2.5')
    bench.fill(short, '4', '1')
    expect([bench.slot('a').realizedPnl, bench.slot('b').realizedPnl]).toEqual([dec('5'), dec('8')])
    expect([bench.position('long').realizedPnl, bench.position('short').realizedPnl]).toEqual([dec('5'), dec('8')])
    expect([bench.parts('long').position, bench.parts('short').position]).toEqual(['0', '0'])
  })

  test('a mark values both', () => {
    const bench = bothSides()
    bench.mark('2.5')
    expect([bench.position('long').mark, bench.position('short').mark]).toEqual([dec('2.5'), dec('2.5')])
    // 10 × 0.5 up on the long, 4 × 0.5 up on the short.
    expect(formatDecimal(bench.worth(dec('2.5')) ?? dec('0'))).toBe('7')
  })

  test('an observation tells of both together', () => {
    const bench = bothSides()
    bench.mark('2.5')
    const sides = { bid: null, ask: null, mark: null, ourBid: null, ourAsk: null, bidDistanceBps: null, askDistanceBps: null }
    const [fact] = bench.when({ type: 'OBSERVE_MARKET', observation: { instrument: SYMBOL, ...sides } })
    expect(fact).toMatchObject({ position: dec('6') })
  })

  test('quotes are denied: they net against each other', () => {
    const bench = bothSides()
    expect(denialsOf(bench.when(quoteIntent('2 x 1', '3 x 1')))).toEqual([`QUOTE_IN_HEDGE_MODE instrument ${SYMBOL}`])
  })

  test('unassigned exposure of one side blocks entries of that side only', () => {
    const bench = bothSides({ slotIds: ['a', 'b', 'c'] })
    bench.mark('2')
    bench.adjust('11', '2', 'long')
    const enter = (side: 'buy' | 'sell') => bench.when({ ...requestEnter(side) })
    expect(denialsOf(enter('buy'))).toEqual(['UNASSIGNED_EXPOSURE unassigned 1'])
    expect(requestsOf(enter('sell'))).toHaveLength(1)
  })

  test('an exit that fills more than is open leaves the rest unassigned, on its own side', () => {
    const bench = bothSides()
    bench.fill(bench.exit(), '11', '2.5')
    expect(bench.parts('long')).toMatchObject({ position: '-1', unassigned: '-1' })
    expect(bench.parts('short')).toMatchObject({ position: '-4', unassigned: '0' })
  })

  test('inverse perpetuals hedge as well', () => {
    const bench = given({ instrument: INVERSE, positionMode: 'hedge' })
    bench.opened({ quantity: '100', price: '4' })
    bench.opened({ slotId: 'b', side: 'sell', quantity: '100', price: '5' })
    expect([bench.position('long').cost, bench.position('short').cost]).toEqual([dec('25'), dec('-20')])
  })

  test('spot has one position, whatever the mode', () => {
    const bench = given({ positionMode: 'hedge' })
    bench.opened({ quantity: '10' })
    expect([...bench.state.positions.keys()]).toEqual([SYMBOL])
    expect(requestsOf(bench.when(quoteIntent('2 x 1', null)))).toHaveLength(1)
  })
})

function requestEnter(side: 'buy' | 'sell') {
  const terms = { orderType: 'limit', price: dec('2'), timeInForce: 'gtc', postOnly: false } as const
  return { type: 'ENTER', slotId: 'c', instrument: SYMBOL, side, quantity: dec('1'), leverage: dec('1'), exitRatios: [], ...terms } as const
}

describe('the position mode', () => {
  test('cannot change while anything is open', () => {
    const bench = bothSides()
    const open = (positionMode: 'hedge' | 'one_way', sessionId = 's2') =>
      bench.when({ type: 'OPEN_SESSION', session: openingOf({ instrument: LINEAR, positionMode, sessionId }) })
    expect(denialsOf(open('one_way'))).toEqual(['FIELD_INVALID positionMode one_way'])
    expect(bench.state.session?.sessionId).toBe('s1')
    expect(denialsOf(open('hedge'))).toEqual([])
    bench.fill(bench.exit(), '10', '2')
    bench.fill(bench.exit({ slotId: 'b' }), '4', '3')
    expect(denialsOf(open('one_way', 's3'))).toEqual([])
    bench.enter()
    expect(bench.facts('ORDER_PREPARED').at(-1)?.request.positionSide).toBe('net')
  })

  test('that begins finds the mark that was there before it', () => {
    const bench = given({ instrument: LINEAR })
    bench.mark('2.5')
    bench.when({ type: 'OPEN_SESSION', session: openingOf({ instrument: LINEAR, positionMode: 'hedge', sessionId: 's2' }) })
    expect([bench.position('long').mark, bench.position('short').mark]).toEqual([dec('2.5'), dec('2.5')])
  })

  test('cannot change while an order is alive that would fill in the other mode', () => {
    const bench = given({ instrument: LINEAR, positionMode: 'hedge' })
    bench.enter()
    const session = openingOf({ instrument: LINEAR, sessionId: 's2' })
    expect(denialsOf(bench.when({ type: 'OPEN_SESSION', session }))).toEqual(['FIELD_INVALID positionMode one_way'])
  })
})
