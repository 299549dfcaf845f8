// The border between a user's own code and the session: what a strategy tries to write changes nothing but its own end.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { query, queryOne, type RanSession, runPaper, SECOND_US, summaryOf, temporaryFolder } from './harness.ts'
import { Recording, XRP_CONFIG } from './recordings.ts'

const TICKS = 20
const CONFIG = { strategy: { params: { list: ['a'], nested: { deep: 'b' } } } }

/** Holds a slot and a resting quote from early on, and then does something at each tick. */
function tradingStrategy(doing: string): string {
  return `export default (setup) => {
    const { instrument, decimal } = setup
    const { dec, floorToStep, ceilToStep, mul } = decimal
    let ticks = 0
    const enter = (market) => ({
      type: 'ENTER', slotId: 'a', instrument: instrument.symbol, side: 'buy', orderType: 'limit',
      price: ceilToStep(mul(market.ask.price, dec('1.001')), instrument.tickSize), quantity: dec('10'),
      timeInForce: 'ioc', postOnly: false, leverage: dec('1'), exitRatios: [dec('0.5'), dec('0.5')],
    })
    const rest = (price) => ({ price: floorToStep(price, instrument.tickSize), quantity: dec('10') })
    return {
      name: 'mine', slotIds: ['a'],
      onTick(context) {
        const { market, portfolio } = context
        ticks += 1
        if (market.bid === null || market.ask === null) return []
        const intents = [{
          type: 'QUOTE', instrument: instrument.symbol, postOnly: true,
          bid: rest(mul(market.bid.price, dec('0.99'))), ask: rest(mul(market.ask.price, dec('1.01'))),
        }]
        if (ticks === 3) intents.push(enter(market))
        if (ticks < 10) return intents
        const slot = portfolio.slots.get('a')
        const [order] = portfolio.liveOrders.values()
        if (slot.openSize === 0n || order === undefined) throw new Error('the test has nothing to attack')
        ${doing}
        return intents
      },
    }
  }`
}

let count = 0
function strategyFile(source: string, extension = 'ts'): string {
  count += 1
  const path = join(temporaryFolder(), `mine-${count}.${extension}`)
  writeFileSync(path, source)
  return path
}

function play(doing: string, extension?: string): Promise<RanSession> {
  return runPaper({
    strategy: strategyFile(tradingStrategy(doing), extension),
    config: CONFIG,
    seed: 5,
    durationUs: (TICKS + 1) * SECOND_US,
  })
}

/** What the others are held against: one that only trades, and one that fails at the tick at which they do. */
let plain: RanSession
let stopped: RanSession
beforeAll(async () => {
  plain = await play('')
  stopped = await play("if (ticks === 12) throw new Error('stop')")
})

/** The journal up to its last fact, which is the halt with its words. */
function journalBeforeTheHalt({ storePath }: RanSession): unknown[] {
  const rows = query<{ type: string; hash: Buffer }>(storePath, 'SELECT type, hex(hash) AS hash FROM journal ORDER BY seq')
  expect(rows.pop()?.type).toBe('SESSION_HALTED')
  return rows
}

const ATTEMPTS = [
  'portfolio.position.quantity = 0n',
  'portfolio.position = { quantity: 0n }',
  "portfolio.trading = 'halted'",
  "Object.defineProperty(portfolio.position, 'mark', { value: 1n })",
  'slot.openSize = 0n',
  "slot.stage = 'closed'",
  'slot.legs[0].consumed = true',
  'slot.legs.pop()',
  'slot.legs.length = 0',
  'for (const each of portfolio.slots.values()) each.nextLeg = 2',
  'portfolio.slots.forEach((each) => { each.openSize = 0n })',
  'portfolio.slots.clear()',
  "portfolio.slots.delete('a')",
  "portfolio.slots.set('a', {})",
  'portfolio.slots.forEach((each, id, map) => map.delete(id))',
  'Map.prototype.clear.call(portfolio.slots)',
  'portfolio.slots = new Map()',
  'portfolio.liveOrders.clear()',
  'Map.prototype.clear.call(portfolio.liveOrders)',
  'portfolio.liveOrders.delete(order.request.clientOrderId)',
  'portfolio.liveOrders.get(order.request.clientOrderId).status = "filled"',
  "order.cancel = 'sent'",
  'order.request.quantity = 0n',
  'Object.assign(order.request, { price: 1n })',
  'portfolio.liveOrders.get = () => undefined',
  'Object.setPrototypeOf(portfolio.liveOrders, new Map())',
  'delete portfolio.balance',
  "market.apply({ type: 'mark', timeUs: 0, mark: 1n })",
  'market.startTick()',
  'market.book.clear()',
  'market.bid.price = 1n',
  'market.ask.size = 0n',
  'market.bids(3)[0].size = 0n',
  'market.asks(3).pop()',
  'market.mark = 1n',
  'market.timeUs = 0',
  "Object.defineProperty(market, 'mid', { value: 1n })",
  'context.market = null',
  'instrument.tickSize = 1n',
  'setup.instrument = null',
  'setup.tickIntervalUs = 0',
  "setup.params.list.push('c')",
  "setup.params.nested.deep = 'c'",
  'setup.params.more = 1',
  'decimal.add = () => 0n',
  'decimal.ZERO = 1n',
]

describe('a strategy that writes to what it sees', () => {
  test('whose twin that does not write has a slot, a position and resting orders to write to', async () => {
    const { outcome, storePath } = plain
    expect(outcome).toMatchObject({ halt: { reason: 'duration_elapsed' }, exitCode: 0 })
    expect(queryOne(storePath, 'SELECT count(*) AS n FROM market_snapshots')).toEqual({ n: TICKS })
    expect(queryOne(storePath, 'SELECT stage, open_size FROM slots')).toEqual({ stage: 'position_open', open_size: '10' })
    expect(query(storePath, "SELECT 1 FROM orders WHERE role = 'quote'")).not.toEqual([])
  })

  test.each(ATTEMPTS)('K17 ends its session as a failed strategy, and nothing was changed: %s', async (attempt) => {
    const session = await play(`if (ticks === 12) { ${attempt} }`)
    expect(session.outcome).toMatchObject({ halt: { reason: 'engine_requested_halt' }, exitCode: 4 })
    expect(session.outcome.halt.detail).toMatch(
      /^The strategy mine failed in onTick: .+ \(mine-\d+\.ts:\d+:\d+\)\. Correct the strategy; it was not asked again\.$/,
    )
    expect(journalBeforeTheHalt(session)).toEqual(journalBeforeTheHalt(stopped))
  })

  test('that calculates with a number is told what prices are made of', async () => {
    const { outcome } = await play('if (ticks === 12) market.mid - 0.1')
    expect(outcome.halt.detail).toContain(
      "Prices and quantities are decimals: `sub(price, dec('0.0003'))`, with the sums of `setup.decimal`",
    )
  })

  test('K17 and hides it, in every way at every tick, has the very journal of one that does not', async () => {
    const all = ATTEMPTS.map((attempt) => `failing(${JSON.stringify(attempt)}, () => { ${attempt} })`)
    const session = await play(`
        const failing = (attempt, act) => {
          try { act() } catch (error) { if (error instanceof TypeError) return }
          throw new Error('let through: ' + attempt)
        }
        ${all.join('\n        ')}`)
    expect(session.outcome).toMatchObject({ halt: { reason: 'duration_elapsed', detail: null }, exitCode: 0 })
    expect((await summaryOf(session)).journal.hash).toBe((await summaryOf(plain)).journal.hash)
  })

  test('K17 does so from a .js file as well', async () => {
    const session = await play('if (ticks === 12) portfolio.liveOrders.clear()', 'js')
    expect(session.outcome).toMatchObject({ halt: { reason: 'engine_requested_halt' }, exitCode: 4 })
    expect(session.outcome.halt.detail).toContain('portfolio.liveOrders.clear is not a function')
    expect(journalBeforeTheHalt(session)).toEqual(journalBeforeTheHalt(stopped))
  })

  test('K17 that it kept from an earlier tick fails the same way', async () => {
    const session = await play('this.kept ??= { slot, market }; if (ticks === 12) this.kept.slot.openSize = 0n')
    expect(session.outcome).toMatchObject({ halt: { reason: 'engine_requested_halt' }, exitCode: 4 })
    expect(journalBeforeTheHalt(session)).toEqual(journalBeforeTheHalt(stopped))
  })
})

describe('what a strategy has returned', () => {
  test.each([
    [
      'is its own again: the next tick may spoil it',
      `for (const old of this.kept ?? []) {
          if (old.bid) Object.assign(old.bid, { price: 1n, quantity: -1n })
          for (const key of Object.keys(old)) old[key] = null
        }
        this.kept = intents`,
    ],
    [
      'is taken at once: what is added a moment later is not seen',
      'queueMicrotask(() => { for (const each of intents) each.bid = null; intents.length = 0 })',
    ],
    [
      'is read once: a second look would find something else',
      `const sly = (value) => {
          if (typeof value !== 'object' || value === null) return value
          const seen = new Set()
          return new Proxy(value, { get(target, key) {
            if (seen.has(key)) return key === 'length' ? 2 ** 31 : undefined
            seen.add(key)
            return sly(target[key])
          } })
        }
        return sly(intents)`,
    ],
    ['counts by its places: an iterator of its own is not asked', 'intents[Symbol.iterator] = function* () { for (;;) yield null }'],
    [
      'may come from a prototype, which is read like anything else',
      'return intents.map((intent) => Object.create(intent, { bid: { get: () => Object.create(intent.bid) } }))',
    ],
  ])('K17 %s', async (_what, doing) => {
    const session = await play(doing)
    expect(session.outcome).toMatchObject({ halt: { reason: 'duration_elapsed' }, exitCode: 0 })
    expect((await summaryOf(session)).journal.hash).toBe((await summaryOf(plain)).journal.hash)
  })
})

describe('a strategy whose library adds to the prototype of all objects', () => {
  const added = Object.prototype as { each?: unknown; extra?: unknown }
  afterEach(() => {
    delete added.each
    delete added.extra
  })

  test('changes neither the journal nor a row of any table', async () => {
    const session = await play("Object.prototype.extra = 'x'; Object.prototype.each = function () {}")
    expect([typeof added.each, added.extra]).toEqual(['function', 'x'])
    delete added.each
    delete added.extra
    expect(session.outcome).toMatchObject({ halt: { reason: 'duration_elapsed' }, exitCode: 0 })
    expect((await summaryOf(session)).journal.hash).toBe((await summaryOf(plain)).journal.hash)
    for (const table of ['orders', 'fills', 'slots', 'exit_legs', 'transitions', 'postings', 'market_snapshots']) {
      const rows = query(session.storePath, `SELECT * FROM ${table}`)
      expect(rows).not.toEqual([])
      expect(rows).toEqual(query(plain.storePath, `SELECT * FROM ${table}`))
    }
  })
})

describe('a strategy that throws', () => {
  test.each([
    ["throw new Error('I had not thought of that')", 'I had not thought of that'],
    ['throw Object.create(null)', 'an object that has no text'],
    ['throw undefined', 'undefined'],
    ["throw Object.assign(new Error('stackless'), { stack: 5 })", 'stackless'],
  ])('whatever it throws, the halt says so and what to do: %s', async (throwing, words) => {
    const session = await play(`if (ticks === 12) ${throwing}`)
    expect(session.outcome).toMatchObject({ halt: { reason: 'engine_requested_halt' }, exitCode: 4 })
    const { detail } = queryOne<{ detail: string }>(session.storePath, 'SELECT halt_detail AS detail FROM sessions')
    expect(detail).toBe(session.outcome.halt.detail)
    expect(detail).toContain(`The strategy mine failed in onTick: ${words}`)
    expect(detail).toContain('. Correct the strategy; it was not asked again.')
  })
})

describe('breakout with an entry that the book was too thin for', () => {
  /** Out of the channel with little on offer, so that it enters for little; then to where it must close, for a long time. */
  const recording = ({ size, rise, after }: { size: string; rise: 1 | -1; after: readonly [string, string] }): string => {
    const made = new Recording()
    for (let tenth = 0; tenth < 100; tenth += 1) made.touch(tenth / 10, '1.9800', '2.0200', size)
    const [bid, ask] = rise === 1 ? ['1.9820', '2.0220'] : ['1.9780', '2.0180']
    for (let tenth = 100; tenth < 120; tenth += 1) made.touch(tenth / 10, bid, ask, size)
    for (let tenth = 120; tenth < 600; tenth += 1) made.touch(tenth / 10, after[0], after[1], '1000.0')
    return made.write()
  }
  const config = (instrument: object = {}) => ({
    ...XRP_CONFIG,
    instrument: { ...XRP_CONFIG.instrument, ...instrument },
    paper: { ...XRP_CONFIG.paper, account: 'desk' },
    strategy: { breakout: { lookback_seconds: 5, max_holding_seconds: 20, stop_bps: 300, targets_bps: [5000, 6000, 7000] } },
  })
  const slotOf = ({ storePath }: RanSession) => queryOne(storePath, 'SELECT side, stage, open_size FROM slots ORDER BY trade LIMIT 1')
  const exitsOf = ({ storePath }: RanSession) => query(storePath, "SELECT 1 FROM orders WHERE role = 'exit'")
  const denialsOf = ({ storePath }: RanSession) => query(storePath, "SELECT body FROM journal WHERE type = 'INTENT_DENIED'")
  const run = { strategy: 'breakout', durationUs: 60 * SECOND_US }

  test('closes what is large enough, by its stop', async () => {
    const session = await runPaper({ ...run, feed: recording({ size: '0.6', rise: 1, after: ['1.9000', '1.9004'] }), config: config() })
    expect(slotOf(session)).toEqual({ side: 'buy', stage: 'closed', open_size: '0' })
    expect(exitsOf(session)).toHaveLength(1)
  })

  const writtenOff = ({ storePath }: RanSession) =>
    query<{ body: string }>(storePath, "SELECT body FROM journal WHERE type = 'DUST_WRITTEN_OFF'").map(({ body }) => {
      const { slotId, trade, quantity, cost, reason } = JSON.parse(body)
      return { slotId, trade, quantity, cost, reason }
    })

  test('K01 writes off at once what is less than the venue takes at the mark: the trade closes, without an order or a denial', async () => {
    const session = await runPaper({ ...run, feed: recording({ size: '0.5', rise: 1, after: ['1.9000', '1.9004'] }), config: config() })
    expect(slotOf(session)).toEqual({ side: 'buy', stage: 'closed', open_size: '0' })
    expect(exitsOf(session)).toEqual([])
    expect(denialsOf(session)).toEqual([])
    // What was bought at 2.0220 is not sold: no profit is booked, and it stays in the position at its cost.
    expect(writtenOff(session)).toEqual([{ slotId: 'breakout', trade: 1, quantity: '0.5', cost: '1.011', reason: 'dust' }])
    const { position, pnl, checks } = await summaryOf(session)
    expect(position).toMatchObject({ end: '0.5', cost: '1.011', endInSlots: '0', endUnassigned: '0.5', endDust: '0.5' })
    expect(pnl.realized).toBe('0')
    expect(checks.findings).toEqual([])
  })

  test('K01 so does a short one, and what is large enough at the touch, but not at the mark that the kernel judges it at', async () => {
    const feed = recording({ size: '0.5', rise: -1, after: ['1.9800', '2.0200'] })
    const session = await runPaper({ ...run, feed, config: config({ min_notional: '1.005' }) })
    expect(slotOf(session)).toEqual({ side: 'sell', stage: 'closed', open_size: '0' })
    expect(exitsOf(session)).toEqual([])
    expect(denialsOf(session)).toEqual([])
    expect(writtenOff(session)).toEqual([{ slotId: 'breakout', trade: 1, quantity: '-0.5', cost: '0.989', reason: 'dust' }])
  })

  test('K01 and less than a lot of the instrument as a later session knows it, which found it open', async () => {
    const feed = recording({ size: '0.5', rise: 1, after: ['1.9000', '1.9004'] })
    const first = await runPaper({ ...run, feed, config: config(), sessionId: 'mon', durationUs: 12 * SECOND_US })
    expect(slotOf(first)).toEqual({ side: 'buy', stage: 'position_open', open_size: '0.5' })
    const { storePath } = first
    const later = config({ lot_size: '1', min_notional: 0 })
    const session = await runPaper({ ...run, feed, config: later, sessionId: 'tue', storePath })
    expect(slotOf(session)).toEqual({ side: 'buy', stage: 'closed', open_size: '0' })
    expect(session.outcome.exitCode).toBe(0)
    expect(query(storePath, "SELECT 1 FROM orders WHERE role = 'exit' AND trade = 1")).toEqual([])
    expect(denialsOf(session)).toEqual([])
    expect(writtenOff(session)).toEqual([{ slotId: 'breakout', trade: 1, quantity: '0.5', cost: '1.011', reason: 'dust' }])
  })

  test('K01 what was written off keeps no later trade from being entered and closed', async () => {
    const made = new Recording()
    const stretch = (from: number, until: number, bid: string, ask: string, size: string): void => {
      for (let tenth = from * 10; tenth < until * 10; tenth += 1) made.touch(tenth / 10, bid, ask, size)
    }
    stretch(0, 10, '1.9800', '2.0200', '0.5')
    stretch(10, 12, '1.9820', '2.0220', '0.5')
    stretch(12, 20, '1.9000', '1.9004', '1000.0')
    stretch(20, 60, '1.9300', '1.9304', '1000.0')
    const session = await runPaper({ ...run, feed: made.write(), config: config() })
    expect(writtenOff(session)).toHaveLength(1)
    const trades = query(session.storePath, 'SELECT trade, stage, side, entry_quantity, open_size FROM slots ORDER BY trade')
    expect(trades).toEqual([
      { trade: 1, stage: 'closed', side: 'buy', entry_quantity: '0.5', open_size: '0' },
      { trade: 2, stage: 'closed', side: 'buy', entry_quantity: '518', open_size: '0' },
    ])
    expect(exitsOf(session)).toHaveLength(1)
    expect(denialsOf(session)).toEqual([])
    expect((await summaryOf(session)).position.end).toBe('0.5')
  })
})
