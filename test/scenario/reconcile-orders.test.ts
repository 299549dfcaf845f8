// Orders of which nobody knew, and what reconcile may say of them: absent, quarantined, settled, or a fill that was missed.

import { describe, expect, test } from 'vitest'
import { dec, formatDecimal } from '../../src/core/kernel/decimal.ts'
import type { ReconcileAction } from '../../src/core/kernel/inputs.ts'
import {
  contextsOf,
  denialsOf,
  factsOf,
  flagsOf,
  given,
  INVERSE,
  type KernelBench,
  LINEAR,
  SYMBOL,
  typesOf,
} from '../core/kernel/kernel-bench.ts'

/** An entry of 100 that nobody answered. */
function doubtful(): { bench: KernelBench; entry: string; validUntilUs: number } {
  const bench = given()
  const entry = bench.enter()
  bench.doubt(entry)
  return { bench, entry, validUntilUs: bench.order(entry).request.validUntilUs }
}

describe('absent', () => {
  const proof = (clientOrderId: string, venueTimeUs: number, askedAtUs: readonly number[]): ReconcileAction => ({
    action: 'mark_absent',
    clientOrderId,
    venueTimeUs,
    askedAtUs,
  })

  test('exactly one step beyond the margin, with two queries exactly as far apart as they must be, is proved', () => {
    const { bench, entry, validUntilUs } = doubtful()
    const facts = bench.reconcile(proof(entry, validUntilUs + 5_000_001, [validUntilUs + 1, validUntilUs + 2_000_001]))
    expect(typesOf(facts)).toEqual(['RECONCILED', 'ORDER_MOVED', 'SLOT_MOVED'])
    expect(facts[0]).toEqual({ type: 'RECONCILED', action: 'mark_absent', subject: entry, evidence: 'the venue said so' })
    expect([bench.order(entry).status, bench.slot().stage]).toEqual(['absent', 'closed'])
    bench.enter()
  })

  test.each([
    ['the margin has just not passed', 5_000_000, [1, 2_000_001], 'venueTimeUs', 5_000_000],
    ['only one query', 5_000_001, [1], 'askedAtUs', 2_000_000],
    ['no query', 5_000_001, [], 'askedAtUs', 2_000_000],
    ['queries a step too close', 5_000_001, [1, 2_000_000], 'askedAtUs', 2_000_000],
    ['one of two queries before the order could no longer arrive', 5_000_001, [0, 2_000_001], 'askedAtUs', 2_000_000],
  ])('is not proved while %s', (_, venue, asked, field, needed) => {
    const { bench, entry, validUntilUs } = doubtful()
    const facts = bench.reconcile(
      proof(
        entry,
        validUntilUs + venue,
        asked.map((us) => validUntilUs + us),
      ),
    )
    const value = field === 'venueTimeUs' ? validUntilUs + venue : asked.filter((us) => us > 0).length
    expect(denialsOf(facts)).toEqual([`ABSENCE_NOT_PROVED ${field} ${value}`])
    expect(contextsOf(facts)).toEqual([`ABSENCE_NOT_PROVED needed=${field === 'venueTimeUs' ? validUntilUs + needed : needed}`])
    expect([bench.order(entry).status, typesOf(facts)]).toEqual(['in_doubt', ['INTENT_DENIED']])
  })

  test('queries in any order count by how far apart they are', () => {
    const { bench, entry, validUntilUs } = doubtful()
    bench.reconcile(
      proof(
        entry,
        validUntilUs + 5_000_001,
        [2_000_001, 1_000_000, 1].map((us) => validUntilUs + us),
      ),
    )
    expect(bench.order(entry).status).toBe('absent')
  })

  test('is not proved while the venue has another position than we: it may be the fill that nobody has told us of', () => {
    const bench = given({ instrument: LINEAR })
    const entry = bench.enter()
    bench.doubt(entry)
    bench.snapshot({ positions: [{ instrument: SYMBOL, positionSide: 'net', quantity: dec('100'), averagePrice: dec('2') }] })
    expect(denialsOf(bench.markAbsent(entry))).toEqual(['ABSENCE_NOT_PROVED position 100'])
    bench.snapshot({ positions: [] })
    bench.markAbsent(entry)
    expect(bench.order(entry).status).toBe('absent')
  })

  test('is not proved of an order that has a fill, or that the venue had given an id', () => {
    const { bench, entry } = doubtful()
    bench.fill(entry, '1', '2')
    bench.doubt(entry)
    expect(contextsOf(bench.markAbsent(entry))).toEqual(['ABSENCE_NOT_PROVED needed=0'])
    const other = given()
    const bound = other.enter()
    other.ack(bound, 'v1')
    other.doubt(bound)
    expect(contextsOf(other.markAbsent(bound))).toEqual(['ABSENCE_NOT_PROVED needed=none'])
    expect([bench.order(entry).status, other.order(bound).status]).toEqual(['in_doubt', 'in_doubt'])
  })

  test.each([Number.NaN, Number.POSITIVE_INFINITY, undefined])('is not proved by a time that is none: %s', (time) => {
    const { bench, entry, validUntilUs } = doubtful()
    expect(denialsOf(bench.reconcile(proof(entry, time as number, [validUntilUs + 1, validUntilUs + 2_000_001])))).toHaveLength(1)
    expect(denialsOf(bench.reconcile(proof(entry, validUntilUs + 5_000_001, [validUntilUs + 1, time as number])))).toHaveLength(1)
    expect(bench.order(entry).status).toBe('in_doubt')
  })

  test('is not proved by times that are no list', () => {
    const { bench, entry, validUntilUs } = doubtful()
    const facts = bench.reconcile(proof(entry, validUntilUs + 5_000_001, 2 as never))
    expect(denialsOf(facts)).toEqual(['FIELD_INVALID askedAtUs 2'])
  })

  test('what the venue had acknowledged is not absent, and an order that never was is not known', () => {
    const bench = given()
    const entry = bench.enter()
    bench.ack(entry)
    const facts = bench.markAbsent(entry)
    expect([denialsOf(facts), contextsOf(facts)]).toEqual([
      [`RECONCILE_REFUSED clientOrderId ${entry}`],
      ['RECONCILE_REFUSED booked=acked'],
    ])
    expect(denialsOf(bench.reconcile(proof('nobody', 0, [])))).toEqual(['ORDER_UNKNOWN clientOrderId nobody'])
  })

  test('an order that arrives after all is believed, and alarmed', () => {
    const { bench, entry } = doubtful()
    bench.markAbsent(entry)
    expect(flagsOf(bench.ack(entry))).toEqual(['ORDER_ARRIVED_LATE'])
    expect(bench.order(entry).status).toBe('acked')
  })
})

describe('quarantined', () => {
  test('is an alarm, freezes the slot, and ends with any definite word', () => {
    const bench = given()
    bench.opened()
    const exit = bench.exit()
    bench.doubt(exit)
    const facts = bench.quarantine(exit)
    expect(typesOf(facts)).toEqual(['RECONCILED', 'ORDER_MOVED', 'RISK_FLAGGED'])
    expect(factsOf(facts, 'RISK_FLAGGED')[0]).toMatchObject({ code: 'ORDER_QUARANTINED', severity: 'alarm', value: exit })
    expect(denialsOf(bench.residual())).toEqual([`ORDER_IN_DOUBT clientOrderId ${exit}`])
    bench.cancelAck(exit)
    expect([bench.order(exit).status, bench.slot().stage]).toEqual(['canceled', 'exit_working'])
  })

  test('is refused of an order that the venue is clear about, of one that is quarantined, and of none', () => {
    const bench = given()
    const entry = bench.enter()
    bench.ack(entry)
    expect(contextsOf(bench.quarantine(entry))).toEqual(['RECONCILE_REFUSED booked=acked'])
    bench.doubt(entry)
    bench.quarantine(entry)
    expect(contextsOf(bench.quarantine(entry))).toEqual(['RECONCILE_REFUSED booked=quarantined'])
    expect(denialsOf(bench.quarantine('nobody'))).toEqual(['ORDER_UNKNOWN clientOrderId nobody'])
  })
})

/** An entry of 100 of which 70 at 2 are known, and the venue says that all of it is filled. */
function seventyOfHundred(): { bench: KernelBench; entry: string } {
  const bench = given()
  const entry = bench.enter()
  bench.fill(entry, '70', '2', { fee: '0.7' })
  bench.cancelAck(entry, '100')
  expect(bench.order(entry).status).toBe('in_doubt')
  return { bench, entry }
}

describe('settled', () => {
  test('100 filled with one known fill of 70: the missing 30 are inferred at the price that makes the total exact', () => {
    const { bench, entry } = seventyOfHundred()
    const facts = bench.settle(entry, 'filled', '100', '2.1')
    expect(typesOf(facts)).toEqual(['RECONCILED', 'FILL_BOOKED', 'ORDER_MOVED', 'SLOT_MOVED'])
    // 100 × 2.1 less 70 × 2 is 70, for 30: 2.333…, whose value stays exact.
    expect(facts[1]).toMatchObject({
      tradeId: `inferred:${entry}:100`,
      quantity: dec('30'),
      price: dec('2.333333333333333333'),
      tradeValue: dec('70'),
      fee: dec('0'),
      inferred: true,
      role: 'entry',
      slotId: 'a',
    })
    expect(bench.order(entry)).toMatchObject({ status: 'filled', filledQuantity: dec('100'), filledCost: dec('210') })
    expect(bench.slot()).toMatchObject({ stage: 'position_open', openSize: dec('100'), entryCost: dec('210') })
    expect([formatDecimal(bench.position().cost), bench.balance('fees|RLUSD')]).toEqual(['210', '0.7'])
  })

  test('the late real fill confirms what was inferred: its fee is booked, and nothing twice', () => {
    const { bench, entry } = seventyOfHundred()
    bench.settle(entry, 'filled', '100', '2.1')
    const before = structuredClone({ position: bench.position(), slot: bench.slot() })
    const facts = bench.fill(entry, '30', '2.3333', { tradeId: 'late', fee: '0.3' })
    expect(facts).toMatchObject([
      { type: 'FILL_CONFIRMED', clientOrderId: entry, tradeId: 'late', quantity: dec('30') },
      // Its average was a rounded one: what was booked is off by that, and it is said.
      { type: 'RISK_FLAGGED', code: 'INFERRED_VALUE_DIFFERS', severity: 'warning', value: '0.001' },
    ])
    expect({ position: bench.position(), slot: bench.slot() }).toEqual(before)
    expect([bench.balance('fees|RLUSD'), bench.order(entry).inferredQuantity]).toEqual(['1', dec('0')])
    expect(typesOf(bench.fill(entry, '30', '2.3333', { tradeId: 'late', fee: '0.3' }))).toEqual(['FILL_REPEATED'])
    expect(typesOf(bench.fill(entry, '30', '2.3333', { tradeId: 'late', fee: '0.4' }))).toEqual(['FILL_CONFLICTED'])
    expect(bench.balance('fees|RLUSD')).toBe('1')
  })

  test('late real fills confirm up to the inferred quantity; one that goes beyond is a conflict and asked about', () => {
    const { bench, entry } = seventyOfHundred()
    bench.settle(entry, 'filled', '100', '2.1')
    expect(typesOf(bench.fill(entry, '20', '2.3', { tradeId: 'late1' }))).toEqual(['FILL_CONFIRMED'])
    const facts = bench.fill(entry, '11', '2.3', { tradeId: 'late2' })
    expect(typesOf(facts)).toEqual(['FILL_CONFLICTED', 'ORDER_QUERIED'])
    expect(facts[0]).toMatchObject({ booked: '10 inferred', received: 'buy 11 at 2.3, fee 0 RLUSD' })
    expect(typesOf(bench.fill(entry, '10', '2.4', { tradeId: 'late3' }))).toEqual(['FILL_CONFIRMED'])
    expect(bench.parts()).toMatchObject({ position: '100', inSlots: '100' })
    // What comes after that is more than the venue had counted: an overfill like any other.
    expect(flagsOf(bench.fill(entry, '1', '2.3', { tradeId: 'late4' }))).toEqual(['OVERFILL'])
  })

  test.each([
    ['canceled', 'position_open'],
    ['expired', 'position_open'],
  ] as const)('as %s with no fill missing: the order ends, nothing is inferred', (outcome, stage) => {
    const { bench, entry } = seventyOfHundred()
    expect(typesOf(bench.settle(entry, outcome, '70', null))).toEqual(['RECONCILED', 'ORDER_MOVED', 'SLOT_MOVED'])
    expect([bench.order(entry).status, bench.slot().stage]).toEqual([outcome, stage])
  })

  test('as canceled with a part missing: the part is inferred, then the order ends, and the slot is open with all of it', () => {
    const { bench, entry } = seventyOfHundred()
    const facts = bench.settle(entry, 'canceled', '90', '2')
    expect(typesOf(facts)).toEqual(['RECONCILED', 'FILL_BOOKED', 'ORDER_MOVED', 'ORDER_MOVED', 'SLOT_MOVED'])
    expect(bench.order(entry)).toMatchObject({ status: 'canceled', filledQuantity: dec('90') })
    expect(bench.slot()).toMatchObject({ stage: 'position_open', openSize: dec('90'), entryCost: dec('180') })
  })

  test('as canceled with the first fill missing: the slot goes straight to open', () => {
    const { bench, entry } = doubtful()
    bench.settle(entry, 'canceled', '40', '2')
    expect(bench.slot()).toMatchObject({ stage: 'position_open', openSize: dec('40') })
    expect(bench.facts('SLOT_MOVED').map((move) => move.to)).toEqual(['entry_requested', 'entry_working', 'position_open'])
  })

  test('a missing part that is worth next to nothing is inferred all the same', () => {
    const { bench, entry } = seventyOfHundred()
    bench.settle(entry, 'filled', '100', '1.400000000000000001')
    expect(bench.facts('FILL_BOOKED').at(-1)).toMatchObject({ quantity: dec('30'), tradeValue: dec('0.0000000000000001') })
  })

  test('as rejected, where the venue had confirmed it: the two cannot both be true, and nothing is settled', () => {
    const bench = given()
    const entry = bench.enter()
    bench.ack(entry)
    const facts = bench.settle(entry, 'rejected', '0', null)
    expect(denialsOf(facts)).toEqual(['RECONCILE_REFUSED outcome rejected'])
    expect(bench.order(entry).status).toBe('acked')
  })

  test('as rejected, where nothing was filled: the trade is over', () => {
    const { bench, entry } = doubtful()
    bench.settle(entry, 'rejected', '0', null)
    expect([bench.order(entry).status, bench.slot().stage]).toEqual(['rejected', 'closed'])
  })

  test('an exit settled as filled closes the trade, at the exact proceeds', () => {
    const bench = given()
    bench.opened()
    const exit = bench.exit()
    bench.doubt(exit)
    bench.settle(exit, 'filled', '100', '3.01')
    expect(bench.slot()).toMatchObject({ stage: 'closed', exitCost: dec('301'), realizedPnl: dec('101') })
    expect(bench.slot().legs[0]).toMatchObject({ consumed: true, working: false, filledQuantity: dec('100') })
  })

  test('a settled exit that closes a part leaves its leg to be asked for again', () => {
    const bench = given()
    bench.opened()
    const exit = bench.exit()
    bench.doubt(exit)
    bench.settle(exit, 'canceled', '40', '3')
    expect(bench.slot()).toMatchObject({ stage: 'position_partially_closed', openSize: dec('60') })
    expect(bench.slot().legs[0]).toMatchObject({ consumed: false, working: false, filledQuantity: dec('40') })
    expect(bench.order(bench.exit()).request).toMatchObject({ leg: 0, quantity: dec('60') })
  })

  test('a settled order whose trade is over by now belongs to nobody', () => {
    const bench = given()
    const entry = bench.enter()
    bench.cancelAck(entry)
    expect(flagsOf(bench.settle(entry, 'canceled', '5', '2'))).toEqual(['UNASSIGNED_FILL'])
    expect(bench.parts()).toMatchObject({ position: '5', unassigned: '5' })
  })

  test('more than was asked for is an overfill', () => {
    const { bench, entry } = seventyOfHundred()
    expect(flagsOf(bench.settle(entry, 'filled', '110', '2'))).toEqual(['OVERFILL'])
    expect(bench.slot().openSize).toBe(dec('110'))
  })

  test('of inverse contracts the missing value is in base', () => {
    const bench = given({ instrument: INVERSE })
    const entry = bench.enter({ quantity: '100', price: '4' })
    bench.fill(entry, '60', '4')
    bench.doubt(entry)
    bench.settle(entry, 'filled', '100', '5')
    // 100 ÷ 5 = 20 in all, less 60 ÷ 4 = 15: the 40 that were missing are worth 5, a price of 8.
    expect(bench.facts('FILL_BOOKED').at(-1)).toMatchObject({ tradeValue: dec('5'), price: dec('8'), quantity: dec('40') })
    expect(bench.slot().entryCost).toBe(dec('20'))
  })

  test.each([
    ['less than is booked', 'canceled', '69.99', '2', 'RECONCILE_REFUSED filledQuantity 69.99', 'RECONCILE_REFUSED booked=70'],
    [
      'filled, and less than was asked for',
      'filled',
      '99.99',
      '2',
      'RECONCILE_REFUSED filledQuantity 99.99',
      'RECONCILE_REFUSED booked=100',
    ],
    ['rejected, and yet filled', 'rejected', '70', null, 'RECONCILE_REFUSED filledQuantity 70', 'RECONCILE_REFUSED booked=100'],
    ['something missing and no price', 'filled', '100', null, 'PRICE_MISSING averagePrice none', 'PRICE_MISSING'],
    ['a price of nothing', 'filled', '100', '0', 'PRICE_NOT_POSITIVE averagePrice 0', 'PRICE_NOT_POSITIVE'],
    [
      'an average at which what is missing would be worth nothing',
      'filled',
      '100',
      '1.4',
      'RECONCILE_REFUSED averagePrice 1.4',
      'RECONCILE_REFUSED booked=140',
    ],
    [
      'a total beyond all bounds',
      'filled',
      '100000000000000',
      '1000',
      'VALUE_OUT_OF_RANGE averagePrice 99999999999999860',
      'VALUE_OUT_OF_RANGE',
    ],
    [
      'an average at which it would be worth less',
      'filled',
      '100',
      '1',
      'RECONCILE_REFUSED averagePrice 1',
      'RECONCILE_REFUSED booked=140',
    ],
  ] as const)('is refused with %s', (_, outcome, filled, price, denial, context) => {
    const { bench, entry } = seventyOfHundred()
    const facts = bench.settle(entry, outcome, filled, price)
    expect([denialsOf(facts), contextsOf(facts)]).toEqual([[denial], [context]])
    expect(typesOf(facts)).toEqual(['INTENT_DENIED'])
    expect(bench.order(entry)).toMatchObject({ status: 'in_doubt', filledQuantity: dec('70') })
  })

  test('is refused of an order that never was, in an outcome that is none, and with a quantity that is none', () => {
    const { bench, entry } = seventyOfHundred()
    expect(denialsOf(bench.settle('nobody', 'filled', '1', '2'))).toEqual(['ORDER_UNKNOWN clientOrderId nobody'])
    expect(denialsOf(bench.settle(entry, 'done' as 'filled', '100', '2'))).toEqual(['FIELD_INVALID outcome done'])
    const action = { action: 'settle_order', clientOrderId: entry, outcome: 'filled', averagePrice: null } as const
    expect(denialsOf(bench.reconcile({ ...action, filledQuantity: 100 as never }))).toEqual(['VALUE_NOT_DECIMAL filledQuantity 100'])
  })
})

describe('an action that is none', () => {
  test.each(['', 'guess', 'toString', undefined])('is denied: %s', (action) => {
    const bench = given()
    const facts = bench.reconcile({ action } as unknown as ReconcileAction)
    expect([denialsOf(facts), typesOf(facts)]).toEqual([[`FIELD_INVALID action ${action}`], ['INTENT_DENIED']])
    expect(bench.state.positions.get(SYMBOL)?.quantity).toBe(dec('0'))
  })
})
