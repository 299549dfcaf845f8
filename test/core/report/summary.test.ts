import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dec, ZERO } from '../../../src/core/kernel/decimal.ts'
import { sessionsOfStore, summarizeFromStore } from '../../../src/core/report/open-report.ts'
import { renderSummary } from '../../../src/core/report/summary-text.ts'
import { plain, recountFills, scaled } from './fills-recount.ts'
import { LINEAR, makeMarket, ScriptedSession, SPOT, TICK_US, temporaryFolder, writeStore } from './recorded-store.ts'

const folder = temporaryFolder()
afterAll(() => folder.remove())

function storePath(name: string): string {
  return join(folder.path, name, 'dita.db')
}

describe('figures from fills', () => {
  const cases = [
    { name: 'spot', instrument: SPOT, capital: { XRP: '500', RLUSD: '20000' }, seed: 11, ticks: 150 },
    // More facts than are read at once.
    { name: 'linear', instrument: LINEAR, capital: { USDT: '50000' }, seed: 29, ticks: 1600 },
  ] as const

  beforeAll(async () => {
    for (const { name, ...given } of cases) {
      await writeStore(storePath(name), (journal) => {
        const session = new ScriptedSession(journal, 'recount', given)
        makeMarket(session, given)
        session.halt('duration_elapsed')
      })
    }
  })

  test.each(cases)('$name: every figure equals a recount of the fills by other code, to the last digit', async ({ name, ...given }) => {
    const path = storePath(name)
    const view = await summarizeFromStore(path, 'recount')
    const recount = recountFills(path, 'recount')

    expect(view.checks).toEqual({ drift: false, findings: [], leftOut: [] })
    expect(view.journal.lastSeq > 20_000).toBe(given.ticks > 1000)
    expect(recount.count).toBeGreaterThan(50)
    expect(view.fills.count).toBe(recount.count)
    expect([view.fills.maker, view.fills.taker]).toEqual([recount.maker, recount.count - recount.maker])
    expect(view.pnl.realized).toBe(recount.realized)
    expect(view.pnl.unrealized).toBe(recount.unrealizedAt(view.pnl.mark as string))
    expect(view.pnl.feesByAsset).toEqual(Object.fromEntries(recount.fees))
    expect(view.pnl.fees).toBe(recount.fees.get(given.instrument.quote))
    expect(view.position).toMatchObject({ end: recount.position, cost: recount.cost })
    expect(view.fills.bought).toMatchObject({ quantity: recount.boughtQuantity, value: recount.boughtValue })
    expect(view.fills.sold).toMatchObject({ quantity: recount.soldQuantity, value: recount.soldValue })
    const net = scaled(recount.realized) + scaled(view.pnl.unrealized as string) - scaled(view.pnl.fees)
    expect(view.pnl.net).toBe(plain(net))
  })

  test.each(cases)('$name: the change of equity is trading, coins held and capital moved, with nothing left over', async ({ name }) => {
    const { equity } = await summarizeFromStore(storePath(name), 'recount')
    const parts = scaled(equity.fromTrading as string) + scaled(equity.fromHoldings as string) + scaled(equity.fromCapital as string)
    expect(equity.change).toBe(plain(scaled(equity.end as string) - scaled(equity.start as string)))
    // Four products are rounded once each, at the 18th decimal.
    expect(Math.abs(Number(scaled(equity.change as string) - parts))).toBeLessThanOrEqual(4)
  })

  test('the inventory is what fills, fees and capital make of it, and what the wallet holds', async () => {
    const { inventory } = await summarizeFromStore(storePath('spot'), 'recount')
    const recount = recountFills(storePath('spot'), 'recount')
    const xrp = inventory.find(({ asset }) => asset === 'XRP')
    const rlusd = inventory.find(({ asset }) => asset === 'RLUSD')
    expect(xrp).toEqual({
      asset: 'XRP',
      before: '0',
      fromFills: recount.position,
      fromFees: '0',
      fromCapital: '500',
      fromFunding: '0',
      total: plain(scaled(recount.position) + scaled('500')),
    })
    const swapped = scaled(recount.soldValue) - scaled(recount.boughtValue)
    expect(rlusd?.fromFills).toBe(plain(swapped))
    expect(rlusd?.total).toBe(plain(swapped - scaled(recount.fees.get('RLUSD') as string) + scaled('20000')))
  })

  test('N12 fees in the base asset are listed in it and valued at the price of their fill in the net', async () => {
    const path = storePath('base-fee')
    await writeStore(path, (journal) => {
      const session = new ScriptedSession(journal, 'base-fee', { capital: { RLUSD: '1000' } })
      session.tick(dec('2'))
      session.input({ type: 'QUOTE', instrument: SPOT.symbol, bid: { price: dec('1.9'), quantity: dec('10') }, ask: null, postOnly: true })
      session.commit()
      session.fill(session.live()[0] as string, { price: dec('1.9'), quantity: dec('10'), fee: dec('0.01'), feeAsset: 'XRP' })
      session.tick(dec('2.5'))
      session.halt('duration_elapsed')
    })
    const { pnl, equity, checks } = await summarizeFromStore(path, 'latest')
    expect(pnl).toMatchObject({ fees: '0', feesByAsset: { XRP: '0.01' }, realized: '0', unrealized: '6' })
    expect(pnl).toMatchObject({ feeValuesByAsset: { XRP: '0.019' }, feesValued: '0.019', net: '5.981' })
    // The coins that went as a fee are missing at the last mark: 0.01 × (1.9 − 2.5).
    expect(equity).toMatchObject({ change: '5.975', fromTrading: '5.981', fromHoldings: '-0.006', heldAssets: ['XRP'] })
    expect(checks.findings).toEqual([])
  })

  test('a fee in an asset without a price leaves the net unknown instead of dropping the fee', async () => {
    const path = storePath('other-fee')
    await writeStore(path, (journal) => {
      const session = new ScriptedSession(journal, 'other-fee', { capital: { RLUSD: '1000', BNB: '1' } })
      session.tick(dec('2'))
      session.input({ type: 'QUOTE', instrument: SPOT.symbol, bid: { price: dec('2'), quantity: dec('10') }, ask: null, postOnly: true })
      session.commit()
      session.fill(session.live()[0] as string, { price: dec('2'), quantity: dec('10'), fee: dec('0.001'), feeAsset: 'BNB' })
      session.halt('duration_elapsed')
    })
    const { pnl, inventory, checks } = await summarizeFromStore(path, 'latest')
    expect(pnl).toMatchObject({ fees: '0', feesByAsset: { BNB: '0.001' }, net: null })
    expect(inventory.find(({ asset }) => asset === 'BNB')).toMatchObject({ fromFees: '-0.001', fromCapital: '1', total: '0.999' })
    expect(checks.drift).toBe(false)
  })
})

describe('large figures', () => {
  test('N01 totals beyond the bound of a single input are figures like any other, as data, as text and in the list', async () => {
    const path = storePath('large')
    const capital = { XRP: '1000000000000', RLUSD: '1000000000000000' }
    await writeStore(path, (journal) => {
      const session = new ScriptedSession(journal, 'large', { capital, maxExposure: '0' })
      session.input({ type: 'FLOW_CAPITAL', asset: 'RLUSD', amount: dec('1000000000000000'), note: 'deposit' })
      session.tick(dec('100000'))
      const bid = { price: dec('100000'), quantity: dec('9000000000') }
      for (const fee of ['0.000000000000000001', '0']) {
        session.input({ type: 'QUOTE', instrument: SPOT.symbol, bid, ask: null, postOnly: true })
        session.commit()
        session.fill(session.live()[0] as string, { ...bid, fee: dec(fee) })
      }
      session.tick(dec('100001.0000000001'))
      session.halt('duration_elapsed')
    })

    const view = await summarizeFromStore(path, 'large')

    expect(view.checks).toEqual({ drift: false, findings: [], leftOut: [] })
    expect(view.fills.bought.value).toBe('1800000000000000')
    expect(view.equity.start).toBe('102000000000000000')
    expect(view.equity.end).toBe('102001018000000101.799999999999999999')
    expect(view.pnl.net).toBe('18000000001.799999999999999999')
    expect(renderSummary(view)).toContain('equity 102,000,000,000,000,000.00 → 102,001,018,000,000,101.80 RLUSD')
    const { sessions } = await sessionsOfStore(path, { limit: 5 })
    expect(sessions).toMatchObject([{ sessionId: 'large', pnl: { net: view.pnl.net }, trouble: null }])
  })
})

describe('zero and missing', () => {
  test('N04 an open position without any mark has no unrealised profit and no net: null, not zero', async () => {
    const path = storePath('no-mark')
    await writeStore(path, (journal) => {
      const session = new ScriptedSession(journal, 'no-mark', { capital: { RLUSD: '1000' } })
      session.input({ type: 'QUOTE', instrument: SPOT.symbol, bid: { price: dec('2'), quantity: dec('10') }, ask: null, postOnly: true })
      session.commit()
      session.fill(session.live()[0] as string, { price: dec('2'), quantity: dec('10'), fee: ZERO })
      session.halt('duration_elapsed')
    })
    const view = await summarizeFromStore(path, 'latest')
    expect(view.pnl).toMatchObject({ realized: '0', unrealized: null, fees: '0', net: null, mark: null })
    expect(view.equity).toMatchObject({ start: null, end: null, change: null })
  })

  test('N04 a session that traded nothing has zeros where zero is known and nulls where nothing is', async () => {
    const path = storePath('idle')
    await writeStore(path, (journal) => {
      const session = new ScriptedSession(journal, 'idle')
      session.tick(dec('2'))
      session.halt('duration_elapsed')
    })
    const view = await summarizeFromStore(path, 'latest')
    expect(view.pnl).toMatchObject({ realized: '0', unrealized: '0', fees: '0', net: '0' })
    expect(view.fills).toEqual({
      count: 0,
      maker: 0,
      taker: 0,
      inferred: 0,
      confirmed: 0,
      late: 0,
      bought: { count: 0, quantity: '0', value: '0', averagePrice: null },
      sold: { count: 0, quantity: '0', value: '0', averagePrice: null },
    })
    expect(view.orders).toMatchObject({ sent: 0, prepared: 0, byStatus: {} })
    expect(view.quoting.bid).toMatchObject({ quotedTicks: 0, withinTwoBpsPercent: '0', withinTwoBpsPercentOfQuoted: null, meanBps: null })
    expect(view.feed).toMatchObject({ events: null, gaps: null, badLines: null, truncated: null })
  })

  test('N04 a report of zero events and gaps is zero, not missing', async () => {
    const path = storePath('empty-feed')
    await writeStore(path, (journal) => {
      const session = new ScriptedSession(journal, 'empty-feed')
      const report = { source: 'x', events: 0, gaps: 0, badLines: 0, skipped: 0, firstTimeUs: null, lastTimeUs: null, truncated: false }
      session.input({ type: 'REPORT_FEED', report })
      session.halt('feed_ended')
    })
    expect((await summarizeFromStore(path, 'latest')).feed).toMatchObject({
      events: 0,
      gaps: 0,
      badLines: 0,
      firstTimeUs: null,
      truncated: false,
    })
  })
})

describe('how sessions end', () => {
  const path = storePath('halts')

  beforeAll(() =>
    writeStore(path, (journal) => {
      const script = (startedWallUs: number) => ({ account: 'paper/carried', startedWallUs })
      const first = new ScriptedSession(journal, 'a-risk', { ...script(1), capital: { RLUSD: '100' } })
      first.tick(dec('2'))
      first.halt('risk_xrp_exposure', 'exposure 6000 is above the limit of 5000')
      const second = new ScriptedSession(journal, 'b-done', script(2))
      second.tick(dec('2'))
      second.halt('duration_elapsed')
      const third = new ScriptedSession(journal, 'c-open', script(3))
      third.tick(dec('2'))
      third.tick(dec('2'))
    }),
  )

  test('S01 the halt reason shown is the session’s own, never that of another one on the account', async () => {
    expect(await summarizeFromStore(path, 'b-done')).toMatchObject({ haltReason: 'duration_elapsed', haltDetail: null })
    expect(await summarizeFromStore(path, 'a-risk')).toMatchObject({
      haltReason: 'risk_xrp_exposure',
      haltDetail: 'exposure 6000 is above the limit of 5000',
    })
  })

  test('S01 a session that wrote no end has no reason, and ran as far as its last fact', async () => {
    const view = await summarizeFromStore(path, 'c-open')
    expect(view).toMatchObject({ haltReason: null, haltDetail: null })
    expect(view.time).toMatchObject({ endedAtUs: null, ranUs: 2 * TICK_US })
  })

  test('S02 running out of time and being stopped by a gate are different reasons', async () => {
    const reasons = await Promise.all(['a-risk', 'b-done'].map(async (id) => (await summarizeFromStore(path, id)).haltReason))
    expect(reasons).toEqual(['risk_xrp_exposure', 'duration_elapsed'])
  })

  test('S06 the limits in force are those the session was opened with, zero meaning none', async () => {
    expect((await summarizeFromStore(path, 'a-risk')).limits).toEqual({
      maxExposure: '5000',
      maxPosition: '0',
      maxSessionLoss: '250.5',
      maxOrderNotional: '0',
      maxLeverage: '0',
      priceCollarBps: '0',
      maxOpenOrders: 12,
      maxOrdersPerSecond: 0,
      maxCancelsPerSecond: 0,
      staleFeedUs: 30_000_000,
      maxDrawdown: '0',
      drawdownSince: null,
      venueSilenceUs: 0,
      venueStreamUs: 0,
      venueAccountUs: 0,
      maxVenueFailuresPercent: '0',
    })
  })

  test('the hash is that of the chain at the session’s last fact, not of the account’s', async () => {
    const database = new Database(path, { readonly: true })
    const rows = database
      .prepare<[], { id: string; seq: number; hash: Buffer }>(
        `SELECT session_id AS id, max(seq) AS seq, hash FROM journal GROUP BY session_id ORDER BY session_id`,
      )
      .all()
    database.close()
    for (const { id, seq, hash } of rows) {
      expect((await summarizeFromStore(path, id)).journal).toMatchObject({ lastSeq: seq, hash: hash.toString('hex') })
    }
    expect(rows).toHaveLength(3)
  })
})

describe('an account that is carried on', () => {
  test('profit of an earlier session is not earned again, and what was held before is shown', async () => {
    const path = storePath('carried')
    const trade = (session: ScriptedSession, side: 'bid' | 'ask', price: string): void => {
      const quote = { price: dec(price), quantity: dec('10') }
      session.input({ type: 'QUOTE', instrument: SPOT.symbol, bid: null, ask: null, postOnly: true, [side]: quote })
      session.commit()
      session.fill(session.live()[0] as string, { price: quote.price, quantity: quote.quantity, fee: dec('0.01') })
    }
    await writeStore(path, (journal) => {
      const first = new ScriptedSession(journal, 'monday', { account: 'paper/desk', capital: { RLUSD: '100' }, startedWallUs: 1 })
      first.tick(dec('2'))
      trade(first, 'bid', '2')
      first.tick(dec('2.1'))
      first.halt('duration_elapsed')
      const second = new ScriptedSession(journal, 'tuesday', { account: 'paper/desk', startedWallUs: 2 })
      second.tick(dec('2.2'))
      trade(second, 'ask', '2.5')
      second.tick(dec('2.6'))
      second.halt('duration_elapsed')
    })
    const monday = await summarizeFromStore(path, 'monday')
    const tuesday = await summarizeFromStore(path, 'tuesday')
    expect(monday.pnl).toMatchObject({ realized: '0', unrealized: '1', unrealizedBefore: '0', fees: '0.01', net: '0.99' })
    expect(tuesday.pnl).toMatchObject({ realized: '5', unrealized: '0', unrealizedBefore: '2', fees: '0.01', net: '2.99' })
    expect(monday.position).toMatchObject({ before: '0', end: '10', cost: '20', averagePrice: '2', now: '0' })
    expect(tuesday.position).toMatchObject({ before: '10', end: '0', averagePrice: null, now: '0' })
    expect(tuesday.inventory).toEqual([
      { asset: 'XRP', before: '10', fromFills: '-10', fromFees: '0', fromCapital: '0', fromFunding: '0', total: '0' },
      { asset: 'RLUSD', before: '79.99', fromFills: '25', fromFees: '-0.01', fromCapital: '0', fromFunding: '0', total: '104.98' },
    ])
    expect(tuesday.equity).toMatchObject({ start: '101.99', end: '104.98', change: '2.99', fromTrading: '2.99', fromHoldings: '0' })
    expect([monday.checks.drift, tuesday.checks.drift]).toEqual([false, false])
  })
})

describe('equity', () => {
  test('money that is paid in at the first price is there from the start, and counts as no profit', async () => {
    const path = storePath('paid-in')
    await writeStore(path, (journal) => {
      const session = new ScriptedSession(journal, 'paid-in')
      session.input({ type: 'MARK_PRICE', instrument: SPOT.symbol, price: dec('2') })
      session.input({ type: 'FLOW_CAPITAL', asset: 'XRP', amount: dec('100'), note: 'default paper money' })
      session.input({ type: 'FLOW_CAPITAL', asset: 'RLUSD', amount: dec('300'), note: 'default paper money' })
      session.tick(dec('2'))
      session.tick(dec('2.5'))
      session.input({ type: 'FLOW_CAPITAL', asset: 'RLUSD', amount: dec('-50'), note: 'withdrawn' })
      session.halt('duration_elapsed')
    })
    const { equity, pnl } = await summarizeFromStore(path, 'latest')
    expect(pnl.net).toBe('0')
    expect(equity).toEqual({
      asset: 'RLUSD',
      start: '500',
      end: '500',
      change: '0',
      fromTrading: '0',
      fromHoldings: '50',
      heldAssets: ['XRP'],
      fromCapital: '-50',
    })
  })

  test('a mark that did not change since the session before still values this one', async () => {
    const path = storePath('same-mark')
    await writeStore(path, (journal) => {
      const script = (startedWallUs: number) => ({ account: 'paper/still', startedWallUs })
      const first = new ScriptedSession(journal, 'first', { ...script(1), capital: { RLUSD: '100' } })
      first.tick(dec('2'))
      first.halt('duration_elapsed')
      const second = new ScriptedSession(journal, 'second', script(2))
      second.tick(dec('2'))
      second.tick(dec('2'))
      second.halt('duration_elapsed')
    })
    expect((await summarizeFromStore(path, 'second')).pnl).toMatchObject({ mark: '2', unrealized: '0' })
  })
})
