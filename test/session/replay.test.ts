// The journal is the truth: the projections of whole sessions are made anew from the facts alone, and nothing differs.

import { expect, test } from 'vitest'
import { apply } from '../../src/core/kernel/apply.ts'
import { createState } from '../../src/core/kernel/state.ts'
import { viewOf } from '../../src/core/kernel/views.ts'
import { compareStores, rebuildStore } from '../core/journal/rebuild-store.ts'
import { describeWithRecordings } from '../real-data/raw-market.ts'
import { RECORDINGS } from '../real-data/recordings.ts'
import { MINUTE_US, newStore, query, queryOne, runPaper } from './harness.ts'

async function expectSameAgain(storePath: string): Promise<void> {
  const target = newStore()
  const holder = { sessionId: 'rebuild', pid: process.pid, since: '2026-01-01T00:00:00Z' }
  await rebuildStore(storePath, { path: target, holder, wallUs: () => 1_770_000_000_000_000 }, { create: createState, apply, viewOf })
  expect(compareStores(storePath, target)).toEqual([])
  expect(queryOne(target, 'SELECT count(*) AS n FROM journal')).toEqual(queryOne(storePath, 'SELECT count(*) AS n FROM journal'))
}

test('several sessions, two strategies and two accounts in one store', async () => {
  const storePath = newStore()
  const desk = { paper: { account: 'desk' } }
  const lively = { feed: { simulated: { volatility_bps_per_hour: 600 } }, strategy: { breakout: { lookback_seconds: 5 } } }
  await runPaper({ storePath, sessionId: 'one', config: desk, durationUs: 5 * MINUTE_US })
  await runPaper({ storePath, sessionId: 'two', strategy: 'breakout', config: { ...desk, ...lively }, durationUs: 5 * MINUTE_US })
  await runPaper({ storePath, sessionId: 'three', seed: 9, config: { risk: { max_session_loss: '0.05' } }, durationUs: 5 * MINUTE_US })
  expect(query(storePath, "SELECT 1 FROM slots WHERE stage = 'closed'")).not.toEqual([])
  await expectSameAgain(storePath)
})

describeWithRecordings('sessions on real recordings', () => {
  test.each(['market_maker', 'breakout'])('%s', async (strategy) => {
    const session = await runPaper({ feed: RECORDINGS.usdm.path, strategy, durationUs: 10 * MINUTE_US })
    await expectSameAgain(session.storePath)
  })
})
