// What a strategy may want beside orders: to stop, to only reduce, to end the session, to be rid of what is left; and what new
// orders are judged by at each tick.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { SessionViewModel } from '../../src/core/session/view-model.ts'
import { type ConfigText, onlooker, query, queryOne, type RanSession, runPaper, SECOND_US, temporaryFolder } from './harness.ts'
import { Recording, stampOf, XRP_CONFIG } from './recordings.ts'

const LIVE = "SELECT client_order_id FROM orders WHERE status NOT IN ('filled', 'canceled', 'expired', 'rejected')"

/** Quotes far off at every tick, enters the slot `a` with 10 at the third, and does something from the tenth on. */
function strategyFile(doing: string): string {
  const path = join(temporaryFolder(), 'mine.ts')
  writeFileSync(
    path,
    `export default ({ instrument, decimal }) => {
      const { dec, mul, floorToStep, ceilToStep } = decimal
      const near = (price, share) => floorToStep(mul(price, dec(share)), instrument.tickSize)
      const order = { timeInForce: 'ioc', postOnly: false, orderType: 'limit' }
      let ticks = 0
      return {
        name: 'mine', slotIds: ['a', 'b'],
        onTick({ market, portfolio }) {
          ticks += 1
          const { bid, ask } = market
          if (bid === null || ask === null) return []
          const enter = (slotId, side = 'buy') => ({
            ...order, type: 'ENTER', slotId, side, instrument: instrument.symbol, quantity: dec('10'), leverage: dec('1'), exitRatios: [],
            price: side === 'buy' ? near(ask.price, '1.001') : near(bid.price, '0.999'),
          })
          const exit = (slotId) => ({ ...order, type: 'EXIT', slotId, scope: 'rest', price: near(bid.price, '0.999'), reason: 'done' })
          const quote = (bidShare = '0.99', askShare = '1.01') => ({
            type: 'QUOTE', instrument: instrument.symbol, postOnly: true,
            bid: { price: near(bid.price, bidShare), quantity: dec('10') }, ask: { price: near(ask.price, askShare), quantity: dec('10') },
          })
          const control = (action) => ({ type: 'CONTROL', action, reason: 'it is enough' })
          const intents = []
          const trading = portfolio.trading
          ${doing}
          if (ticks === 3) intents.push(enter('a'))
          if (ticks < 10) intents.push(quote())
          return intents
        },
      }
    }`,
  )
  return path
}

interface Played extends RanSession {
  readonly models: readonly SessionViewModel[]
}

async function play(
  doing: string,
  more: { storePath?: string; sessionId?: string; config?: ConfigText; feed?: string } = {},
): Promise<Played> {
  const models: SessionViewModel[] = []
  const observer = onlooker((model) => models.push(model))
  const strategy = strategyFile(doing)
  return { ...(await runPaper({ strategy, seed: 5, durationUs: 20 * SECOND_US + 1, observer, ...more })), models }
}

interface FactRow {
  readonly at: number
  readonly body: { readonly [field: string]: unknown; readonly to?: string; readonly request?: { readonly side: string } }
}

/** The facts of a type, each with its second in the session. */
function facts({ storePath, outcome }: RanSession, type: string): FactRow[] {
  const rows = query<{ at: number; body: string }>(
    storePath,
    'SELECT (time_us - (SELECT started_at_us FROM sessions WHERE session_id = ?)) / 1000000.0 AS at, body FROM journal WHERE type = ? AND session_id = ? ORDER BY seq',
    outcome.sessionId,
    type,
    outcome.sessionId,
  )
  return rows.map(({ at, body }) => ({ at, body: JSON.parse(body) }))
}

function moves(session: RanSession): unknown[] {
  return facts(session, 'TRADING_MOVED').map(({ at, body: { action, from, to, reason } }) => ({ at, action, from, to, reason }))
}

/** What was denied at a second, as `intent code`. */
function denials(session: RanSession, second: number): string[] {
  return facts(session, 'INTENT_DENIED').flatMap(({ at, body: { intent, code } }) => (at === second ? [`${intent} ${code}`] : []))
}

function preparedAfter(session: RanSession, second: number): FactRow[] {
  return facts(session, 'ORDER_PREPARED').filter(({ at }) => at >= second)
}

function said({ models }: Played): string[] {
  return [...new Set(models.flatMap(({ messages }) => messages.map(({ severity, text }) => `${severity}: ${text}`)))]
}

const WHOLE_SLOT = 'SELECT stage, open_size FROM slots WHERE slot_id = ? ORDER BY trade DESC LIMIT 1'

describe('a strategy that asks for the end', () => {
  test('S02 ends the session at that tick as engine_requested_halt with its words and exit code 0, and leaves no order behind', async () => {
    const session = await play("if (ticks === 12) intents.push(control('halt'), enter('b'), quote())")
    const detail = 'the strategy mine asked for it: it is enough'
    expect(session.outcome).toMatchObject({ halt: { reason: 'engine_requested_halt', detail }, exitCode: 0 })
    expect(queryOne(session.storePath, 'SELECT halt_reason, halt_detail FROM sessions')).toEqual({
      halt_reason: 'engine_requested_halt',
      halt_detail: detail,
    })
    expect(moves(session)).toEqual([{ at: 12, action: 'halt', from: 'active', to: 'halted', reason: 'it is enough' }])
    // What it wanted beside the end is denied, in its order, and there is no further tick.
    expect(denials(session, 12)).toEqual(['ENTER SESSION_HALTED', 'QUOTE SESSION_HALTED', 'QUOTE SESSION_HALTED'])
    expect(preparedAfter(session, 12)).toEqual([])
    expect(query(session.storePath, 'SELECT 1 FROM market_snapshots')).toHaveLength(12)
    expect(query(session.storePath, LIVE)).toEqual([])
    const taken = facts(session, 'CANCEL_MOVED').filter(({ at, body }) => at === 12 && body.to === 'requested')
    expect(taken).toHaveLength(2)
    expect(said(session)).toContain('warning: trading: active → stopped for good (it is enough)')
    expect(session.log.filter(({ level }) => level === 'error')).toEqual([])
  })

  test('after it had paused ends the session just so, and the next session of the account is active', async () => {
    const config = { paper: { account: 'desk' } }
    const doing = "if (ticks === 11) intents.push(control('pause')); if (ticks === 13) intents.push(control('halt'))"
    const session = await play(doing, { config, sessionId: 'mon' })
    expect(session.outcome.halt.reason).toBe('engine_requested_halt')
    expect(moves(session)).toMatchObject([
      { at: 11, action: 'pause', from: 'active', to: 'halted' },
      { at: 13, action: 'halt', from: 'halted', to: 'halted' },
    ])
    expect(said(session)).toContain('warning: trading: paused → stopped for good (it is enough)')
    const next = await play('', { config, sessionId: 'tue', storePath: session.storePath })
    expect(next.outcome.halt.reason).toBe('duration_elapsed')
    expect(next.models.find(({ phase }) => phase === 'running')?.trading).toBe('active')
    expect(preparedAfter(next, 0)).not.toEqual([])
  })
})

describe('a strategy that stops trading', () => {
  test('by a pause has its quotes taken back and everything denied, sees that, and the session goes on to its end', async () => {
    const session = await play(`
      if (ticks === 12) intents.push(control('pause'))
      if (ticks > 12) {
        if (trading !== 'halted') throw new Error('trading is ' + trading)
        intents.push(quote(), enter('b'), exit('a'), { type: 'EXIT_RESIDUAL', slotId: 'a', reason: 'out' }, control('pause'))
      }`)
    expect(session.outcome).toMatchObject({ halt: { reason: 'duration_elapsed' }, exitCode: 0 })
    expect(moves(session)).toMatchObject([{ at: 12, action: 'pause', to: 'halted' }])
    const each = ['QUOTE', 'QUOTE', 'ENTER', 'EXIT', 'EXIT_RESIDUAL'].map((intent) => `${intent} TRADING_HALTED`)
    for (let second = 13; second <= 20; second += 1) expect(denials(session, second)).toEqual([...each, 'CONTROL CONTROL_REFUSED'])
    expect(preparedAfter(session, 12)).toEqual([])
    expect(query(session.storePath, LIVE)).toEqual([])
    expect(queryOne(session.storePath, WHOLE_SLOT, 'a')).toEqual({ stage: 'position_open', open_size: '10' })
    const shown = session.models.filter(({ phase }) => phase === 'running').map(({ trading, counts }) => [counts.ticks, trading] as const)
    expect(new Set(shown.filter(([ticks]) => ticks < 12).map(([, trading]) => trading))).toEqual(new Set(['active']))
    expect(new Set(shown.filter(([ticks]) => ticks > 12).map(([, trading]) => trading))).toEqual(new Set(['halted']))
  })

  test('to only reduce may sell what it holds and no more, and is told the figures of what it may not', async () => {
    const session = await play(`
      if (ticks === 12) intents.push(control('reduce_only'))
      if (ticks === 14) intents.push(enter('b'), exit('a'))
      if (ticks === 16) intents.push(enter('b', 'sell'))`)
    expect(session.outcome).toMatchObject({ halt: { reason: 'duration_elapsed' }, exitCode: 0 })
    expect(denials(session, 14)).toEqual(['ENTER REDUCING_ONLY'])
    expect(preparedAfter(session, 12).map(({ at, body }) => [at, body.request?.side])).toEqual([[14, 'sell']])
    expect(queryOne(session.storePath, WHOLE_SLOT, 'a')).toEqual({ stage: 'closed', open_size: '0' })
    // Flat by then: nothing reduces nothing.
    expect(denials(session, 16)).toEqual(['ENTER REDUCING_ONLY'])
    const line = said(session).find((text) => text.includes('position=10'))
    expect(line).toBe(
      'warning: ENTER denied, REDUCING_ONLY: quantity=10 position=10 working=0. Trading is reducing: only what lowers the position passes.',
    )
    expect(session.models.some(({ trading, phase }) => trading === 'reducing' && phase === 'running')).toBe(true)
  })

  test('cannot start it again: to resume is no intent of a strategy', async () => {
    const session = await play("if (ticks === 12) intents.push(control('resume'))")
    expect(session.outcome).toMatchObject({ halt: { reason: 'engine_requested_halt' }, exitCode: 4 })
    expect(session.outcome.halt.detail).toContain("action must be 'pause' or 'reduce_only' or 'halt', but is the text \"resume\"")
    expect(moves(session)).toEqual([])
  })
})

describe('a strategy that asks for what is left of a trade', () => {
  test('K01 has it closed at the market, whatever stage it is in and whatever it had asked for before', async () => {
    const session = await play(`
      if (ticks === 12) intents.push({ ...exit('a'), price: near(ask.price, '1.02'), timeInForce: 'gtc' })
      if (ticks >= 14) intents.push({ type: 'EXIT_RESIDUAL', slotId: 'a', reason: 'out' })`)
    expect(session.outcome).toMatchObject({ halt: { reason: 'duration_elapsed' }, exitCode: 0 })
    const exits = query(
      session.storePath,
      "SELECT order_type, quantity, filled_quantity, status FROM orders WHERE role = 'exit' ORDER BY intent_seq",
    )
    expect(exits).toEqual([
      { order_type: 'limit', quantity: '10', filled_quantity: '0', status: 'canceled' },
      { order_type: 'market', quantity: '10', filled_quantity: '10', status: 'filled' },
    ])
    expect(queryOne(session.storePath, WHOLE_SLOT, 'a')).toEqual({ stage: 'closed', open_size: '0' })
    // At 14 only the cancel left: what it might still sell must not be sold twice.
    expect(preparedAfter(session, 13).map(({ at }) => at)).toEqual([15])
    expect(denials(session, 16)).toEqual(['EXIT_RESIDUAL EXIT_NOT_ALLOWED'])
  })
})

describe('what new orders are judged by', () => {
  const feed = () => new Recording().calm(0, 12, '2.0000', '2.0004').calm(15, 18.05, '2.0100', '2.0104').write()
  const config = { ...XRP_CONFIG, risk: { stale_feed_seconds: 20 } }

  test('each tick says the mid, and when the market it is from was last heard of', async () => {
    const session = await play('', { feed: feed(), config })
    const marks = facts(session, 'MARK_SET').map(({ at, body: { price, mid, asOfUs } }) => [at, price, mid, asOfUs])
    const seconds = (from: number, until: number) => Array.from({ length: until - from + 1 }, (_, index) => from + index)
    expect(marks).toEqual([
      ...seconds(1, 12).map((second) => [second, '2.0002', '2.0002', stampOf(second - 0.1)]),
      // Nothing is heard from 12 to 15: nothing new is known then.
      ...seconds(16, 18).map((second) => [second, '2.0102', '2.0102', stampOf(second - 0.1)]),
    ])
  })

  test('the mid is that of the touch also where the venue has a mark of its own, which is what positions are valued at', async () => {
    const marked = new Recording().calm(0, 5.05, '2.0000', '2.0004')
    const data = { e: 'markPriceUpdate', E: 1, s: 'XRPUSDT', p: '2.0009', i: '2.0008', P: '2.0008', r: '0.0001', T: 1 }
    marked.raw(`${stampOf(5.06)} ${JSON.stringify({ stream: 'xrpusdt@markPrice@1s', data })}`).calm(5.1, 8.05, '2.0000', '2.0004')
    const session = await play('', { feed: marked.write(), config })
    const marks = facts(session, 'MARK_SET').map(({ at, body: { price, mid } }) => [at, price, mid])
    expect(marks).toEqual([
      ...[1, 2, 3, 4, 5].map((second) => [second, '2.0002', '2.0002']),
      ...[6, 7, 8].map((second) => [second, '2.0009', '2.0002']),
    ])
  })

  test('a price beyond the collar round that mid is denied, one inside it is not', async () => {
    const doing = "if (ticks === 11) intents.push(quote('0.95', '1.05')); if (ticks === 16) intents.push(quote('0.95', '1.0501'))"
    const session = await play(doing, { feed: feed(), config: { ...config, risk: { ...config.risk, price_collar_bps: 501 } } })
    const quotes = preparedAfter(session, 10).map(({ at, body }) => [at, body.request?.side])
    expect(quotes).toEqual([
      [11, 'buy'],
      [11, 'sell'],
      [16, 'buy'],
    ])
    expect(
      facts(session, 'INTENT_DENIED').map(({ at, body: { code, field, value, context } }) => ({ at, code, field, value, context })),
    ).toEqual([{ at: 16, code: 'PRICE_OUTSIDE_COLLAR', field: 'ask.price', value: '2.1111', context: 'mid=2.0102 limitBps=501' }])
  })
})
