// An order that rested at the venue longer than it keeps its fills: its own word is the proof, and what nobody can know is said.

import { describe, expect, test } from 'vitest'
import type { Rehearsal } from '../../src/core/exchange/bingx/open-rehearsal.ts'
import { SessionControl } from '../../src/core/session/control.ts'
import { newStore, query } from './harness.ts'
import {
  control,
  exchange,
  FAST,
  REST,
  session,
  statusesOf,
  strategyFile,
  TIME_IS_UP,
  truthOf,
  until,
  type Wish,
  worldWall,
} from './world.ts'

const DAY_MS = 86_400_000
const RESTS = { strategy: { name: strategyFile(REST) }, engine: { ...FAST, quarantine_after_seconds: 3 } }
const NO_CANCELS = 'faults:\n  - { fault: http_504_refused, on: { endpoint: cancel } }\n'

const idAt = (at: Rehearsal): string => [...truthOf(at).orders.values()][0]?.clientOrderId ?? 'no order'

/** A session that could not take back its order, and ended with it. */
async function leftResting(at: Rehearsal, storePath: string): Promise<void> {
  const [stop, wall] = [new SessionControl(), worldWall()]
  const { ended } = session(at, { sessionId: 's1', seconds: 86_400, storePath, wall, control: stop, config: RESTS })
  await until('an order that rests', () => truthOf(at).orders.size > 0)
  stop.requestStop(TIME_IS_UP)
  // It waits for the venue to take the order back, which it never does.
  wall.hasten(20)
  expect(await ended).toMatchObject({ exitCode: 3, halt: { reason: 'duration_elapsed' } })
  await control(at, 'faults', { clear: true })
}

async function started(
  at: Rehearsal,
  wish: Wish & { readonly days: number },
): Promise<{ reason: string; detail: string | null; exitCode: number }> {
  const laterMs = wish.days * DAY_MS
  await control(at, 'clock', { skewMs: laterMs })
  const { halt, exitCode } = await session(at, { seconds: 1, wall: worldWall(laterMs), config: RESTS, ...wish }).ended
  return { reason: halt.reason, detail: halt.detail, exitCode }
}

describe('an order that rested for nine days', { timeout: 120_000 }, () => {
  test('J02 and was not filled is taken on by the next session, though the fills of nine days cannot be had', async () => {
    const [at, storePath] = [await exchange(NO_CANCELS), newStore()]
    await leftResting(at, storePath)
    expect(await started(at, { sessionId: 's2', days: 9, storePath })).toMatchObject({ reason: 'duration_elapsed', exitCode: 0 })
    expect(statusesOf(storePath).every((status) => status === 'canceled')).toBe(true)
  })

  test('J02 and was filled in part on the first is not guessed about, and what has to be typed settles it', async () => {
    const [at, storePath] = [await exchange(NO_CANCELS), newStore()]
    await leftResting(at, storePath)
    await control(at, 'orders/fill', { clientOrderId: idAt(at), share: 0.5 })
    const halted = await started(at, { sessionId: 's2', days: 9, storePath })
    expect(halted).toMatchObject({ reason: 'reconciler_halt', exitCode: 3 })
    expect(query(storePath, 'SELECT 1 FROM fills')).toEqual([])
    const findings = query<{ evidence: string }>(storePath, "SELECT evidence FROM reconcile_findings WHERE kind = 'FILLED_DIFFERS'")
    expect(findings.map(({ evidence }) => evidence).join()).toContain('dita reconcile --fix-orphans --cancel')
    const next = await started(at, { sessionId: 's3', days: 9, storePath, onStart: 'cancel' })
    expect(next).toMatchObject({ reason: 'duration_elapsed', exitCode: 0 })
    expect(query(storePath, 'SELECT quantity FROM fills')).toEqual([{ quantity: '0.002' }])
  })
})
