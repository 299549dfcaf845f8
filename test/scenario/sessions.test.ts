// What a new session may take over from the last one, and what pages of a snapshot that overlap come to.

import { expect, test } from 'vitest'
import { ZERO } from '../../src/core/kernel/decimal.ts'
import { denialsOf, enterIntent, factsOf, given, instrumentOf, LINEAR, openingOf, SYMBOL, typesOf } from '../core/kernel/kernel-bench.ts'

test('a session of another account is refused: what is booked belongs to one', () => {
  const bench = given()
  const session = { ...openingOf({ sessionId: 's2' }), account: 'live/other' }
  expect(denialsOf(bench.when({ type: 'OPEN_SESSION', session }))).toEqual(['FIELD_INVALID account live/other'])
  expect(bench.state.account).toBe(openingOf().account)
})

test('the position mode stays while slots are open, though together they hold nothing', () => {
  const bench = given({ instrument: LINEAR })
  bench.opened()
  bench.opened({ slotId: 'b', side: 'sell' })
  expect(bench.position().quantity).toBe(ZERO)
  const session = openingOf({ sessionId: 's2', instrument: LINEAR, positionMode: 'hedge' })
  expect(denialsOf(bench.when({ type: 'OPEN_SESSION', session }))).toEqual(['FIELD_INVALID positionMode hedge'])
})

test('a slot is not entered anew while an entry of its last trade is alive after all', () => {
  const bench = given()
  const refused = bench.enter()
  bench.reject(refused)
  bench.ack(refused)
  expect([bench.slot().stage, bench.order(refused).status]).toEqual(['closed', 'in_doubt'])
  expect(denialsOf(bench.when(enterIntent()))).toEqual([`ORDER_IN_DOUBT clientOrderId ${refused}`])
  bench.cancelAck(refused)
  expect(typesOf(bench.when(enterIntent()))).toContain('ORDER_PREPARED')
})

test('an order that two pages of a snapshot name is found once, and a venue id belongs to one order', () => {
  const bench = given()
  const [first, second] = [bench.enter(), bench.enter({ slotId: 'b' })]
  const seen = { instrument: SYMBOL, side: 'buy', filledQuantity: ZERO } as const
  const open = (clientOrderId: string, venueOrderId: string) => ({ ...seen, clientOrderId, venueOrderId })
  const facts = bench.when({
    type: 'SNAPSHOT',
    asOfUs: bench.timeUs,
    openOrders: [open(first, 'v1'), open(first, 'v1'), open(second, 'v1')],
  })
  expect(factsOf(facts, 'ORDER_MOVED')).toMatchObject([{ clientOrderId: first, to: 'acked', venueOrderId: 'v1' }])
  expect(factsOf(facts, 'EVENT_UNMATCHED')).toMatchObject([{ clientOrderId: second, venueOrderId: 'v1' }])
  expect(bench.order(second).venueOrderId).toBeNull()
})

test('S01 a session is opened once: opened again, it would undo the halt that its operator asked for', () => {
  const bench = given()
  bench.control('halt')
  const again = bench.when({ type: 'OPEN_SESSION', session: openingOf() })
  expect(denialsOf(again)).toEqual(['FIELD_INVALID sessionId s1'])
  expect(bench.state.stopping).toBe(true)
})

test('what a caller’s opening holds beside its fields is not journaled', () => {
  const bench = given()
  const session = { ...openingOf({ sessionId: 's2' }), note: undefined, instrument: { ...instrumentOf(), secret: 'x' } }
  const [fact] = factsOf(bench.when({ type: 'OPEN_SESSION', session }), 'SESSION_OPENED')
  expect(Object.keys(fact ?? {})).not.toContain('note')
  expect(fact?.instrument).toEqual(instrumentOf())
})
