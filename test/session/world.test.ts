// Sessions in the world: real sockets on loopback, the real clock, an exchange that keeps its own truth.

import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { loadConfig } from '../../src/core/config/load-config.ts'
import { openRehearsal, type Rehearsal } from '../../src/core/exchange/bingx/open-rehearsal.ts'
import { auditTruth, readTruth } from '../../src/core/exchange/truth-log.ts'
import { verifyStore } from '../../src/core/journal/verify-store.ts'
import { formatDecimal } from '../../src/core/kernel/decimal.ts'
import { ORDER_LIVE, type OrderStatus } from '../../src/core/kernel/order-table.ts'
import { SessionControl } from '../../src/core/session/control.ts'
import { machineClock } from '../../src/core/session/pacer.ts'
import { runSession, type SessionOutcome } from '../../src/core/session/run-session.ts'
import { failureOf, newStore, query, SECOND_US, temporaryFolder } from './harness.ts'

const KEYS = { DITA_BINGX_API_KEY: 'canary-key-of-the-test', DITA_BINGX_API_SECRET: 'canary-secret-of-the-test' }

/** Fees to the last digit, so that books and truth can be compared exactly. */
const EXACT = 'settings:\n  fill_fee_decimals: 18\n'

async function exchange(plan = ''): Promise<Rehearsal> {
  const folder = temporaryFolder()
  const faultPlanPath = join(folder, 'plan.yaml')
  writeFileSync(faultPlanPath, EXACT + plan)
  const rehearsal = await openRehearsal({
    port: 0,
    feed: 'simulated',
    seed: 7,
    speed: 3,
    faultPlanPath,
    faultSeed: null,
    truthPath: join(folder, 'truth.jsonl'),
    credentials: { apiKey: KEYS.DITA_BINGX_API_KEY, secret: KEYS.DITA_BINGX_API_SECRET },
    controlToken: 'token',
    balance: '10000',
    onFailure: (error) => {
      throw error
    },
  })
  onTestFinished(() => rehearsal.close())
  return rehearsal
}

/** Ticks and margins that let a test see the end. */
const FAST = { tick_interval_seconds: 0.2, order_validity_seconds: 2, absence_margin_seconds: 0.5, query_spacing_seconds: 0.3 }

/** Enters at the market whenever its slot is free. */
const REENTER = `export default ({ instrument, decimal }) => ({
  name: 'reenter',
  slotIds: ['s'],
  onTick({ market, portfolio }) {
    const slot = portfolio.slots.get('s')
    if (market.mid === null || portfolio.liveOrders.size > 0 || (slot && slot.stage !== 'idle' && slot.stage !== 'closed')) return []
    const terms = { orderType: 'market', price: null, timeInForce: 'ioc', postOnly: false, leverage: decimal.dec('2'), exitRatios: [] }
    return [{ type: 'ENTER', slotId: 's', instrument: instrument.symbol, side: 'buy', quantity: decimal.dec('0.004'), ...terms }]
  },
})
`

/** Rests one bid far below the market, and leaves it there. */
const REST = `export default ({ instrument, decimal }) => ({
  name: 'rest',
  slotIds: [],
  onTick({ market }) {
    if (market.mid === null) return []
    const bid = { price: decimal.dec('59000'), quantity: decimal.dec('0.004') }
    return [{ type: 'QUOTE', instrument: instrument.symbol, bid, ask: null, postOnly: true }]
  },
})
`

interface Wish {
  readonly sessionId?: string
  readonly seconds?: number
  readonly storePath?: string
  readonly keys?: Readonly<Record<string, string>>
  readonly control?: SessionControl
  readonly config?: Readonly<Record<string, unknown>>
  /** Gathers whatever is logged or shown. */
  readonly onWords?: (words: string) => void
}

function session(at: Rehearsal, wish: Wish = {}): { readonly storePath: string; readonly ended: Promise<SessionOutcome> } {
  const storePath = wish.storePath ?? newStore()
  const text = JSON.stringify({
    mode: 'demo',
    feed: { source: 'live' },
    venue: { instrument: 'BTC/USDT:USDT', rest_url: at.restUrl, stream_url: at.streamUrl },
    engine: FAST,
    strategy: { market_maker: { order_notional: 300, max_inventory_notional: 2000, half_spread_bps: 0.4 } },
    ...wish.config,
  })
  const note = (value: unknown): void => wish.onWords?.(inspect(value, { depth: null }))
  const ended = runSession({
    config: loadConfig({ file: '/dita.yaml', text }),
    sessionId: wish.sessionId ?? 'world',
    durationUs: (wish.seconds ?? 4) * SECOND_US,
    speed: 1,
    storePath,
    onStart: 'adopt',
    environment: wish.keys ?? KEYS,
    random: Math.random,
    process: { pid: process.pid, host: 'test', version: '0.0.0' },
    wall: { ...machineClock(), wallUs: () => Date.now() * 1000 },
    control: wish.control ?? new SessionControl(),
    observer: { wants: () => wish.onWords !== undefined, publish: (model) => note(model) },
    log: {
      info: (event, fields) => note({ event, fields }),
      error: (event, { cause, ...fields }) => note({ event, fields, cause: inspect(cause) }),
    },
  })
  return { storePath, ended }
}

/** How every order of a store stands. */
function statusesOf(storePath: string): OrderStatus[] {
  return query<{ status: OrderStatus }>(storePath, 'SELECT status FROM orders').map(({ status }) => status)
}

/** The journal and the exchange tell one story: orders, fills, position. */
function expectOneStory(storePath: string, { truthPath }: Rehearsal): void {
  const truth = auditTruth(readTruth(truthPath))
  expect(truth.doubled).toEqual([])
  const ours = query<{ id: string }>(storePath, 'SELECT client_order_id AS id FROM orders').map(({ id }) => id)
  expect([...truth.ordersByClientId.keys()].filter((id) => !ours.includes(id))).toEqual([])
  const booked = query<{ trade: string; quantity: string; price: string }>(
    storePath,
    'SELECT trade_id AS trade, quantity, price FROM fills ORDER BY trade_id',
  )
  const made = truth.fills.map(({ tradeId, quantity, price }) => ({
    trade: String(tradeId),
    quantity,
    price,
  }))
  expect(booked).toEqual(made.sort((a, b) => (a.trade < b.trade ? -1 : 1)))
  const [last] = query<{ position: string }>(storePath, 'SELECT position_after AS position FROM fills ORDER BY seq DESC LIMIT 1')
  expect(last?.position ?? '0').toBe(formatDecimal(truth.position))
}

describe('a session at a venue on the wire', { timeout: 60_000 }, () => {
  test('V01 V08 trades, takes everything back at its end, and tells the same story as the exchange', async () => {
    const at = await exchange()
    const { storePath, ended } = session(at, { seconds: 6 })
    expect((await ended).halt).toMatchObject({ reason: 'duration_elapsed' })
    expect(statusesOf(storePath).filter((status) => ORDER_LIVE[status])).toEqual([])
    expect(query(storePath, 'SELECT 1 FROM fills').length).toBeGreaterThan(0)
    expect(query(storePath, 'SELECT 1 FROM orders').length).toBeGreaterThan(4)
    expectOneStory(storePath, at)
    expect(verifyStore({ path: storePath, wallUs: () => 0 }).verdict).toBe('sound')
  })

  test('V07 a key is in no store, no log, no screen and no error, whatever goes wrong', async () => {
    const at = await exchange(
      'faults:\n  - fault: answer_lost\n    where: { every: 3 }\n  - fault: unknown_code\n    where: { every: 5 }\n',
    )
    const words: string[] = []
    const { storePath, ended } = session(at, { seconds: 4, onWords: (text) => words.push(text) })
    await ended
    const refused = session(at, { keys: { ...KEYS, DITA_BINGX_API_SECRET: 'canary-that-is-wrong' }, onWords: (text) => words.push(text) })
    words.push(inspect(await failureOf(refused.ended), { depth: null }))
    const kept = readdirSync(dirname(storePath)).map((name) => join(dirname(storePath), name))
    const texts = [...words, ...kept.filter((path) => statSync(path).isFile()).map((path) => readFileSync(path, 'latin1'))]
    expect(words.length).toBeGreaterThan(10)
    for (const secret of [...Object.values(KEYS), 'canary-that-is-wrong']) {
      expect(texts.filter((text) => text.includes(secret))).toEqual([])
    }
  })

  test('J02 the next session finds the account as it was left: position, money, and no order twice', async () => {
    const at = await exchange()
    const first = session(at, { sessionId: 's1', seconds: 5 })
    await first.ended
    const second = session(at, { sessionId: 's2', seconds: 3, storePath: first.storePath })
    expect((await second.ended).halt.reason).toBe('duration_elapsed')
    expectOneStory(first.storePath, at)
    const money = query<{ amount: string }>(first.storePath, 'SELECT amount FROM capital_events')
    expect(money).toEqual([{ amount: '10000' }])
  })

  test('V01 V04 answers that are lost after the exchange took the order double nothing, and every order is known in the end', async () => {
    const plan = 'faults:\n  - fault: answer_lost\n    where: { every: 4 }\n  - fault: http_504_accepted\n    where: { every: 7 }\n'
    const at = await exchange(plan)
    const { storePath, ended } = session(at, { seconds: 8 })
    expect((await ended).halt.reason).toBe('duration_elapsed')
    expect(readTruth(at.truthPath).filter(({ kind }) => kind === 'fault').length).toBeGreaterThan(2)
    expect(query(storePath, "SELECT client_order_id FROM orders WHERE status IN ('in_doubt', 'quarantined')")).toEqual([])
    expectOneStory(storePath, at)
  })

  test('V01 an order that filled and is not found is never absent: the position says that it was there', async () => {
    const at = await exchange(
      `faults:
  - { fault: drop_event, on: { event: order } }
  - { fault: drop_event, on: { event: account } }
  - { fault: late_visibility, times: 1, ms: 120000, lists_ms: 120000 }
  - { fault: answer_lost, on: { endpoint: place }, times: 1 }
`,
    )
    const strategy = join(temporaryFolder(), 'reenter.js')
    writeFileSync(strategy, REENTER)
    const { storePath, ended } = session(at, {
      seconds: 12,
      config: { strategy: { name: strategy }, engine: { ...FAST, quarantine_after_seconds: 6 } },
    })
    await ended
    const reached = query<{ to_state: string }>(storePath, "SELECT to_state FROM transitions WHERE entity = 'order'").map(
      ({ to_state }) => to_state,
    )
    expect(reached).toContain('in_doubt')
    expect(reached).not.toContain('absent')
    expect(auditTruth(readTruth(at.truthPath)).orders.size).toBe(1)
  })

  test('a cancel that meets a fault while the session stops is asked for again: nothing is left resting', async () => {
    const at = await exchange('faults:\n  - { fault: http_504_refused, on: { endpoint: cancel }, times: 1 }\n')
    const strategy = join(temporaryFolder(), 'rest.js')
    writeFileSync(strategy, REST)
    const { storePath, ended } = session(at, { seconds: 2, config: { strategy: { name: strategy } } })
    expect(await ended).toMatchObject({ exitCode: 0, halt: { reason: 'duration_elapsed' } })
    expect(statusesOf(storePath).filter((status) => ORDER_LIVE[status])).toEqual([])
    expectOneStory(storePath, at)
  })

  test('J02 a session does not begin with a position that somebody else has moved', async () => {
    const at = await exchange()
    const first = session(at, { sessionId: 's1', seconds: 2 })
    await first.ended
    const byHand = await fetch(`${at.restUrl}/control/orders/place`, {
      method: 'POST',
      headers: { authorization: 'Bearer token', 'content-type': 'application/json' },
      body: JSON.stringify({ side: 'BUY', type: 'MARKET', quantity: '0.05' }),
    })
    expect(byHand.status).toBe(200)
    const second = session(at, { sessionId: 's2', seconds: 5, storePath: first.storePath })
    const { halt, exitCode } = await second.ended
    expect([halt.reason, exitCode]).toEqual(['reconciler_halt', 3])
    expect(halt.detail).toContain('dita reconcile --fix-orphans')
    expect(query(first.storePath, "SELECT 1 FROM orders WHERE session_id = 's2'")).toEqual([])
  })

  test('V03 what is wrong with the key or the account is said before anything is opened', async () => {
    const at = await exchange()
    const wrong = session(at, { keys: { ...KEYS, DITA_BINGX_API_SECRET: 'another-secret' } })
    expect(await failureOf(wrong.ended)).toMatchObject({ exitCode: 4 })
    expect(existsSync(wrong.storePath)).toBe(false)
    const leverage = session(at, { config: { risk: { max_leverage: 1 } } })
    expect(await failureOf(leverage.ended)).toMatchObject({ code: 'LEVERAGE_DIFFERS', exitCode: 4 })
    await at.close()
    expect(await failureOf(session(at).ended)).toMatchObject({ exitCode: 7 })
  })

  test('L05 an exchange that is gone halts the session by its silent feed, and what it left is known to be unknown', async () => {
    const at = await exchange()
    const { storePath, ended } = session(at, {
      seconds: 30,
      config: { risk: { stale_feed_seconds: 2 }, engine: { quarantine_after_seconds: 2 } },
    })
    setTimeout(() => void at.close(), 2_500)
    const outcome = await ended
    expect(outcome).toMatchObject({ exitCode: 8, halt: { reason: 'risk_stale_feed' } })
    const live = statusesOf(storePath).filter((status) => ORDER_LIVE[status])
    expect(live.length).toBeGreaterThan(0)
    expect(live.filter((status) => status !== 'quarantined' && status !== 'in_doubt')).toEqual([])
    const flagged = query<{ code: string }>(storePath, "SELECT code FROM risk_events WHERE severity = 'alarm'").map(({ code }) => code)
    expect(flagged).toContain('ORDER_LEFT_OPEN')
    expect(verifyStore({ path: storePath, wallUs: () => 0 }).verdict).toBe('sound')
  })

  test('the kill file ends a session as the kill switch does, and no other starts beside it', async () => {
    const at = await exchange()
    const { storePath, ended } = session(at, { seconds: 30 })
    setTimeout(() => writeFileSync(join(dirname(storePath), 'HALT'), 'lunch\n'), 2_000)
    expect(await ended).toMatchObject({ exitCode: 8, halt: { reason: 'kill_switch', detail: 'lunch' } })
    expectOneStory(storePath, at)
    expect(await failureOf(session(at, { storePath, sessionId: 'next' }).ended)).toMatchObject({ code: 'KILL_SWITCH_ON' })
  })
})
