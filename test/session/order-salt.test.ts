// The salt of order ids: in what it changes, in what it must not, and in a store that is older than it. Whole sessions with it are
// in world.test.ts.

import { expect, test } from 'vitest'
import { decodeFactBody, encodeFactBody } from '../../src/core/kernel/codec.ts'
import { orderPrefixOf } from '../../src/core/kernel/ids.ts'
import { prefixesOf } from '../../src/core/recovery/ours.ts'
import { orderSaltOf } from '../../src/core/session/time.ts'
import { LINEAR, openingOf } from '../core/kernel/opening.ts'
import { RecoveryBench, SLOTS } from '../core/recovery/recovery-bench.ts'

test('V01 another salt makes other ids of the same form', () => {
  const salts = Array.from({ length: 200 }, () => orderSaltOf(Math.random))
  expect(new Set(salts).size).toBe(200)
  const prefixes = salts.map((salt) => orderPrefixOf('s1', salt))
  expect(new Set([...prefixes, orderPrefixOf('s1')]).size).toBe(201)
  expect(prefixes.every((prefix) => /^dita[a-z2-7]{6}$/.test(prefix))).toBe(true)
})

test('V01 an account of a store that is older than the salt goes on: its orders stay ours, and the next session has a salt', async () => {
  const bench = new RecoveryBench()
  const old = bench.rest().clientOrderId
  expect(bench.facts.filter(({ body }) => 'orderSalt' in body)).toEqual([])
  expect(old.startsWith(orderPrefixOf('s1'))).toBe(true)
  bench.when({ type: 'HALT_SESSION', reason: 'duration_elapsed', detail: null })

  const opening = openingOf({ sessionId: 's2', instrument: LINEAR, slotIds: SLOTS })
  const [opened] = bench.when({ type: 'OPEN_SESSION', session: { ...opening, orderSalt: 'salt' } })
  expect(opened).toMatchObject({ type: 'SESSION_OPENED', orderSalt: 'salt' })
  const fresh = bench.prepare({ slotId: 'b' }).clientOrderId
  expect(fresh.startsWith(orderPrefixOf('s2', 'salt'))).toBe(true)
  await bench.restart()
  const { view } = bench.engine
  expect(view.session?.orderSalt).toBe('salt')
  expect([...view.orders.keys()]).toEqual([old, fresh])
  expect(prefixesOf(view, ['s1', 's2'])).toContain(old.slice(0, 10))
  expect(prefixesOf(view, ['s1', 's2'])).toContain(fresh.slice(0, 10))
  // A session of the same name in another store is not ours.
  expect(prefixesOf(view, ['s1', 's2'])).not.toContain(orderPrefixOf('s2', 'another'))
  expect(prefixesOf(view, ['s1', 's2'])).not.toContain(orderPrefixOf('s2'))
})

test('a salt that is left out is not there when the fact is read back, either', () => {
  const bench = new RecoveryBench()
  const body = bench.facts[0]?.body
  if (body?.type !== 'SESSION_OPENED') throw new Error('no opening')
  expect(decodeFactBody(encodeFactBody(body))).toEqual(body)
  expect(encodeFactBody(body)).not.toContain('orderSalt')
})
