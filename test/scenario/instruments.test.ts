// What may be traded: the session's own instrument, and those that are listed beside it.

import { describe, expect, test } from 'vitest'
import { dec, ZERO } from '../../src/core/kernel/decimal.ts'
import { instrumentFaults } from '../../src/core/kernel/instrument.ts'
import {
  denialsOf,
  enterIntent,
  given,
  INVERSE,
  instrumentOf,
  LINEAR,
  openingOf,
  quoteIntent,
  requestsOf,
  SYMBOL,
  typesOf,
} from '../core/kernel/kernel-bench.ts'

const BTC = { symbol: 'BTC/RLUSD', base: 'BTC', lotSize: dec('0.001'), minQuantity: dec('0.001') } as const

describe('an instrument that is listed', () => {
  test('can be traded beside the session’s own, each with its own position', () => {
    const bench = given()
    expect(bench.list(BTC)).toEqual([{ type: 'INSTRUMENT_LISTED', instrument: instrumentOf(BTC) }])
    bench.opened({ quantity: '10' })
    bench.opened({ slotId: 'b', instrument: BTC.symbol, quantity: '0.005', price: '10' })
    expect([bench.position().quantity, bench.position('net', BTC.symbol).quantity]).toEqual([dec('10'), dec('0.005')])
    bench.mark('12', null, null, BTC.symbol)
    expect([bench.position().mark, bench.position('net', BTC.symbol).mark]).toEqual([null, dec('12')])
    expect(requestsOf(bench.when({ ...quoteIntent('2 x 1', null), instrument: BTC.symbol }))).toHaveLength(1)
    bench.fill(bench.exit({ slotId: 'b', price: dec('12') }), '0.005', '12', { side: 'sell' })
    expect(bench.slot('b')).toMatchObject({ stage: 'closed', realizedPnl: dec('0.01') })
  })

  test('quotes of one instrument are not those of another', () => {
    const bench = given()
    bench.list(BTC)
    bench.quote('2 x 1', '3 x 1')
    expect(typesOf(bench.when({ ...quoteIntent('2 x 1', null), instrument: BTC.symbol }))).toEqual(['ORDER_PREPARED'])
    expect(typesOf(bench.when({ type: 'CANCEL', target: { kind: 'instrument', instrument: BTC.symbol } }))).toEqual(['CANCEL_MOVED'])
    expect([...bench.state.liveOrders.values()].map((order) => order.cancel)).toEqual(['none', 'none', 'requested'])
  })

  test('can be listed again with other limits: they hold from then on, and what is held stays', () => {
    const bench = given()
    bench.opened({ quantity: '10' })
    bench.list({ lotSize: dec('1'), minQuantity: dec('5') })
    expect(denialsOf(bench.when(enterIntent({ slotId: 'b', quantity: '4' })))).toEqual(['QUANTITY_BELOW_MIN quantity 4'])
    expect(bench.parts()).toMatchObject({ position: '10', inSlots: '10' })
  })

  test.each([
    ['kind', LINEAR],
    ['kind and settlement', INVERSE],
    ['base', { base: 'BTC' }],
    ['quote', { quote: 'USDT', settle: 'USDT' }],
  ])('cannot become another while anything of it is open: its %s', (_, other) => {
    const bench = given()
    bench.opened({ quantity: '10' })
    expect(denialsOf(bench.list(other))[0]).toMatch(/^INSTRUMENT_INVALID instrument/)
    const session = openingOf({ sessionId: 's2', instrument: other })
    expect(denialsOf(bench.when({ type: 'OPEN_SESSION', session }))[0]).toMatch(/^INSTRUMENT_INVALID instrument/)
    expect(bench.state.instruments.get(SYMBOL)).toEqual(instrumentOf())
  })

  test('in hedge mode has a long and a short position, and coins one', () => {
    const bench = given({ instrument: LINEAR, positionMode: 'hedge' })
    bench.list({ ...BTC, ...LINEAR })
    bench.list({ ...BTC, symbol: 'BTC spot' })
    expect([...bench.state.positions.keys()]).toEqual([
      `${SYMBOL}#long`,
      `${SYMBOL}#short`,
      'BTC/RLUSD#long',
      'BTC/RLUSD#short',
      'BTC spot',
    ])
  })

  test('is listed for its session: the next one must list it again, and meanwhile it can only be closed', () => {
    const bench = given()
    bench.list(BTC)
    bench.opened({ slotId: 'b', instrument: BTC.symbol, quantity: '0.005', price: '10' })
    bench.when({ type: 'OPEN_SESSION', session: openingOf({ sessionId: 's2' }) })
    const enter = enterIntent({ instrument: BTC.symbol, quantity: '0.005' })
    expect(denialsOf(bench.when(enter))).toEqual([`INSTRUMENT_UNKNOWN instrument ${BTC.symbol}`])
    expect(requestsOf(bench.when({ type: 'EXIT_RESIDUAL', slotId: 'b', reason: 'x' }))).toHaveLength(0)
    bench.mark('10', null, null, BTC.symbol)
    expect(requestsOf(bench.when({ type: 'EXIT_RESIDUAL', slotId: 'b', reason: 'x' }))).toHaveLength(1)
    bench.list(BTC)
    expect(requestsOf(bench.when(enter))).toHaveLength(1)
  })

  test('that cannot be traded exactly is not listed', () => {
    const bench = given()
    expect(denialsOf(bench.list({ ...BTC, tickSize: ZERO }))).toEqual(['INSTRUMENT_INVALID instrument tickSize must be above zero'])
    expect(denialsOf(bench.when(enterIntent({ instrument: BTC.symbol })))).toEqual([`INSTRUMENT_UNKNOWN instrument ${BTC.symbol}`])
  })
})

describe('what is wrong with an instrument', () => {
  test.each([
    ['tickSize must be above zero', { tickSize: ZERO }],
    ['lotSize must be above zero', { lotSize: dec('-1') }],
    ['maxLeverage must be above zero', { maxLeverage: ZERO }],
    ['minQuantity must not be negative', { minQuantity: dec('-1') }],
    ['maxQuantity must not be negative', { maxQuantity: dec('-1') }],
    ['minNotional must not be negative', { minNotional: dec('-1') }],
    ['tickSize and lotSize must not need more than 18 decimals together', { tickSize: dec('1e-10'), lotSize: dec('1e-9') }],
    ['minQuantity must not be above maxQuantity', { minQuantity: dec('2'), maxQuantity: dec('1') }],
    ['settle must be the quote', { settle: 'XRP' }],
    ['settle must be the base', { kind: 'inverse' }],
  ] as const)('is said: %s', (fault, overrides) => {
    expect(instrumentFaults(instrumentOf(overrides))).toEqual([fault])
  })

  test('is nothing where all is well: exactly 18 decimals, exactly one quantity, every kind', () => {
    for (const overrides of [
      {},
      LINEAR,
      INVERSE,
      { tickSize: dec('1e-9'), lotSize: dec('1e-9') },
      { minQuantity: dec('2'), maxQuantity: dec('2') },
    ]) {
      expect(instrumentFaults(instrumentOf(overrides))).toEqual([])
    }
  })
})
