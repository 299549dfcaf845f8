// Which order of ours a venue speaks of: it may change the case of an id, or give its own id alone.

import { expect, test } from 'vitest'
import { Doubts } from '../../../src/core/recovery/doubts.ts'
import { orderOf } from '../../../src/core/recovery/ours.ts'
import type { VenueFillReport } from '../../../src/core/venue/port.ts'
import { deedsOf, RecoveryBench, SECOND_US, START_US } from './recovery-bench.ts'

test('V01 a venue may name an order of ours in capitals, by its own id, or by both; nothing else names it', () => {
  const bench = new RecoveryBench()
  const bound = bench.rest().clientOrderId
  const unbound = bench.prepare({ slotId: 'b' }).clientOrderId
  const venueOrderId = bench.order(bound).venueOrderId as string
  const found = (clientOrderId: string | null, venueId: string | null) =>
    orderOf(bench.engine.view, { clientOrderId, venueOrderId: venueId })?.request.clientOrderId

  expect([found(bound, null), found(bound.toUpperCase(), null), found(null, venueOrderId)]).toEqual([bound, bound, bound])
  // A name that nobody knows takes nothing from the id that the venue gave, and that is bound to ours.
  expect(found('somebody-elses', venueOrderId)).toBe(bound)
  // Where the two speak of two orders, our own id is what we sent.
  expect(found(unbound.toUpperCase(), venueOrderId)).toBe(unbound)
  expect([found(null, null), found('somebody-elses', 'v-unknown'), found(bound.slice(1), null)]).toEqual([undefined, undefined, undefined])
})

test('V01 a fill that is listed under our id in capitals is booked for its order, and not as a stranger’s', async () => {
  const bench = new RecoveryBench()
  const request = bench.prepare()
  const { clientOrderId } = request
  bench.venue.accept(request)
  bench.venue.fill(clientOrderId, '5', '2')
  const [report] = bench.venue.fills.splice(0)
  bench.venue.fills.push({ ...(report as VenueFillReport), clientOrderId: clientOrderId.toUpperCase(), venueOrderId: null })
  const result = await bench.reconcile()
  expect(deedsOf(result)).toContain('FILL_MISSED book_fill')
  expect([result.remaining, bench.order(clientOrderId).status, bench.position]).toEqual([[], 'filled', '5'])
})

test('V01 a word of the venue about an order in capitals takes away the proof of its absence', () => {
  const bench = new RecoveryBench()
  const { clientOrderId, validUntilUs } = bench.prepare()
  const doubts = new Doubts({ rules: { absenceMarginUs: 1, querySpacingUs: 1 }, startUs: START_US })
  const { view } = bench.engine
  bench.when({ type: 'NOTE_SUBMIT', clientOrderId, outcome: 'unknown', detail: 'no answer' })
  const ask = (nowUs: number): void => {
    doubts.onTick(nowUs, view)
    doubts.onNews({ type: 'ORDER_NOT_FOUND', clientOrderId, venueTimeUs: nowUs }, { nowUs, view })
  }
  ask(validUntilUs + 10 * SECOND_US)
  const words = { clientOrderId: clientOrderId.toUpperCase(), venueOrderId: null, totalFilled: null }
  doubts.onNews({ type: 'ORDER_ACK', ...words }, { nowUs: validUntilUs + 11 * SECOND_US, view })
  ask(validUntilUs + 12 * SECOND_US)
  expect(doubts.onTick(validUntilUs + 13 * SECOND_US, view).filter((step) => 'handle' in step)).toEqual([])
})
