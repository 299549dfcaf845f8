// What a refusal means for an order that money has moved on: it was accepted, however often the refusal is repeated.

import { expect, test } from 'vitest'
import { dec } from '../../src/core/kernel/decimal.ts'
import { denialsOf, exitIntent, given } from '../core/kernel/kernel-bench.ts'

test('an entry with a fill stays in doubt when its refusal is repeated, until the venue says what became of it', () => {
  const bench = given()
  const entry = bench.enter()
  bench.fill(entry, '30', '2')
  bench.reject(entry)
  bench.reject(entry)
  expect(bench.order(entry).status).toBe('in_doubt')
  expect(bench.state.liveOrders.has(entry)).toBe(true)
  expect(bench.slot()).toMatchObject({ stage: 'entry_working', openSize: dec('30') })
  bench.cancelAck(entry)
  expect([bench.order(entry).status, bench.slot().stage]).toEqual(['canceled', 'position_open'])
})

test('an exit with a fill keeps its leg when its refusal is repeated: nothing is closed twice', () => {
  const bench = given()
  bench.opened()
  const exit = bench.exit()
  bench.fill(exit, '30', '2')
  bench.reject(exit)
  bench.reject(exit)
  expect(bench.order(exit).status).toBe('in_doubt')
  expect(bench.slot().legs[0]).toMatchObject({ working: true, consumed: false })
  expect(denialsOf(bench.when(exitIntent({ scope: 'rest' })))).toEqual([`ORDER_IN_DOUBT clientOrderId ${exit}`])
  bench.ack(exit)
  expect(denialsOf(bench.when(exitIntent({ scope: 'rest' })))).toEqual(['NOTHING_TO_EXIT openSize 70'])
})

test('a fill that comes between a refusal and its repetition leaves the order in doubt, and a definite word ends it', () => {
  const bench = given()
  const entry = bench.enter()
  bench.reject(entry)
  expect(bench.order(entry).status).toBe('rejected')
  bench.fill(entry, '30', '2')
  bench.reject(entry)
  expect(bench.order(entry).status).toBe('in_doubt')
  bench.ack(entry)
  expect(bench.order(entry).status).toBe('partially_filled')
})
