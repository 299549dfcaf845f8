// What fails in the middle of a session: how it ends then, and that nothing is left hanging.

import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import {
  failureOf,
  type LogEntry,
  MINUTE_US,
  newStore,
  onlooker,
  query,
  queryOne,
  runPaper,
  SECOND_US,
  summaryOf,
  temporaryFolder,
  virtualWall,
} from './harness.ts'
import { Recording, XRP_CONFIG } from './recordings.ts'

const LIVE = "SELECT client_order_id, status FROM orders WHERE status NOT IN ('filled', 'canceled', 'expired', 'rejected')"

describe('a journal that cannot be written any more', () => {
  test('ends the session with JOURNAL_FAILED and exit code 6; the next start says why, closes it as journal_failure and finds all that was committed', async () => {
    const storePath = newStore()
    let other: Database.Database | null = null
    let factsThen = 0
    const observer = onlooker(({ counts }) => {
      if (counts.ticks !== 20 || other !== null) return
      // Another program writes to the store and does not stop.
      other = new Database(storePath)
      other.exec('BEGIN IMMEDIATE')
      factsThen = counts.facts
    })
    const failure = await failureOf(runPaper({ storePath, observer, sessionId: 'lost', durationUs: 5 * MINUTE_US }))
    expect(failure).toMatchObject({ code: 'JOURNAL_FAILED', exitCode: 6, fault: 'machine' })
    ;(other as Database.Database | null)?.exec('ROLLBACK')
    ;(other as Database.Database | null)?.close()
    expect(queryOne(storePath, 'SELECT count(*) AS n FROM journal')).toEqual({ n: factsThen })
    expect(queryOne(storePath, 'SELECT halt_reason FROM sessions')).toEqual({ halt_reason: null })
    const said = new Set<string>()
    const listener = onlooker(({ messages }) => {
      for (const { text } of messages) said.add(text)
    })
    const next = await runPaper({ storePath, observer: listener, sessionId: 'next', durationUs: 5 * SECOND_US })
    expect(next.outcome.crashedBefore).toEqual(['lost'])
    expect([...said]).toContainEqual(
      expect.stringContaining('The session lost before this one ended because its journal failed (database is locked)'),
    )
    expect(query(storePath, LIVE)).toEqual([])
    expect(queryOne(storePath, "SELECT halt_reason, halt_detail FROM sessions WHERE session_id = 'lost'")).toMatchObject({
      halt_reason: 'journal_failure',
      halt_detail: expect.stringMatching(/^database is locked; \d+ orders were live$/),
    })
    expect(existsSync(`${storePath}.failed.json`)).toBe(false)
  })
})

describe('anything else that fails', () => {
  test('while orders rest ends the session as unexpected_halt, with its orders taken back and its words in the log', async () => {
    const wall = virtualWall()
    const storePath = newStore()
    let sleeps = 0
    let orders = 0
    const log: LogEntry[] = []
    const running = runPaper({
      storePath,
      speed: 50,
      wall: {
        ...wall,
        sleep(ms) {
          sleeps += 1
          if (sleeps > 500 && orders > 0) throw new Error('the clock has stopped')
          return wall.sleep(ms)
        },
      },
      observer: onlooker((model) => {
        orders = model.orders.length
      }),
      onLog: (entry) => log.push(entry),
    })
    await expect(running).rejects.toThrow('the clock has stopped')
    expect(query(storePath, 'SELECT halt_reason, halt_detail FROM sessions')).toEqual([
      { halt_reason: 'unexpected_halt', halt_detail: 'the clock has stopped' },
    ])
    expect(query(storePath, 'SELECT 1 FROM orders')).not.toEqual([])
    expect(query(storePath, LIVE)).toEqual([])
    expect(log.find(({ event }) => event === 'session_failed')?.fields).toMatchObject({ message: 'the clock has stopped' })
    expect((await runPaper({ storePath, sessionId: 'next', durationUs: 2 * SECOND_US })).outcome.crashedBefore).toEqual([])
  })

  test('such as a recording that goes away once it was opened ends the session with a reason, and the store opens', async () => {
    const storePath = newStore()
    const feed = new Recording().calm(0, 60, '2.0000', '2.0004').write()
    const path = join(temporaryFolder(), 'vandal.mjs')
    writeFileSync(
      path,
      `import { rmSync } from 'node:fs'
      export default () => { rmSync(${JSON.stringify(feed)}); return { name: 'vandal', slotIds: [], onTick: () => [] } }`,
    )
    await expect(runPaper({ storePath, feed, strategy: path, config: XRP_CONFIG })).rejects.toThrow(/ENOENT/)
    rmSync(path)
    expect(queryOne(storePath, 'SELECT halt_reason FROM sessions')).toEqual({ halt_reason: 'unexpected_halt' })
    expect((await runPaper({ storePath, sessionId: 'next', durationUs: 2 * SECOND_US })).outcome.exitCode).toBe(0)
  })
})

describe('a venue that is slow', () => {
  test.each([0, 1, 999, 5_000, 60_000])('by %i ms each way is waited for at the end: no order is left open', async (latencyMs) => {
    const config = {
      paper: { entry_latency_ms: latencyMs, response_latency_ms: latencyMs },
      engine: { order_validity_seconds: 200 },
      strategy: { market_maker: { order_notional: 10, half_spread_bps: 0 } },
    }
    const session = await runPaper({ config, durationUs: 4 * MINUTE_US })
    expect(session.outcome.exitCode).toBe(0)
    expect(query(session.storePath, LIVE)).toEqual([])
    expect(query(session.storePath, "SELECT 1 FROM risk_events WHERE code = 'ORDER_LEFT_OPEN'")).toEqual([])
    const summary = await summaryOf(session)
    expect(summary.orders.sent).toBeGreaterThan(0)
    expect(summary.checks.findings).toEqual([])
    // Nothing is answered before it could have arrived and come back.
    const roundTripUs = 2_000 * latencyMs
    const early = query(
      session.storePath,
      "SELECT 1 FROM transitions JOIN orders ON entity_id = orders.client_order_id WHERE entity = 'order' AND to_state = 'acked' AND time_us < prepared_at_us + ?",
      roundTripUs,
    )
    expect(early).toEqual([])
  })
})
