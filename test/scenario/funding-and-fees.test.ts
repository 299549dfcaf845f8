// Money that is neither a trade nor capital: funding between longs and shorts, and fees, in whatever asset they are taken.

import { describe, expect, test } from 'vitest'
import { type Decimal, dec, formatDecimal, ONE, ZERO } from '../../src/core/kernel/decimal.ts'
import { equityOf, priceOf } from '../../src/core/kernel/valuation.ts'
import {
  denialsOf,
  factsOf,
  flagsOf,
  given,
  INVERSE,
  instrumentOf,
  type KernelBench,
  LINEAR,
  SYMBOL,
  typesOf,
} from '../core/kernel/kernel-bench.ts'

describe('funding', () => {
  test.each([
    ['received', '1.25', '-1.25'],
    ['paid', '-0.5', '0.5'],
  ])('that is %s is booked on the wallet, and is no profit of a trade', (_, amount, other) => {
    const bench = given({ instrument: LINEAR })
    bench.opened({ quantity: '10' })
    const before = structuredClone(bench.position())
    const facts = bench.funding(amount)
    expect(facts).toMatchObject([{ type: 'FUNDING_BOOKED', instrument: SYMBOL, fundingId: 'f1', asset: 'RLUSD', amount: dec(amount) }])
    expect([bench.balance('wallet|RLUSD'), bench.balance('funding|RLUSD')]).toEqual([amount, other])
    expect(bench.position()).toEqual(before)
    expect(formatDecimal(bench.worth(dec('2')) ?? ZERO)).toBe(amount)
  })

  test('K20 is booked once under its id; the same id with another amount or asset is a conflict', () => {
    const bench = given({ instrument: LINEAR })
    bench.funding('1')
    expect(typesOf(bench.funding('1'))).toEqual(['FILL_REPEATED'])
    expect(bench.funding('2')).toMatchObject([{ type: 'FILL_CONFLICTED', tradeId: 'f1', booked: '1 RLUSD', received: '2 RLUSD' }])
    expect(typesOf(bench.funding('1', 'f1', 'USDT'))).toEqual(['FILL_CONFLICTED'])
    expect(bench.balance('wallet|RLUSD')).toBe('1')
    bench.funding('1', 'f2')
    expect(bench.balance('wallet|RLUSD')).toBe('2')
  })

  test('N04 of zero is recorded, and posts nothing', () => {
    const bench = given({ instrument: LINEAR })
    expect(bench.funding('0')).toMatchObject([{ type: 'FUNDING_BOOKED', amount: ZERO, postings: [] }])
    expect(typesOf(bench.funding('0'))).toEqual(['FILL_REPEATED'])
  })

  test('N02 that is no decimal is not booked', () => {
    const bench = given({ instrument: LINEAR })
    const event = { type: 'FUNDING', instrument: SYMBOL, fundingId: 'f1', asset: 'RLUSD' } as const
    expect(denialsOf(bench.when({ ...event, amount: 1.5 as never }))).toEqual(['VALUE_NOT_DECIMAL amount 1.5'])
    expect(denialsOf(bench.when({ ...event, amount: (10n ** 34n) as Decimal }))).toHaveLength(1)
    bench.funding('1')
  })

  test('of an inverse perpetual is in coins', () => {
    const bench = given({ instrument: INVERSE })
    bench.funding('0.25', 'f1', 'XRP')
    expect([bench.balance('wallet|XRP'), bench.balance('funding|XRP')]).toEqual(['0.25', '-0.25'])
  })
})

/** One buy of 1 at 2 with a fee of 0.4 in an asset. */
function feeIn(asset: string, fee = '0.4', prepare: (bench: KernelBench) => unknown = () => undefined) {
  const bench = given()
  prepare(bench)
  const facts = bench.fill(bench.enter({ quantity: '1' }), '1', '2', { fee, feeAsset: asset })
  return { bench, facts, fill: factsOf(facts, 'FILL_BOOKED')[0] }
}

describe('N12 a fee', () => {
  test.each([
    ['the quote', 'RLUSD', ONE],
    ['the base, at the price of the fill', 'XRP', dec('2')],
  ])('N12 in %s has its price', (_, asset, price) => {
    const { bench, facts, fill } = feeIn(asset)
    expect(fill?.feePrice).toBe(price)
    expect([bench.balance(`fees|${asset}`), flagsOf(facts)]).toEqual(['0.4', []])
  })

  test('N12 in a third asset is booked in that asset, and valued at the price that was stated', () => {
    const { bench, facts, fill } = feeIn('BNB', '0.4', (given) => given.valueAsset('BNB', '600'))
    expect(fill).toMatchObject({ fee: dec('0.4'), feeAsset: 'BNB', feePrice: dec('600') })
    expect([bench.balance('fees|BNB'), bench.balance('wallet|BNB'), flagsOf(facts)]).toEqual(['0.4', '-0.4', []])
    // 1 XRP at 2 for 2 RLUSD, and 0.4 BNB at 600 gone.
    expect(formatDecimal(bench.worth(dec('2')) ?? ZERO)).toBe('-240')
  })

  test('N12 in a third asset of which nobody has said what it is worth is booked, flagged, and never taken for nothing', () => {
    const { bench, facts, fill } = feeIn('BNB')
    expect(fill?.feePrice).toBeNull()
    expect(flagsOf(facts)).toEqual(['FEE_UNPRICED'])
    expect(factsOf(facts, 'RISK_FLAGGED')[0]).toMatchObject({ severity: 'warning', value: '0.4' })
    expect(bench.balance('fees|BNB')).toBe('0.4')
    expect(bench.worth(dec('2'))).toBeNull()
    bench.valueAsset('BNB', '10')
    expect(formatDecimal(bench.worth(dec('2')) ?? ZERO)).toBe('-4')
  })

  test('N12 of nothing needs no price, and a rebate does', () => {
    expect(flagsOf(feeIn('BNB', '0').facts)).toEqual([])
    const { bench, facts } = feeIn('BNB', '-0.1')
    expect([flagsOf(facts), bench.balance('wallet|BNB')]).toEqual([['FEE_UNPRICED'], '0.1'])
  })

  test('N12 is valued at the price of that moment: a later one changes no fact', () => {
    const { bench } = feeIn('BNB', '0.4', (given) => given.valueAsset('BNB', '600'))
    bench.valueAsset('BNB', '700')
    expect(bench.facts('FILL_BOOKED')[0]?.feePrice).toBe(dec('600'))
    expect(formatDecimal(bench.worth(dec('2')) ?? ZERO)).toBe('-280')
  })

  test('N12 is priced in the quote of its instrument: what it is worth in another asset says nothing', () => {
    const { fill } = feeIn('BNB', '0.4', (given) => given.valueAsset('BNB', '600', 'USDT'))
    expect(fill?.feePrice).toBeNull()
  })

  test('N12 of a fill that reconcile confirms is posted in its own asset', () => {
    const bench = given()
    const entry = bench.enter({ quantity: '10' })
    bench.doubt(entry)
    bench.settle(entry, 'filled', '10', '2')
    bench.fill(entry, '10', '2', { fee: '0.01', feeAsset: 'BNB' })
    expect([bench.balance('fees|BNB'), bench.balance('wallet|BNB')]).toEqual(['0.01', '-0.01'])
  })
})

describe('what an account is worth', () => {
  test('N12 is the sum of all its assets at their prices; unknown while one of them has none', () => {
    const instrument = instrumentOf()
    const balances = new Map<string, Decimal>([
      ['wallet|RLUSD', dec('10')],
      ['wallet|XRP', dec('3')],
      ['position|BNB', dec('2')],
      ['wallet|DOGE', ZERO],
      ['fees|SHIB', dec('7')],
    ])
    const prices = new Map([['BNB|RLUSD', dec('5')]])
    expect(equityOf(balances, instrument, dec('2'), prices)).toBe(dec('26'))
    expect(equityOf(balances, instrument, null, prices)).toBeNull()
    expect(equityOf(balances, instrument, dec('2'), new Map())).toBeNull()
    expect(priceOf('DOGE', instrument, dec('2'), prices)).toBeNull()
  })

  test('N07 is stated as a trade opens, from the ledger of that moment; null where nobody can say', () => {
    const bench = given({ capital: { RLUSD: '1000' } })
    bench.opened({ quantity: '10' })
    bench.mark('3')
    bench.enter({ slotId: 'b', quantity: '1' })
    // 980 left, and 10 coins at 3.
    expect(bench.facts('TRADE_OPENED').map((trade) => trade.equityBefore)).toEqual([dec('1000'), dec('1010')])
    const unknown = given({ capital: { RLUSD: '1000' } })
    unknown.opened({ quantity: '10' })
    unknown.enter({ slotId: 'b', quantity: '1' })
    expect(unknown.facts('TRADE_OPENED').at(-1)?.equityBefore).toBeNull()
  })

  test('N02 a stated price that is none is denied', () => {
    const bench = given()
    const value = (price: unknown) =>
      bench.when({ type: 'VALUE_ASSET', asset: 'BNB', quote: 'RLUSD', price: price as Decimal, source: 'x' })
    expect(denialsOf(value(ZERO))).toEqual(['PRICE_NOT_POSITIVE price 0'])
    expect(denialsOf(value(600))).toEqual(['VALUE_NOT_DECIMAL price 600'])
    expect(bench.state.assetPrices.size).toBe(0)
    expect(bench.valueAsset('BNB', '600')).toEqual([
      { type: 'ASSET_VALUED', asset: 'BNB', quote: 'RLUSD', price: dec('600'), source: 'test' },
    ])
  })
})
