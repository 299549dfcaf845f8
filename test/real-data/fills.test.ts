// Real markets, whole sessions: every fill of both strategies on both recordings, judged from the raw lines.

import { beforeAll, describe, expect, test } from 'vitest'
import { MINUTE_US, query, runPaper, summaryOf } from '../session/harness.ts'
import { judgeFills } from './fill-judge.ts'
import { describeWithRecordings, type RawLine, readLines } from './raw-market.ts'
import { RECORDINGS } from './recordings.ts'

const TEN_MINUTES = { durationUs: 10 * MINUTE_US }
/** Entries at small moves, so that a recording of minutes has many. */
const NERVOUS = { strategy: { breakout: { lookback_seconds: 5, stop_bps: 1, targets_bps: [0.5, 1, 2], max_holding_seconds: 20 } } }
/** Quotes at the touch, so that many are filled. */
const EAGER = { strategy: { market_maker: { half_spread_bps: 0, order_notional: 500, max_inventory_notional: 4000 } } }

describeWithRecordings('sessions on real recordings', () => {
  for (const [market, { path, lines: count }] of Object.entries(RECORDINGS)) {
    describe(market, () => {
      let lines: RawLine[] = []
      beforeAll(() => {
        lines = readLines(path)
      })

      test.each(['market_maker', 'breakout'])('%s plays every line and fills only what the recording allows', async (strategy) => {
        const session = await runPaper({ ...TEN_MINUTES, feed: path, strategy, sessionId: `${market}-1` })
        const summary = await summaryOf(session)
        expect(session.outcome.exitCode).toBe(0)
        expect(summary.haltReason).toBe('feed_ended')
        expect(summary.feed).toMatchObject({ events: count, gaps: 0, badLines: 0, skipped: 0, truncated: false })
        expect(summary.feed.firstTimeUs).toBe(lines[0]?.timeUs)
        expect(summary.feed.lastTimeUs).toBe(lines.at(-1)?.timeUs)
        const judgement = judgeFills(session.storePath, lines)
        expect(judgement.complaints).toEqual([])
        expect(judgement.makers + judgement.takers).toBe(summary.fills.count)
        expect(summary.fills.count).toBeGreaterThan(0)
        expect(summary.checks.findings).toEqual([])
      })

      test.each([
        ['market_maker', EAGER],
        ['breakout', NERVOUS],
      ])('%s that trades much is filled as the recording allows', async (strategy, config) => {
        const session = await runPaper({ ...TEN_MINUTES, feed: path, strategy, config, sessionId: `${market}-2` })
        const judgement = judgeFills(session.storePath, lines)
        expect(judgement.complaints).toEqual([])
        expect(judgement.makers + judgement.takers).toBeGreaterThan(strategy === 'breakout' ? 10 : 50)
        expect(
          query(session.storePath, "SELECT client_order_id FROM orders WHERE status NOT IN ('filled', 'canceled', 'expired', 'rejected')"),
        ).toEqual([])
      })
    })
  }
})
