// Sessions in the world for tests: an exchange that keeps its own truth on real sockets, sessions against it on the real clock.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { expect, onTestFinished } from 'vitest'
import { loadConfig } from '../../src/core/config/load-config.ts'
import { openRehearsal, type Rehearsal } from '../../src/core/exchange/bingx/open-rehearsal.ts'
import { auditTruth, readTruth, type TruthAudit } from '../../src/core/exchange/truth-log.ts'
import { formatDecimal } from '../../src/core/kernel/decimal.ts'
import type { OrderStatus } from '../../src/core/kernel/order-table.ts'
import { SessionControl } from '../../src/core/session/control.ts'
import { machineClock, type WallClock } from '../../src/core/session/pacer.ts'
import type { SessionOutcome } from '../../src/core/session/port.ts'
import { runSession } from '../../src/core/session/run-session.ts'
import { newStore, query, SECOND_US, temporaryFolder } from './harness.ts'

export const KEYS = { DITA_BINGX_API_KEY: 'canary-key-of-the-test', DITA_BINGX_API_SECRET: 'canary-secret-of-the-test' }

/** Fees to the last digit, so that books and truth can be compared exactly. */
const EXACT = 'settings:\n  fill_fee_decimals: 18\n'

export async function exchange(plan = ''): Promise<Rehearsal> {
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
export const FAST = { tick_interval_seconds: 0.2, order_validity_seconds: 2, absence_margin_seconds: 0.5, query_spacing_seconds: 0.3 }

/** Enters at the market whenever its slot is free. */
export const REENTER = `export default ({ instrument, decimal }) => ({
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
export const REST = `export default ({ instrument, decimal }) => ({
  name: 'rest',
  slotIds: [],
  onTick({ market }) {
    if (market.mid === null) return []
    const bid = { price: decimal.dec('59000'), quantity: decimal.dec('0.004') }
    return [{ type: 'QUOTE', instrument: instrument.symbol, bid, ask: null, postOnly: true }]
  },
})
`

export interface WorldWall extends WallClock {
  wallUs(): number
  /** From now on time goes by so much faster: for what is to come of a silence, once there is nobody left to talk to. */
  hasten(factor: number): void
}

/** The machine's own time, or so much later, until it is hastened. */
export function worldWall(laterMs = 0): WorldWall {
  const machine = machineClock()
  const startUs = (Date.now() + laterMs) * 1_000
  const startMs = machine.nowMs()
  let [factor, sinceMs, passedMs] = [1, startMs, 0]
  const elapsedMs = (): number => passedMs + (machine.nowMs() - sinceMs) * factor
  return {
    nowMs: () => startMs + elapsedMs(),
    wallUs: () => startUs + Math.floor(elapsedMs() * 1_000),
    sleep: (ms, signal) => machine.sleep(ms / factor, signal),
    breathe: () => machine.breathe(),
    hasten(by) {
      ;[passedMs, sinceMs, factor] = [elapsedMs(), machine.nowMs(), by]
    },
  }
}

export interface Wish {
  readonly sessionId?: string
  readonly seconds?: number
  readonly storePath?: string
  readonly keys?: Readonly<Record<string, string>>
  readonly control?: SessionControl
  readonly onStart?: 'adopt' | 'cancel'
  readonly wall?: WorldWall
  readonly config?: Readonly<Record<string, unknown>>
  readonly onConnecting?: (host: string) => void
  /** Gathers whatever is logged or shown. */
  readonly onWords?: (words: string) => void
}

export function session(at: Rehearsal, wish: Wish = {}): { readonly storePath: string; readonly ended: Promise<SessionOutcome> } {
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
    onStart: wish.onStart ?? 'adopt',
    environment: wish.keys ?? KEYS,
    random: Math.random,
    process: { pid: process.pid, host: 'test', version: '0.0.0' },
    wall: wish.wall ?? worldWall(),
    control: wish.control ?? new SessionControl(),
    observer: {
      wants: () => wish.onWords !== undefined,
      publish: (model) => note(model),
      connecting: (host) => wish.onConnecting?.(host),
    },
    log: {
      info: (event, fields) => note({ event, fields }),
      error: (event, { cause, ...fields }) => note({ event, fields, cause: inspect(cause) }),
    },
  })
  return { storePath, ended }
}

const LONGEST_WAIT_MS = 45_000

/** Waits for what is to happen first, however slow the machine is. */
export async function until(what: string, holds: () => boolean, longestMs = LONGEST_WAIT_MS): Promise<void> {
  const endMs = Date.now() + longestMs
  while (!holds()) {
    if (Date.now() > endMs) throw new Error(`${what} did not come`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

export const truthOf = ({ truthPath }: Rehearsal): TruthAudit => auditTruth(readTruth(truthPath))

/** Asked for once that has happened which a session was started for, so that no test depends on how long that takes. */
export const TIME_IS_UP = { reason: 'duration_elapsed', detail: null } as const

/** How every order of a store stands. */
export function statusesOf(storePath: string): OrderStatus[] {
  return query<{ status: OrderStatus }>(storePath, 'SELECT status FROM orders').map(({ status }) => status)
}

/** The journal and the exchange tell one story: orders, fills, position. */
export function expectOneStory(storePath: string, at: Rehearsal): void {
  const truth = truthOf(at)
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

/** A strategy of a file of its own, as a user's is. */
export function strategyFile(text: string): string {
  const path = join(temporaryFolder(), 'strategy.js')
  writeFileSync(path, text)
  return path
}

/** Something is done to the exchange from outside. */
export async function control({ restUrl }: Rehearsal, action: string, body: object): Promise<void> {
  const answer = await fetch(`${restUrl}/control/${action}`, {
    method: 'POST',
    headers: { authorization: 'Bearer token', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  expect([answer.status, await answer.text()]).toMatchObject([200, expect.any(String)])
}
