import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DitaError } from '../../../src/core/errors.ts'
import { dec, ZERO } from '../../../src/core/kernel/decimal.ts'
import { sessionsOfStore, summarizeFromStore } from '../../../src/core/report/open-report.ts'
import { renderSessions } from '../../../src/core/report/sessions-text.ts'
import type { SummaryView } from '../../../src/core/report/summary-view.ts'
import { makeMarket, ScriptedSession, SPOT, START_US, TICK_US, temporaryFolder, writeStore } from './recorded-store.ts'

const folder = temporaryFolder()
afterAll(() => folder.remove())

function storePath(name: string): string {
  return join(folder.path, name, 'dita.db')
}

describe('trades, orders and trouble', () => {
  let view: SummaryView

  beforeAll(async () => {
    const path = storePath('slots')
    await writeStore(path, (journal) => {
      const session = new ScriptedSession(journal, 'slots', { capital: { RLUSD: '1000' } })
      const { symbol: instrument } = SPOT
      session.tick(dec('2'))
      session.input({
        type: 'ENTER',
        slotId: 's1',
        instrument,
        side: 'buy',
        orderType: 'limit',
        price: dec('2'),
        quantity: dec('10'),
        timeInForce: 'gtc',
        postOnly: false,
        leverage: dec('1'),
        exitRatios: [dec('0.6'), dec('0.4')],
      })
      session.commit()
      session.fill(session.live()[0] as string, { price: dec('2'), quantity: dec('10'), fee: ZERO, maker: false })
      const exit = { type: 'EXIT', slotId: 's1', scope: 'leg', orderType: 'limit', timeInForce: 'gtc', postOnly: false } as const
      session.input({ ...exit, price: dec('2.5'), reason: 'target' })
      session.commit()
      session.fill(session.live()[0] as string, { price: dec('2.5'), quantity: dec('6'), fee: ZERO })
      session.input({ ...exit, price: dec('1.9'), reason: 'stop' })
      session.commit()
      session.fill(session.live()[0] as string, { price: dec('1.9'), quantity: dec('4'), fee: ZERO })
      session.input({ ...exit, price: dec('1.9'), reason: 'stop' })
      const ratios = [dec('0.5')]
      session.input({
        type: 'ENTER',
        slotId: 's2',
        instrument,
        side: 'buy',
        orderType: 'limit',
        price: dec('2'),
        quantity: dec('1'),
        timeInForce: 'gtc',
        postOnly: false,
        leverage: dec('1'),
        exitRatios: ratios,
      })
      session.input({ type: 'FLAG_RISK', code: 'NEAR_LIMIT', severity: 'info', value: null, limit: null, detail: 'getting near' })
      session.input({ type: 'FLAG_RISK', code: 'LOSS', severity: 'alarm', value: '300', limit: '250.5', detail: 'the loss is too large' })
      session.halt('risk_loss_limit', '300 against 250.5')
    })
    view = await summarizeFromStore(path, 'latest')
  })

  test('a trade shows what was filled at its entry and exits, leg by leg', () => {
    expect(view.trades).toMatchObject({ count: 1, closed: 1, open: 0, won: 1, lost: 0, realizedPnl: '2.6' })
    expect(view.trades.list[0]).toMatchObject({
      slotId: 's1',
      trade: 1,
      stage: 'closed',
      entryPrice: '2',
      exitPrice: '2.26',
      realizedPnl: '2.6',
      legs: [
        { leg: 0, ratio: '0.6', filledQuantity: '6', exitPrice: '2.5', reason: 'target' },
        { leg: 1, ratio: '0.4', filledQuantity: '4', exitPrice: '1.9', reason: 'stop' },
      ],
    })
  })

  test('orders are counted by outcome', () => {
    expect(view.orders).toEqual({
      sent: 3,
      prepared: 3,
      byStatus: { filled: 3 },
      liveNow: 0,
      rejections: [],
      cancels: { requested: 0, refused: 0, inDoubt: 0 },
    })
  })

  test('denials are counted by code', () => {
    expect(view.denials.map(({ code, count }) => [code, count])).toEqual([
      ['EXIT_NOT_ALLOWED', 1],
      ['EXIT_RATIOS_SUM', 1],
    ])
  })

  test('L04 S06 alarms are shown with their value and limit, remarks only counted', () => {
    expect(view.risk.events).toEqual([
      { timeUs: START_US + TICK_US, code: 'LOSS', severity: 'alarm', value: '300', limit: '250.5', detail: 'the loss is too large' },
    ])
    expect(view.risk.counts).toHaveLength(2)
  })
})

describe('drift', () => {
  const lastFill = 'seq = (SELECT max(seq) FROM fills)'
  const changes = [
    ['a posting', `UPDATE postings SET amount = '1.5' WHERE line = 0 AND ${lastFill}`, 'postings of fact'],
    ['the profit of a fill', `UPDATE fills SET realized_pnl = '0.000000000000000001' WHERE ${lastFill}`, 'realised in RLUSD'],
    ['the price of a fill', `UPDATE fills SET price = '1' WHERE ${lastFill}`, 'price × quantity, fill'],
    ['the cost a fill left', `UPDATE fills SET cost_after = '1' WHERE ${lastFill}`, 'cost of the position in XRP/RLUSD: average cost'],
    ['a fee', `UPDATE fills SET fee = '9' WHERE ${lastFill}`, 'fees in RLUSD'],
    ['the quantity of a fill', `UPDATE fills SET quantity = '0.7' WHERE ${lastFill}`, 'position in XRP/RLUSD: sum of fills'],
    ['the position', `UPDATE positions SET quantity = '77'`, 'last fill, positions'],
    ['the inventory ledger', `UPDATE inventory_ledger SET change = '3' WHERE ${lastFill}`, 'fills, inventory ledger'],
    ['a deposit', `UPDATE capital_events SET amount = '21000' WHERE asset = 'RLUSD'`, 'capital in RLUSD'],
    [
      'the equity of the last tick',
      `UPDATE market_snapshots SET equity = '1' WHERE seq = (SELECT max(seq) FROM market_snapshots)`,
      'equity at the last tick',
    ],
  ] as const

  test.each(changes)('%s that was changed behind the engine’s back is found', async (what, statement, expected) => {
    const path = storePath(`drift ${what}`)
    await writeStore(path, (journal) => {
      const session = new ScriptedSession(journal, 'drift', { capital: { XRP: '500', RLUSD: '20000' } })
      makeMarket(session, { seed: 5, ticks: 20 })
      session.tick(dec('2'))
      session.halt('duration_elapsed')
    })
    expect((await summarizeFromStore(path, 'drift')).checks.drift).toBe(false)
    const database = new Database(path)
    expect(database.prepare(statement).run().changes).toBe(1)
    database.close()

    const { checks } = await summarizeFromStore(path, 'drift')

    expect(checks.drift).toBe(true)
    expect(checks.findings.map((finding) => finding.what).join('\n')).toContain(expected)
  })

  test('a figure that cannot be read is damage, not zero', async () => {
    const path = storePath('unreadable')
    await writeStore(path, (journal) => {
      const session = new ScriptedSession(journal, 'unreadable', { capital: { RLUSD: '100' } })
      makeMarket(session, { seed: 5, ticks: 10 })
    })
    const database = new Database(path)
    database.exec(`UPDATE fills SET fee = 'NaN'`)
    database.close()
    const thrown = await summarizeFromStore(path, 'latest').catch((error: unknown) => error)
    expect(thrown).toBeInstanceOf(DitaError)
    expect(thrown).toMatchObject({ code: 'STORE_DAMAGED', exitCode: 6 })
  })
})

describe('a session that cannot be read', () => {
  async function twoSessions(name: string): Promise<string> {
    const path = storePath(name)
    await writeStore(path, (journal) => {
      for (const [sessionId, startedWallUs] of [
        ['good', 1],
        ['bad', 2],
      ] as const) {
        const session = new ScriptedSession(journal, sessionId, { startedWallUs, capital: { XRP: '500', RLUSD: '20000' } })
        makeMarket(session, { seed: 5, ticks: 20 })
        session.halt('duration_elapsed')
      }
    })
    return path
  }

  test('L04 is a line of the list that says so, and the others stay as they are', async () => {
    const path = await twoSessions('listed')
    const before = await sessionsOfStore(path, { limit: 5 })
    const database = new Database(path)
    database.exec(`UPDATE fills SET fee = 'NaN' WHERE session_id = 'bad'`)
    database.close()

    const view = await sessionsOfStore(path, { limit: 5 })

    expect(view.sessions[1]).toEqual(before.sessions[1])
    expect(view.sessions[0]).toMatchObject({
      sessionId: 'bad',
      fills: null,
      pnl: { asset: 'RLUSD', realized: null, net: null },
      haltReason: 'duration_elapsed',
      trouble: 'The store holds "NaN" where a decimal belongs.',
    })
    const [, bad, good, why] = renderSessions(view).split('\n')
    expect(bad).toMatch(/^bad .* - +- +CANNOT BE READ$/)
    expect(good).toMatch(/^good .* ran its time$/)
    expect(why).toBe('bad CANNOT BE READ: The store holds "NaN" where a decimal belongs.')
  })

  test('a mark that cannot be read is damage too', async () => {
    const path = await twoSessions('mark')
    const database = new Database(path)
    database.exec(`UPDATE journal SET body = '{' WHERE type = 'MARK_SET'`)
    database.close()
    const thrown = await summarizeFromStore(path, 'bad').catch((error: unknown) => error)
    expect(thrown).toMatchObject({ code: 'STORE_DAMAGED', exitCode: 6 })
    expect((await sessionsOfStore(path, { limit: 5 })).sessions[0]?.trouble).toMatch(/^Fact \d+ of the journal cannot be read\.$/)
  })
})
