// Every way a session of this house can end: the reason, its numbers, the exit code, and what is left behind.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { SessionControl } from '../../src/core/session/control.ts'
import type { SessionViewModel } from '../../src/core/session/view-model.ts'
import {
  failureOf,
  MINUTE_US,
  newStore,
  onlooker,
  query,
  queryOne,
  type RanSession,
  runPaper,
  SECOND_US,
  summaryOf,
  temporaryFolder,
} from './harness.ts'
import { Recording, XRP_CONFIG } from './recordings.ts'

const LIVE = "SELECT client_order_id, status FROM orders WHERE status NOT IN ('filled', 'canceled', 'expired', 'rejected')"

function haltOf({ storePath, outcome }: RanSession): { reason: string | null; detail: string | null } {
  return queryOne(storePath, 'SELECT halt_reason AS reason, halt_detail AS detail FROM sessions WHERE session_id = ?', outcome.sessionId)
}

/** What is true of every session that ended in good order, whatever ended it. */
function expectGoodOrder(session: RanSession): void {
  const { storePath, outcome } = session
  expect(query(storePath, LIVE)).toEqual([])
  expect(haltOf(session)).toEqual({ reason: outcome.halt.reason, detail: outcome.halt.detail })
  expect(queryOne(storePath, 'SELECT running, halt_reason FROM engine_state WHERE session_id = ?', outcome.sessionId)).toEqual({
    running: 0,
    halt_reason: outcome.halt.reason,
  })
  const last = queryOne<{ type: string }>(storePath, 'SELECT type FROM journal ORDER BY account_id DESC, seq DESC LIMIT 1')
  expect(last.type).toBe('SESSION_HALTED')
  expect(
    queryOne<{ ended: number | null }>(storePath, 'SELECT ended_wall_us AS ended FROM session_runs WHERE session_id = ?', outcome.sessionId)
      .ended,
  ).not.toBeNull()
  expect(session.log.filter(({ level }) => level === 'error')).toEqual([])
}

/** Nothing that was asked for at the tick of a gate, or later, may have left. */
function expectNothingSentAtTheHalt({ storePath }: RanSession): void {
  const lastTickUs = queryOne<{ at: number }>(storePath, 'SELECT max(time_us) AS at FROM market_snapshots').at
  expect(query(storePath, 'SELECT client_order_id FROM orders WHERE prepared_at_us >= ?', lastTickUs)).toEqual([])
}

describe('a session that ran its time', () => {
  test('S02 a session that ran its time ends as duration_elapsed with exit code 0, after the ticks that fit before its end', async () => {
    const session = await runPaper({ durationUs: 90 * SECOND_US })
    expect(session.outcome).toMatchObject({ halt: { reason: 'duration_elapsed', detail: null }, exitCode: 0 })
    expectGoodOrder(session)
    const ticks = query<{ at: number }>(
      session.storePath,
      'SELECT time_us - (SELECT started_at_us FROM sessions) AS at FROM market_snapshots ORDER BY seq',
    )
    expect(ticks.map(({ at }) => at)).toEqual(Array.from({ length: 89 }, (_, index) => (index + 1) * SECOND_US))
    const late = query(
      session.storePath,
      'SELECT 1 FROM orders WHERE prepared_at_us - (SELECT started_at_us FROM sessions) >= ?',
      90 * SECOND_US,
    )
    expect(late).toEqual([])
  })

  test('whose time is no whole number of ticks has the ticks that fit', async () => {
    const session = await runPaper({ durationUs: 5 * SECOND_US + 1 })
    expect(query(session.storePath, 'SELECT seq FROM market_snapshots')).toHaveLength(5)
    expectGoodOrder(session)
  })

  test('that is shorter than a tick ends well and traded nothing', async () => {
    const session = await runPaper({ durationUs: 1 })
    expect(session.outcome.exitCode).toBe(0)
    expect(query(session.storePath, 'SELECT seq FROM market_snapshots')).toEqual([])
    expect((await summaryOf(session)).fills.count).toBe(0)
    expectGoodOrder(session)
  })
})

describe('a session that a gate stopped', () => {
  const TIGHT = { feed: { simulated: { volatility_bps_per_hour: 3000 } } }

  test('S02 S06 too much exposure ends a session as risk_xrp_exposure with exit code 8, value and limit', async () => {
    const session = await runPaper({
      durationUs: 30 * MINUTE_US,
      config: { ...TIGHT, risk: { max_exposure: '100.01' }, strategy: { market_maker: { max_inventory_notional: 100 } } },
    })
    expect(session.outcome).toMatchObject({ halt: { reason: 'risk_xrp_exposure' }, exitCode: 8 })
    expect(session.outcome.halt.detail).toMatch(/^exposure 10\d\.\d+ RLUSD, limit 100\.01 RLUSD$/)
    expectGoodOrder(session)
    const alarm = queryOne<{ code: string; value: string; limit_value: string }>(
      session.storePath,
      "SELECT * FROM risk_events WHERE code LIKE 'risk_%'",
    )
    expect(alarm.limit_value).toBe('100.01')
    expect(Number(alarm.value)).toBeGreaterThan(100.01)
    expectNothingSentAtTheHalt(session)
  })

  test('S02 S06 too much loss ends a session as risk_loss_limit with exit code 8, value and limit', async () => {
    const session = await runPaper({ durationUs: 30 * MINUTE_US, config: { ...TIGHT, risk: { max_session_loss: '0.05' } } })
    expect(session.outcome).toMatchObject({ halt: { reason: 'risk_loss_limit' }, exitCode: 8 })
    expect(session.outcome.halt.detail).toMatch(/^loss 0\.\d+ RLUSD, limit 0\.05 RLUSD$/)
    expectGoodOrder(session)
    expectNothingSentAtTheHalt(session)
    const [loss] = /0\.\d+/.exec(session.outcome.halt.detail ?? '') ?? []
    const at = queryOne<{ equity: string }>(session.storePath, 'SELECT equity FROM market_snapshots ORDER BY seq DESC LIMIT 1')
    expect(Number(loss)).toBeGreaterThanOrEqual(0.05)
    expect(at.equity).not.toBeNull()
  })

  test('S02 the exposure gate of an asset whose name is more than letters ends with exit code 8 as well', async () => {
    const session = await runPaper({
      durationUs: 30 * MINUTE_US,
      config: {
        ...TIGHT,
        instrument: { symbol: 'S-T.X/RLUSD', kind: 'spot', base: 'S-T.X', quote: 'RLUSD', tick_size: '0.0001', lot_size: '0.01' },
        risk: { max_exposure: '100.01' },
        strategy: { market_maker: { max_inventory_notional: 100 } },
      },
    })
    expect(session.outcome).toMatchObject({ halt: { reason: 'risk_s-t.x_exposure' }, exitCode: 8 })
  })

  test('S02 a silent feed first takes the quotes back, then ends the session as risk_stale_feed with exit code 8', async () => {
    const recording = new Recording().calm(0, 20, '2.0000', '2.0004').calm(80, 100, '2.0000', '2.0004')
    const session = await runPaper({
      feed: recording.write(),
      config: { ...XRP_CONFIG, risk: { stale_feed_seconds: 20 } },
      durationUs: 5 * MINUTE_US,
    })
    expect(session.outcome).toMatchObject({ halt: { reason: 'risk_stale_feed', detail: 'silent for 20.1 s, limit 20 s' }, exitCode: 8 })
    expectGoodOrder(session)
    const startUs = queryOne<{ at: number }>(session.storePath, 'SELECT started_at_us AS at FROM sessions').at
    const seconds = (us: number) => (us - startUs) / SECOND_US
    const cancels = query<{ time_us: number }>(
      session.storePath,
      "SELECT time_us FROM transitions WHERE entity = 'cancel' AND to_state = 'requested'",
    )
    // The last line is at 19.9 s: half of the limit is over at the tick of 30 s.
    expect(new Set(cancels.map(({ time_us }) => seconds(time_us)))).toEqual(new Set([30]))
    expect(query(session.storePath, 'SELECT 1 FROM orders WHERE prepared_at_us > ?', startUs + 29 * SECOND_US)).toEqual([])
    const ticks = query<{ time_us: number }>(session.storePath, 'SELECT time_us FROM market_snapshots ORDER BY seq').map(({ time_us }) =>
      seconds(time_us),
    )
    expect(ticks).toEqual(Array.from({ length: 40 }, (_, index) => index + 1))
  })

  test('a hole in the feed that is shorter than the limit: quotes go and come back, no tick is left out or doubled', async () => {
    const recording = new Recording().calm(0, 20, '2.0000', '2.0004').calm(35, 50, '2.0000', '2.0004')
    const session = await runPaper({
      feed: recording.write(),
      config: { ...XRP_CONFIG, risk: { stale_feed_seconds: 20 } },
      durationUs: 5 * MINUTE_US,
    })
    expect(session.outcome).toMatchObject({ halt: { reason: 'feed_ended' }, exitCode: 0 })
    const rows = query<{ at: number; our_bid: string | null; our_ask: string | null }>(
      session.storePath,
      'SELECT (time_us - (SELECT started_at_us FROM sessions)) / 1000000 AS at, our_bid, our_ask FROM market_snapshots ORDER BY seq',
    )
    expect(rows.map(({ at }) => at)).toEqual(Array.from({ length: 49 }, (_, index) => index + 1))
    expect(rows.filter(({ our_bid, our_ask }) => our_bid === null && our_ask === null).map(({ at }) => at)).toEqual([
      30, 31, 32, 33, 34, 35,
    ])
    // The gate has spoken, and halted nothing: once.
    expect(query(session.storePath, "SELECT code, severity, value, limit_value AS lim FROM risk_events WHERE code LIKE 'risk_%'")).toEqual([
      { code: 'risk_stale_feed', severity: 'warning', value: '10.1', lim: '20' },
    ])
    expectGoodOrder(session)
  })
})

describe('a session that was asked to stop', () => {
  test.each([
    ['interrupted_sigint', 130],
    ['interrupted_sigterm', 143],
    ['interrupted_sighup', 129],
    ['engine_requested_halt', 0],
    ['kill_switch', 8],
  ] as const)('ends as %s with exit code %i, and leaves no order behind', async (reason, exitCode) => {
    const control = new SessionControl()
    let sawOrders = false
    const observer = onlooker(({ orders, counts }) => {
      sawOrders ||= orders.length > 0
      if (counts.ticks === 20) control.requestStop({ reason, detail: 'asked for' })
    })
    const session = await runPaper({ control, observer, durationUs: 5 * MINUTE_US })
    expect(session.outcome).toMatchObject({ halt: { reason, detail: 'asked for' }, exitCode })
    expect(sawOrders).toBe(true)
    expectGoodOrder(session)
    expect(query(session.storePath, 'SELECT seq FROM market_snapshots')).toHaveLength(20)
  })

  test('a second request changes nothing', async () => {
    const control = new SessionControl()
    const observer = onlooker(() => {
      control.requestStop({ reason: 'interrupted_sigint', detail: null })
      control.requestStop({ reason: 'interrupted_sigterm', detail: null })
    })
    const session = await runPaper({ control, observer })
    expect(session.outcome.halt.reason).toBe('interrupted_sigint')
    expectGoodOrder(session)
  })

  test('before it has begun ends in the same good order', async () => {
    const control = new SessionControl()
    control.requestStop({ reason: 'interrupted_sigint', detail: null })
    const session = await runPaper({ control })
    expect(session.outcome).toMatchObject({ halt: { reason: 'interrupted_sigint' }, exitCode: 130 })
    expectGoodOrder(session)
  })

  test('while it waits in real time does not wait any longer', async () => {
    const control = new SessionControl()
    const observer = onlooker(({ counts }) => {
      if (counts.ticks === 3) setTimeout(() => control.requestStop({ reason: 'interrupted_sigterm', detail: null }), 0)
    })
    const session = await runPaper({ control, observer, speed: 1, durationUs: 600 * MINUTE_US })
    expect(session.outcome.exitCode).toBe(143)
    expectGoodOrder(session)
  })
})

describe('a strategy of the user that throws', () => {
  const strategyFile = (body: string): string => {
    const path = join(temporaryFolder(), 'mine.ts')
    writeFileSync(path, body)
    return path
  }
  const THROWING = `export default ({ instrument, decimal }) => {
    let ticks = 0
    return {
      name: 'mine', slotIds: [],
      onTick({ market }) {
        ticks += 1
        if (ticks === 12) throw new Error('I had not thought of that')
        const bid = market.bid === null ? null : { price: market.bid.price, quantity: decimal.dec('10') }
        return [{ type: 'QUOTE', instrument: instrument.symbol, bid, ask: null, postOnly: true }]
      },
    }
  }`

  test('ends the session in good order, as engine_requested_halt with exit code 4 and its own words', async () => {
    const session = await runPaper({ strategy: strategyFile(THROWING) })
    expect(session.outcome).toMatchObject({ halt: { reason: 'engine_requested_halt' }, exitCode: 4 })
    expect(session.outcome.halt.detail).toContain('I had not thought of that')
    expect(query(session.storePath, 'SELECT 1 FROM orders')).not.toEqual([])
    expectGoodOrder(session)
    expect(query(session.storePath, 'SELECT seq FROM market_snapshots')).toHaveLength(12)
  })

  test('that returns what is no intent does the same', async () => {
    const session = await runPaper({
      strategy: strategyFile(THROWING.replace("throw new Error('I had not thought of that')", "return [{ type: 'BUY' }]")),
    })
    expect(session.outcome).toMatchObject({ halt: { reason: 'engine_requested_halt' }, exitCode: 4 })
    expectGoodOrder(session)
  })
})

describe('who looks on', () => {
  test('L05 a screen that fails is told of in the log, and the session goes on', async () => {
    const observer = onlooker(({ counts }) => {
      if (counts.ticks === 5) throw new Error('the screen is gone')
    })
    const session = await runPaper({ observer })
    expect(session.outcome).toMatchObject({ halt: { reason: 'duration_elapsed' }, exitCode: 0 })
    expect(session.log.find(({ level }) => level === 'error')?.fields).toMatchObject({ message: 'the screen is gone' })
    expect(query(session.storePath, LIVE)).toEqual([])
  })

  test('sees the end, with its reason', async () => {
    const phases: string[] = []
    let last: { phase: string; haltReason: string | null } | null = null
    const session = await runPaper({
      durationUs: 3 * SECOND_US,
      observer: onlooker((model) => {
        last = model
        phases.push(model.phase)
      }),
    })
    expect(last).toMatchObject({ phase: 'halted', haltReason: 'duration_elapsed', sessionId: session.outcome.sessionId })
    expect(phases.filter((phase) => phase === 'halted')).toHaveLength(1)
  })
})

describe('limits', () => {
  test('S06 the limits in force are journaled when the session opens, as the config gives them', async () => {
    const risk = {
      max_exposure: '4321.5',
      max_position: '2345.6',
      max_session_loss: '77.25',
      max_order_notional: '1999.99',
      max_leverage: '3.5',
      price_collar_bps: '432.1',
      max_open_orders: 7,
      max_orders_per_second: 8,
      max_cancels_per_second: 9,
      stale_feed_seconds: 12.5,
      max_drawdown: '888.5',
      venue_silence_seconds: 7,
    }
    const engine = { absence_margin_seconds: 6.5, query_spacing_seconds: 1.5, order_validity_seconds: 11 }
    const session = await runPaper({ config: { risk, engine }, durationUs: 3 * SECOND_US })
    const expected = {
      maxExposure: '4321.5',
      maxPosition: '2345.6',
      maxSessionLoss: '77.25',
      maxOrderNotional: '1999.99',
      maxLeverage: '3.5',
      priceCollarBps: '432.1',
      maxOpenOrders: 7,
      maxOrdersPerSecond: 8,
      maxCancelsPerSecond: 9,
      staleFeedUs: 12_500_000,
    }
    // The way to a venue in this process cannot fail: its gates are not in force.
    const ofGates = {
      maxDrawdown: '888.5',
      drawdownSince: null,
      venueSilenceUs: 0,
      venueStreamUs: 0,
      venueAccountUs: 0,
      maxVenueFailuresPercent: '0',
    }
    const summary = await summaryOf(session)
    expect(summary.limits).toEqual({ ...expected, ...ofGates })
    expect(summary.risk.counts).toEqual([])
    const opened = queryOne<{ body: string }>(session.storePath, "SELECT body FROM journal WHERE type = 'SESSION_OPENED'")
    const opening = JSON.parse(opened.body)
    expect(opening.limits).toEqual(expected)
    expect(opening).toMatchObject({
      positionMode: 'one_way',
      orderValidityUs: 11_000_000,
      absenceMarginUs: 6_500_000,
      querySpacingUs: 1_500_000,
    })
  })

  test('S06 a position limit is kept, orders beyond it are denied with their figures, and the screen shows how near it is', async () => {
    let last: SessionViewModel | null = null
    const session = await runPaper({
      durationUs: 10 * MINUTE_US,
      seed: 7,
      config: { risk: { max_position: '120.5' } },
      observer: onlooker((model) => {
        last = model
      }),
    })
    const positions = query<{ position: string }>(session.storePath, 'SELECT position_after AS position FROM fills').map(({ position }) =>
      Math.abs(Number(position)),
    )
    expect(Math.max(...positions)).toBeLessThanOrEqual(120.5)
    expect(Math.max(...positions)).toBeGreaterThan(70)
    const denials = query<{ body: string }>(session.storePath, "SELECT body FROM journal WHERE type = 'INTENT_DENIED'").map(({ body }) =>
      JSON.parse(body),
    )
    const beyond = denials.filter(({ code }) => code === 'POSITION_ABOVE_LIMIT')
    expect(beyond.length).toBeGreaterThan(10)
    for (const { context } of beyond) expect(context).toMatch(/^position=-?[\d.]+ working=[\d.]+ limit=120\.5$/)
    const { limits, position } = last as unknown as SessionViewModel
    expect(limits.find(({ name }) => name === 'position')).toEqual({
      name: 'position',
      value: position.quantity.replace('-', ''),
      limit: '120.5',
      share: expect.closeTo(Math.abs(Number(position.quantity)) / 120.5, 3),
      halts: false,
    })
  })

  test('S05 two intervals that must agree are compared before anything starts', async () => {
    const storePath = newStore()
    const config = { engine: { tick_interval_seconds: 2 }, strategy: { requote_interval_seconds: 3 } }
    const failure = await failureOf(runPaper({ storePath, config }))
    expect(failure).toMatchObject({ exitCode: 4 })
    expect(failure.message).toContain('requote_interval_seconds')
    const session = await runPaper({ storePath, config: { engine: { tick_interval_seconds: 2 } }, durationUs: 10 * SECOND_US })
    expect(query(session.storePath, 'SELECT seq FROM market_snapshots')).toHaveLength(4)
  })
})
