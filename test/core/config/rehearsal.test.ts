// What an audit finds only by running: a config whose session would not be as it says is rehearsed long enough to show it.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { AuditView, FindingCode } from '../../../src/core/config/audit-config.ts'
import { loadConfig } from '../../../src/core/config/load-config.ts'
import { readConfig } from '../../../src/core/config/read-config.ts'
import { DitaError } from '../../../src/core/errors.ts'
import { renderSummary } from '../../../src/core/report/summary-text.ts'
import { auditReading } from '../../../src/core/session/audit-session.ts'
import { rehearsalFindings } from '../../../src/core/session/rehearsal-findings.ts'
import { query, runPaper, summaryOf, temporaryFolder } from '../../session/harness.ts'

const LINEAR = 'symbol: XRP/USD, kind: linear, base: XRP, quote: USD, tick_size: 0.0001, lot_size: 0.1'
const SPOT = 'symbol: XRP/USD, kind: spot, base: XRP, quote: USD, tick_size: 0.0001'
const BREAKOUT = 'strategy: { name: breakout, breakout: { lookback_seconds: 10 } }'

function audit(text: string, file = '/tmp/dita.yaml'): Promise<AuditView> {
  const reading = readConfig({ file, text, environment: {} })
  return auditReading(reading, { durationUs: 1_800_000_000, online: false, environment: {}, random: () => 0.5, host: 'test' })
}

const said = ({ findings }: AuditView): (readonly [FindingCode, string | undefined])[] =>
  findings.filter(({ severity }) => severity !== 'note').map(({ code, keys }) => [code, keys[0]] as const)

describe('C02 a rehearsal', () => {
  test('C02 of the built-in strategies lasts until they have traded, and is clean', async () => {
    for (const text of ['mode: paper', 'strategy: { name: breakout }', `${BREAKOUT}\ninstrument: { ${LINEAR}, max_leverage: 10 }`]) {
      const view = await audit(text)
      expect([text, said(view)]).toEqual([text, []])
      expect(view.rehearsal?.fills).toBeGreaterThan(0)
    }
  })

  test.each([
    [
      `${BREAKOUT}\ninstrument: { ${LINEAR}, max_leverage: 10 }\npaper: { balances: { USD: 100 } }`,
      'ALL_DENIED',
      'paper.balances',
      /INSUFFICIENT_MARGIN ×\d+/,
    ],
    [`${BREAKOUT}\nrisk: { max_position: 100 }`, 'ALL_DENIED', 'risk.max_position', /POSITION_ABOVE_LIMIT ×\d+/],
    [
      `instrument: { ${SPOT}, lot_size: 1000 }`,
      'NO_ORDER_SENT',
      'strategy.market_maker.order_notional',
      /`market_maker` sent no order: .* too small/,
    ],
    [`${BREAKOUT}\ninstrument: { ${SPOT}, lot_size: 1000 }`, 'NO_ORDER_SENT', 'strategy.breakout.order_notional', /too small/],
    [
      'risk: { max_orders_per_second: 1 }',
      'OFTEN_REFUSED',
      'risk.max_orders_per_second',
      /\d+ of \d+ orders and cancels .*ORDER_RATE_ABOVE_LIMIT ×/,
    ],
    ['risk: { max_cancels_per_second: 1 }', 'OFTEN_REFUSED', 'risk.max_cancels_per_second', /CANCEL_RATE_ABOVE_LIMIT ×/],
    ['paper: { account: mine, balances: { XRP: 10, RLUSD: 20 } }', 'OFTEN_REFUSED', 'paper.balances', /INSUFFICIENT_BALANCE ×/],
    ['risk: { stale_feed_seconds: 0.1 }', 'REHEARSAL_HALTED', 'risk.stale_feed_seconds', /risk_stale_feed: silent for/],
    [
      'feed: { simulated: { volatility_bps_per_hour: 0, spread_bps: 0.1 } }\nstrategy: { name: breakout, breakout: { direction: short } }\npaper: { balances: { RLUSD: 9000 } }',
      'NO_ORDER_SENT',
      null,
      /`breakout` sent no order/,
    ],
  ] as const)('C02 of %j is a finding', async (text, code, key, words) => {
    const view = await audit(text)
    const found = view.findings.find((finding) => finding.code === code)
    expect([found?.severity, view.exitCode], JSON.stringify(view.findings)).toEqual(['finding', 3])
    if (key !== null) expect(found?.keys[0]).toBe(key)
    expect(found?.text).toMatch(words)
  })

  test('C02 in another mode than paper says nothing of amounts and gates: they are made up', async () => {
    const text =
      'mode: demo\nfeed: { source: live }\nrisk: { stale_feed_seconds: 0.1, max_orders_per_second: 1 }\nengine: { tick_interval_seconds: 0.5 }'
    const codes = said(await audit(text)).map(([code]) => code)
    expect(codes).not.toContain('REHEARSAL_HALTED')
    expect(codes).not.toContain('OFTEN_REFUSED')
  })

  test('C02 finds parameters that its strategy never read, within groups too', async () => {
    const cwd = temporaryFolder()
    const file = join(cwd, 'dita.yaml')
    const source =
      "export default ({ params }) => { const most = [params.size, params.levels.near]; return { name: 'mine', slotIds: [], onTick: () => (most, []) } }"
    writeFileSync(join(cwd, 'mine.mjs'), source)
    const mine = (params: string): string => `strategy:\n  name: ./mine.mjs\n  params: { ${params} }\n`
    const view = await audit(mine('size: 1, sizze: 2, levels: { near: 1, nera: 2 }, rest: { a: 1 }'), file)
    expect(said(view)).toEqual([
      ['UNREAD_KEY', 'strategy.params.sizze'],
      ['UNREAD_KEY', 'strategy.params.rest'],
      ['UNREAD_KEY', 'strategy.params.levels.nera'],
    ])
    expect(view.findings[0]).toMatchObject({ line: 3, column: 22 })
    expect(said(await audit(mine('size: 1, levels: { near: [1, 2] }'), file))).toEqual([])
    writeFileSync(join(cwd, 'spread.mjs'), source.replace('[params.size, params.levels.near]', '{ size: 1, ...params }'))
    expect(said(await audit(mine('anything: 1').replace('mine.mjs', 'spread.mjs'), file))).toEqual([])
  })

  test('C02 a strategy sees the same frozen parameters whether it is watched or not', async () => {
    const cwd = temporaryFolder()
    writeFileSync(
      join(cwd, 'mine.mjs'),
      "export default ({ params }) => { params.levels.far = 5; return { name: 'mine', slotIds: [], onTick: () => [] } }",
    )
    const view = await audit('strategy: { name: ./mine.mjs, params: { levels: { near: 1 } } }', join(cwd, 'dita.yaml'))
    expect(said(view)).toEqual([['STRATEGY_UNUSABLE', 'strategy.name']])
  })
})

describe('S06 risk.drawdown_since', () => {
  test('S06 after the begin of a session by the clock that counts is refused before anything is opened', async () => {
    const at = (since: string): Promise<unknown> => runPaper({ config: { risk: { drawdown_since: since } }, durationUs: 1_000_000 })
    await expect(at('2026-11-20')).rejects.toMatchObject({ code: 'DRAWDOWN_SINCE_AHEAD', exitCode: 4 })
    await expect(at('2026-01-01T00:00:01Z')).rejects.toBeInstanceOf(DitaError)
    await expect(at('2026-01-01')).resolves.toBeDefined()
    await expect(
      runPaper({ config: { risk: { drawdown_since: '2026-11-20', max_drawdown: 0 } }, durationUs: 1_000_000 }),
    ).resolves.toBeDefined()
  })

  test('S06 stands in the journal and in the summary with the limit that goes by it', async () => {
    const session = await runPaper({ config: { risk: { drawdown_since: '2025-12-31' } }, durationUs: 2_000_000 })
    const [flag] = query<{ value: string; detail: string }>(
      session.storePath,
      "SELECT value, detail FROM risk_events WHERE code = 'LIMIT_MAX_DRAWDOWN'",
    )
    expect(flag).toEqual({
      value: '2025-12-31',
      detail: 'In force: fall of the equity below its peak since 2025-12-31 (UTC), in RLUSD, limit 1000.',
    })
    const summary = await summaryOf(session)
    expect(summary.limits).toMatchObject({ maxDrawdown: '1000', drawdownSince: '2025-12-31' })
    expect(renderSummary(summary)).toMatch(/deepest fall below the peak +1,000\.00 RLUSD, peaks since 2025-12-31 \(UTC\)/)
  })

  test('S06 after the begin is found by the audit, and its rehearsal goes on', async () => {
    const view = await audit('risk: { drawdown_since: 2026-11-20 }')
    expect(said(view)).toEqual([['LIMIT_NEVER_BINDS', 'risk.drawdown_since']])
    expect(view.rehearsal?.haltReason).toBe('duration_elapsed')
    expect(said(await audit('risk: { drawdown_since: 2026-01-01 }'))).toEqual([])
  })
})

describe('C02 a short share of refusals', () => {
  const config = loadConfig({ file: null, environment: {} })
  const seen = { readersOf: () => [], isWhole: true }
  const codesOf = (refused: Record<string, number>, { sent = 100, denials = 0, rejections = 0 } = {}): string[] => {
    const refusals = Object.entries(refused).map(([code, count]) => ({ code, count, example: code }))
    const rehearsal = {
      instrument: 'A/B',
      feed: 'simulated',
      seconds: 60,
      ticks: 60,
      ordersSent: sent,
      fills: 1,
      denials,
      rejections,
      refusals,
      haltReason: 'duration_elapsed',
      haltDetail: null,
    }
    return rehearsalFindings({ config, rehearsal, halt: { reason: 'duration_elapsed', detail: null }, seen, isOwnMarket: true }).map(
      ({ code }) => code,
    )
  }

  test('C02 is none of the config: from a tenth on it is a finding', () => {
    expect(codesOf({ BALANCE_TOO_LOW: 9 }, { sent: 91, denials: 9 })).toEqual([])
    expect(codesOf({ BALANCE_TOO_LOW: 10 }, { sent: 90, denials: 10 })).toEqual(['OFTEN_REFUSED'])
    expect(codesOf({ BALANCE_TOO_LOW: 2 }, { sent: 3, denials: 2 })).toEqual([])
  })

  test('C02 of what the market did to a quote on its way is none either', () => {
    expect(codesOf({ POST_ONLY_WOULD_CROSS: 40, QUOTE_SIDE_PENDING: 90 }, { denials: 90, rejections: 40 })).toEqual([])
    expect(codesOf({ POST_ONLY_WOULD_CROSS: 40 }, { sent: 40, rejections: 40 })).toEqual(['ALL_DENIED'])
  })
})
