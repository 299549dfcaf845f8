// What of a look at a venue is older than what we know by now.

import { expect, test } from 'vitest'
import { ZERO } from '../../../src/core/kernel/decimal.ts'
import type { SnapshotEvent } from '../../../src/core/kernel/inputs.ts'
import { withoutOutdated } from '../../../src/core/recovery/outdated.ts'
import { RecoveryBench } from './recovery-bench.ts'

/** An order that was cancelled at a moment, another that rests, one of somebody else's, and a list of them all. */
function benchWithList() {
  const bench = new RecoveryBench()
  const [over, resting] = [bench.rest(), bench.rest({ slotId: 'b' })]
  bench.when({ type: 'CANCEL', target: { kind: 'order', clientOrderId: over.clientOrderId } })
  bench.clock.nowUs += 1_000_000
  bench.when({ type: 'CANCEL_ACK', clientOrderId: over.clientOrderId, venueOrderId: null })
  const overAtUs = bench.clock.nowUs
  const list = (asOfUs: number): SnapshotEvent => ({
    type: 'SNAPSHOT',
    asOfUs,
    complete: true,
    openOrders: [over.clientOrderId.toUpperCase(), resting.clientOrderId, 'stranger'].map((clientOrderId) => ({
      clientOrderId,
      venueOrderId: null,
      instrument: over.instrument,
      side: over.side,
      filledQuantity: ZERO,
    })),
  })
  const idsOf = (event: SnapshotEvent) => withoutOutdated(event, bench.engine.view).openOrders.map(({ clientOrderId }) => clientOrderId)
  return { bench, list, idsOf, overAtUs, over: over.clientOrderId.toUpperCase(), resting: resting.clientOrderId }
}

test('V02 a list that was asked for before an order ended contradicts nothing, and no order is in doubt for it', () => {
  const { bench, list, idsOf, overAtUs, resting } = benchWithList()
  expect(bench.engine.view.liveOrders.size).toBe(1)
  expect(idsOf(list(overAtUs - 500_000))).toEqual([resting, 'stranger'])
  expect(idsOf(list(overAtUs))).toEqual([resting, 'stranger'])
  bench.when(withoutOutdated(list(overAtUs - 500_000), bench.engine.view))
  expect([...bench.engine.view.orders.values()].map(({ status }) => status)).toEqual(['canceled', 'acked'])
})

test('V02 a venue that lists an order after its end contradicts itself, and that is not left out', () => {
  const { list, idsOf, overAtUs, over, resting } = benchWithList()
  expect(idsOf(list(overAtUs + 1))).toEqual([over, resting, 'stranger'])
})
