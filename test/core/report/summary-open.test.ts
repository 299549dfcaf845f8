import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openWriter } from '../../../src/core/journal/open.ts'
import { dec, ZERO } from '../../../src/core/kernel/decimal.ts'
import { sessionsOfStore, summarizeFromStore } from '../../../src/core/report/open-report.ts'
import { renderSessions } from '../../../src/core/report/sessions-text.ts'
import { renderSummary } from '../../../src/core/report/summary-text.ts'
import type { SummaryView } from '../../../src/core/report/summary-view.ts'
import { LINEAR, makeMarket, ScriptedSession, START_US, temporaryFolder, writeStore } from './recorded-store.ts'

const folder = temporaryFolder()
afterAll(() => folder.remove())

function storePath(name: string): string {
  return join(folder.path, name, 'dita.db')
}

/** The text of a summary with a label, on one line. */
function labelled(view: SummaryView, label: string): string | undefined {
  return renderSummary(view, { width: 400 })
    .split('\n')
    .find((line) => line.startsWith(label))
}

function enter(session: ScriptedSession, slotId: string, order: { side: 'buy' | 'sell'; price: string; quantity: string }): string {
  session.input({
    type: 'ENTER',
    slotId,
    instrument: session.instrument.symbol,
    side: order.side,
    orderType: 'limit',
    price: dec(order.price),
    quantity: dec(order.quantity),
    timeInForce: 'gtc',
    postOnly: false,
    leverage: dec('1'),
    exitRatios: [dec('0.6'), dec('0.4')],
  })
  session.commit()
  return session.live().at(-1) as string
}

function exit(session: ScriptedSession, slotId: string, order: { price: string; reason: string }): string {
  const { reason } = order
  session.input({
    type: 'EXIT',
    slotId,
    scope: 'leg',
    orderType: 'limit',
    price: dec(order.price),
    timeInForce: 'gtc',
    postOnly: false,
    reason,
  })
  session.commit()
  return session.live().at(-1) as string
}

function quoteBid(session: ScriptedSession, bid: { price: string; quantity: string }): string {
  const quote = { price: dec(bid.price), quantity: dec(bid.quantity) }
  session.input({ type: 'QUOTE', instrument: session.instrument.symbol, bid: quote, ask: null, postOnly: true })
  session.commit()
  return session.live().at(-1) as string
}

function cancel(session: ScriptedSession, clientOrderId: string): void {
  session.input({ type: 'CANCEL_ACK', clientOrderId, venueOrderId: null })
  session.commit()
}

describe('what a session leaves open', () => {
  let short: SummaryView
  let maker: SummaryView

  beforeAll(async () => {
    const path = storePath('open')
    await writeStore(path, (journal) => {
      const session = new ScriptedSession(journal, 'short', { instrument: LINEAR, capital: { USDT: '5000' }, startedWallUs: 1 })
      session.tick(dec('28000'))
      const entry = enter(session, 's1', { side: 'sell', price: '28000', quantity: '0.035' })
      session.fill(entry, { price: dec('28000'), quantity: dec('0.035'), fee: ZERO })
      session.tick(dec('28142.9'))
      session.halt('duration_elapsed')
      const quoting = new ScriptedSession(journal, 'maker', { capital: { RLUSD: '100' }, startedWallUs: 2 })
      const bid = quoteBid(quoting, { price: '2', quantity: '10' })
      quoting.fill(bid, { price: dec('2'), quantity: dec('10'), fee: ZERO })
      quoting.halt('duration_elapsed')
    })
    short = await summarizeFromStore(path, 'short')
    maker = await summarizeFromStore(path, 'maker')
  })

  test('stands on the first screen, with its worth at the mark and the trade that holds it', () => {
    expect(short.position).toMatchObject({ end: '-0.035', endValue: '-985.0015', endInSlots: '-0.035', endQuoted: '0' })
    expect(labelled(short, 'Left open')).toBe('Left open    -0.035 BTC (≈ -985.00 USDT at the mark), 1 trade open')
    const text = renderSummary(short)
    expect(text.indexOf('Left open')).toBeLessThan(text.indexOf('Why'))
  })

  test('what was sold of coins that are held is no short position: it says how much is left of them', () => {
    const [line] = maker.inventory
    if (line === undefined) throw new Error('nothing is held')
    const inventory = [{ ...line, total: '2075.29' }]
    const position = {
      ...maker.position,
      end: '-424.96',
      endValue: '-850.77',
      sides: maker.position.sides.map((side) => ({ ...side, end: '-424.96' })),
    }
    expect(labelled({ ...maker, position, inventory }, 'Left open')).toBe(
      'Left open    sold 424.96 XRP more than was bought (≈ 850.77 RLUSD at the mark); 2,075.29 XRP are held',
    )
    expect(labelled({ ...maker, position: { ...position, before: '1' }, inventory }, 'Left open')).toContain(
      'more than was bought, with the sessions before it (',
    )
  })

  test('N04 inventory of quotes counts too, and without a mark no worth is made up', () => {
    expect(maker.position).toMatchObject({ endValue: null, endInSlots: '0', endQuoted: '10', endUnassigned: '0' })
    expect(labelled(maker, 'Left open')).toBe('Left open    10 XRP (no price known)')
  })

  test('a session that ends flat has no such line', () => {
    const position = { ...maker.position, end: '0', sides: [] }
    expect(labelled({ ...maker, position }, 'Left open')).toBeUndefined()
  })
})

describe('why orders were rejected', () => {
  test('is counted by the code of the venue, as data and as text', async () => {
    const path = storePath('rejected')
    await writeStore(path, (journal) => {
      const session = new ScriptedSession(journal, 'rejected', { capital: { RLUSD: '1000' } })
      for (const [code, price] of [
        ['POST_ONLY_WOULD_CROSS', '2'],
        ['POST_ONLY_WOULD_CROSS', '2.1'],
        ['TOO_SMALL', '2.2'],
      ] as const) {
        session.rejections.push({ code, reason: 'so: it said' })
        quoteBid(session, { price, quantity: '1' })
      }
      session.halt('duration_elapsed')
    })
    const view = await summarizeFromStore(path, 'latest')
    expect(view.orders.byStatus).toMatchObject({ rejected: 3 })
    expect(view.orders.rejections).toEqual([
      { code: 'POST_ONLY_WOULD_CROSS', count: 2 },
      { code: 'TOO_SMALL', count: 1 },
    ])
    expect(renderSummary(view, { width: 400 })).toContain('rejected 3 (POST_ONLY_WOULD_CROSS ×2, TOO_SMALL ×1)')
    expect(renderSummary(view, { width: 400 })).toContain('3 orders rejected by the venue (POST_ONLY_WOULD_CROSS ×2, TOO_SMALL ×1)')
  })
})

describe('trades that never entered', () => {
  test('are counted apart, and the counts add up', async () => {
    const path = storePath('not-entered')
    await writeStore(path, (journal) => {
      const session = new ScriptedSession(journal, 'not-entered', { capital: { RLUSD: '1000' } })
      session.tick(dec('2'))
      cancel(session, enter(session, 's1', { side: 'buy', price: '1.9', quantity: '10' }))
      const entry = enter(session, 's1', { side: 'buy', price: '2', quantity: '10' })
      session.fill(entry, { price: dec('2'), quantity: dec('10'), fee: ZERO })
      for (const quantity of ['6', '4']) {
        session.fill(exit(session, 's1', { price: '2', reason: 'even' }), { price: dec('2'), quantity: dec(quantity), fee: ZERO })
      }
      enter(session, 's2', { side: 'buy', price: '1.8', quantity: '10' })
      session.halt('duration_elapsed')
    })
    const view = await summarizeFromStore(path, 'latest')
    expect(view.trades).toMatchObject({ count: 3, closed: 1, open: 1, notEntered: 1, won: 0, lost: 0 })
    expect(renderSummary(view)).toContain('3 trades: 1 closed (0 won, 0 lost, 1 even), 1 open, 1 not entered; realised 0.00')
  })
})

describe('a session without an end', () => {
  const path = storePath('running')
  const feed = { source: 'x', events: 1, gaps: 0, badLines: 0, skipped: 0, firstTimeUs: 1, lastTimeUs: 2, truncated: false }

  test('S01 is still running while its process lives and holds the store, and crashed when it does not', async () => {
    const holder = { sessionId: 'live', pid: process.pid, since: '2026-01-01T00:00:00.000Z' }
    const journal = openWriter({ path, holder, wallUs: () => START_US })
    try {
      new ScriptedSession(journal, 'dead').tick(dec('2'))
      const session = new ScriptedSession(journal, 'live', { startedWallUs: START_US + 1 })
      session.tick(dec('2'))
      session.input({ type: 'REPORT_FEED', report: feed })
      session.commit()
      const live = await summarizeFromStore(path, 'live')
      expect(live).toMatchObject({ running: true, pid: process.pid, haltReason: null })
      expect(labelled(live, 'Did it work')).toBe(`Did it work  It is still running (pid ${process.pid}), 1s of 30m so far.`)
      expect(renderSummary(live)).not.toMatch(/crashed|no end was written/)
      expect(labelled(live, 'Went wrong')).toBe('Went wrong   nothing that was noticed')
      const dead = await summarizeFromStore(path, 'dead')
      expect(dead).toMatchObject({ running: false, pid: null })
      expect(labelled(dead, 'Did it work')).toBe('Did it work  No, it did not end properly: it crashed, after 1s of 30m.')
      const list = await sessionsOfStore(path, { limit: 5 })
      expect(list.sessions.map(({ sessionId, running }) => [sessionId, running])).toEqual([
        ['live', true],
        ['dead', false],
      ])
      expect(renderSessions(list)).toMatch(/^live .* still running\ndead .* crashed$/m)
    } finally {
      await journal.close()
    }
    expect(await summarizeFromStore(path, 'live')).toMatchObject({ running: false, pid: null })
  })

  test.each([
    ['of a process that is gone', () => JSON.stringify({ sessionId: 'live', pid: deadPid(), since: '' })],
    ['that says no pid', () => JSON.stringify({ sessionId: 'live' })],
    ['with a pid that stands for many processes', () => JSON.stringify({ sessionId: 'live', pid: -1 })],
    ['that is cut off', () => '{"sessionId":"li'],
    ['that holds nothing of ours', () => 'null'],
  ])('a name left in the lock %s is no running session', async (_, text) => {
    writeFileSync(`${path}.lock.json`, text())
    expect(await summarizeFromStore(path, 'live')).toMatchObject({ running: false, pid: null })
    rmSync(`${path}.lock.json`)
  })

  test('another process that holds the store is asked for by its id', async () => {
    const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'])
    try {
      await once(child, 'spawn')
      writeFileSync(`${path}.lock.json`, JSON.stringify({ sessionId: 'live', pid: child.pid, since: '' }))
      expect(await summarizeFromStore(path, 'live')).toMatchObject({ running: true, pid: child.pid })
    } finally {
      child.stdin.end()
      await once(child, 'exit')
      rmSync(`${path}.lock.json`)
    }
  })
})

function deadPid(): number {
  return spawnSync(process.execPath, ['-e', '']).pid
}

describe('an account that is carried on', () => {
  test('no later session changes the summary of an earlier one, but for what is said of now', async () => {
    const path = storePath('carried')
    const account = 'paper/desk'
    const views: SummaryView[] = []
    await writeStore(path, (journal) => {
      const first = new ScriptedSession(journal, 'monday', { account, capital: { RLUSD: '1000' }, startedWallUs: 1 })
      first.tick(dec('2'))
      first.fill(enter(first, 's1', { side: 'buy', price: '2', quantity: '10' }), { price: dec('2'), quantity: dec('10'), fee: ZERO })
      first.fill(exit(first, 's1', { price: '2.5', reason: 'target' }), { price: dec('2.5'), quantity: dec('6'), fee: ZERO })
      exit(first, 's1', { price: '2.6', reason: 'target' })
      enter(first, 's2', { side: 'buy', price: '1.8', quantity: '5' })
      first.tick(dec('2.2'))
      first.halt('duration_elapsed')
    })
    views.push(await summarizeFromStore(path, 'monday'))
    expect(views[0]?.trades).toMatchObject({ count: 2, closed: 0, open: 2, realizedPnl: '3' })

    await writeStore(path, (journal) => {
      const second = new ScriptedSession(journal, 'tuesday', { account, startedWallUs: 2 })
      second.tick(dec('1.9'))
      for (const order of second.live()) cancel(second, order)
      second.fill(exit(second, 's1', { price: '1.9', reason: 'stop' }), { price: dec('1.9'), quantity: dec('4'), fee: ZERO })
      const late = enter(second, 's2', { side: 'buy', price: '1.8', quantity: '5' })
      second.fill(late, { price: dec('1.8'), quantity: dec('5'), fee: ZERO })
      second.tick(dec('1.7'))
      second.halt('duration_elapsed')
    })
    const [before, after] = [views[0] as SummaryView, await summarizeFromStore(path, 'monday')]

    expect(after).toEqual({ ...before, position: after.position })
    const { now, nowInSlots, nowQuoted, nowUnassigned, ...atEnd } = after.position
    expect(before.position).toMatchObject(atEnd)
    expect([now, nowInSlots, nowQuoted, nowUnassigned]).toEqual(['5', '5', '0', '0'])
    expect(renderSummary(after)).toBe(renderSummary(before))
    expect(after.trades.list.find(({ slotId }) => slotId === 's1')).toMatchObject({
      stage: 'position_partially_closed',
      closedAtUs: null,
      exitPrice: '2.5',
      openSize: '4',
      legs: [
        { leg: 0, filledQuantity: '6', exitPrice: '2.5', reason: 'target' },
        { leg: 1, filledQuantity: '0', exitPrice: null, reason: 'target' },
      ],
    })

    const tuesday = await summarizeFromStore(path, 'tuesday')
    expect(tuesday.trades).toMatchObject({ count: 2, closed: 1, open: 1, won: 1, realizedPnl: '2.6' })
    expect(tuesday.trades.list.find(({ slotId }) => slotId === 's1')).toMatchObject({
      entryQuantity: '10',
      entryPrice: '2',
      exitPrice: '2.26',
      legs: [{ filledQuantity: '6' }, { filledQuantity: '4', exitPrice: '1.9', reason: 'stop' }],
    })
  })

  test('every trade as summed from fills is what the engine keeps of it', async () => {
    const path = storePath('carried')
    const database = new Database(path, { readonly: true })
    const kept = database
      .prepare(
        `SELECT slot_id AS slotId, trade, stage, entry_quantity AS entryQuantity, entry_price AS entryPrice, exit_price AS exitPrice,
           open_size AS openSize, realized_pnl AS realizedPnl, closed_at_us AS closedAtUs
         FROM slots WHERE NOT (slot_id = 's2' AND trade = 1) ORDER BY slot_id`,
      )
      .all()
    database.close()
    const { list } = (await summarizeFromStore(path, 'tuesday')).trades
    expect(kept).toHaveLength(2)
    expect([...list].sort((a, b) => (a.slotId < b.slotId ? -1 : 1))).toMatchObject(kept)
  })
})

describe('the checks', () => {
  test('say which of them could not be made, and why', async () => {
    const path = storePath('left-out')
    await writeStore(path, (journal) => {
      const session = new ScriptedSession(journal, 'left-out', { capital: { RLUSD: '1000' } })
      session.tick(dec('2'))
      session.fill(quoteBid(session, { price: '2', quantity: '10' }), { price: dec('2'), quantity: dec('10'), fee: ZERO })
      session.halt('duration_elapsed')
    })
    const view = await summarizeFromStore(path, 'latest')
    const what = 'equity at the last tick in RLUSD: postings, engine'
    const why = 'a fill, a fee or a flow of capital was booked after it'
    expect(view.checks).toEqual({ drift: false, findings: [], leftOut: [{ what, why }] })
    const text = renderSummary(view, { width: 400 })
    expect(text).toContain('every total that could be checked agrees')
    expect(text).toContain(`not checked: ${what}, because ${why}`)
  })

  test('postings of before the session that do not balance are found as well', async () => {
    const path = storePath('unbalanced')
    await writeStore(path, (journal) => {
      const script = (startedWallUs: number) => ({ account: 'paper/desk', startedWallUs })
      const first = new ScriptedSession(journal, 'first', { ...script(1), capital: { XRP: '500', RLUSD: '20000' } })
      makeMarket(first, { seed: 4, ticks: 5 })
      first.halt('duration_elapsed')
      const second = new ScriptedSession(journal, 'second', script(2))
      second.tick(dec('2'))
      second.halt('duration_elapsed')
    })
    expect((await summarizeFromStore(path, 'second')).checks.findings).toEqual([])
    const database = new Database(path)
    const { seq } = database.prepare<[], { seq: number }>(`SELECT min(seq) AS seq FROM postings WHERE asset = 'XRP'`).get() as {
      seq: number
    }
    database.exec(`UPDATE postings SET amount = '777' WHERE asset = 'XRP' AND ledger_account = 'wallet' AND seq = ${seq}`)
    database.close()
    expect((await summarizeFromStore(path, 'second')).checks.findings).toContainEqual({
      what: `postings of fact ${seq} in XRP`,
      expected: '0',
      found: '277',
    })
  })
})
