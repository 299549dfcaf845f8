// Orders that are older than what their venue keeps of its fills: their own word is the proof, and what it leaves open is said.

import { expect, test } from 'vitest'
import { formatDecimal } from '../../../src/core/kernel/decimal.ts'
import { RecoveryBench, SECOND_US, wordsOf } from './recovery-bench.ts'

const DAY_US = 86_400 * SECOND_US

/** An order that rested for nine days at a venue that tells the fills of seven. */
async function longAgo(): Promise<{ readonly bench: RecoveryBench; readonly clientOrderId: string }> {
  const bench = new RecoveryBench()
  const { clientOrderId } = bench.rest({ slotId: 'a' })
  bench.venue.keepsFillsUs = 7 * DAY_US
  await bench.restart(9 * DAY_US)
  return { bench, clientOrderId }
}

test('J02 one that still rests unfilled agrees, though nine days of fills cannot be had', async () => {
  const { bench } = await longAgo()
  const result = await bench.reconcile()
  expect(result).toMatchObject({ remaining: [], rounds: 1, window: { complete: true } })
  expect(result.forgotten).toMatch(/^The venue keeps no fills from before 2026-/)
  expect(result.notices).toEqual([result.forgotten])
})

test('of a window that can be had whole nothing is said', async () => {
  const { bench } = await longAgo()
  const result = await bench.reconcile({ fillsFromUs: bench.clock.nowUs - DAY_US })
  expect(result).toMatchObject({ forgotten: null, notices: [] })
})

test('J02 one that filled when nobody looked is said to be partly unknown while it rests, and is settled by its own total once it is over', async () => {
  const { bench, clientOrderId } = await longAgo()
  bench.venue.fill(clientOrderId, '2', '1.99', { timeUs: bench.clock.nowUs - 8 * DAY_US })
  const first = await bench.reconcile()
  expect(wordsOf(first.remaining)).toEqual(['FILLED_DIFFERS ask', 'POSITION_DIFFERS none'])
  const [found] = first.remaining
  expect(found?.evidence.venues).toContain('are no longer told')
  expect(found?.evidence.venues).toContain('dita reconcile --fix-orphans --cancel')
  expect(bench.position).toBe('0')
  // What it names is done: the order is taken back, and its total books what was missed.
  bench.when({ type: 'CANCEL', target: { kind: 'order', clientOrderId } })
  for (const effect of bench.engine.commit()) bench.venue.send(effect)
  const second = await bench.reconcile()
  expect(second.remaining).toEqual([])
  expect(bench.position).toBe('2')
  expect(bench.order(clientOrderId).status).toBe('canceled')
  expect(formatDecimal(bench.order(clientOrderId).inferredQuantity)).toBe('2')
})
