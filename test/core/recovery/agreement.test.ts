// Random accounts that died at random moments, and a venue that went on without them: once reconciled, both agree.

import { describe, expect, test } from 'vitest'
import { dec, formatDecimal } from '../../../src/core/kernel/decimal.ts'
import { ORDER_LIVE } from '../../../src/core/kernel/order-table.ts'
import { Random } from '../../simulation/random.ts'
import { SYMBOL } from '../kernel/opening.ts'
import { RecoveryBench, SECOND_US, SLOTS } from './recovery-bench.ts'

const { RECOVERY_RUNS = '30', RECOVERY_SEED = '1' } = process.env

interface World {
  readonly bench: RecoveryBench
  readonly ids: string[]
  /** Orders whose cancel we had asked for. */
  readonly leaving: Set<string>
}

/** Orders in every state a crash can leave them in, and what became of them at the venue meanwhile. */
async function worldOf(random: Random): Promise<World> {
  const bench = new RecoveryBench()
  const ids: string[] = []
  const leaving = new Set<string>()
  for (const slotId of SLOTS.slice(0, random.between(1, SLOTS.length))) {
    const words = { slotId, side: random.pick(['buy', 'sell'] as const), quantity: String(random.between(2, 9)) }
    const { clientOrderId } = random.chance(0.5) ? bench.rest(words) : bench.prepare(words)
    ids.push(clientOrderId)
    const confirmed = bench.venue.orders.has(clientOrderId)
    if (!confirmed && random.chance(0.3)) bench.when({ type: 'UNRECOGNISED', clientOrderId, venueOrderId: null, raw: 'timeout' })
    if (random.chance(0.3)) {
      bench.when({ type: 'CANCEL', target: { kind: 'order', clientOrderId } })
      leaving.add(clientOrderId)
    }
    bench.engine.commit()
  }
  await bench.restart(random.between(1, 30) * SECOND_US)
  for (const clientOrderId of ids) happen(bench, clientOrderId, random)
  const troubles = (['openOrders', 'positions', 'fills', 'find'] as const).filter(() => random.chance(0.2))
  for (const trouble of troubles) bench.venue.failing.add(trouble)
  bench.venue.beforeLook = (count) => {
    if (count === 2) bench.venue.failing.clear()
  }
  return { bench, ids, leaving }
}

function happen(bench: RecoveryBench, clientOrderId: string, random: Random): void {
  const { venue, clock } = bench
  const { request } = bench.order(clientOrderId)
  if (!venue.orders.has(clientOrderId)) {
    if (random.chance(0.4)) return
    // Shown late, but not later than the margin that an absence is judged by.
    const late = random.chance(0.4) ? Math.min(clock.nowUs + random.between(1, 8) * SECOND_US, request.validUntilUs + 5 * SECOND_US) : 0
    venue.accept(request, late)
  }
  const over = random.chance(0.6)
  const whole = Number(formatDecimal(request.quantity))
  const filled = random.below(whole + 1)
  // Fills of what is still open are always listed: of nothing else could anybody know them.
  const listed = !over || random.chance(0.7)
  if (filled > 0 && filled < whole) venue.fill(clientOrderId, String(filled), random.pick(['1.9', '2']), { listed })
  else if (filled === whole) {
    venue.fill(clientOrderId, '1', '2', { listed: true })
    venue.fill(clientOrderId, String(whole - 1), '1.8', { listed: random.chance(0.7) })
  }
  if (over && filled < whole) venue.change(clientOrderId, random.pick([{ status: 'canceled' }, { status: 'expired' }] as const))
}

describe('after a crash', () => {
  const seeds = Array.from({ length: Number(RECOVERY_RUNS) }, (_, index) => Number(RECOVERY_SEED) + index)

  test.each(seeds)(
    'J02 the books come to agree with the venue in every order, fill and position: RECOVERY_RUNS=1 RECOVERY_SEED=%i',
    async (seed) => {
      const { bench, ids, leaving } = await worldOf(new Random(seed))
      const result = await bench.reconcile()
      expect(result.done.filter(({ refused }) => refused !== null)).toEqual([])
      expect(result.remaining).toEqual([])
      for (const clientOrderId of ids) {
        const ours = bench.order(clientOrderId)
        const venues = bench.venue.orders.get(clientOrderId)
        if (venues === undefined) {
          expect(ours.status).toBe('absent')
          continue
        }
        expect([ours.filledQuantity, ours.venueOrderId]).toEqual([venues.filledQuantity, venues.venueOrderId])
        expect([ORDER_LIVE[ours.status], ours.status === 'in_doubt' || ours.status === 'quarantined']).toEqual([
          venues.status === 'open',
          false,
        ])
      }
      expect(bench.position).toBe(formatDecimal(bench.venue.positions.get(SYMBOL)?.quantity ?? dec('0')))
      // Only what was to be cancelled before was cancelled now, and no order was ever sent.
      expect(bench.venue.cancels.filter((id) => !leaving.has(id))).toEqual([])
      const { seq } = bench.engine.view
      const again = await bench.reconcile()
      expect([again.before, bench.engine.view.seq]).toEqual([[], seq])
    },
  )
})
