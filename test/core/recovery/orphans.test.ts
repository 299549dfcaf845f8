import { describe, expect, test } from 'vitest'
import { dec } from '../../../src/core/kernel/decimal.ts'
import { orderPrefixOf } from '../../../src/core/kernel/ids.ts'
import { RecoveryBench, SECOND_US } from './recovery-bench.ts'

const DAY_US = 86_400 * SECOND_US

async function givenOldOrder(ageUs = 8 * DAY_US): Promise<{ bench: RecoveryBench; clientOrderId: string }> {
  const bench = new RecoveryBench()
  const { clientOrderId } = bench.prepare()
  bench.when({ type: 'NOTE_SUBMIT', clientOrderId, outcome: 'sent', detail: null })
  bench.engine.commit()
  await bench.restart(ageUs)
  return { bench, clientOrderId }
}

describe('orders of long ago', () => {
  test('J09 one that the venue does not have is ended as canceled, with the date of the clean-up as evidence', async () => {
    const { bench, clientOrderId } = await givenOldOrder()
    const day = new Date(bench.clock.nowUs / 1000).toISOString().slice(0, 10)
    const { orphans } = await bench.cleanOrphans()
    expect(orphans).toMatchObject([{ clientOrderId, status: 'submitting', outcome: 'ended' }])
    expect(bench.order(clientOrderId).status).toBe('canceled')
    expect(bench.factsOf('RECONCILED')).toMatchObject([
      { action: 'settle_order', subject: clientOrderId, evidence: `orphan cleanup ${day}` },
    ])
    expect(bench.venue.asked).toEqual([clientOrderId, clientOrderId])
  })

  test('J09 the state of a clean-up is durable: the next one finds nothing', async () => {
    const { bench, clientOrderId } = await givenOldOrder()
    await bench.cleanOrphans()
    await bench.restart(SECOND_US)
    expect(bench.order(clientOrderId).status).toBe('canceled')
    expect((await bench.cleanOrphans()).orphans).toEqual([])
  })

  test('J09 a dry run says what it would do, and changes nothing', async () => {
    const { bench, clientOrderId } = await givenOldOrder()
    bench.venue.foreign(`${orderPrefixOf('s1')}${'c'.repeat(20)}`)
    const { seq } = bench.engine.view
    bench.venue.events.push({ type: 'ORDER_ACK', clientOrderId, venueOrderId: 'v7' })
    const { orphans } = await bench.cleanOrphans({ dryRun: true })
    expect(bench.venue.events).toHaveLength(1)
    expect(orphans.map(({ outcome }) => outcome)).toEqual(['cancelled', 'ended'])
    expect([bench.engine.view.seq, bench.order(clientOrderId).status, bench.venue.sent]).toEqual([seq, 'submitting', []])
  })

  test('J09 a younger one is left to the session and to reconcile', async () => {
    const { bench, clientOrderId } = await givenOldOrder(6 * DAY_US)
    expect((await bench.cleanOrphans()).orphans).toEqual([])
    expect(bench.order(clientOrderId).status).toBe('submitting')
    expect((await bench.cleanOrphans({ olderThanUs: 5 * DAY_US })).orphans).toMatchObject([{ outcome: 'ended' }])
  })

  test('J09 one that rests at the venue after all is adopted and cancelled there', async () => {
    const { bench, clientOrderId } = await givenOldOrder()
    bench.venue.accept(bench.order(clientOrderId).request)
    const { orphans } = await bench.cleanOrphans()
    expect(orphans).toMatchObject([{ clientOrderId, outcome: 'cancelled' }])
    expect(bench.venue.cancels).toEqual([clientOrderId])
    expect(bench.order(clientOrderId)).toMatchObject({ status: 'canceled', venueOrderId: 'v1' })
  })

  test('J09 one that the venue knows as ended is left to reconcile, which takes its fills', async () => {
    const { bench, clientOrderId } = await givenOldOrder()
    bench.venue.accept(bench.order(clientOrderId).request)
    bench.venue.fill(clientOrderId, '5', '2')
    expect((await bench.cleanOrphans()).orphans).toMatchObject([{ clientOrderId, outcome: 'known' }])
    expect(bench.order(clientOrderId).status).toBe('submitting')
  })

  test.each([
    ['cannot be asked about', (bench: RecoveryBench) => bench.venue.failing.add('find')],
    ['may explain a position that differs', (bench: RecoveryBench) => bench.venue.move(dec('5'), '2')],
  ])('J09 one that %s stays as it is', async (_, disturb) => {
    const { bench, clientOrderId } = await givenOldOrder()
    disturb(bench)
    expect((await bench.cleanOrphans()).orphans).toMatchObject([{ clientOrderId, outcome: 'unclear' }])
    expect(bench.order(clientOrderId).status).toBe('submitting')
  })

  test('J09 orders that others sent are never cancelled', async () => {
    const { bench } = await givenOldOrder()
    bench.venue.foreign('by-hand')
    await bench.cleanOrphans()
    expect(bench.venue.sent).toEqual([])
  })
})
