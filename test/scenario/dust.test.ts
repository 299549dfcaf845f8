// What is too small to be traded leaves its slot at its cost, and stays in the position under its own name.

import { describe, expect, test } from 'vitest'
import { dec, ZERO } from '../../src/core/kernel/decimal.ts'
import type { Instrument } from '../../src/core/kernel/instrument.ts'
import {
  denialsOf,
  enterIntent,
  factsOf,
  given,
  INVERSE,
  type KernelBench,
  LINEAR,
  requestsOf,
  typesOf,
} from '../core/kernel/kernel-bench.ts'

/** A slot that has exactly so much open, at 2, bought by a venue that fills as it likes; marked at 2. */
function holding(open: string, instrument: Partial<Instrument> = LINEAR): KernelBench {
  const bench = given({ instrument })
  bench.mark('2')
  const entry = bench.enter({ quantity: '10' })
  bench.fill(entry, open, '2')
  bench.cancelAck(entry)
  expect(bench.slot()).toMatchObject({ stage: 'position_open', openSize: dec(open) })
  return bench
}

/** 0.005 of dust, at the cost of 0.01, in a position that holds nothing else. */
function dusty(): KernelBench {
  const bench = holding('0.005')
  bench.residual()
  expect(bench.parts()).toEqual({ position: '0.005', inSlots: '0', quoted: '0', unassigned: '0.005', dust: '0.005' })
  return bench
}

describe('K01 a remainder below what the venue takes', () => {
  const MIN_QUANTITY = { ...LINEAR, minQuantity: dec('5') }
  const MIN_NOTIONAL = { ...LINEAR, minNotional: dec('10') }

  test.each([
    ['below a lot', LINEAR, '0.009'],
    ['below the smallest quantity', MIN_QUANTITY, '4.99'],
    ['below the smallest notional, at the mark', MIN_NOTIONAL, '4.99'],
  ] as const)('K01 %s is written off: %s %s', (_, instrument, open) => {
    const bench = holding(open, instrument)
    const facts = bench.residual()
    expect(typesOf(facts)).toEqual(['DUST_WRITTEN_OFF', 'SLOT_MOVED'])
    expect(facts[0]).toMatchObject({ slotId: 'a', trade: 1, positionSide: 'net', quantity: dec(open), reason: 'leftover' })
    expect(facts[1]).toMatchObject({ to: 'closed', trigger: 'flat', reason: 'dust' })
    expect(bench.slot()).toMatchObject({ stage: 'closed', openSize: ZERO, openCost: ZERO, exitQuantity: ZERO, realizedPnl: ZERO })
    expect(bench.parts()).toEqual({ position: open, inSlots: '0', quoted: '0', unassigned: open, dust: open })
  })

  test.each([
    ['exactly a lot', LINEAR, '0.01'],
    ['exactly the smallest quantity', MIN_QUANTITY, '5'],
    ['exactly the smallest notional', MIN_NOTIONAL, '5'],
  ] as const)('K01 %s is sold', (_, instrument, open) => {
    const bench = holding(open, instrument)
    expect(requestsOf(bench.residual())).toMatchObject([{ quantity: dec(open) }])
  })

  test('K01 is judged at the mark, not at what was paid', () => {
    const bench = holding('5', MIN_NOTIONAL)
    bench.mark('1.9999')
    expect(typesOf(bench.residual())).toEqual(['DUST_WRITTEN_OFF', 'SLOT_MOVED'])
  })

  test('K01 of a sale in pieces is sold as far as it can be: the rest is dust in its turn', () => {
    const bench = holding('7.007')
    const [request] = requestsOf(bench.residual())
    expect(request?.quantity).toBe(dec('7'))
    bench.fill(request?.clientOrderId ?? '', '7', '2')
    bench.residual()
    expect(bench.parts()).toMatchObject({ position: '0.007', dust: '0.007' })
    expect(bench.slot()).toMatchObject({ stage: 'closed', entryQuantity: dec('7.007'), exitQuantity: dec('7') })
  })

  test('K01 of a short has its sign', () => {
    const bench = given({ instrument: LINEAR })
    bench.mark('2')
    bench.fill(bench.enter({ side: 'sell', quantity: '10' }), '10.004', '2')
    bench.fill(bench.exit(), '10', '2')
    expect(bench.residual()[0]).toMatchObject({ type: 'DUST_WRITTEN_OFF', quantity: dec('-0.004') })
    expect(bench.parts()).toEqual({ position: '-0.004', inSlots: '0', quoted: '0', unassigned: '-0.004', dust: '-0.004' })
  })

  test('K01 of inverse contracts is less than a contract', () => {
    const bench = holding('5.5', INVERSE)
    const [request] = requestsOf(bench.residual())
    expect(request?.quantity).toBe(dec('5'))
    bench.fill(request?.clientOrderId ?? '', '5', '2')
    expect(factsOf(bench.residual(), 'DUST_WRITTEN_OFF')).toMatchObject([{ quantity: dec('0.5'), cost: dec('0.25') }])
  })

  test('K01 waits while an order of the trade is alive: it is taken back first', () => {
    const bench = given({ instrument: LINEAR })
    bench.mark('2')
    const entry = bench.enter({ quantity: '10' })
    bench.fill(entry, '0.005', '2')
    expect(typesOf(bench.residual())).toEqual(['CANCEL_MOVED'])
    expect(denialsOf(bench.residual())).toEqual(['NOTHING_TO_EXIT openSize 0.005'])
    expect(bench.slot().openSize).toBe(dec('0.005'))
    bench.cancelAck(entry)
    bench.residual()
    expect(bench.slot().stage).toBe('closed')
  })
})

describe('dust that was written off', () => {
  test('leaves its slot at its cost: no profit comes of it, and the position keeps both', () => {
    const bench = holding('10.005')
    bench.fill(bench.exit(), '10', '3')
    const before = structuredClone(bench.position())
    const facts = bench.residual()
    expect(facts[0]).toMatchObject({ cost: dec('0.01') })
    expect(bench.slot()).toMatchObject({ stage: 'closed', realizedPnl: dec('10'), exitCost: dec('30'), entryCost: dec('20.01') })
    const { quantity, cost, realizedPnl } = bench.position()
    expect({ quantity, cost, realizedPnl }).toEqual({ quantity: before.quantity, cost: before.cost, realizedPnl: before.realizedPnl })
    expect(bench.position().cost).toBe(dec('0.01'))
  })

  test('blocks no entry; what is unassigned beside it does', () => {
    const bench = dusty()
    bench.cancelAck(bench.enter({ quantity: '10' }))
    bench.adjust('1.005', '2')
    expect(denialsOf(bench.when(enterIntent()))).toEqual(['UNASSIGNED_EXPOSURE unassigned 1.005'])
    bench.assign('1', null)
    expect(bench.parts()).toMatchObject({ quoted: '1', unassigned: '0.005', dust: '0.005' })
    expect(requestsOf(bench.when(enterIntent()))).toHaveLength(1)
  })

  test('adds up over trades', () => {
    const bench = dusty()
    bench.fill(bench.enter({ quantity: '10' }), '10.003', '2')
    bench.fill(bench.exit(), '10', '2')
    bench.residual()
    expect(bench.parts()).toMatchObject({ position: '0.008', unassigned: '0.008', dust: '0.008' })
  })

  test('that is assigned after all is dust no more', () => {
    const bench = dusty()
    bench.assign('0.005', null)
    expect(bench.parts()).toEqual({ position: '0.005', inSlots: '0', quoted: '0.005', unassigned: '0', dust: '0' })
    bench.enter()
  })

  test('that the venue does not have any more is dust no more, and blocks nothing', () => {
    const bench = dusty()
    bench.adjust('0', '2')
    expect(bench.parts()).toEqual({ position: '0', inSlots: '0', quoted: '0', unassigned: '0', dust: '0' })
    expect(requestsOf(bench.when(enterIntent()))).toHaveLength(1)
  })

  test('that a late fill sells is dust no more, and blocks nothing', () => {
    const bench = dusty()
    const fill = { tradeId: 'X', price: dec('2'), quantity: dec('0.005'), fee: ZERO, feeAsset: 'RLUSD', liquidity: 'taker' } as const
    bench.reconcile({ action: 'book_fill', clientOrderId: null, venueOrderId: null, instrument: 'XRP/RLUSD', side: 'sell', fill })
    expect(bench.parts()).toMatchObject({ position: '0', unassigned: '0', dust: '0' })
    expect(requestsOf(bench.when(enterIntent()))).toHaveLength(1)
  })
})
