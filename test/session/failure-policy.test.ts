// The failure policy, a test for each of its rows: a session at a venue on the wire, real sockets and the real clock, and one thing
// that fails. What a screen's failure and a full disk do to a session on paper stands in halts.test.ts and failures.test.ts.

import { unlinkSync } from 'node:fs'
import { connect } from 'node:net'
import Database from 'better-sqlite3'
import { describe, expect, onTestFinished, test } from 'vitest'
import { loadConfig } from '../../src/core/config/load-config.ts'
import { ruleOf } from '../../src/core/exchange/fault-plan.ts'
import { formatDecimal } from '../../src/core/kernel/decimal.ts'
import { SessionControl } from '../../src/core/session/control.ts'
import { machineClock } from '../../src/core/session/pacer.ts'
import type { SessionObserver, SessionOutcome } from '../../src/core/session/port.ts'
import { runSession } from '../../src/core/session/run-session.ts'
import { KEY, pause, type Rehearsed, type RehearsedOptions, rehearsed, SECRET, until } from '../core/exchange/bingx/rehearsed.ts'
import { depth, print } from '../core/exchange/helpers.ts'
import { failureOf, type LogEntry, newStore, onlooker, query, SECOND_US } from './harness.ts'
import { StreamRelay } from './stream-relay.ts'

const BEAT_MS = 100
/** Longer than any test: a session that ends before it is told to has been ended by what failed. */
const LONG_US = 60 * SECOND_US

/** A market that stands still, and trades a little through our quotes, which stand a few ticks away from the touch. */
function startMarket({ exchange }: Rehearsed): void {
  let beats = 0
  const timer = setInterval(() => {
    beats += 1
    const nowUs = Date.now() * 1_000
    exchange.onMarket(depth(nowUs, [['60000', 1]], [['60001', 1]]))
    if (beats % 10 === 0) exchange.onMarket(print(nowUs + 1, 'sell', '59980', '0.002'))
    if (beats % 10 === 5) exchange.onMarket(print(nowUs + 1, 'buy', '60020', '0.002'))
  }, BEAT_MS)
  onTestFinished(() => clearInterval(timer))
}

interface Wish {
  readonly config?: { readonly venue?: object; readonly risk?: object }
  readonly observer?: SessionObserver
  /** Where it listens, if not at the exchange itself. */
  readonly streamUrl?: string
}

interface Running {
  readonly storePath: string
  readonly ended: Promise<SessionOutcome>
  readonly log: readonly LogEntry[]
  readonly control: SessionControl
}

/** A market maker at that exchange. */
function session({ exchange }: Rehearsed, { config = {}, observer, streamUrl = exchange.streamUrl }: Wish = {}): Running {
  const storePath = newStore()
  const log: LogEntry[] = []
  const control = new SessionControl()
  const text = JSON.stringify({
    mode: 'demo',
    feed: { source: 'live' },
    venue: {
      instrument: 'BTC/USDT:USDT',
      rest_url: exchange.restUrl,
      stream_url: streamUrl,
      call_timeout_seconds: 0.5,
      ...config.venue,
    },
    engine: { tick_interval_seconds: 0.2, order_validity_seconds: 2, absence_margin_seconds: 0.5, query_spacing_seconds: 0.3 },
    strategy: { market_maker: { order_notional: 300, max_inventory_notional: 2_000, half_spread_bps: 0.4 } },
    risk: { ...config.risk },
  })
  const ended = runSession({
    config: loadConfig({ file: '/dita.yaml', text }),
    sessionId: 'policy',
    durationUs: LONG_US,
    speed: 1,
    storePath,
    onStart: 'adopt',
    environment: { DITA_BINGX_API_KEY: KEY, DITA_BINGX_API_SECRET: SECRET },
    random: () => 0.5,
    process: { pid: process.pid, host: 'test', version: '0.0.0' },
    wall: { ...machineClock(), wallUs: () => Date.now() * 1_000 },
    control,
    observer: observer ?? null,
    log: {
      info: (event, fields) => log.push({ level: 'info', event, fields }),
      error: (event, fields) => log.push({ level: 'error', event, fields }),
    },
  })
  // It is awaited by the test; until then a failure is not unhandled.
  ended.catch(() => undefined)
  return { storePath, ended, log, control }
}

async function place(options: RehearsedOptions = {}): Promise<Rehearsed> {
  const at = await rehearsed({ ...options, settings: { fillFeeDecimals: 18, ...options.settings } })
  startMarket(at)
  return at
}

const accepted = (at: Rehearsed): number => at.truth().filter(({ kind }) => kind === 'order_accepted').length

/** What the exchange and the journal have in common when all is well: every order, every fill, the position. */
function expectOneStory(at: Rehearsed, storePath: string): void {
  const truth = at.audit()
  expect(truth.doubled).toEqual([])
  const ours = query<{ id: string }>(storePath, 'SELECT client_order_id AS id FROM orders').map(({ id }) => id)
  expect([...truth.ordersByClientId.keys()].filter((id) => !ours.includes(id))).toEqual([])
  const trades = query<{ id: string }>(storePath, 'SELECT trade_id AS id FROM fills').map(({ id }) => id)
  expect(trades.sort()).toEqual(truth.fills.map(({ tradeId }) => tradeId).sort())
  const [last] = query<{ position: string }>(storePath, 'SELECT position_after AS position FROM fills ORDER BY seq DESC LIMIT 1')
  expect(last?.position ?? '0').toBe(formatDecimal(truth.position))
}

/** It has gone on until now, and ends when it is asked to. */
async function expectGoesOn({ control, ended }: Running): Promise<void> {
  control.requestStop({ reason: 'engine_requested_halt', detail: 'seen enough' })
  expect((await ended).halt).toEqual({ reason: 'engine_requested_halt', detail: 'seen enough' })
}

const OPEN_AT_END = "SELECT client_order_id, status FROM orders WHERE status NOT IN ('filled', 'canceled', 'expired', 'rejected', 'absent')"

describe('the failure policy of a session', { timeout: 90_000 }, () => {
  test('L05 K21 a venue that limits us: the session backs off and goes on, and trades again when it may', async () => {
    // With a word on how long, and without one.
    const stated = ruleOf('rate_limited', { on: 'place', times: 1 })
    const silent = ruleOf('rate_limited', { on: 'place', times: 1, params: { status: '429', headers: false } })
    const at = await place({ rules: [stated, silent, ruleOf('rate_limited', { on: 'cancel', times: 1 })] })
    const running = session(at)
    await until(() => at.struck('rate_limited') >= 3)
    const before = accepted(at)
    await until(() => accepted(at) > before)
    await expectGoesOn(running)
    expect(query(running.storePath, "SELECT seq FROM journal WHERE type = 'RATE_LIMIT_NOTED'").length).toBeGreaterThan(0)
    expect(query(running.storePath, OPEN_AT_END)).toEqual([])
    expectOneStory(at, running.storePath)
  })

  test('L05 V04 a venue that hangs: the breaker opens with an alarm, nothing new is sent, and the session trades on when it answers', async () => {
    const at = await place()
    const running = session(at, { config: { venue: { queue_limit: 20 } } })
    await until(() => accepted(at) >= 2)
    await at.control('freeze', { on: true })
    await until(() => alarms(running).some((text) => text.includes('does not answer')))
    const whenOpened = accepted(at)
    await pause(1_000)
    expect(accepted(at)).toBe(whenOpened)
    await at.control('freeze', { on: false })
    await until(() => accepted(at) > whenOpened + 2)
    await expectGoesOn(running)
    expect(query(running.storePath, "SELECT detail FROM risk_events WHERE code = 'VENUE_ALARM'").length).toBeGreaterThan(0)
    expect(query(running.storePath, OPEN_AT_END)).toEqual([])
    expectOneStory(at, running.storePath)
  })

  test('L05 a live feed that falls silent: what rests is taken back, and quotes come again with the market', async () => {
    const at = await place()
    const relay = await StreamRelay.open(at.exchange.streamUrl)
    const said = new Set<string>()
    const observer = onlooker(({ messages }) => {
      for (const { text } of messages) said.add(text)
    })
    const running = session(at, { streamUrl: relay.url, config: { risk: { stale_feed_seconds: 6 } }, observer })
    await until(() => at.audit().orders.size >= 2)
    relay.silence(true)
    // After half of what the gate allows; all of it never passes.
    await until(() => said.has('the feed is silent: everything that rests is taken back'))
    await until(() => [...at.audit().orders.values()].every(({ status }) => status !== 'open'))
    const before = accepted(at)
    relay.silence(false)
    await until(() => accepted(at) > before)
    await expectGoesOn(running)
    expectOneStory(at, running.storePath)
  })

  test('L05 a live feed that stays silent halts the session, with nothing of ours left at the venue', async () => {
    const at = await place()
    const relay = await StreamRelay.open(at.exchange.streamUrl)
    const running = session(at, { streamUrl: relay.url, config: { risk: { stale_feed_seconds: 2 } } })
    await until(() => accepted(at) >= 2)
    relay.silence(true)
    expect(await running.ended).toMatchObject({ exitCode: 8, halt: { reason: 'risk_stale_feed' } })
    expect([...at.audit().orders.values()].filter(({ status }) => status === 'open')).toEqual([])
    expect(query(running.storePath, OPEN_AT_END)).toEqual([])
    expectOneStory(at, running.storePath)
  })

  test('L05 a live feed with a gap is filled up again: the break is counted, and the session goes on', async () => {
    const at = await place()
    const relay = await StreamRelay.open(at.exchange.streamUrl)
    const running = session(at, { streamUrl: relay.url })
    await until(() => accepted(at) >= 2)
    relay.cut()
    const before = accepted(at)
    await until(() => accepted(at) > before)
    await expectGoesOn(running)
    const [report] = query<{ gaps: number }>(running.storePath, 'SELECT feed_gaps AS gaps FROM sessions')
    expect(report?.gaps).toBeGreaterThan(0)
    expect(query(running.storePath, OPEN_AT_END)).toEqual([])
    expectOneStory(at, running.storePath)
  })

  test('L05 a screen that fails, peers that speak nonsense and a control socket that is gone: the session goes on', async () => {
    const at = await place()
    const observer = onlooker(({ counts }) => {
      if (counts.ticks === 5) throw new Error('the screen is gone')
    })
    const running = session(at, { observer })
    const socketPath = running.storePath.replace(/\.db$/, '.sock')
    await until(() => accepted(at) >= 2)
    await nuisances(socketPath)
    unlinkSync(socketPath)
    const before = accepted(at)
    await until(() => accepted(at) > before)
    await expectGoesOn(running)
    expect(running.log.filter(({ event }) => event === 'screen_failed')).toMatchObject([{ fields: { message: 'the screen is gone' } }])
    expect(query(running.storePath, OPEN_AT_END)).toEqual([])
    expectOneStory(at, running.storePath)
  })

  test('L05 J02 a journal that fails: the session stops at once, and the venue has no order that the journal does not have', async () => {
    const at = await place()
    const running = session(at)
    await until(() => accepted(at) >= 2)
    // Another program writes to the store and does not stop.
    const other = new Database(running.storePath)
    onTestFinished(() => void other.close())
    other.exec('BEGIN IMMEDIATE')
    const failure = await failureOf(running.ended)
    expect(failure).toMatchObject({ code: 'JOURNAL_FAILED', exitCode: 6, fault: 'machine' })
    other.exec('ROLLBACK')
    const ours = query<{ id: string }>(running.storePath, 'SELECT client_order_id AS id FROM orders').map(({ id }) => id)
    const truth = at.audit()
    expect(truth.doubled).toEqual([])
    expect([...truth.ordersByClientId.keys()].filter((id) => !ours.includes(id))).toEqual([])
    expect(query(running.storePath, 'SELECT halt_reason FROM sessions')).toEqual([{ halt_reason: null }])
  })
})

function fieldOf(fields: LogEntry['fields'], name: string): string {
  return String(fields[name])
}

function alarms({ log }: Running): string[] {
  return log.flatMap(({ event, fields }) => (event === 'venue' && fieldOf(fields, 'severity') === 'alarm' ? [fieldOf(fields, 'text')] : []))
}

/** Peers that speak nonsense, say nothing, leave at once, or listen and never read. */
async function nuisances(path: string): Promise<void> {
  const words = ['\u0000\u001b[2J{{{\n', `${'x'.repeat(100_000)}\n`, '', '{"v":1,"id":1,"do":"watch"}\n', '{"v":9,"__proto__":{}}\n']
  for (const word of words) {
    const socket = connect(path)
    onTestFinished(() => void socket.destroy())
    socket.on('error', () => socket.destroy())
    socket.pause()
    await new Promise((resolve) => socket.once('connect', resolve))
    if (word === '') socket.destroy()
    else socket.write(word)
  }
}
