// What a session measures of itself, from the session to its summary: ticks against the wall, delays, calls to the venue.

import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { readTruth } from '../../src/core/exchange/truth-log.ts'
import { verifyStore } from '../../src/core/journal/verify-store.ts'
import { summarizeFromStore } from '../../src/core/report/open-report.ts'
import { renderSummary } from '../../src/core/report/summary-text.ts'
import type { MessageModel } from '../../src/core/session/view-model.ts'
import { failureOf, newStore, onlooker, query, runPaper, SECOND_US, summaryOf, virtualWall } from './harness.ts'
import { startChild } from './processes.ts'
import { exchange, session } from './world.ts'

const HASH = 'SELECT hex(hash) AS hash FROM journal ORDER BY account_id DESC, seq DESC LIMIT 1'

describe('what a rehearsed session measures', () => {
  test('as fast as the machine: ticks have a latency, and are neither on time nor late, which is said', async () => {
    const ran = await runPaper({ durationUs: 30 * SECOND_US })
    const { operation } = await summaryOf(ran)
    expect(operation.ticks).toMatchObject({ count: 29, onTime: null, late: null, missed: null, lateAfterUs: null })
    expect(operation.ticks.why).toBe('the session went by the time of its feed, not by the clock on the wall')
    expect(operation.ticks.latency?.count).toBe(29)
    expect(operation.feedSilence?.count).toBeGreaterThan(100)
    expect(operation.venueCalls).toEqual([])
    expect(verifyStore({ path: ran.storePath, wallUs: () => 0 }).verdict).toBe('sound')
  })

  test('in real time: every tick of a machine that keeps up is on time', async () => {
    const { operation } = await summaryOf(await runPaper({ durationUs: 20 * SECOND_US, speed: 1 }))
    expect(operation.ticks).toMatchObject({ count: 19, onTime: 19, late: 0, missed: 0, lateAfterUs: 100_000, why: null })
    expect(operation.ticks.latency?.largestUs).toBeLessThan(100_000)
  })

  test('in real time: ticks that a busy machine begins too late are late, by as much as the wall says', async () => {
    const wall = virtualWall()
    let stallMs = 0
    const observer = onlooker(({ counts }) => {
      // From the fifth tick until the next, two and a half seconds go by.
      if (counts.ticks === 5) stallMs = 2_500
    })
    const nowMs = (): number => wall.nowMs() + stallMs
    const ran = await runPaper({ durationUs: 20 * SECOND_US, speed: 1, observer, wall: { ...wall, nowMs } })
    const { ticks } = (await summaryOf(ran)).operation
    expect([ticks.onTime, ticks.late]).toEqual([17, 2])
    expect(ticks.latency?.largestUs).toBeGreaterThan(1_000_000)
    expect(renderSummary(await summaryOf(ran))).toContain(
      '19 ticks: 17 on time, 2 late (begun more than 100ms after they were due), 0 missed',
    )
  })

  test('is no fact: the journal is the same however slow the machine was', async () => {
    const slow = virtualWall()
    let ms = 0
    const ticking = (): number => {
      ms += 37
      return ms
    }
    const slowed = { ...slow, nowMs: () => ticking() }
    const [one, other] = [await runPaper({ durationUs: 20 * SECOND_US }), await runPaper({ durationUs: 20 * SECOND_US, wall: slowed })]
    expect(query(one.storePath, HASH)).toEqual(query(other.storePath, HASH))
    const latencies = 'SELECT latencies FROM session_metrics WHERE measure = ?'
    expect(query(one.storePath, latencies, 'tick_latency')).not.toEqual(query(other.storePath, latencies, 'tick_latency'))
  })

  test('L05 that cannot be written is told of in the log, and the session ends as it would have', async () => {
    const storePath = newStore()
    await runPaper({ storePath, sessionId: 'first', durationUs: 2 * SECOND_US })
    const database = new Database(storePath)
    database.exec("CREATE TRIGGER no_metrics BEFORE INSERT ON session_metrics BEGIN SELECT raise(FAIL, 'there is no room'); END")
    database.close()
    let told: readonly MessageModel[] = []
    const observer = onlooker(({ messages }) => {
      told = messages.filter(({ text }) => text.includes('could not be written: there is no room'))
    })
    const ran = await runPaper({ storePath, sessionId: 'second', durationUs: 5 * SECOND_US, observer })
    expect(ran.outcome).toMatchObject({ halt: { reason: 'duration_elapsed' }, exitCode: 0 })
    expect(ran.log.filter(({ event }) => event === 'metrics_not_recorded')).toMatchObject([{ fields: { message: 'there is no room' } }])
    expect(told).toMatchObject([{ severity: 'warning' }])
    expect((await summaryOf(ran)).operation).toMatchObject({ measuredWallUs: null, ticks: { onTime: null, why: 'nothing was measured' } })
  })

  test('N04 an altered histogram is a damaged store, not a latency of zero', async () => {
    const ran = await runPaper({ durationUs: 3 * SECOND_US })
    const database = new Database(ran.storePath)
    database.exec(`UPDATE session_metrics SET latencies = '{"largestUs":1}' WHERE measure = 'tick_latency'`)
    database.close()
    expect(await failureOf(summaryOf(ran))).toMatchObject({ code: 'STORE_DAMAGED' })
  })
})

test('J02 of a session that was killed is what it had at its last checkpoint', async () => {
  const storePath = newStore()
  const config = { engine: { checkpoint_interval_seconds: 0.1 } }
  const child = startChild({
    storePath,
    sessionId: 'killed',
    feed: 'simulated',
    seed: 7,
    durationUs: 86_400 * SECOND_US,
    speed: 20,
    config,
  })
  await child.says('tick 20')
  child.process.kill('SIGKILL')
  await child.ended
  await runPaper({ storePath, sessionId: 'next', durationUs: 2 * SECOND_US })
  const { operation, haltReason } = await summarizeFromStore(storePath, 'killed')
  expect(haltReason).toBe('crashed')
  expect(operation.measuredWallUs).not.toBeNull()
  expect(operation.ticks.count).toBeGreaterThan(5)
  expect(operation.checkpoints.count).toBeGreaterThan(1)
  expect(verifyStore({ path: storePath, wallUs: () => 0 }).verdict).toBe('sound')
})

describe('what a session in the world measures', { timeout: 60_000 }, () => {
  test('counts its calls by endpoint and outcome as the exchange does, with latencies', async () => {
    const at = await exchange('faults:\n  - fault: unknown_code\n    on: { endpoint: place }\n    where: { every: 4 }\n')
    const { storePath, ended } = session(at, { seconds: 5 })
    await ended
    const { operation, orders } = await summarizeFromStore(storePath, 'world')
    const calls = new Map(operation.venueCalls.map((call) => [call.endpoint, call]))
    const place = calls.get('place')
    expect(place?.count).toBe(orders.prepared)
    const truth = readTruth(at.truthPath)
    const heard = truth.filter(({ kind }) => kind === 'order_accepted' || kind === 'order_refused').length
    const struck = truth.filter(({ kind }) => kind === 'fault').length
    expect(struck).toBeGreaterThan(0)
    expect(place?.count).toBe(heard)
    expect(place?.errors).toContainEqual({ code: '199999', count: struck })
    expect(place?.count).toBe((place?.ok ?? 0) + (place?.errors ?? []).reduce((sum, { count }) => sum + count, 0))
    expect(operation.venueErrors).toContainEqual({ code: '199999', count: struck })
    for (const { latency, count } of operation.venueCalls) expect(latency?.count ?? 0).toBeLessThanOrEqual(count)
    expect(place?.latency?.medianUs).toBeGreaterThan(0)
    expect(operation.ticks.onTime).not.toBeNull()
    expect(operation.feedDelay?.count).toBeGreaterThan(0)
    expect(verifyStore({ path: storePath, wallUs: () => 0 }).verdict).toBe('sound')
  })

  test('ticks that were due while the machine stood still are missed, and never made up for', async () => {
    const at = await exchange()
    let hasStalled = false
    const stall = (words: string): void => {
      if (hasStalled || !words.includes('ticks: 5,')) return
      hasStalled = true
      const untilMs = performance.now() + 1_500
      while (performance.now() < untilMs);
    }
    const { storePath, ended } = session(at, { seconds: 5, onWords: stall })
    expect((await ended).halt.reason).toBe('duration_elapsed')
    expect(hasStalled).toBe(true)
    const { ticks } = (await summarizeFromStore(storePath, 'world')).operation
    // Seven fit into a second and a half; the end of it may fall on either side of one.
    expect(ticks.missed).toBeGreaterThanOrEqual(6)
    expect(ticks.count + (ticks.missed ?? 0)).toBe(24)
    const times = query<{ at: number }>(storePath, 'SELECT time_us AS at FROM market_snapshots ORDER BY seq').map(({ at }) => at)
    expect(times).toHaveLength(ticks.count)
  })
})
