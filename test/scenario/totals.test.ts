// A venue that speaks of totals: how much of an order is filled in all. What it says is believed once the fills are here.

import { describe, expect, test } from 'vitest'
import { dec } from '../../src/core/kernel/decimal.ts'
import { denialsOf, exitIntent, given, type KernelBench, typesOf } from '../core/kernel/kernel-bench.ts'

/** A working entry of 10, of which nothing or a part is filled. */
function working(filled = '0'): { bench: KernelBench; entry: string } {
  const bench = given()
  const entry = bench.enter({ quantity: '10' })
  bench.ack(entry)
  if (filled !== '0') bench.fill(entry, filled, '2')
  return { bench, entry }
}

describe('an expiry that reports 3 of 10 filled', () => {
  test('is not believed before the 3 are here: the order is in doubt and asked about, the slot frozen', () => {
    const { bench, entry } = working()
    const facts = bench.expire(entry, '3')
    expect(typesOf(facts)).toEqual(['ORDER_MOVED', 'ORDER_QUERIED'])
    expect(facts[1]).toMatchObject({ clientOrderId: entry, why: 'the venue counts 3 filled, we 0' })
    expect(bench.order(entry)).toMatchObject({ status: 'in_doubt', filledQuantity: dec('0') })
    expect([bench.slot().stage, bench.parts().position]).toEqual(['entry_working', '0'])
  })

  test('opens the position with 3 once the fills are here and the word is said again', () => {
    const { bench, entry } = working()
    bench.expire(entry, '3')
    bench.fill(entry, '1', '2', { totalFilled: '3' })
    expect(bench.order(entry).status).toBe('partially_filled')
    bench.expire(entry, '3')
    expect(bench.order(entry).status).toBe('in_doubt')
    bench.fill(entry, '2', '2', { totalFilled: '3' })
    bench.expire(entry, '3')
    expect(bench.order(entry)).toMatchObject({ status: 'expired', filledQuantity: dec('3') })
    expect(bench.slot()).toMatchObject({ stage: 'position_open', openSize: dec('3'), entryCost: dec('6') })
  })

  test('with all 3 here already, ends the order at once', () => {
    const { bench, entry } = working('3')
    expect(typesOf(bench.expire(entry, '3'))).toEqual(['ORDER_MOVED', 'SLOT_MOVED'])
    expect([bench.order(entry).status, bench.slot().stage]).toEqual(['expired', 'position_open'])
  })
})

describe('a venue that counts more than we have booked', () => {
  test('when it confirms a cancel: in doubt, until the fill is here', () => {
    const { bench, entry } = working('4')
    bench.cancel(entry)
    bench.cancelAck(entry, '10')
    expect(bench.order(entry).status).toBe('in_doubt')
    bench.fill(entry, '6', '2')
    expect(bench.order(entry)).toMatchObject({ status: 'filled', cancel: 'none' })
  })

  test('when it acknowledges an order: acknowledged, and asked about', () => {
    const { bench, entry } = working()
    const facts = bench.ack(entry, 'v1', '5')
    expect(typesOf(facts)).toEqual(['ORDER_BOUND', 'ORDER_QUERIED'])
    expect(bench.order(entry).status).toBe('acked')
    expect(typesOf(bench.ack(entry, 'v1', '0'))).toEqual([])
  })

  test('with a fill: booked, and asked about only where the fill does not explain it', () => {
    const { bench, entry } = working()
    expect(typesOf(bench.fill(entry, '3', '2', { totalFilled: '3' }))).not.toContain('ORDER_QUERIED')
    const facts = bench.fill(entry, '2', '2', { totalFilled: '7' })
    expect(facts.at(-1)).toMatchObject({ type: 'ORDER_QUERIED', why: 'the venue counts 7 filled, we 5' })
    expect(bench.order(entry)).toMatchObject({ status: 'partially_filled', filledQuantity: dec('5') })
  })

  test('with a fill that was booked before: what it does not explain is asked about all the same', () => {
    const { bench, entry } = working()
    bench.fill(entry, '3', '2', { tradeId: 'T1' })
    const facts = bench.fill(entry, '3', '2', { tradeId: 'T1', totalFilled: '6' })
    expect(typesOf(facts)).toEqual(['FILL_REPEATED', 'ORDER_QUERIED'])
  })

  test('of an order that is over already: nothing moves, and it is asked about', () => {
    const { bench, entry } = working()
    bench.cancelAck(entry)
    expect(typesOf(bench.cancelAck(entry, '4'))).toEqual(['ORDER_QUERIED'])
    expect([bench.order(entry).status, bench.slot().stage]).toEqual(['canceled', 'closed'])
  })

  test('of a filled order, less or the same: an old word, and nobody asks', () => {
    const { bench, entry } = working('10')
    expect(typesOf(bench.cancelAck(entry, '10'))).toEqual([])
    expect(typesOf(bench.expire(entry, '4'))).toEqual([])
  })

  test('of an exit: its leg goes on working, and nothing is asked for beside it', () => {
    const { bench, entry } = working()
    bench.fill(entry, '10', '2')
    const exit = bench.exit()
    bench.ack(exit)
    bench.expire(exit, '10')
    expect(bench.order(exit).status).toBe('in_doubt')
    expect(bench.slot().legs[0]).toMatchObject({ working: true, consumed: false })
    expect(denialsOf(bench.when(exitIntent()))).toEqual([`ORDER_IN_DOUBT clientOrderId ${exit}`])
    bench.fill(exit, '10', '3')
    expect(bench.slot().stage).toBe('closed')
  })
})

describe('words that come late', () => {
  test('canceled, then a fill of half, then canceled again, on an entry: what was bought is unassigned, the trade stays closed', () => {
    const { bench, entry } = working()
    bench.cancelAck(entry)
    bench.fill(entry, '5', '2')
    expect(typesOf(bench.cancelAck(entry, '5'))).toEqual([])
    expect(bench.order(entry)).toMatchObject({ status: 'canceled', filledQuantity: dec('5') })
    expect(bench.slot()).toMatchObject({ stage: 'closed', openSize: dec('0') })
    expect(bench.parts()).toMatchObject({ position: '5', unassigned: '5' })
  })

  test('a stale "canceled" after "filled" changes nothing, whatever it counts', () => {
    const { bench, entry } = working('10')
    const before = structuredClone({ ...bench.state, seq: 0 })
    for (const total of [undefined, '0', '7', '10']) expect(typesOf(bench.cancelAck(entry, total))).toEqual([])
    expect({ ...bench.state, seq: 0 }).toEqual(before)
  })
})
