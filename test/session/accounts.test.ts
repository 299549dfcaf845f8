// Accounts that outlive a session: carried on, found again after a crash, never charged with what another session did.

import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openWriter } from '../../src/core/journal/open.ts'
import { minus, plus, read, write } from './exact.ts'
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
import { startChild } from './processes.ts'
import { recount, sumPostings } from './recount.ts'

const CARRIED = { paper: { account: 'desk' } }
const LIVE = "SELECT client_order_id FROM orders WHERE status NOT IN ('filled', 'canceled', 'expired', 'rejected')"

async function expectSound(session: RanSession): Promise<void> {
  const summary = await summaryOf(session)
  const found = recount(session.storePath, summary.sessionId)
  expect(found.wrongRows).toEqual([])
  expect(summary.pnl.realized).toBe(found.realized)
  expect(summary.position).toMatchObject({ end: found.position, cost: found.cost })
  expect(summary.checks.findings).toEqual([])
  expect(sumPostings(session.storePath).unbalanced).toEqual([])
  expect(query(session.storePath, LIVE)).toEqual([])
}

describe('an account that is carried on', () => {
  test('continues its position, its cost, its profit and its journal; each session answers for its own', async () => {
    const storePath = newStore()
    const first = await runPaper({ storePath, sessionId: 'mon', seed: 7, config: CARRIED, durationUs: 5 * MINUTE_US })
    const one = await summaryOf(first)
    expect(one.position.end).not.toBe('0')
    const second = await runPaper({ storePath, sessionId: 'tue', seed: 8, config: CARRIED, durationUs: 5 * MINUTE_US })
    const two = await summaryOf(second)
    await expectSound(second)
    expect(two.journal.firstSeq).toBe(one.journal.lastSeq + 1)
    expect(two.position.before).toBe(one.position.end)
    expect(two.account).toBe(one.account)
    for (const asset of ['XRP', 'RLUSD']) {
      const before = one.inventory.find((line) => line.asset === asset)
      const after = two.inventory.find((line) => line.asset === asset)
      expect(after?.before).toBe(before?.total)
      expect(after?.fromCapital).toBe('0')
    }
    // What was open at the start is valued at the first mark the session saw, and taken off its result.
    const firstMark = queryOne<{ mark: string }>(
      storePath,
      "SELECT mark FROM market_snapshots WHERE session_id = 'tue' ORDER BY seq LIMIT 1",
    ).mark
    const carried = recount(storePath, 'mon')
    expect(two.pnl.unrealizedBefore).toBe(carried.unrealizedAt(firstMark))
    const result = minus(
      plus(read(two.pnl.realized), read(two.pnl.unrealized ?? '')),
      plus(read(two.pnl.unrealizedBefore ?? ''), read(two.pnl.fees)),
    )
    expect(two.pnl.net).toBe(write(result))
    expect(queryOne<{ all: string }>(storePath, "SELECT count(*) AS 'all' FROM capital_events").all).toBe(2)
  })

  test('S01 a session does not inherit the halt of the one before it, and shows its own', async () => {
    const storePath = newStore()
    const halted = await runPaper({
      storePath,
      sessionId: 'bad',
      config: { ...CARRIED, risk: { max_session_loss: '0.01' } },
      durationUs: 30 * MINUTE_US,
    })
    expect(halted.outcome).toMatchObject({ halt: { reason: 'risk_loss_limit' }, exitCode: 8 })
    const state = () => queryOne(storePath, 'SELECT running, session_id, halt_reason, halt_detail FROM engine_state')
    expect(state()).toMatchObject({ running: 0, halt_reason: 'risk_loss_limit' })
    const seen: unknown[] = []
    const next = await runPaper({
      storePath,
      sessionId: 'good',
      config: CARRIED,
      observer: { wants: () => true, publish: ({ phase }) => phase === 'running' && seen.length === 0 && seen.push(state()) },
    })
    expect(seen).toEqual([{ running: 1, session_id: 'good', halt_reason: null, halt_detail: null }])
    expect(next.outcome).toMatchObject({ halt: { reason: 'duration_elapsed', detail: null }, exitCode: 0 })
    expect(state()).toEqual({ running: 0, session_id: 'good', halt_reason: 'duration_elapsed', halt_detail: null })
    expect((await summaryOf(halted)).haltReason).toBe('risk_loss_limit')
    expect((await summaryOf(next)).haltReason).toBe('duration_elapsed')
    expect((await summaryOf(next)).haltDetail).toBeNull()
  })

  test('is paid its first money by the first session that sees a price, however short those before it were', async () => {
    const storePath = newStore()
    await runPaper({ storePath, sessionId: 'blink', config: CARRIED, durationUs: 1 * SECOND_US })
    const session = await runPaper({ storePath, sessionId: 'real', config: CARRIED })
    const summary = await summaryOf(session)
    expect(summary.inventory.find(({ asset }) => asset === 'RLUSD')?.fromCapital).toBe('10000')
    expect(summary.fills.count).toBeGreaterThan(0)
    await expectSound(session)
  })

  test('is given another account beside it without either seeing the other', async () => {
    const storePath = newStore()
    await runPaper({ storePath, sessionId: 'a1', config: CARRIED, seed: 1 })
    const alone = await summaryOf(await runPaper({ storePath, sessionId: 'b1', config: { paper: { account: 'other' } }, seed: 2 }))
    const fresh = await summaryOf(
      await runPaper({ storePath: newStore(), sessionId: 'b1', config: { paper: { account: 'other' } }, seed: 2 }),
    )
    expect({ ...alone, time: null }).toEqual({ ...fresh, time: null })
  })

  test('starts with the equity that it was given: money that came before the first price is no change of it', async () => {
    const { equity, pnl } = await summaryOf(await runPaper({ seed: 7 }))
    expect(equity.fromCapital).toBe('0')
    expect(Number(equity.start)).toBeGreaterThan(14_000)
    expect(equity.fromTrading).toBe(pnl.net)
    expect(equity.change).toBe(
      write(plus(plus(read(equity.fromTrading ?? ''), read(equity.fromHoldings ?? '')), read(equity.fromCapital ?? ''))),
    )
  })
})

describe('a session id', () => {
  test('is used once in a store: the second time is SESSION_EXISTS with exit code 2, and changes nothing', async () => {
    const first = await runPaper({ sessionId: 'once', durationUs: 10 * SECOND_US })
    const facts = 'SELECT count(*) AS n, max(seq) AS last FROM journal'
    const before = queryOne(first.storePath, facts)
    expect(await failureOf(runPaper({ storePath: first.storePath, sessionId: 'once' }))).toMatchObject({
      code: 'SESSION_EXISTS',
      exitCode: 2,
    })
    expect(queryOne(first.storePath, facts)).toEqual(before)
    expect((await runPaper({ storePath: first.storePath, sessionId: 'twice', durationUs: 10 * SECOND_US })).outcome.exitCode).toBe(0)
  })
})

describe('a session that is killed', () => {
  test('is closed as crashed by the next start, which finds its money, its position and no order of it', async () => {
    const storePath = newStore()
    const config = { ...CARRIED, strategy: { market_maker: { half_spread_bps: '0.5' } } }
    const kills = 4
    for (let kill = 0; kill < kills; kill += 1) {
      const child = startChild({
        storePath,
        sessionId: `victim-${kill}`,
        feed: 'simulated',
        seed: kill,
        durationUs: 600 * MINUTE_US,
        speed: 300,
        config,
      })
      await child.says(`tick ${30 + 17 * kill}\n`)
      child.process.kill('SIGKILL')
      expect((await child.ended).signal).toBe('SIGKILL')
      const open = queryOne(storePath, 'SELECT halt_reason FROM sessions WHERE session_id = ?', `victim-${kill}`)
      expect(open).toEqual({ halt_reason: null })
    }
    const last = await runPaper({ storePath, sessionId: 'heir', config })
    expect(last.outcome.crashedBefore).toEqual([`victim-${kills - 1}`])
    expect(query(storePath, 'SELECT session_id, halt_reason FROM sessions ORDER BY first_seq')).toEqual([
      ...Array.from({ length: kills }, (_, kill) => ({ session_id: `victim-${kill}`, halt_reason: 'crashed' })),
      { session_id: 'heir', halt_reason: 'duration_elapsed' },
    ])
    await expectSound(last)
    expect(queryOne<{ n: number }>(storePath, "SELECT count(*) AS n FROM orders WHERE status = 'expired'").n).toBeGreaterThan(0)
    expect(queryOne<{ n: number }>(storePath, 'SELECT count(*) AS n FROM capital_events').n).toBe(2)
  })

  test('leaves no order that looks alive, even where its account is never used again', async () => {
    const storePath = newStore()
    const child = startChild({
      storePath,
      sessionId: 'victim',
      feed: 'simulated',
      seed: 1,
      durationUs: 600 * MINUTE_US,
      speed: 300,
      config: { mode: 'paper' },
    })
    await child.says('tick 20\n')
    child.process.kill('SIGKILL')
    await child.ended
    expect(query(storePath, LIVE)).not.toEqual([])
    await runPaper({ storePath, sessionId: 'next', durationUs: 2 * SECOND_US })
    expect(query(storePath, LIVE)).toEqual([])
    expect(queryOne(storePath, "SELECT halt_reason FROM sessions WHERE session_id = 'victim'")).toEqual({ halt_reason: 'crashed' })
  })
})

describe('a session that cannot start', () => {
  function beside(storePath: string): string[] {
    return existsSync(dirname(storePath)) ? readdirSync(dirname(storePath)) : []
  }

  test('L01 a feed that is missing leaves no store and no lock', async () => {
    const storePath = newStore()
    const failure = await failureOf(runPaper({ storePath, feed: join(temporaryFolder(), 'none.jsonl.gz') }))
    expect(failure.exitCode).toBe(7)
    expect(beside(storePath)).toEqual([])
  })

  test('L01 a strategy that fails at the start leaves no store, and the session can be started again at once', async () => {
    const storePath = newStore()
    const path = join(temporaryFolder(), 'broken.ts')
    writeFileSync(path, 'export default () => { throw new Error("no") }')
    expect(await failureOf(runPaper({ storePath, strategy: path }))).toMatchObject({ code: 'STRATEGY_FAILED', exitCode: 4 })
    expect(beside(storePath)).toEqual([])
    expect((await runPaper({ storePath, durationUs: 2 * SECOND_US })).outcome.exitCode).toBe(0)
  })

  test('L01 a store that another holds stays with him, and is free once he lets go', async () => {
    const storePath = newStore()
    const holder = openWriter({
      path: storePath,
      holder: { sessionId: 'first', pid: 4711, since: '2026-01-01T00:00:00Z' },
      wallUs: () => 1,
    })
    const failure = await failureOf(runPaper({ storePath }))
    expect(failure).toMatchObject({ code: 'STORE_BUSY', exitCode: 5 })
    expect(failure.message).toContain('4711')
    await expect(failureOf(runPaper({ storePath }))).resolves.toMatchObject({ code: 'STORE_BUSY' })
    await holder.close()
    expect((await runPaper({ storePath, durationUs: 2 * SECOND_US })).outcome.exitCode).toBe(0)
  })

  test('L01 L03 a session id that is taken lets go of the store', async () => {
    const { storePath } = await runPaper({ sessionId: 'taken', durationUs: 2 * SECOND_US })
    await failureOf(runPaper({ storePath, sessionId: 'taken' }))
    const writer = openWriter({ path: storePath, holder: { sessionId: 'x', pid: 1, since: 'now' }, wallUs: () => 1 })
    await writer.close()
    // L03: whoever closes twice does no harm.
    await writer.close()
    expect(beside(storePath).filter((name) => name.includes('holder'))).toEqual([])
  })

  test('L01 an instrument that the kernel refuses opens no session, and leaves a store that opens', async () => {
    const storePath = newStore()
    const config = {
      instrument: { symbol: 'A/B', kind: 'spot', base: 'A', quote: 'B', tick_size: '0.0000000001', lot_size: '0.000000001' },
    }
    const failure = await failureOf(runPaper({ storePath, config }))
    expect(failure.exitCode).toBe(4)
    const session = await runPaper({ storePath, durationUs: 2 * SECOND_US })
    expect(query(storePath, 'SELECT session_id FROM sessions')).toEqual([{ session_id: session.outcome.sessionId }])
  })
})

describe('what the account brought along', () => {
  const at = (price: string, more: object = {}) => ({ ...CARRIED, feed: { simulated: { start_price: price } }, ...more })

  test('is no profit and no loss of the next session: the screen and the summary say the same', async () => {
    const storePath = newStore()
    await runPaper({ storePath, sessionId: 'mon', seed: 7, config: at('2'), durationUs: 5 * MINUTE_US })
    let shown: Record<string, unknown> = {}
    const observer = onlooker(({ pnl }) => {
      shown = { ...pnl }
    })
    const session = await runPaper({ storePath, sessionId: 'tue', seed: 8, config: at('2.1'), observer, durationUs: 5 * MINUTE_US })
    const { pnl, position } = await summaryOf(session)
    expect(position.before).not.toBe('0')
    const places = (text: string | null) => Number(text).toFixed(4)
    expect(shown).toMatchObject({
      realized: places(pnl.realized),
      unrealized: places(pnl.unrealized),
      fees: places(pnl.fees),
      net: places(pnl.net),
    })
    await expectSound(session)
  })

  test('does not trip the loss limit of the next session, however far the price went in between', async () => {
    const storePath = newStore()
    const first = await runPaper({ storePath, sessionId: 'mon', seed: 7, config: at('2'), durationUs: 5 * MINUTE_US })
    const held = Number((await summaryOf(first)).position.end)
    expect(Math.abs(held)).toBeGreaterThan(20)
    const price = held > 0 ? '1.5' : '2.5'
    const next = await runPaper({
      storePath,
      sessionId: 'tue',
      seed: 8,
      // The fall of the equity below its peak counts over all sessions, and would speak here.
      config: at(price, { risk: { max_session_loss: 5, max_drawdown: 0 } }),
      durationUs: 2 * MINUTE_US,
    })
    expect(next.outcome.halt).toMatchObject({ reason: 'duration_elapsed' })
  })

  test('is still traded: a slot that one session leaves open is closed by another, and every figure holds', async () => {
    const storePath = newStore()
    const config = {
      ...CARRIED,
      instrument: { symbol: 'XRP/RLUSD', kind: 'spot', base: 'XRP', quote: 'RLUSD', tick_size: '0.0001', lot_size: '0.01' },
      feed: { simulated: { volatility_bps_per_hour: 300 } },
      strategy: { breakout: { lookback_seconds: 5 } },
    }
    let carriedSlots = 0
    for (let day = 0; day < 8; day += 1) {
      const session = await runPaper({
        storePath,
        sessionId: `day-${day}`,
        seed: day,
        strategy: 'breakout',
        config,
        durationUs: 41 * SECOND_US,
      })
      await expectSound(session)
      const openTrades = query(storePath, "SELECT 1 FROM slots WHERE stage NOT IN ('closed', 'idle')")
      expect(openTrades.length).toBeLessThan(2)
      if (openTrades.length === 1) carriedSlots += 1
    }
    expect(carriedSlots).toBeGreaterThan(1)
    const trades = query<{ trade: number; session_id: string }>(storePath, "SELECT trade, session_id FROM slots WHERE stage = 'closed'")
    expect(trades.length).toBeGreaterThan(2)
    const closedElsewhere = query(
      storePath,
      `SELECT 1 FROM slots JOIN transitions ON entity = 'slot' AND entity_id = slots.slot_id AND transitions.trade = slots.trade AND to_state = 'closed'
       WHERE transitions.session_id != slots.session_id`,
    )
    expect(closedElsewhere).not.toEqual([])
  })
})

describe('the money of an account that is carried on', () => {
  test('is paid in once, asset by asset, however many sessions follow', async () => {
    const storePath = newStore()
    const config = { paper: { account: 'rich', balances: { XRP: 5000 } } }
    for (const sessionId of ['one', 'two', 'three']) await runPaper({ storePath, sessionId, config, durationUs: 10 * SECOND_US })
    expect(query(storePath, 'SELECT asset, amount FROM capital_events')).toEqual([{ asset: 'XRP', amount: '5000' }])
  })

  test('is never risked blind: a position in another instrument refuses the session', async () => {
    const storePath = newStore()
    await runPaper({ storePath, sessionId: 'mon', seed: 7, config: CARRIED, durationUs: 5 * MINUTE_US })
    const instrument = { symbol: 'ABC/RLUSD', kind: 'spot', base: 'ABC', quote: 'RLUSD', tick_size: '0.0001', lot_size: '0.01' }
    const failure = await failureOf(runPaper({ storePath, sessionId: 'tue', config: { ...CARRIED, instrument } }))
    expect(failure).toMatchObject({ code: 'ACCOUNT_HOLDS_OTHER', exitCode: 4 })
    expect(failure.message).toContain('XRP/RLUSD')
    expect(query(storePath, 'SELECT session_id FROM sessions')).toEqual([{ session_id: 'mon' }])
  })
})
