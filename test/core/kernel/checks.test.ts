// Every check before an order exists: exactly at the limit passes, one step beyond is denied, with the figures it was judged by.

import { describe, expect, test } from 'vitest'
import { type Decimal, dec } from '../../../src/core/kernel/decimal.ts'
import type { RiskLimits } from '../../../src/core/kernel/inputs.ts'
import type { Instrument } from '../../../src/core/kernel/instrument.ts'
import {
  contextsOf,
  denialsOf,
  enterIntent,
  exitIntent,
  given,
  INVERSE,
  type KernelBench,
  LINEAR,
  quoteIntent,
  requestsOf,
  SYMBOL,
} from './kernel-bench.ts'

interface Case {
  readonly code: string
  readonly instrument?: Partial<Instrument>
  readonly limits?: Partial<RiskLimits>
  readonly passes: Parameters<typeof enterIntent>[0]
  readonly fails: Parameters<typeof enterIntent>[0]
  readonly denial: string
  readonly context: string
}

// biome-ignore format: a table is read by column
const CASES: readonly Case[] = [
  { code: 'PRICE_NOT_POSITIVE', passes: { price: '0.0001' }, fails: { price: '0' }, denial: 'price 0', context: '' },
  { code: 'PRICE_OFF_TICK', passes: { price: '2.0001' }, fails: { price: '2.00011' }, denial: 'price 2.00011', context: 'tickSize=0.0001' },
  { code: 'QUANTITY_NOT_POSITIVE', passes: { quantity: '0.01' }, fails: { quantity: '0' }, denial: 'quantity 0', context: '' },
  { code: 'QUANTITY_OFF_LOT', passes: { quantity: '1.01' }, fails: { quantity: '1.011' }, denial: 'quantity 1.011', context: 'lotSize=0.01' },
  { code: 'QUANTITY_BELOW_MIN', instrument: { minQuantity: dec('5') }, passes: { quantity: '5' }, fails: { quantity: '4.99' }, denial: 'quantity 4.99', context: 'limit=5' },
  { code: 'QUANTITY_ABOVE_MAX', instrument: { maxQuantity: dec('5') }, passes: { quantity: '5' }, fails: { quantity: '5.01' }, denial: 'quantity 5.01', context: 'limit=5' },
  { code: 'NOTIONAL_BELOW_MIN', instrument: { minNotional: dec('10') }, passes: { quantity: '5' }, fails: { quantity: '4.99' }, denial: 'notional 9.98', context: 'limit=10' },
  { code: 'NOTIONAL_ABOVE_LIMIT', limits: { maxOrderNotional: dec('10') }, passes: { quantity: '5' }, fails: { quantity: '5.01' }, denial: 'notional 10.02', context: 'limit=10' },
  { code: 'LEVERAGE_NOT_POSITIVE', passes: { leverage: '0.000000000000000001' }, fails: { leverage: '0' }, denial: 'leverage 0', context: '' },
  { code: 'LEVERAGE_ABOVE_CAP', passes: { leverage: '5' }, fails: { leverage: '5.000000000000000001' }, denial: 'leverage 5.000000000000000001', context: 'limit=5' },
  { code: 'LEVERAGE_ABOVE_CAP', limits: { maxLeverage: dec('3') }, passes: { leverage: '3' }, fails: { leverage: '3.1' }, denial: 'leverage 3.1', context: 'limit=3' },
  { code: 'LEVERAGE_ABOVE_CAP', limits: { maxLeverage: dec('9') }, passes: { leverage: '5' }, fails: { leverage: '5.1' }, denial: 'leverage 5.1', context: 'limit=5' },
  { code: 'POSITION_ABOVE_LIMIT', limits: { maxPosition: dec('5') }, passes: { quantity: '5' }, fails: { quantity: '5.01' }, denial: 'quantity 5.01', context: 'position=0 working=0 limit=5' },
  { code: 'POSITION_ABOVE_LIMIT', limits: { maxPosition: dec('5') }, passes: { quantity: '5', side: 'sell' }, fails: { quantity: '5.01', side: 'sell' }, denial: 'quantity 5.01', context: 'position=0 working=0 limit=5' },
  { code: 'EXPOSURE_ABOVE_LIMIT', limits: { maxExposure: dec('10') }, passes: { quantity: '5' }, fails: { quantity: '5.01' }, denial: 'exposure 10.02', context: 'asset=XRP limit=10' },
]

describe('an order is judged by its limits', () => {
  test.each(CASES)('$code: $passes passes, $fails is denied', ({ code, instrument = {}, limits = {}, passes, fails, denial, context }) => {
    for (const kind of ['spot', 'linear'] as const) {
      const setup = { instrument: { ...instrument, kind }, limits }
      expect(requestsOf(given(setup).when(enterIntent(passes)))).toHaveLength(1)
      const facts = given(setup).when(enterIntent(fails))
      expect([denialsOf(facts), contextsOf(facts)]).toEqual([[`${code} ${denial}`], [`${code} ${context}`.trim()]])
    }
  })

  test('a limit of zero is no limit', () => {
    const bench = given()
    bench.mark('2', '2', 0)
    bench.enter({ quantity: '10000000', price: '99' })
    for (let count = 0; count < 20; count += 1) bench.quote(`${count + 1} x 1`, null)
    expect(bench.state.orderTimesUs).toEqual([])
  })
})

describe('the price collar', () => {
  /** Mid 2, 50 bps: 1.99 to 2.01. */
  function collared(): KernelBench {
    const bench = given({ limits: { priceCollarBps: dec('50') } })
    bench.mark('5', '2')
    return bench
  }

  test.each([
    ['buy', '2.01', '2.0101'],
    ['buy', '1.99', '1.9899'],
    ['sell', '2.01', '2.0101'],
    ['sell', '1.99', '1.9899'],
  ] as const)('%s at %s passes, at %s is denied', (side, inside, outside) => {
    const facts = collared().when(enterIntent({ side, price: outside }))
    expect(denialsOf(facts)).toEqual([`PRICE_OUTSIDE_COLLAR price ${outside}`])
    expect(contextsOf(facts)).toEqual(['PRICE_OUTSIDE_COLLAR mid=2 limitBps=50'])
    expect(requestsOf(collared().when(enterIntent({ side, price: inside })))).toHaveLength(1)
  })

  test('is round the mid; round the mark where there is no mid; and nowhere where there is neither', () => {
    const bench = given({ limits: { priceCollarBps: dec('50') } })
    expect(requestsOf(bench.when(enterIntent({ price: '9' })))).toHaveLength(1)
    bench.mark('2')
    const facts = bench.when(enterIntent({ slotId: 'b', price: '9' }))
    expect(contextsOf(facts)).toEqual(['PRICE_OUTSIDE_COLLAR mid=2 limitBps=50'])
  })

  test('holds no market order back, and names the side of a quote', () => {
    expect(requestsOf(collared().when(enterIntent({ orderType: 'market' })))).toHaveLength(1)
    expect(denialsOf(collared().when(quoteIntent('1 x 1', '3 x 1')))).toEqual([
      'PRICE_OUTSIDE_COLLAR bid.price 1',
      'PRICE_OUTSIDE_COLLAR ask.price 3',
    ])
  })

  test.each([
    ['buy', '1.99', '1.9899', '9'],
    ['sell', '2.01', '2.0101', '0.5'],
  ] as const)(
    'an exit of a %s slot must not give itself away at %s and beyond, and may rest as far off as it likes',
    (side, inside, outside, far) => {
      const bench = collared()
      bench.opened({ side })
      expect(denialsOf(bench.when(exitIntent({ price: dec(outside) })))).toEqual([`PRICE_OUTSIDE_COLLAR price ${outside}`])
      const other = collared()
      other.opened({ side })
      expect(requestsOf(other.when(exitIntent({ price: dec(inside) })))).toHaveLength(1)
      bench.exit({ price: dec(far) })
    },
  )
})

describe('stale market data', () => {
  function seenAt(ageUs: number): KernelBench {
    const bench = given({ limits: { staleFeedUs: 1000 } })
    bench.opened({ slotId: 'b' })
    bench.mark('2', '2', bench.timeUs + 1)
    bench.wait(ageUs)
    return bench
  }

  test('exactly as old as is allowed passes; a microsecond more is denied', () => {
    expect(requestsOf(seenAt(1000).when(enterIntent()))).toHaveLength(1)
    const bench = seenAt(1001)
    const facts = bench.when(enterIntent())
    expect(denialsOf(facts)).toEqual(['MARKET_STALE ageUs 1001'])
    expect(contextsOf(facts)).toEqual([`MARKET_STALE asOfUs=${bench.timeUs - 1001} limitUs=1000`])
    expect(denialsOf(seenAt(1001).when(quoteIntent('2 x 1', null)))).toEqual(['MARKET_STALE ageUs 1001'])
  })

  test('holds no exit back', () => {
    const bench = seenAt(5_000_000)
    bench.exit({ slotId: 'b' })
    bench.when({ type: 'CANCEL', target: { kind: 'exit', slotId: 'b' } })
  })

  test('data of which nobody knows the time, or of no limit, is not stale', () => {
    const bench = given({ limits: { staleFeedUs: 1000 } })
    bench.enter()
    bench.mark('2', '2', null)
    bench.wait(5_000_000)
    bench.enter({ slotId: 'b' })
  })

  test('new data with the same figures is news', () => {
    const bench = seenAt(5000)
    expect(bench.mark('2', '2', bench.timeUs + 1)).toMatchObject([{ type: 'MARK_SET', asOfUs: bench.timeUs }])
    expect(bench.mark('2', '2', bench.timeUs)).toEqual([])
    bench.enter()
  })
})

describe('a mark', () => {
  test('K18 carries the mid and its time; what is none of these is denied', () => {
    const bench = given()
    expect(bench.mark('2', '2.5', 7)).toEqual([{ type: 'MARK_SET', instrument: SYMBOL, price: dec('2'), mid: dec('2.5'), asOfUs: 7 }])
    expect(bench.state.markets.get(SYMBOL)).toEqual({ mark: dec('2'), mid: dec('2.5'), asOfUs: 7 })
    expect(denialsOf(bench.mark('2', '0'))).toEqual(['PRICE_NOT_POSITIVE mid 0'])
    const mid = 2.5 as unknown as Decimal
    expect(denialsOf(bench.when({ type: 'MARK_PRICE', instrument: SYMBOL, price: dec('2'), mid }))).toEqual(['VALUE_NOT_DECIMAL mid 2.5'])
    bench.when({ type: 'MARK_PRICE', instrument: SYMBOL, price: dec('3') })
    // A time that nobody gives does not make old data new.
    expect(bench.state.markets.get(SYMBOL)).toEqual({ mark: dec('3'), mid: null, asOfUs: 7 })
  })
})

describe('the order of checks', () => {
  test('what is wrong with the order itself is said before what is wrong with the account', () => {
    const bench = given({ capital: {}, limits: { maxOpenOrders: 1, maxPosition: dec('1'), maxOrderNotional: dec('1') } })
    const said: string[] = []
    const attempts = [{ price: '2.00001' }, { quantity: '0.001' }, { leverage: '99' }, {}, { quantity: '0.5' }]
    for (const attempt of attempts)
      said.push(...denialsOf(bench.when(enterIntent(attempt))).map((denial) => denial.split(' ')[0] as string))
    expect(said).toEqual(['PRICE_OFF_TICK', 'QUANTITY_OFF_LOT', 'LEVERAGE_ABOVE_CAP', 'NOTIONAL_ABOVE_LIMIT', 'BALANCE_TOO_LOW'])
  })

  test('exit ratios are looked at as well where the order itself is good', () => {
    const bench = given()
    expect(denialsOf(bench.when(enterIntent({ exitRatios: ['0.5'] })))).toEqual(['EXIT_RATIOS_SUM exitRatios 0.5'])
  })
})

describe('several orders on one position', () => {
  test('the position limit counts all that works on the side, and a way down stays open', () => {
    const bench = given({ instrument: LINEAR, limits: { maxPosition: dec('10') } })
    bench.enter({ quantity: '6' })
    const facts = bench.when(enterIntent({ slotId: 'b', quantity: '4.01' }))
    expect(contextsOf(facts)).toEqual(['POSITION_ABOVE_LIMIT position=0 working=6 limit=10'])
    expect(denialsOf(bench.when(quoteIntent('2 x 4.01', null)))).toEqual(['POSITION_ABOVE_LIMIT bid.quantity 4.01'])
    bench.fill(bench.enter({ slotId: 'b', quantity: '4' }), '9', '2')
    bench.fill([...bench.state.liveOrders.keys()][0] as string, '6', '2')
    // 15 are held now, because the venue overfilled: selling brings it down, buying does not, nor does turning it over.
    expect(denialsOf(bench.when(quoteIntent('2 x 0.01', null)))).toHaveLength(1)
    expect(requestsOf(bench.when(quoteIntent(null, '3 x 1')))).toHaveLength(1)
    expect(denialsOf(bench.when(quoteIntent(null, '3 x 25.01')))).toEqual(['POSITION_ABOVE_LIMIT ask.quantity 25.01'])
  })

  test('the limit on open orders counts every live order, within one quote as well', () => {
    const bench = given({ limits: { maxOpenOrders: 2 } })
    bench.enter()
    const facts = bench.when(quoteIntent('2 x 1', '3 x 1'))
    expect([requestsOf(facts).length, denialsOf(facts), contextsOf(facts)]).toEqual([
      1,
      ['OPEN_ORDERS_ABOVE_LIMIT openOrders 2'],
      ['OPEN_ORDERS_ABOVE_LIMIT limit=2'],
    ])
  })

  test('an exit is held back by none of the limits', () => {
    const limits = {
      maxOpenOrders: 1,
      maxPosition: dec('1'),
      maxOrderNotional: dec('1'),
      maxExposure: dec('1'),
      maxOrdersPerSecond: 1,
      maxLeverage: dec('1'),
    }
    for (const instrument of [{}, LINEAR, INVERSE]) {
      const bench = given({ instrument, limits })
      bench.adjust('100', '2')
      bench.assign('100', 'a', '2')
      bench.mark('2')
      bench.quote(null, '3 x 1')
      bench.exit({ price: dec('9') })
    }
  })
})
