// What fills do to orders, slots and the ledger, in every order of events that venues are known for.

import { describe, expect, test } from 'vitest'
import { apply } from '../../src/core/kernel/apply.ts'
import { decodeFactBody, encodeFactBody } from '../../src/core/kernel/codec.ts'
import { decide } from '../../src/core/kernel/decide.ts'
import { dec, div, formatDecimal, ZERO } from '../../src/core/kernel/decimal.ts'
import { createState } from '../../src/core/kernel/state.ts'
import { denialsOf, enterIntent, flagsOf, given, type KernelBench, quoteIntent, SYMBOL, typesOf } from '../core/kernel/kernel-bench.ts'

function figures(bench: KernelBench) {
  const { quantity, inSlots, quoted, unassigned } = bench.position()
  return {
    position: formatDecimal(quantity),
    inSlots: formatDecimal(inSlots),
    quoted: formatDecimal(quoted),
    unassigned: formatDecimal(unassigned),
  }
}

describe('fills accumulate', () => {
  test('K07 partial entry fills add up, and the average price is exact cost over quantity', () => {
    const bench = given()
    const entry = bench.enter({ quantity: '0.8', price: '2.5' })
    bench.fill(entry, '0.5', '2')
    bench.fill(entry, '0.3', '2.5')
    const slot = bench.slot()
    expect([slot.entryQuantity, slot.openSize, slot.entryCost]).toEqual([dec('0.8'), dec('0.8'), dec('1.75')])
    expect(formatDecimal(div(slot.entryCost, slot.entryQuantity))).toBe('2.1875')
    expect(slot.stage).toBe('position_open')
  })

  test('K08 a fill never changes what was asked for', () => {
    const bench = given()
    const entry = bench.enter({ quantity: '100' })
    const asked = structuredClone(bench.order(entry).request)
    bench.fill(entry, '30', '1.9')
    bench.fill(entry, '80', '2')
    expect(bench.order(entry).request).toEqual(asked)
    expect(bench.order(entry)).toMatchObject({ filledQuantity: dec('110'), filledCost: dec('217') })
    expect(bench.slot().requestedQuantity).toBe(dec('100'))
  })

  test('K09 an overfill of 110 on 100 is booked, flagged, and ends the entry', () => {
    const bench = given()
    const entry = bench.enter()
    bench.fill(entry, '60', '2')
    const facts = bench.fill(entry, '50', '2')
    expect(flagsOf(facts)).toEqual(['OVERFILL'])
    expect(bench.facts('RISK_FLAGGED')[0]).toMatchObject({ severity: 'alarm', value: '110' })
    expect(figures(bench)).toEqual({ position: '110', inSlots: '110', quoted: '0', unassigned: '0' })
    expect([bench.order(entry).status, bench.slot().stage]).toEqual(['filled', 'position_open'])
    expect(denialsOf(bench.when(enterIntent()))).toEqual(['SLOT_BUSY slotId position_open'])
    expect(bench.order(bench.exit()).request.quantity).toBe(dec('110'))
  })

  test('the word of the venue, partial or full, is not what ends an order: our own sum is', () => {
    const bench = given()
    const entry = bench.enter()
    bench.fill(entry, '40', '2', { type: 'FULL_FILL' })
    expect(bench.order(entry).status).toBe('partially_filled')
    bench.fill(entry, '60', '2', { type: 'PARTIAL_FILL' })
    expect(bench.order(entry).status).toBe('filled')
  })
})

describe('a fill that is what was asked for', () => {
  test('flags nothing, and binds the venue order id that it carries', () => {
    const bench = given()
    const entry = bench.enter()
    const facts = bench.fill(entry, '100', '2', { reference: { clientOrderId: entry, venueOrderId: 'v1' } })
    expect(typesOf(facts)).toEqual(['ORDER_BOUND', 'FILL_BOOKED', 'ORDER_MOVED', 'SLOT_MOVED', 'SLOT_MOVED'])
    expect(bench.order(entry).venueOrderId).toBe('v1')
    expect(bench.facts('FILL_BOOKED')[0]).toMatchObject({ venueOrderId: 'v1', positionAfter: dec('100'), costAfter: dec('200') })
  })
})

describe('events arrive in any order', () => {
  test('a fill before the ack moves order and slot, and the ack after it changes nothing but the binding', () => {
    const bench = given()
    const entry = bench.enter()
    bench.sent(entry)
    bench.fill(entry, '40', '2')
    expect([bench.order(entry).status, bench.slot().stage]).toEqual(['partially_filled', 'entry_working'])
    expect(typesOf(bench.ack(entry, 'v1'))).toEqual(['ORDER_BOUND'])
    expect(bench.order(entry)).toMatchObject({ status: 'partially_filled', venueOrderId: 'v1' })
    expect(typesOf(bench.sent(entry))).toEqual([])
  })

  test('an ack after the last fill changes nothing', () => {
    const bench = given()
    const entry = bench.enter()
    bench.fill(entry, '100', '2')
    expect(typesOf(bench.ack(entry))).toEqual([])
    expect(bench.order(entry).status).toBe('filled')
  })

  test('a fill while a cancel is in flight is booked, and the cancel does not hide the order', () => {
    const bench = given()
    const entry = bench.enter()
    bench.ack(entry)
    bench.when({ type: 'CANCEL', target: { kind: 'entry', slotId: 'a' } })
    bench.when({ type: 'NOTE_CANCEL', clientOrderId: entry, outcome: 'sent', detail: null })
    bench.fill(entry, '40', '2')
    expect(bench.order(entry)).toMatchObject({ status: 'partially_filled', cancel: 'sent' })
    bench.fill(entry, '60', '2')
    expect(bench.order(entry)).toMatchObject({ status: 'filled', cancel: 'none' })
    expect(bench.slot().stage).toBe('position_open')
  })

  test('a stale cancel-ack after the last fill changes nothing', () => {
    const bench = given()
    const entry = bench.opened()
    expect(typesOf(bench.cancelAck(entry))).toEqual([])
    expect([bench.order(entry).status, bench.slot().stage]).toEqual(['filled', 'position_open'])
  })

  test('canceled, then a fill of half, then canceled again: the half is booked once and the order stays closed', () => {
    const bench = given()
    const quote = bench.prepare(quoteIntent('2 x 100', null))[0] as string
    bench.cancelAck(quote)
    bench.fill(quote, '50', '2')
    expect(typesOf(bench.cancelAck(quote))).toEqual([])
    expect(bench.order(quote)).toMatchObject({ status: 'canceled', filledQuantity: dec('50') })
    expect(figures(bench)).toEqual({ position: '50', inSlots: '0', quoted: '50', unassigned: '0' })
    bench.fill(quote, '50', '2')
    expect(bench.order(quote).status).toBe('filled')
  })

  test('a fill after rejected is booked, because the money moved, and the order is asked about', () => {
    const bench = given()
    const quote = bench.prepare(quoteIntent(null, '2 x 100'))[0] as string
    bench.reject(quote)
    const facts = bench.fill(quote, '30', '2')
    expect(typesOf(facts)).toEqual(['FILL_BOOKED', 'ORDER_MOVED', 'RISK_FLAGGED', 'ORDER_QUERIED'])
    expect(bench.order(quote).status).toBe('in_doubt')
    expect(figures(bench).position).toBe('-30')
    bench.ack(quote)
    expect(bench.order(quote).status).toBe('partially_filled')
  })

  test('an entry partially filled and then cancelled opens the position it bought', () => {
    const bench = given()
    const entry = bench.enter()
    bench.fill(entry, '30', '2')
    const over = bench.cancelAck(entry)
    expect(over.at(-1)).toMatchObject({ type: 'SLOT_MOVED', trigger: 'entryOver', reason: null })
    expect(bench.slot()).toMatchObject({ stage: 'position_open', openSize: dec('30') })
    expect(bench.order(bench.exit({ scope: 'rest' })).request.quantity).toBe(dec('30'))
  })

  test('a late entry fill while exits work grows the trade, and the exits can cover it', () => {
    const bench = given()
    const entry = bench.enter()
    bench.fill(entry, '30', '2')
    bench.cancelAck(entry)
    bench.exit({ scope: 'rest' })
    bench.fill(entry, '20', '2')
    expect(bench.slot()).toMatchObject({ stage: 'exit_requested', openSize: dec('50'), entryCost: dec('100') })
  })
})

describe('what belongs to nobody', () => {
  test('K10 a late fill on a closed slot is unassigned, revives nothing, and blocks entries', () => {
    const bench = given()
    const entry = bench.enter()
    bench.cancelAck(entry)
    expect(bench.slot().stage).toBe('closed')
    const facts = bench.fill(entry, '25', '2')
    expect(flagsOf(facts)).toEqual(['UNASSIGNED_FILL'])
    expect(bench.slot()).toMatchObject({ stage: 'closed', openSize: ZERO, entryQuantity: ZERO })
    expect(figures(bench)).toEqual({ position: '25', inSlots: '0', quoted: '0', unassigned: '25' })
    expect(denialsOf(bench.when(enterIntent({ slotId: 'b' })))).toEqual(['UNASSIGNED_EXPOSURE unassigned 25'])
  })

  test('K19 a late fill of the last trade does not leak into the next one of its slot', () => {
    const bench = given()
    const first = bench.opened({ quantity: '10', price: '2' })
    bench.fill(bench.exit({ scope: 'rest' }), '10', '3')
    const second = bench.opened({ quantity: '5', price: '4' })
    bench.fill(first, '1', '2')
    expect(bench.slot()).toMatchObject({ trade: 2, entryQuantity: dec('5'), entryCost: dec('20'), realizedPnl: ZERO })
    expect(bench.order(second).request.trade).toBe(2)
    expect(figures(bench)).toEqual({ position: '6', inSlots: '5', quoted: '0', unassigned: '1' })
  })

  test('an exit that fills more than is open gives the rest to nobody', () => {
    const bench = given()
    bench.opened({ quantity: '10' })
    const facts = bench.fill(bench.exit(), '12', '3')
    expect(flagsOf(facts)).toEqual(['OVERFILL', 'UNASSIGNED_FILL'])
    expect(bench.slot()).toMatchObject({ stage: 'closed', exitQuantity: dec('10'), realizedPnl: dec('10') })
    expect(figures(bench)).toEqual({ position: '-2', inSlots: '0', quoted: '0', unassigned: '-2' })
  })

  test('K12 events that match no order are recorded and touch nothing', () => {
    const bench = given()
    bench.enter()
    const before = structuredClone({ ...bench.state, seq: 0 })
    const stranger = { clientOrderId: null, venueOrderId: 'v9' }
    const fill = { tradeId: 'x', price: dec('2'), quantity: dec('1'), fee: ZERO, feeAsset: 'RLUSD', liquidity: 'maker' } as const
    const events = [
      { type: 'ORDER_ACK', ...stranger },
      { type: 'ORDER_REJECT', code: '1', reason: 'no', ...stranger },
      { type: 'PARTIAL_FILL', instrument: SYMBOL, side: 'buy', fill, clientOrderId: 'ditaunknown', venueOrderId: null },
      { type: 'FULL_FILL', instrument: SYMBOL, side: 'buy', fill, clientOrderId: null, venueOrderId: null },
      { type: 'CANCEL_ACK', ...stranger },
      { type: 'CANCEL_REJECT', code: '1', reason: 'no', ...stranger },
      { type: 'EXPIRED', reason: 'gone', ...stranger },
      { type: 'UNRECOGNISED', raw: '{"x":1}', ...stranger },
      { type: 'SNAPSHOT', asOfUs: 0, openOrders: [{ ...stranger, instrument: SYMBOL, side: 'buy', filledQuantity: ZERO }] },
    ] as const
    for (const event of events) expect(typesOf(bench.when(event)), event.type).toEqual(['EVENT_UNMATCHED'])
    expect({ ...bench.state, seq: 0 }).toEqual(before)
  })

  test('K12 a client order id with the venue order id of another order is taken for neither', () => {
    const bench = given()
    const [bid, ask] = bench.prepare(quoteIntent('2 x 10', '3 x 10')) as [string, string]
    bench.ack(bid, 'v1')
    bench.ack(ask, 'v2')
    const facts = bench.fill(bid, '10', '2', { reference: { clientOrderId: bid, venueOrderId: 'v2' } })
    expect(typesOf(facts)).toEqual(['EVENT_UNMATCHED', 'ORDER_QUERIED'])
    expect(facts[1]).toMatchObject({ clientOrderId: bid })
    expect(figures(bench).position).toBe('0')
  })

  test('K12 a snapshot that mixes up two orders binds neither', () => {
    const bench = given()
    const [bid, ask] = bench.prepare(quoteIntent('2 x 10', '3 x 10')) as [string, string]
    bench.ack(ask, 'v2')
    const openOrders = [{ clientOrderId: bid, venueOrderId: 'v2', instrument: SYMBOL, side: 'buy', filledQuantity: ZERO }] as const
    expect(typesOf(bench.snapshot({ openOrders }))).toEqual(['EVENT_UNMATCHED'])
    const facts = bench.fill(ask, '10', '3', { reference: { clientOrderId: null, venueOrderId: 'v2' } })
    expect(facts).toContainEqual(expect.objectContaining({ type: 'FILL_BOOKED', clientOrderId: ask, side: 'sell' }))
  })

  test("K11 an exit's venue order id is bound to the exit alone", () => {
    const bench = given()
    const entry = bench.enter()
    bench.ack(entry, 'v-entry')
    bench.fill(entry, '100', '2')
    const exit = bench.exit()
    bench.ack(exit, 'v-exit')
    expect([bench.order(entry).venueOrderId, bench.order(exit).venueOrderId]).toEqual(['v-entry', 'v-exit'])
    bench.fill(exit, '100', '3', { side: 'sell', reference: { clientOrderId: null, venueOrderId: 'v-exit' } })
    expect([bench.order(entry).filledQuantity, bench.order(exit).filledQuantity]).toEqual([dec('100'), dec('100')])
    expect(bench.slot().stage).toBe('closed')
  })
})

describe('a trade id is booked once', () => {
  test('K20 a repeated fill is recognised, also by an engine that has only the journal', () => {
    const bench = given()
    const entry = bench.enter()
    bench.fill(entry, '40', '2', { tradeId: 'T7', fee: '0.1' })
    expect(typesOf(bench.fill(entry, '40', '2', { tradeId: 'T7', fee: '0.1' }))).toEqual(['FILL_REPEATED'])

    const restarted = createState()
    for (const fact of bench.journal) apply(restarted, { ...fact, body: decodeFactBody(encodeFactBody(fact.body)) })
    const fill = { tradeId: 'T7', price: dec('2'), quantity: dec('40'), fee: dec('0.1'), feeAsset: 'RLUSD', liquidity: 'taker' } as const
    const input = { type: 'PARTIAL_FILL', clientOrderId: entry, venueOrderId: null, instrument: SYMBOL, side: 'buy', fill } as const
    const facts = decide(restarted, { timeUs: 0, input })
    expect(typesOf(facts.map((fact) => fact.body))).toEqual(['FILL_REPEATED'])
    expect(restarted.positions.get(SYMBOL)?.quantity).toBe(dec('40'))
  })

  test.each([
    ['quantity', { quantity: '41', price: '2', fee: '0.1' }],
    ['price', { quantity: '40', price: '2.1', fee: '0.1' }],
    ['fee', { quantity: '40', price: '2', fee: '0.2' }],
  ])('K20 the same trade id with another %s is a conflict: recorded, not booked', (_, other) => {
    const bench = given()
    const entry = bench.enter()
    bench.fill(entry, '40', '2', { tradeId: 'T7', fee: '0.1' })
    const facts = bench.fill(entry, other.quantity, other.price, { tradeId: 'T7', fee: other.fee })
    expect(typesOf(facts)).toEqual(['FILL_CONFLICTED'])
    expect(facts[0]).toMatchObject({ booked: 'buy 40 at 2, fee 0.1 RLUSD' })
    expect(figures(bench).position).toBe('40')
    expect(bench.balance('fees|RLUSD')).toBe('0.1')
  })
})
