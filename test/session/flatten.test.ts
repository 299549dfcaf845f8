// A session whose strategy is `flatten`: whatever an earlier one left is closed, in as many orders as it takes, and then it ends.

import { describe, expect, test } from 'vitest'
import { haltText } from '../../src/core/halt-reasons.ts'
import { MINUTE_US, newStore, query, queryOne, type RanSession, runPaper, summaryOf } from './harness.ts'

const DESK = { paper: { account: 'desk' } }
const PERPETUAL = {
  symbol: 'XRP/USDT:USDT',
  kind: 'linear',
  base: 'XRP',
  quote: 'USDT',
  settle: 'USDT',
  tick_size: '0.0001',
  lot_size: '1',
  min_quantity: '1',
  min_notional: '2',
  max_leverage: '20',
}

const flatten = (storePath: string, config: Readonly<Record<string, unknown>>): Promise<RanSession> =>
  runPaper({ storePath, sessionId: 'out', strategy: 'flatten', config, seed: 9, durationUs: 10 * MINUTE_US })

async function expectFlat(session: RanSession): Promise<void> {
  expect(session.outcome).toMatchObject({ exitCode: 0, halt: { reason: 'engine_requested_halt' } })
  expect(haltText(session.outcome.halt.reason, session.outcome.halt.detail)).toBe('ended: all closed')
  const summary = await summaryOf(session)
  expect(summary.position.before).not.toBe('0')
  expect(summary.position.end).toBe('0')
  expect(summary.checks.findings).toEqual([])
  expect(summary.denials).toEqual([])
}

describe('what an earlier session left', () => {
  test.each([
    ['spot', DESK],
    ['a perpetual', { ...DESK, instrument: PERPETUAL }],
  ])('of quotes is offered at the touch until nothing is held: %s', async (_, config) => {
    const storePath = newStore()
    await runPaper({ storePath, sessionId: 'mon', seed: 7, config, durationUs: 5 * MINUTE_US })
    await expectFlat(await flatten(storePath, config))
  })

  test('is sold in orders that are no larger than the limit', async () => {
    const storePath = newStore()
    await runPaper({ storePath, sessionId: 'mon', seed: 7, config: DESK, durationUs: 5 * MINUTE_US })
    const limit = { ...DESK, risk: { max_order_notional: '20' } }
    await expectFlat(await flatten(storePath, limit))
    const { orders } = queryOne<{ orders: number }>(storePath, "SELECT count(*) AS orders FROM orders WHERE session_id = 'out'")
    expect(orders).toBeGreaterThan(1)
  })

  test('of a trade leaves at the market, and the trade is closed', async () => {
    const storePath = newStore()
    const trade = { lookback_seconds: 5, stop_bps: '900', targets_bps: ['900'], exit_ratios: ['1'], max_holding_seconds: 0 }
    const config = { ...DESK, instrument: PERPETUAL, strategy: { name: 'breakout', breakout: trade } }
    const first = await runPaper({ storePath, sessionId: 'mon', seed: 7, config, durationUs: 5 * MINUTE_US })
    expect((await summaryOf(first)).position.end).not.toBe('0')
    await expectFlat(await flatten(storePath, config))
    expect(queryOne<{ stage: string }>(storePath, "SELECT stage FROM slots WHERE slot_id = 'breakout'").stage).toBe('closed')
  })
})

describe('the limits that halted the session before', () => {
  test.each([
    ['too much exposure', { max_exposure: '30' }, 'risk_xrp_exposure'],
    ['too large a loss', { max_exposure: 0, max_session_loss: '0.001' }, null],
    ['too deep a fall', { max_exposure: 0, max_drawdown: '0.001' }, null],
  ])('do not keep from closing: %s', async (_, risk, reason) => {
    const storePath = newStore()
    const config = { ...DESK, instrument: PERPETUAL }
    const first = await runPaper({
      storePath,
      sessionId: 'mon',
      seed: 7,
      config: { ...config, risk: { max_exposure: 0 } },
      durationUs: 5 * MINUTE_US,
    })
    expect((await summaryOf(first)).position.end).not.toBe('0')
    const again = await runPaper({ storePath, sessionId: 'tue', seed: 8, config: { ...config, risk }, durationUs: MINUTE_US })
    if (reason !== null) expect(again.outcome.halt.reason).toBe(reason)
    const out = await flatten(storePath, { ...config, risk })
    await expectFlat(out)
    if (reason !== null)
      expect(
        query(storePath, "SELECT 1 FROM risk_events WHERE session_id = 'out' AND severity = 'warning' AND detail LIKE '%goes on%'"),
      ).not.toEqual([])
  })
})

test('what cannot be closed is exit 3, and said', async () => {
  const storePath = newStore()
  const config = { ...DESK, instrument: PERPETUAL }
  await runPaper({ storePath, sessionId: 'mon', seed: 7, config, durationUs: 5 * MINUTE_US })
  // No order is as small as that.
  const { outcome } = await flatten(storePath, { ...config, risk: { max_order_notional: '1' } })
  expect(outcome).toMatchObject({ exitCode: 3, halt: { reason: 'engine_requested_halt' } })
  expect(outcome.halt.detail).toContain('is still held: what one order may take of it')
})

test('where nothing is held it sends nothing, and ends at once', async () => {
  const session = await flatten(newStore(), DESK)
  expect(session.outcome.halt.detail).toContain('nothing is held any more')
  expect(query(session.storePath, 'SELECT 1 FROM orders')).toEqual([])
})
