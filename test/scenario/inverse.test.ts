// Contracts that settle in the base: worth quantity ÷ price, profit paid in coins. Every number here was worked out by hand.

import { describe, expect, test } from 'vitest'
import { dec, formatDecimal } from '../../src/core/kernel/decimal.ts'
import { notionalOf, tradeValueOf } from '../../src/core/kernel/instrument.ts'
import { unrealizedPnl } from '../../src/core/kernel/valuation.ts'
import {
  KernelBench as Bench,
  denialsOf,
  enterIntent,
  given,
  INVERSE,
  type KernelBench,
  openingOf,
  requestsOf,
} from '../core/kernel/kernel-bench.ts'

const BTC = { ...INVERSE, base: 'BTC', quote: 'USD', settle: 'BTC', tickSize: dec('0.5') } as const

function traded(...fills: readonly (readonly ['buy' | 'sell', string, string])[]): KernelBench {
  const bench = given({ instrument: BTC, slotIds: fills.map((_, index) => `${index}`) })
  bench.mark('40000')
  for (const [index, [side, quantity, price]] of fills.entries()) bench.opened({ slotId: `${index}`, side, quantity, price })
  return bench
}

function figures(bench: KernelBench): string[] {
  const { quantity, cost, realizedPnl } = bench.position()
  return [quantity, cost, realizedPnl].map(formatDecimal)
}

describe('an inverse perpetual', () => {
  test('long 10,000 at 50,000 and sold at 55,000 gains 10,000/50,000 − 10,000/55,000 coins, rounded once', () => {
    const bench = traded(['buy', '10000', '50000'], ['sell', '10000', '55000'])
    // 0.2 − 0.1818… = 0.01818…
    expect(figures(bench)).toEqual(['0', '0', '0.018181818181818182'])
    expect([bench.balance('wallet|BTC'), bench.balance('realized_pnl|BTC')]).toEqual(['0.018181818181818182', '-0.018181818181818182'])
    expect([bench.balance('position|BTC'), bench.balance('position|USD'), bench.balance('conversion|USD')]).toEqual(['0', '0', '0'])
  })

  test('short 10,000 at 50,000 and bought back at 40,000 gains 10,000/40,000 − 10,000/50,000', () => {
    expect(figures(traded(['sell', '10000', '50000'], ['buy', '10000', '40000']))).toEqual(['0', '0', '0.05'])
  })

  test('long loses when the price falls, and short when it rises', () => {
    expect(figures(traded(['buy', '10000', '50000'], ['sell', '10000', '40000']))[2]).toBe('-0.05')
    expect(figures(traded(['sell', '10000', '40000'], ['buy', '10000', '50000']))[2]).toBe('-0.05')
  })

  test('what is open costs coins: the average is a harmonic one, and comes from exact cost', () => {
    const bench = traded(['buy', '10000', '50000'], ['buy', '10000', '40000'])
    // 0.2 + 0.25 coins for 20,000: an average of 44,444.44….
    expect(figures(bench)).toEqual(['20000', '0.45', '0'])
    expect([bench.balance('position|BTC'), bench.balance('position|USD')]).toEqual(['0.45', '-20000'])
  })

  test('a part is closed at its share of the cost', () => {
    const bench = traded(['buy', '10000', '50000'], ['sell', '4000', '80000'])
    // 4,000 cost 0.08 and bring 0.05.
    expect(figures(bench)).toEqual(['6000', '0.12', '0.03'])
  })

  test('a sale beyond flat turns the position at its price', () => {
    const bench = traded(['buy', '10000', '50000'], ['sell', '15000', '40000'])
    // 10,000 cost 0.2 and 0.25 to give back; 5,000 short at 40,000 are 0.125.
    expect(figures(bench)).toEqual(['-5000', '-0.125', '-0.05'])
  })

  test('its mark gives an unrealised profit in coins, and none where nothing is open', () => {
    const long = traded(['buy', '10000', '50000']).position()
    expect(formatDecimal(unrealizedPnl(long, dec('40000'), 'inverse'))).toBe('-0.05')
    const short = traded(['sell', '10000', '50000']).position()
    expect(formatDecimal(unrealizedPnl(short, dec('40000'), 'inverse'))).toBe('0.05')
    const flat = traded(['buy', '10000', '50000'], ['sell', '10000', '50000']).position()
    expect(formatDecimal(unrealizedPnl(flat, dec('40000'), 'inverse'))).toBe('0')
  })

  test('a slot has the same figures as its position', () => {
    const bench = given({ instrument: BTC })
    bench.opened({ quantity: '10000', price: '50000' })
    bench.fill(bench.exit({ price: dec('55000') }), '10000', '55000', { fee: '0.0001' })
    expect(bench.slot()).toMatchObject({ stage: 'closed', entryCost: dec('0.2'), exitCost: dec('0.181818181818181818') })
    expect(formatDecimal(bench.slot().realizedPnl)).toBe('0.018181818181818182')
    expect([bench.balance('fees|BTC'), bench.balance('wallet|BTC')]).toEqual(['0.0001', '0.018081818181818182'])
  })

  test('the account is worth its coins at the mark, contracts included', () => {
    const bench = traded(['buy', '10000', '50000'])
    // 0.2 coins at 55,000, less 10,000 face value.
    expect(formatDecimal(bench.worth(dec('55000')) ?? dec('0'))).toBe('1000')
  })

  test('its notional is its quantity, whatever the price', () => {
    expect([notionalOf('inverse', dec('10000'), dec('3')), tradeValueOf('inverse', dec('10000'), dec('50000'))]).toEqual([
      dec('10000'),
      dec('0.2'),
    ])
    const bench = given({ instrument: { ...BTC, minNotional: dec('100') }, limits: { maxOrderNotional: dec('200') } })
    const enter = (quantity: string) => bench.when(enterIntent({ quantity, price: '50000' }))
    expect(denialsOf(enter('99'))).toEqual(['NOTIONAL_BELOW_MIN notional 99'])
    expect(denialsOf(enter('201'))).toEqual(['NOTIONAL_ABOVE_LIMIT notional 201'])
    expect(requestsOf(enter('200'))).toHaveLength(1)
  })

  test('settles in its base, and a linear one in its quote: any other is no instrument', () => {
    for (const [kind, settle] of [
      ['inverse', 'USD'],
      ['linear', 'BTC'],
      ['spot', 'BTC'],
      ['linear', 'ETH'],
    ] as const) {
      const bench = new Bench()
      const facts = bench.when({ type: 'OPEN_SESSION', session: openingOf({ instrument: { ...BTC, kind, settle } }) })
      expect(denialsOf(facts)).toEqual([`INSTRUMENT_INVALID instrument settle must be the ${kind === 'inverse' ? 'base' : 'quote'}`])
    }
  })

  test('N01 a fill whose worth in coins is beyond all bounds is not booked', () => {
    const bench = given({ instrument: { ...BTC, tickSize: dec('1e-9') } })
    const entry = bench.enter({ quantity: '1000000000000', price: '0.5' })
    const facts = bench.fill(entry, '1000000000000', '0.000000001')
    expect(facts.map((fact) => fact.type)).toEqual(['EVENT_CONFLICTED', 'ORDER_QUERIED'])
    expect(bench.parts().position).toBe('0')
  })
})
