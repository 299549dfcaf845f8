// Funding at a venue in the world: paid while a session runs and while none does, booked once, and the wallet is the venue's.

import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { Rehearsal } from '../../src/core/exchange/bingx/open-rehearsal.ts'
import { formatDecimal } from '../../src/core/kernel/decimal.ts'
import { SessionControl } from '../../src/core/session/control.ts'
import { newStore, query } from './harness.ts'
import { sumPostings } from './recount.ts'
import { control, exchange, expectOneStory, REENTER, REST, session, strategyFile, TIME_IS_UP, truthOf, until, worldWall } from './world.ts'

const REENTERS = { strategy: { name: strategyFile(REENTER) } }
const RESTS = { strategy: { name: strategyFile(REST) } }

const paymentsOf = (storePath: string): string[] =>
  query<{ amount: string }>(storePath, 'SELECT amount FROM funding_payments ORDER BY seq').map(({ amount }) => amount)

function expectOneWallet(storePath: string, at: Rehearsal): void {
  const { balances, unbalanced } = sumPostings(storePath)
  expect(unbalanced).toEqual([])
  expect(balances.get('wallet|USDT')).toBe(formatDecimal(truthOf(at).balance))
}

describe('funding', { timeout: 180_000 }, () => {
  test('K20 is booked once, whether a session runs or not, and never what was paid before the account’s first', async () => {
    const at = await exchange()
    await control(at, 'funding', { amount: '-7' })
    const stop = new SessionControl()
    const first = session(at, { sessionId: 's1', seconds: 86_400, control: stop, config: REENTERS })
    const { storePath } = first
    await until('a position', () => truthOf(at).fills.length > 0)
    await control(at, 'funding', { rate: '0.01' })
    await until('its payment', () => paymentsOf(storePath).length > 0)
    stop.requestStop(TIME_IS_UP)
    await first.ended
    const [rated] = paymentsOf(storePath)
    expect(paymentsOf(storePath)).toHaveLength(1)
    expect(Number(rated)).toBeLessThan(-2)
    expectOneWallet(storePath, at)

    await control(at, 'funding', { amount: '0.75' })
    await control(at, 'funding', { amount: '0.75' })
    const second = session(at, { sessionId: 's2', seconds: 2, storePath, config: RESTS })
    expect((await second.ended).halt).toMatchObject({ reason: 'duration_elapsed' })
    expect(paymentsOf(storePath)).toEqual([rated, '0.75', '0.75'])
    expectOneWallet(storePath, at)

    const third = session(at, { sessionId: 's3', seconds: 1, storePath, config: RESTS })
    await third.ended
    expect(paymentsOf(storePath)).toEqual([rated, '0.75', '0.75'])
    expect(query(storePath, "SELECT 1 FROM journal WHERE type IN ('FILL_REPEATED', 'FILL_CONFLICTED')")).toEqual([])
    expect(query(storePath, "SELECT detail FROM risk_events WHERE code = 'RECONCILE_BALANCE_DIFFERS'")).toEqual([])
    expectOneWallet(storePath, at)
    expectOneStory(storePath, at)
  })

  test('what a session could not be told is booked by the one that can, however long ago it was paid', async () => {
    const at = await exchange('faults:\n  - { fault: refuse_all, on: { endpoint: income }, code: 100500 }\n')
    const opened = async (sessionId: string, laterMs: number, storePath: string, meanwhile: () => Promise<void>): Promise<void> => {
      await control(at, 'clock', { skewMs: laterMs })
      const [stop, before] = [new SessionControl(), truthOf(at).orders.size]
      const { ended } = session(at, { sessionId, seconds: 86_400, storePath, control: stop, wall: worldWall(laterMs), config: RESTS })
      await until('an order that rests', () => truthOf(at).orders.size > before)
      await meanwhile()
      stop.requestStop(TIME_IS_UP)
      expect((await ended).halt).toMatchObject({ reason: 'duration_elapsed' })
    }
    const storePath = newStore()
    await opened('s1', 0, storePath, () => control(at, 'funding', { amount: '-3' }))
    await opened('s2', 3_600_000, storePath, async () => undefined)
    expect(paymentsOf(storePath)).toEqual([])
    await control(at, 'faults', { clear: true })
    await opened('s3', 7_200_000, storePath, async () => undefined)
    expect(paymentsOf(storePath)).toEqual(['-3'])
    expectOneWallet(storePath, at)
  })

  test('a list that cannot be had keeps no session from starting, and what was paid is booked when it can', async () => {
    const at = await exchange('faults:\n  - { fault: refuse_all, on: { endpoint: income }, times: 1, code: 100500 }\n')
    const stop = new SessionControl()
    const first = session(at, { sessionId: 's1', seconds: 86_400, control: stop, config: RESTS })
    await until('an order that rests', () => truthOf(at).orders.size > 0)
    // What is paid in the account's very first moments, two clocks may count before them.
    await sleep(2_500)
    await control(at, 'funding', { amount: '-3' })
    // The stream's hint comes long before it would be asked for again by itself, unless the stream breaks off just then.
    await until('its payment', () => paymentsOf(first.storePath).length > 0, 100_000)
    stop.requestStop(TIME_IS_UP)
    expect((await first.ended).halt).toMatchObject({ reason: 'duration_elapsed' })
    expect(paymentsOf(first.storePath)).toEqual(['-3'])
    expectOneWallet(first.storePath, at)
  })
})
