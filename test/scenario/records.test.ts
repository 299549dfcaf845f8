// What a session saw and did, for the record: it is journaled as it was, and changes nothing.

import { expect, test } from 'vitest'
import { ZERO } from '../../src/core/kernel/decimal.ts'
import { given, typesOf } from '../core/kernel/kernel-bench.ts'

test('a feed’s report and a flag of the session are journaled word for word', () => {
  const bench = given()
  const before = structuredClone({ ...bench.state, seq: 0 })
  const counts = { events: 5, gaps: 1, badLines: 2, skipped: 3, firstTimeUs: 1, lastTimeUs: null, truncated: true }
  const report = { source: 'file', ...counts }
  expect(bench.when({ type: 'REPORT_FEED', report })).toEqual([{ type: 'FEED_REPORTED', report }])
  const flag = { code: 'STALE_FEED', severity: 'warning', value: '9', limit: '5', detail: 'No data for 9 s.' } as const
  expect(bench.when({ type: 'FLAG_RISK', ...flag })).toEqual([{ type: 'RISK_FLAGGED', ...flag }])
  expect({ ...bench.state, seq: 0 }).toEqual(before)
})

test('an observation of what is not traded holds nothing, and is worth nothing that anybody knows', () => {
  const bench = given()
  const sides = { bid: null, ask: null, mark: null, ourBid: null, ourAsk: null, bidDistanceBps: null, askDistanceBps: null }
  const facts = bench.when({ type: 'OBSERVE_MARKET', observation: { instrument: 'BTC/USDT', ...sides } })
  expect(facts).toMatchObject([{ type: 'MARKET_OBSERVED', position: ZERO, equity: null }])
})

test('a halt is written once, with its reason; nothing can halt twice', () => {
  const bench = given()
  expect(bench.when({ type: 'HALT_SESSION', reason: 'kill_switch', detail: 'why' })).toEqual([
    { type: 'SESSION_HALTED', reason: 'kill_switch', detail: 'why' },
  ])
  expect(typesOf(bench.when({ type: 'HALT_SESSION', reason: 'duration_elapsed', detail: null }))).toEqual([])
})
