// How a managed trade is closed: legs, their rounding, orders that fail on the way, and late fills.

import { describe, expect, test } from 'vitest'
import { dec, formatDecimal, ZERO } from '../../src/core/kernel/decimal.ts'
import {
  denialsOf,
  exitIntent,
  factsOf,
  given,
  type KernelBench,
  LINEAR,
  requestsOf,
  SYMBOL,
  typesOf,
} from '../core/kernel/kernel-bench.ts'
import { STAGE_ORDER } from '../core/kernel/stage-order.ts'

const THREE_LEGS = ['0.5', '0.3', '0.2']

function exitQuantities(bench: KernelBench, count: number): string[] {
  return Array.from({ length: count }, () => {
    const id = bench.exit()
    const { quantity } = bench.order(id).request
    bench.fill(id, formatDecimal(quantity), '3')
    return formatDecimal(quantity)
  })
}

describe('legs', () => {
  test('K04 the last leg takes the whole remainder, and the slot closes when it is flat', () => {
    const bench = given()
    bench.opened({ quantity: '0.07', exitRatios: THREE_LEGS })
    // 0.035 rounds down to 0.03; 0.056 to 0.05, of which 0.03 is closed; the last takes the 0.02 that is left.
    expect(exitQuantities(bench, 3)).toEqual(['0.03', '0.02', '0.02'])
    expect(bench.slot()).toMatchObject({ stage: 'closed', openSize: ZERO, exitQuantity: dec('0.07'), nextLeg: 3 })
    expect(bench.slot().legs.every((leg) => leg.consumed)).toBe(true)
    expect(denialsOf(bench.when(exitIntent()))).toEqual(['EXIT_NOT_ALLOWED slotId closed'])
  })

  test('K06 a leg that rounds to nothing is consumed without an order', () => {
    const bench = given()
    bench.opened({ quantity: '0.01', exitRatios: THREE_LEGS })
    const facts = bench.when(exitIntent())
    expect(typesOf(facts)).toEqual(['LEG_ENDED', 'LEG_ENDED', 'SLOT_MOVED', 'ORDER_PREPARED', 'LEG_OPENED'])
    expect(requestsOf(facts)[0]).toMatchObject({ leg: 2, quantity: dec('0.01') })
    expect(bench.slot().legs.map((leg) => [leg.consumed, leg.working])).toEqual([
      [true, false],
      [true, false],
      [false, true],
    ])
  })

  test('K06 an exit that is denied consumes no leg', () => {
    const bench = given({ instrument: { minNotional: dec('1') } })
    bench.opened({ quantity: '2', exitRatios: ['0.001', '0.999'] })
    const facts = bench.when(exitIntent({ price: dec('0.2') }))
    expect(denialsOf(facts)).toEqual(['NOTIONAL_BELOW_MIN notional 0.4'])
    expect(bench.slot()).toMatchObject({ stage: 'position_open', nextLeg: 0 })
  })

  test('K05 no exit ratios mean one leg of everything', () => {
    const bench = given()
    bench.opened({ quantity: '10', exitRatios: [] })
    expect(bench.slot().legs.map((leg) => leg.ratio)).toEqual([dec('1')])
    expect(exitQuantities(bench, 1)).toEqual(['10'])
  })

  test('the scope "rest" takes all that is not yet covered, whatever leg is next', () => {
    const bench = given()
    bench.opened({ exitRatios: THREE_LEGS })
    const first = bench.exit()
    bench.ack(first)
    expect(bench.order(bench.exit({ scope: 'rest' })).request).toMatchObject({ leg: 1, quantity: dec('50') })
    expect(denialsOf(bench.when(exitIntent({ scope: 'rest' })))).toEqual(['NOTHING_TO_EXIT openSize 100'])
  })

  test('N05 each leg knows what it was filled at, and the trade its exact proceeds', () => {
    const bench = given()
    bench.opened({ quantity: '100', price: '2', exitRatios: ['0.5', '0.5'] })
    bench.fill(bench.exit(), '50', '3')
    bench.fill(bench.exit({ reason: 'stop' }), '50', '1.5')
    const slot = bench.slot()
    expect(slot.legs.map((leg) => [leg.filledCost, leg.reason])).toEqual([
      [dec('150'), 'target'],
      [dec('75'), 'stop'],
    ])
    expect(slot).toMatchObject({ entryCost: dec('200'), exitCost: dec('225'), realizedPnl: dec('25') })
  })

  test('a leg whose share is all but dust takes all that can be sold', () => {
    const bench = given()
    bench.fill(bench.enter({ quantity: '1', exitRatios: ['0.995', '0.005'] }), '1.009', '2')
    // 0.995 of 1.009 is 1.003955: the whole lots of it are the whole lots of everything.
    expect(bench.order(bench.exit()).request).toMatchObject({ leg: 0, quantity: dec('1') })
  })

  test('K22 a scope that is none is denied', () => {
    const bench = given()
    bench.opened()
    for (const scope of ['all', undefined]) {
      expect(denialsOf(bench.when({ ...exitIntent(), scope: scope as 'leg' }))).toEqual([`FIELD_INVALID scope ${scope}`])
    }
  })

  test('a short trade is closed by buying, and its profit has the right sign', () => {
    const bench = given()
    bench.opened({ side: 'sell', quantity: '10', price: '2' })
    const exit = bench.exit({ price: dec('1.5') })
    expect(bench.order(exit).request.side).toBe('buy')
    bench.fill(exit, '10', '1.5')
    expect(bench.slot()).toMatchObject({ stage: 'closed', realizedPnl: dec('5') })
  })
})

describe('exit orders that fail on the way', () => {
  test('an IOC exit that fills in part is asked for again, for what its leg still lacks', () => {
    const bench = given()
    bench.opened({ exitRatios: THREE_LEGS })
    const first = bench.exit({ timeInForce: 'ioc' })
    bench.fill(first, '20', '3')
    bench.expire(first)
    expect(bench.slot().legs[0]).toMatchObject({ consumed: false, working: false, filledQuantity: dec('20') })
    const again = bench.exit({ timeInForce: 'ioc' })
    expect(bench.order(again).request).toMatchObject({ leg: 0, quantity: dec('30') })
    // The leg asks for what it has filled and for what it lacks; the one after it is next.
    expect(bench.slot().legs[0]).toMatchObject({ quantity: dec('50'), filledQuantity: dec('20'), working: true })
    expect(bench.slot().nextLeg).toBe(1)
    bench.fill(again, '30', '3')
    expect(exitQuantities(bench, 2)).toEqual(['30', '20'])
    expect(bench.slot().stage).toBe('closed')
  })

  test('K03 a rejected exit leaves the slot where a further exit may be asked for, never back at requested', () => {
    const bench = given()
    bench.opened()
    bench.reject(bench.exit())
    expect(bench.slot().stage).toBe('exit_working')
    const again = bench.exit()
    expect([bench.slot().stage, bench.order(again).request.quantity]).toEqual(['exit_working', dec('100')])
  })

  test('K03 an exit while one is requested and not yet working is denied', () => {
    const bench = given()
    bench.opened({ exitRatios: THREE_LEGS })
    bench.exit()
    expect(denialsOf(bench.when(exitIntent()))).toEqual(['EXIT_NOT_ALLOWED slotId exit_requested'])
  })

  test('an exit in doubt freezes its quantity: nothing is sent twice', () => {
    const bench = given()
    bench.opened()
    const exit = bench.exit()
    bench.ack(exit)
    bench.when({ type: 'UNRECOGNISED', clientOrderId: exit, venueOrderId: null, raw: '<html>' })
    expect(bench.order(exit).status).toBe('in_doubt')
    expect(denialsOf(bench.when(exitIntent()))).toEqual([`ORDER_IN_DOUBT clientOrderId ${exit}`])
    expect(denialsOf(bench.residual())).toEqual([`ORDER_IN_DOUBT clientOrderId ${exit}`])
    // Once the venue is clear about it, it is an exit like any other: it covers what is open.
    bench.ack(exit)
    expect(denialsOf(bench.when(exitIntent()))).toEqual(['NOTHING_TO_EXIT openSize 100'])
  })

  test('an exit that was said to be gone and is seen alive counts again as covering the position', () => {
    const bench = given()
    bench.opened()
    const exit = bench.exit()
    bench.ack(exit)
    bench.cancelAck(exit)
    const seen = { clientOrderId: exit, venueOrderId: null, instrument: SYMBOL, side: 'sell', filledQuantity: ZERO } as const
    bench.snapshot({ openOrders: [seen] })
    expect(denialsOf(bench.when(exitIntent()))).toEqual([`ORDER_IN_DOUBT clientOrderId ${exit}`])
    bench.ack(exit)
    expect(denialsOf(bench.when(exitIntent()))).toEqual(['NOTHING_TO_EXIT openSize 100'])
  })

  test('a late fill of a cancelled exit does not hide what its successor still covers', () => {
    const bench = given()
    bench.opened({ exitRatios: ['0.5', '0.5'] })
    const first = bench.exit()
    bench.ack(first)
    bench.cancelAck(first)
    const second = bench.exit()
    bench.ack(second)
    bench.fill(first, '50', '3')
    // 50 are open, and the second order is live for 50: a third would sell what is not there.
    expect(denialsOf(bench.when(exitIntent()))).toEqual(['NOTHING_TO_EXIT openSize 50'])
  })

  test('an exit of the last trade that is alive again covers nothing of this one', () => {
    const bench = given()
    bench.opened()
    const lost = bench.exit()
    bench.ack(lost)
    bench.cancelAck(lost)
    bench.fill(bench.exit(), '100', '3')
    const seen = { clientOrderId: lost, venueOrderId: null, instrument: SYMBOL, side: 'sell', filledQuantity: ZERO } as const
    bench.snapshot({ openOrders: [seen] })
    bench.opened()
    expect(bench.order(bench.exit()).request).toMatchObject({ trade: 2, quantity: dec('100') })
    bench.fill(lost, '100', '3')
    expect([bench.slot().openSize, bench.position().unassigned]).toEqual([dec('100'), dec('-100')])
  })

  test('a venue that fills off the lot leaves dust, and not the whole position, behind', () => {
    const bench = given()
    bench.fill(bench.enter({ quantity: '10' }), '10.005', '2')
    const exit = bench.exit()
    expect(bench.order(exit).request.quantity).toBe(dec('10'))
    bench.fill(exit, '10', '3')
    expect(bench.slot()).toMatchObject({ stage: 'position_partially_closed', openSize: dec('0.005') })
    expect(denialsOf(bench.when(exitIntent({ scope: 'rest' })))).toEqual(['NOTHING_TO_EXIT openSize 0.005'])
  })

  test.each([
    ['spot', false],
    ['linear', true],
  ] as const)('an exit of a %s position is reduce-only: %s', (kind, reduceOnly) => {
    const bench = given({ instrument: { kind } })
    expect(bench.order(bench.opened()).request.reduceOnly).toBe(false)
    expect(bench.order(bench.exit()).request.reduceOnly).toBe(reduceOnly)
  })

  test('a late entry fill is covered once, beside the exit that already works', () => {
    const bench = given()
    const entry = bench.opened()
    bench.ack(bench.exit())
    bench.fill(entry, '10', '2')
    expect(bench.order(bench.exit()).request.quantity).toBe(dec('10'))
    expect(denialsOf(bench.when(exitIntent()))).toEqual(['NOTHING_TO_EXIT openSize 110'])
  })

  test('a late entry fill after all legs are used up can still be closed', () => {
    const bench = given()
    const entry = bench.enter({ quantity: '100', exitRatios: ['0.5', '0.5'] })
    bench.fill(entry, '90', '2')
    bench.cancelAck(entry)
    bench.fill(bench.exit(), '45', '3')
    const last = bench.exit()
    bench.ack(last)
    bench.fill(entry, '10', '2')
    bench.fill(last, '45', '3')
    expect(bench.slot()).toMatchObject({ stage: 'position_partially_closed', openSize: dec('10') })
    bench.fill(bench.exit(), '10', '3')
    expect(bench.slot()).toMatchObject({ stage: 'closed', exitQuantity: dec('100') })
  })
})

describe('stages', () => {
  test('K02 every transition records the stage it truly left, in the order they happened', () => {
    const bench = given()
    const entry = bench.enter({ exitRatios: ['0.5', '0.5'] })
    bench.sent(entry)
    bench.ack(entry)
    bench.fill(entry, '100', '2')
    const first = bench.exit()
    bench.sent(first)
    bench.ack(first)
    bench.fill(first, '50', '3')
    bench.fill(bench.exit(), '50', '3')
    const moves = bench.facts('SLOT_MOVED')
    expect(moves.map((move) => `${move.from} → ${move.to} (${move.trigger})`)).toEqual([
      'idle → entry_requested (enter)',
      'entry_requested → entry_sent (entrySent)',
      'entry_sent → entry_working (entryAck)',
      'entry_working → position_open (entryOver)',
      'position_open → exit_requested (exit)',
      'exit_requested → exit_sent (exitSent)',
      'exit_sent → exit_working (exitAck)',
      'exit_working → position_partially_closed (exitFill)',
      'position_partially_closed → closed (flat)',
    ])
    expect([...new Set(moves.flatMap((move) => [move.from, move.to]))].toSorted()).toEqual([...STAGE_ORDER].toSorted())
  })

  test('an entry that is refused with nothing bought closes the slot, which may be entered again', () => {
    const bench = given()
    const refused = bench.reject(bench.enter())
    expect(refused.at(-1)).toMatchObject({ type: 'SLOT_MOVED', trigger: 'entryFailed', reason: 'rejected' })
    expect(bench.slot()).toMatchObject({ stage: 'closed', entryQuantity: ZERO })
    bench.opened()
    expect(bench.slot()).toMatchObject({ trade: 2, stage: 'position_open' })
  })

  test('an entry in doubt freezes its slot until the venue is clear about it', () => {
    const bench = given()
    const entry = bench.enter()
    bench.when({ type: 'NOTE_SUBMIT', clientOrderId: entry, outcome: 'unknown', detail: 'time-out' })
    expect([bench.order(entry).status, bench.slot().stage]).toEqual(['in_doubt', 'entry_requested'])
    expect(denialsOf(bench.when(exitIntent()))).toEqual(['EXIT_NOT_ALLOWED slotId entry_requested'])
    bench.ack(entry)
    expect(bench.slot().stage).toBe('entry_working')
  })
})

test('two slots of opposite sides on one perpetual can both be closed: what the account does not hold is not reduce-only', () => {
  const bench = given({ instrument: { kind: 'linear', maxLeverage: dec('5') } })
  bench.mark('2')
  bench.opened({ slotId: 'a', side: 'buy', quantity: '10' })
  bench.opened({ slotId: 'b', side: 'sell', quantity: '10' })
  const first = bench.exit({ slotId: 'a', orderType: 'market', price: null, scope: 'rest' })
  expect(bench.order(first).request.reduceOnly).toBe(false)
  bench.fill(first, '10', '2')
  const second = bench.exit({ slotId: 'b', orderType: 'market', price: null, scope: 'rest' })
  expect(bench.order(second).request.reduceOnly).toBe(true)
  bench.fill(second, '10', '2')
  expect([bench.slot('a').stage, bench.slot('b').stage, bench.position().quantity]).toEqual(['closed', 'closed', dec('0')])
})

test('K10 a trade that one exit closes takes back its others: they would open what they close', () => {
  const bench = given({ instrument: LINEAR })
  bench.mark('2')
  bench.opened({ exitRatios: ['0.5', '0.5'] })
  const first = bench.exit()
  bench.ack(first)
  const second = bench.exit()
  const facts = bench.fill(first, '100', '2')
  expect(bench.slot().stage).toBe('closed')
  expect(factsOf(facts, 'CANCEL_MOVED')).toMatchObject([{ clientOrderId: second, to: 'requested' }])
})

test('K10 a refused exit that fills after all, and closes its trade with it, is itself taken back where it may go on', () => {
  const bench = given({ instrument: LINEAR })
  bench.mark('2')
  bench.opened()
  const refused = bench.exit()
  bench.reject(refused)
  bench.fill(bench.exit(), '60', '2')
  const facts = bench.fill(refused, '40', '2')
  expect([bench.slot().stage, bench.order(refused).status]).toEqual(['closed', 'in_doubt'])
  expect(factsOf(facts, 'CANCEL_MOVED').map(({ clientOrderId }) => clientOrderId)).toContain(refused)
})

test('K10 exposure that closes a trade takes back the exit that works in it', () => {
  const bench = given({ instrument: LINEAR })
  bench.mark('2')
  bench.opened({ quantity: '10' })
  const exit = bench.exit()
  bench.adjust('5', '2')
  const facts = bench.assign('-5', 'a', '2')
  expect(bench.slot().stage).toBe('position_partially_closed')
  expect(factsOf(facts, 'CANCEL_MOVED')).toEqual([])
  bench.adjust('0', '2')
  expect(factsOf(bench.assign('-5', 'a', '2'), 'CANCEL_MOVED')).toMatchObject([{ clientOrderId: exit, to: 'requested' }])
  expect(bench.slot().stage).toBe('closed')
})
