// What a venue says it has, as of a time: open orders and positions. It never books anything; it raises questions.

import { describe, expect, test } from 'vitest'
import { dec } from '../../src/core/kernel/decimal.ts'
import type { SnapshotPosition } from '../../src/core/kernel/inputs.ts'
import { factsOf, flagsOf, given, type KernelBench, LINEAR, SYMBOL, typesOf } from '../core/kernel/kernel-bench.ts'

function held(quantity: string, words: Partial<SnapshotPosition> = {}): SnapshotPosition {
  return { instrument: SYMBOL, positionSide: 'net', quantity: dec(quantity), averagePrice: null, ...words }
}

/** Long 5 at 2 in slot `a`. */
function longFive(setup = {}): KernelBench {
  const bench = given({ instrument: LINEAR, ...setup })
  bench.opened({ quantity: '5' })
  return bench
}

describe('positions', () => {
  test('J08 +5 here against −3 there is a finding, and changes nothing that we hold', () => {
    const bench = longFive()
    const known = () => structuredClone({ ...bench.state, seq: 0, positions: null, held: { ...bench.position(), venues: null } })
    const before = known()
    const facts = bench.snapshot({ positions: [held('-3', { averagePrice: dec('2.5') })] })
    expect(facts[0]).toEqual({
      type: 'POSITION_DIFFERED',
      instrument: SYMBOL,
      positionSide: 'net',
      ours: dec('5'),
      venues: dec('-3'),
      averagePrice: dec('2.5'),
      asOfUs: bench.timeUs,
    })
    expect(flagsOf(facts)).toEqual(['POSITION_DRIFT'])
    expect(factsOf(facts, 'RISK_FLAGGED')[0]).toMatchObject({ severity: 'alarm', value: '-3' })
    expect(known()).toEqual(before)
  })

  test('J08 what differs is kept in mind until the venue agrees, or until a fill explains it', () => {
    const bench = longFive()
    bench.snapshot({ positions: [held('6')] })
    expect(bench.position().venues).toBe(dec('6'))
    expect(bench.snapshot({ positions: [held('5')] })).toEqual([
      { type: 'POSITION_AGREED', instrument: SYMBOL, positionSide: 'net', quantity: dec('5'), asOfUs: bench.timeUs },
    ])
    expect(bench.position().venues).toBeNull()
    expect(bench.snapshot({ positions: [held('5')] })).toEqual([])
    bench.snapshot({ positions: [held('6')] })
    bench.adjust('6', '2')
    expect(bench.position().venues).toBeNull()
  })

  test('a query that failed says nothing: not even that we are flat', () => {
    const bench = longFive()
    for (const positions of [null, undefined]) {
      expect(
        bench.when({ type: 'SNAPSHOT', asOfUs: bench.timeUs + 1, openOrders: [], ...(positions === undefined ? {} : { positions }) }),
      ).toEqual([])
    }
  })

  test('an empty list says that we are flat, which is a finding where we are not', () => {
    const bench = longFive()
    const facts = bench.snapshot({ positions: [] })
    expect(facts[0]).toMatchObject({ type: 'POSITION_DIFFERED', ours: dec('5'), venues: dec('0'), averagePrice: null })
    const flat = given({ instrument: LINEAR })
    expect(flat.snapshot({ positions: [] })).toEqual([])
  })

  test('the same as ours is no finding', () => {
    expect(longFive().snapshot({ positions: [held('5')] })).toEqual([])
  })

  test('a snapshot from before our last fill, or of its very time, is older than what we know', () => {
    const bench = longFive()
    const filledAtUs = bench.position().updatedAtUs
    expect(bench.snapshot({ asOfUs: filledAtUs - 1, positions: [] })).toEqual([])
    expect(bench.snapshot({ asOfUs: filledAtUs, positions: [] })).toEqual([])
    expect(typesOf(bench.snapshot({ asOfUs: filledAtUs + 1, positions: [] }))).toEqual(['POSITION_DIFFERED', 'RISK_FLAGGED'])
  })

  test('coins are balances: spot has no positions to compare', () => {
    const bench = given()
    bench.opened({ quantity: '5' })
    expect(bench.snapshot({ positions: [] })).toEqual([])
  })

  test('in hedge mode the long and the short one are compared each with its own', () => {
    const bench = longFive({ positionMode: 'hedge' })
    bench.opened({ slotId: 'b', side: 'sell', quantity: '3' })
    const both = [held('5', { positionSide: 'long' }), held('-3', { positionSide: 'short' })]
    expect(bench.snapshot({ positions: both })).toEqual([])
    const facts = bench.snapshot({ positions: [held('5', { positionSide: 'long' })] })
    expect(factsOf(facts, 'POSITION_DIFFERED')).toMatchObject([{ positionSide: 'short', ours: dec('-3'), venues: dec('0') }])
  })

  test('a position in what we never traded is a finding as well', () => {
    const bench = longFive()
    const facts = bench.snapshot({ positions: [held('5'), held('7', { instrument: 'BTC/USDT:USDT' })] })
    expect(factsOf(facts, 'POSITION_DIFFERED')).toMatchObject([{ instrument: 'BTC/USDT:USDT', ours: dec('0'), venues: dec('7') }])
  })
})

describe('open orders', () => {
  test('that are all, and lack one of ours that was confirmed before: it is asked about, and stays what it is', () => {
    const bench = given()
    const [bid, ask] = bench.quote('2 x 10', '3 x 10') as [string, string]
    bench.ack(bid)
    bench.ack(ask)
    const facts = bench.snapshot({ complete: true, openOrders: [bench.seen(ask)] })
    expect(facts).toEqual([{ type: 'ORDER_QUERIED', clientOrderId: bid, why: 'not among the open orders' }])
    expect(bench.order(bid).status).toBe('acked')
  })

  test('that may not be all, or are older than the order, or lack one that was never confirmed, raise no question', () => {
    const bench = given()
    const [bid, ask] = bench.quote('2 x 10', '3 x 10') as [string, string]
    bench.ack(bid)
    expect(bench.snapshot()).toEqual([])
    expect(bench.snapshot({ complete: false })).toEqual([])
    expect(bench.snapshot({ complete: true, asOfUs: bench.order(bid).updatedAtUs })).toEqual([])
    bench.cancelAck(bid)
    expect(bench.order(ask).status).toBe('prepared')
    expect(bench.snapshot({ complete: true })).toEqual([])
  })

  test('a partially filled order that is missing is asked about as well', () => {
    const bench = given()
    const [bid] = bench.quote('2 x 10', null) as [string]
    bench.fill(bid, '4', '2')
    expect(typesOf(bench.snapshot({ complete: true }))).toEqual(['ORDER_QUERIED'])
  })

  test('V02 that were listed before an order of ours ended contradict nothing; listed after its end, it is in doubt', () => {
    const bench = given()
    const [bid] = bench.quote('2 x 10', null) as [string]
    bench.ack(bid)
    bench.cancelAck(bid)
    const endedAtUs = bench.order(bid).updatedAtUs
    const openOrders = [bench.seen(bid)]
    expect(bench.snapshot({ asOfUs: endedAtUs - 1, openOrders })).toEqual([])
    expect(bench.snapshot({ asOfUs: endedAtUs, openOrders })).toEqual([])
    expect(bench.order(bid).status).toBe('canceled')
    expect(typesOf(bench.snapshot({ asOfUs: endedAtUs + 1, openOrders }))).toEqual(['ORDER_MOVED', 'ORDER_QUERIED'])
    expect(bench.order(bid).status).toBe('in_doubt')
  })

  test('V02 that counted more of an order than we before it ended are asked about: a fill was lost on the way', () => {
    const bench = given()
    const [bid] = bench.quote('2 x 10', null) as [string]
    bench.ack(bid)
    bench.cancelAck(bid)
    const asOfUs = bench.order(bid).updatedAtUs
    expect(bench.snapshot({ asOfUs, openOrders: [bench.seen(bid, { filledQuantity: dec('4') })] })).toEqual([
      { type: 'ORDER_QUERIED', clientOrderId: bid, why: 'the venue counts 4 filled, we 0' },
    ])
    expect(bench.order(bid).status).toBe('canceled')
  })

  test('that were listed before an order of ours came into doubt do not end the doubt; listed after it, they do', () => {
    const bench = given()
    const [bid] = bench.quote('2 x 10', null) as [string]
    bench.ack(bid)
    bench.when({ type: 'CANCEL_ACK', clientOrderId: bid, venueOrderId: null, totalFilled: dec('4') })
    expect(bench.order(bid).status).toBe('in_doubt')
    const openOrders = [bench.seen(bid)]
    expect(bench.snapshot({ asOfUs: bench.order(bid).updatedAtUs, openOrders })).toEqual([])
    expect(bench.order(bid).status).toBe('in_doubt')
    bench.snapshot({ asOfUs: bench.order(bid).updatedAtUs + 1, openOrders })
    expect(bench.order(bid).status).toBe('acked')
  })

  test('that were listed before an order of ours was refused contradict it: it cannot have been there', () => {
    const bench = given()
    const [bid] = bench.quote('2 x 10', null) as [string]
    bench.when({ type: 'ORDER_REJECT', clientOrderId: bid, venueOrderId: null, code: '1', reason: 'no' })
    const facts = bench.snapshot({ asOfUs: bench.order(bid).updatedAtUs - 1, openOrders: [bench.seen(bid)] })
    expect(bench.order(bid).status).toBe('acked')
    expect(flagsOf(facts)).toEqual(['ORDER_ARRIVED_LATE'])
  })

  test('V02 that were counted before our last fill are asked about only where they count more than we', () => {
    const bench = given()
    const [bid] = bench.quote('2 x 10', null) as [string]
    bench.fill(bid, '4', '2')
    const asOfUs = bench.order(bid).updatedAtUs
    const counting = (quantity: string) => [bench.seen(bid, { filledQuantity: dec(quantity) })]
    expect(bench.snapshot({ asOfUs, openOrders: counting('1') })).toEqual([])
    expect(typesOf(bench.snapshot({ asOfUs, openOrders: counting('5') }))).toEqual(['ORDER_QUERIED'])
    expect(typesOf(bench.snapshot({ asOfUs: asOfUs + 1, openOrders: counting('1') }))).toEqual(['ORDER_QUERIED'])
  })

  test('an order in doubt that is seen is found, and its slot is free again', () => {
    const bench = given()
    bench.opened()
    const exit = bench.exit()
    bench.doubt(exit)
    bench.snapshot({ openOrders: [bench.seen(exit, { venueOrderId: 'v9' })] })
    expect(bench.order(exit)).toMatchObject({ status: 'acked', venueOrderId: 'v9' })
    expect(bench.slot().stage).toBe('exit_working')
  })
})
