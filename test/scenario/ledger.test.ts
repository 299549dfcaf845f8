// What fills, marks and capital do to the figures: every number here was worked out by hand.

import { describe, expect, test } from 'vitest'
import { type Decimal, dec, formatDecimal, mul, ZERO } from '../../src/core/kernel/decimal.ts'
import { unrealizedPnl } from '../../src/core/kernel/valuation.ts'
import { denialsOf, enterIntent, given, type KernelBench, SYMBOL, sum, typesOf } from '../core/kernel/kernel-bench.ts'

const PERPETUAL = { kind: 'linear' } as const

function equityAt(bench: KernelBench, mark: string | null): string | null {
  const worth = bench.worth(mark === null ? null : dec(mark))
  return worth === null ? null : formatDecimal(worth)
}

/** Σ price × quantity of fills, for tests that recompute a figure. */
function tradedValueOf(fills: readonly { readonly price: Decimal; readonly quantity: Decimal }[]): Decimal {
  return sum(fills.map((fill) => mul(fill.price, fill.quantity)))
}

describe('a flip', () => {
  test.each([
    ['spot', 'wallet|XRP', '-1'],
    ['linear', 'position|XRP', '-1'],
  ] as const)('long 1 at 100 fee 10, sell 2 at 150 fee 20, %s: 50 realised, 30 in fees, short 1 at 150', (kind, held, base) => {
    const bench = given({ instrument: { kind } })
    bench.mark('100')
    bench.fill(bench.enter({ quantity: '1', price: '100' }), '1', '100', { fee: '10' })
    bench.fill(bench.enter({ slotId: 'b', side: 'sell', quantity: '2', price: '150' }), '2', '150', { fee: '20' })
    bench.when({ type: 'FLOW_CAPITAL', asset: 'RLUSD', amount: ZERO, note: 'nothing' })
    const fills = bench.facts('FILL_BOOKED')
    expect(fills.map((fill) => formatDecimal(fill.realizedPnl))).toEqual(['0', '50'])
    expect(bench.position()).toMatchObject({ quantity: dec('-1'), cost: dec('-150'), realizedPnl: dec('50') })
    expect([bench.balance(held), bench.balance('fees|RLUSD'), bench.balance('realized_pnl|RLUSD')]).toEqual([base, '30', '-50'])
    expect(equityAt(bench, '150')).toBe('20')
    expect(equityAt(bench, '140')).toBe('30')
  })

  test('the fee of the opening fill is a fee, never part of the price', () => {
    const bench = given({ instrument: PERPETUAL })
    bench.mark('100')
    const entry = bench.enter({ quantity: '1', price: '100' })
    bench.fill(entry, '1', '100', { fee: '10' })
    bench.fill(bench.enter({ slotId: 'b', side: 'sell', quantity: '2', price: '150' }), '2', '150', { fee: '20' })
    expect(bench.slot()).toMatchObject({ entryCost: dec('100'), openCost: dec('100') })
    expect([bench.balance('wallet|RLUSD'), bench.balance('fees|RLUSD')]).toEqual(['20', '30'])
    expect(equityAt(bench, '150')).toBe('20')
  })

  test('N01 a flip at a price whose value cannot be split exactly still balances to the last digit', () => {
    const bench = given()
    const entry = bench.enter({ quantity: '1', price: '1' })
    bench.fill(entry, '0.1', '0.333333333333333333')
    bench.fill(entry, '0.3', '0.333333333333333335')
    const other = bench.enter({ slotId: 'b', side: 'sell', quantity: '1', price: '1' })
    // The bench compares cost and conversion after each of these.
    bench.fill(other, '0.55', '0.333333333333333337')
    bench.fill(other, '0.15', '0.111111111111111113')
    expect(bench.position().quantity).toBe(dec('-0.3'))
  })
})

describe('average cost', () => {
  test('closing in thirds loses nothing: the last share takes all of the cost', () => {
    const bench = given({ instrument: { lotSize: dec('1') } })
    const entry = bench.enter({ quantity: '3', price: '1' })
    bench.fill(entry, '1', '0.1')
    bench.fill(entry, '2', '0.1001')
    const exit = bench.exit()
    for (const price of ['0.1', '0.2', '0.3']) bench.fill(exit, '1', price)
    expect(formatDecimal(bench.position().realizedPnl)).toBe('0.2998')
    expect(bench.slot()).toMatchObject({ realizedPnl: dec('0.2998'), stage: 'closed' })
    expect(bench.position()).toMatchObject({ quantity: ZERO, cost: ZERO })
  })

  test('N05 entry and exit figures are what was filled, and recompute from the fills', () => {
    const bench = given()
    const entry = bench.enter({ quantity: '10', price: '2' })
    bench.fill(entry, '4', '1.9')
    bench.fill(entry, '6', '1.95')
    bench.fill(bench.exit({ price: dec('2.5') }), '10', '2.6')
    const fills = bench.facts('FILL_BOOKED')
    const slot = bench.slot()
    expect(slot.entryCost).toBe(tradedValueOf(fills.filter((fill) => fill.role === 'entry')))
    expect(slot.exitCost).toBe(tradedValueOf(fills.filter((fill) => fill.role === 'exit')))
    expect([formatDecimal(slot.entryCost), formatDecimal(slot.exitCost), formatDecimal(slot.realizedPnl)]).toEqual(['19.3', '26', '6.7'])
  })
})

describe('marks', () => {
  test('K18 a mark touches unrealised figures only', () => {
    const bench = given()
    bench.opened({ quantity: '10', price: '2' })
    const before = structuredClone({ slot: bench.slot(), balances: bench.state.balances, orders: bench.state.orders })
    const { mark: _, ...position } = bench.position()
    const untouched = { ...position }
    expect(typesOf(bench.mark('2.5'))).toEqual(['MARK_SET'])
    expect({ slot: bench.slot(), balances: bench.state.balances, orders: bench.state.orders }).toEqual(before)
    expect(bench.position()).toEqual({ ...untouched, mark: dec('2.5') })
    expect(formatDecimal(unrealizedPnl(bench.position(), dec('2.5')))).toBe('5')
    expect(formatDecimal(unrealizedPnl({ quantity: dec('1'), cost: dec('2') }, dec('2.5')))).toBe('0.5')
    expect(bench.mark('2.5')).toEqual([])
  })

  test('K18 a mark that is none is denied', () => {
    const bench = given()
    expect(denialsOf(bench.mark('0'))).toEqual(['PRICE_NOT_POSITIVE price 0'])
    const price = Number.NaN as unknown as Decimal
    expect(denialsOf(bench.when({ type: 'MARK_PRICE', instrument: SYMBOL, price }))).toEqual(['VALUE_NOT_DECIMAL price NaN'])
    expect(denialsOf(bench.when({ type: 'MARK_PRICE', instrument: 'X', price: dec('1') }))).toEqual(['INSTRUMENT_UNKNOWN instrument X'])
    expect(bench.position().mark).toBeNull()
  })

  test('an observation records the equity of that moment, and none where there is base to value without a mark', () => {
    const bench = given({ capital: { RLUSD: '100' } })
    bench.opened({ quantity: '10', price: '2' })
    const sides = { bid: null, ask: null, mark: null, ourBid: null, ourAsk: null, bidDistanceBps: null, askDistanceBps: null }
    const observation = { instrument: SYMBOL, ...sides }
    expect(bench.when({ type: 'OBSERVE_MARKET', observation })).toMatchObject([{ position: dec('10'), equity: null }])
    bench.mark('2.5')
    expect(bench.when({ type: 'OBSERVE_MARKET', observation })).toMatchObject([{ position: dec('10'), equity: dec('105') }])
  })
})

describe('zero and missing', () => {
  test('N04 a fee of zero posts nothing, a rebate posts income, and both are booked', () => {
    const bench = given()
    const entry = bench.enter({ quantity: '3' })
    bench.fill(entry, '1', '2', { fee: '0' })
    bench.fill(entry, '1', '2', { fee: '-0.01' })
    const fills = bench.facts('FILL_BOOKED')
    expect(fills.map((fill) => fill.postings.some((posting) => posting.account === 'fees'))).toEqual([false, true])
    expect([bench.balance('fees|RLUSD'), bench.balance('wallet|RLUSD')]).toEqual(['-0.01', '-3.99'])
  })

  test('N04 a limit of zero is no limit, and a capital flow of zero is recorded without postings', () => {
    const bench = given()
    const before = structuredClone(bench.state.balances)
    bench.enter({ quantity: '100000000', price: '9' })
    const facts = bench.when({ type: 'FLOW_CAPITAL', asset: 'RLUSD', amount: ZERO, note: 'none' })
    expect(facts).toEqual([{ type: 'CAPITAL_FLOWED', asset: 'RLUSD', amount: ZERO, note: 'none', postings: [] }])
    expect(bench.state.balances).toEqual(before)
  })

  test('N04 an account that holds no base is worth its quote, mark or no mark', () => {
    const bench = given({ capital: {} })
    bench.when({ type: 'FLOW_CAPITAL', asset: 'RLUSD', amount: dec('7'), note: '' })
    expect([equityAt(bench, null), equityAt(bench, '3')]).toEqual(['7', '7'])
    bench.when({ type: 'FLOW_CAPITAL', asset: 'XRP', amount: dec('2'), note: '' })
    expect([equityAt(bench, null), equityAt(bench, '3')]).toEqual([null, '13'])
  })

  test('N02 a fill with an impossible number is not booked, and the order is asked about', () => {
    const bench = given()
    const before = structuredClone(bench.state.balances)
    const entry = bench.enter()
    const good = { tradeId: 'x', price: dec('2'), quantity: dec('1'), fee: ZERO, feeAsset: 'RLUSD', liquidity: 'maker' } as const
    const bad = [
      { price: Number.NaN },
      { price: ZERO },
      { quantity: dec('-1') },
      { quantity: ZERO },
      { quantity: 'x' },
      { fee: undefined },
      { price: dec('1e15'), quantity: dec('1e15') },
    ]
    for (const numbers of bad) {
      const fill = { ...good, ...numbers } as typeof good
      const facts = bench.when({ type: 'PARTIAL_FILL', clientOrderId: entry, venueOrderId: null, instrument: SYMBOL, side: 'buy', fill })
      expect(typesOf(facts)).toEqual(['EVENT_CONFLICTED', 'ORDER_QUERIED'])
    }
    expect(bench.state.balances).toEqual(before)
    bench.fill(entry, '1', '2', { tradeId: 'x' })
    expect(bench.position().quantity).toBe(dec('1'))
  })
})

describe('capital', () => {
  test.each(['1000', '-1000'])('N11 a flow of %s at any time changes no profit figure', (amount) => {
    const flow = { type: 'FLOW_CAPITAL', asset: 'RLUSD', amount: dec(amount), note: 'flow' } as const
    const run = (flowAt: number) => {
      const bench = given({ instrument: PERPETUAL })
      const steps = [
        () => bench.opened({ quantity: '10', price: '2' }),
        () => bench.mark('2.2'),
        () => bench.fill(bench.exit(), '4', '2.5', { fee: '0.1' }),
      ]
      for (const [index, step] of steps.entries()) {
        if (index === flowAt) bench.when(flow)
        step()
      }
      if (flowAt === steps.length) bench.when(flow)
      const { realizedPnl, cost, quantity } = bench.position()
      return { realizedPnl, cost, quantity, fees: bench.balance('fees|RLUSD'), slot: bench.slot().realizedPnl, bench }
    }
    const { bench: _, ...without } = run(-1)
    for (const flowAt of [0, 1, 2, 3]) {
      const { bench, ...figures } = run(flowAt)
      expect(figures).toEqual(without)
      expect(bench.balance('capital|RLUSD')).toBe(formatDecimal(-dec(amount) as Decimal))
    }
  })

  test('N02 a flow that is no decimal, or absurd, is denied', () => {
    const bench = given({ capital: {} })
    const flow = (amount: unknown) => bench.when({ type: 'FLOW_CAPITAL', asset: 'RLUSD', amount: amount as Decimal, note: '' })
    expect(denialsOf(flow(1.5))).toEqual(['VALUE_NOT_DECIMAL amount 1.5'])
    expect(denialsOf(flow(10n ** 34n))).toEqual(['VALUE_OUT_OF_RANGE amount 10000000000000000'])
    expect(denialsOf(flow(-(10n ** 34n)))).toEqual(['VALUE_OUT_OF_RANGE amount -10000000000000000'])
    expect(bench.state.balances.size).toBe(0)
  })

  test('an account whose only flow is a deposit can still be entered', () => {
    const bench = given({ capital: { RLUSD: '200' } })
    bench.when({ type: 'FLOW_CAPITAL', asset: 'XRP', amount: dec('5'), note: '' })
    expect(bench.position()).toMatchObject({ quantity: ZERO, unassigned: ZERO })
    expect(typesOf(bench.when(enterIntent()))).toEqual(['TRADE_OPENED', 'SLOT_MOVED', 'ORDER_PREPARED'])
  })
})
