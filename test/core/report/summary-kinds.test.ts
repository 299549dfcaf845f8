import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, describe, expect, test } from 'vitest'
import { dec } from '../../../src/core/kernel/decimal.ts'
import { sessionsOfStore, summarizeFromStore } from '../../../src/core/report/open-report.ts'
import { renderSummary } from '../../../src/core/report/summary-text.ts'
import type { SummaryView } from '../../../src/core/report/summary-view.ts'
import { beEventful, beHedged, EVENTFUL, enter, exit, fill, HEDGED, OTHER, quote } from './eventful-session.ts'
import { INVERSE, LINEAR, ScriptedSession, type SessionScript, temporaryFolder, writeStore } from './recorded-store.ts'

const folder = temporaryFolder()
afterAll(() => folder.remove())

/** The summary of a session as it was played, and its text on wide lines. */
async function played(name: string, script: SessionScript, play: (session: ScriptedSession) => void): Promise<[SummaryView, string]> {
  await writeStore(pathOf(name), (journal) => play(new ScriptedSession(journal, name, script)))
  const view = await summarizeFromStore(pathOf(name), name)
  return [view, renderSummary(view, { width: 400 })]
}

function pathOf(name: string): string {
  return join(folder.path, name, 'dita.db')
}

describe('inverse contracts', () => {
  const script = { instrument: INVERSE, capital: { BTC: '1', USD: '50' }, maxExposure: '0' }

  function trade(session: ScriptedSession): void {
    session.tick(dec('50000'))
    fill(session, quote(session, 'bid', { price: '50000', quantity: '1000' }), { price: '50000', quantity: '1000', fee: '0.00001' })
    session.tick(dec('51000'))
    fill(session, quote(session, 'ask', { price: '51000', quantity: '400' }), {
      price: '51000',
      quantity: '400',
      fee: '2',
      feeAsset: 'USD',
    })
    session.tick(dec('52000'))
    session.halt('duration_elapsed')
  }

  test('profit is in the base, which they settle in, and every figure says so', async () => {
    const [view, text] = await played('inverse', script, trade)
    expect(view.instrument).toMatchObject({ quantityAsset: 'USD', settle: 'BTC' })
    // Bought for 1000 ÷ 50000; 400 of it cost 0.008 and were sold for 400 ÷ 51000; 600 cost 0.012 and are worth 600 ÷ 52000.
    expect(view.pnl).toMatchObject({
      asset: 'BTC',
      realized: '0.000156862745098039',
      unrealized: '0.000461538461538462',
      fees: '0.00001',
      feesByAsset: { BTC: '0.00001', USD: '2' },
      feeValuesByAsset: { BTC: '0.00001', USD: '0.00003921568627451' },
    })
    expect(view.fills.bought).toEqual({ count: 1, quantity: '1000', value: '0.02', averagePrice: '50000' })
    expect(view.fills.sold).toMatchObject({ quantity: '400', value: '0.007843137254901961' })
    expect(view.position).toMatchObject({ end: '600', cost: '0.012', averagePrice: '50000', endValue: '600' })
    expect(view.checks).toEqual({ drift: false, findings: [], leftOut: [] })
    expect(text).toMatch(
      /^Earned +\+0\.0005692 BTC by trading, net of fees: realised \+0\.0001569, unrealised \+0\.0004615, fees 0\.0000100 BTC and/m,
    )
    expect(text).toContain('bought 1,000 USD at 50,000 on average, sold 400 USD at 51,000 on average')
    expect(text).toMatch(/^Left open +600 USD \(cost 0\.012 BTC\)$/m)
    expect(text).toMatch(/fills +USD +BTC +average price/)
  })

  test('equity is in the base too, and its change is trading and what the price did to the quote held beside it', async () => {
    const [view] = await played('inverse-equity', script, trade)
    const { equity, pnl } = view
    // 50 of quote are 0.001 of base at first.
    expect(equity).toMatchObject({ asset: 'BTC', start: '1.001', fromTrading: pnl.net, fromCapital: '0', heldAssets: ['USD'] })
    const parts = dec(equity.fromTrading as string) + dec(equity.fromHoldings as string)
    expect(Math.abs(Number(dec(equity.change as string) - parts))).toBeLessThanOrEqual(2)
    expect(dec(equity.fromHoldings as string)).toBeLessThan(0n)
  })

  test('contracts are counted in the quote, and coins in what they are', async () => {
    const [view] = await played('inverse-inventory', script, trade)
    expect(view.inventory).toEqual([
      {
        asset: 'BTC',
        before: '0',
        fromFills: '0.000156862745098039',
        fromFees: '-0.00001',
        fromCapital: '1',
        fromFunding: '0',
        total: '1.000146862745098039',
      },
      { asset: 'USD', before: '0', fromFills: '600', fromFees: '-2', fromCapital: '50', fromFunding: '0', total: '648' },
    ])
  })

  test('N06 the prices of a trade are prices, though its costs are in base', async () => {
    const [view] = await played('inverse-trade', script, (session) => {
      session.tick(dec('50000'))
      fill(session, enter(session, 's1', { side: 'sell', price: '50000', quantity: '1000', ratios: ['0.4', '0.6'] }), {
        price: '50000',
        quantity: '1000',
      })
      fill(session, exit(session, 's1', '40000'), { price: '40000', quantity: '400' })
      session.halt('duration_elapsed')
    })
    expect(view.trades.list[0]).toMatchObject({
      side: 'sell',
      equityBefore: '50050',
      entryPrice: '50000',
      exitPrice: '40000',
      openSize: '600',
      // Short 400: sold for 0.008 and bought back for 0.01.
      realizedPnl: '0.002',
      legs: [{ exitPrice: '40000' }, { exitPrice: null }],
    })
    const database = new Database(pathOf('inverse-trade'), { readonly: true })
    const row = database.prepare('SELECT entry_price, entry_cost, exit_price, exit_cost, open_cost FROM slots').get()
    database.close()
    expect(row).toEqual({ entry_price: '50000', entry_cost: '0.02', exit_price: '40000', exit_cost: '0.01', open_cost: '0.012' })
  })
})

describe('hedge mode', () => {
  test('a long and a short position stand beside each other, each at its own cost', async () => {
    const [view, text] = await played('hedge', HEDGED, beHedged)
    expect(view.instrument.positionMode).toBe('hedge')
    expect(view.position).toMatchObject({ end: '0.032', cost: '894.2', averagePrice: null })
    expect(view.position.sides).toMatchObject([
      { side: 'long', end: '0.05', cost: '1400', averagePrice: '28000', endInSlots: '0.05' },
      { side: 'short', end: '-0.018', cost: '-505.8', averagePrice: '28100', endInSlots: '-0.018' },
    ])
    // 0.012 × (28100 − 27900); 0.05 × (27950 − 28000) + 0.018 × (28100 − 27950); 0.00001 × 28000 + 0.1.
    expect(view.pnl).toMatchObject({ realized: '2.4', unrealized: '0.2', feesValued: '0.38', net: '2.22' })
    expect(view.checks.findings).toEqual([])
    expect(text).toMatch(/^Left open +long 0\.05 BTC and short -0\.018 BTC \(≈ 894\.40 USDT at the mark\), 2 trades open$/m)
    expect(text).toContain('position (short) -0.018 BTC at 28,100 on average')
    // The fee went in coins, which are owed now and became cheaper: 0.00001 × (28000 − 27950).
    expect(view.equity).toMatchObject({ start: '100000', change: '2.2205', fromTrading: '2.22', fromHoldings: '0.0005' })
    expect(view.trades.list.map(({ slotId, positionSide, equityBefore }) => [slotId, positionSide, equityBefore])).toEqual([
      ['s2', 'short', '99999.72'],
      ['s1', 'long', '100000'],
    ])
  })

  test('what is opposite and equal is open all the same', async () => {
    const [, text] = await played('even', HEDGED, (session) => {
      session.tick(dec('28000'))
      for (const [slotId, side] of [
        ['s1', 'buy'],
        ['s2', 'sell'],
      ] as const) {
        fill(session, enter(session, slotId, { side, price: '28000', quantity: '0.01' }), { price: '28000', quantity: '0.01' })
      }
      session.halt('duration_elapsed')
    })
    expect(text).toMatch(/^Left open +long 0\.01 BTC and short -0\.01 BTC/m)
  })
})

describe('average cost', () => {
  test('is counted from when the position last grew, once, however many fills shrink it', async () => {
    const [view] = await played('basis', EVENTFUL, (session) => {
      session.tick(dec('2'))
      for (const [price, quantity] of [
        ['1', '1'],
        ['2', '2'],
      ] as const) {
        fill(session, quote(session, 'bid', { price, quantity }), { price, quantity })
      }
      for (let sold = 0; sold < 2; sold += 1) {
        fill(session, quote(session, 'ask', { price: '2', quantity: '1' }), { price: '2', quantity: '1' })
      }
      session.tick(dec('2'))
      session.halt('duration_elapsed')
    })
    // 5 ÷ 3, rounded once; a third of a cost that was rounded before would end in 6.
    expect(view.position).toMatchObject({ end: '1', cost: '1.666666666666666667', averagePrice: '1.666666666666666667' })
    expect(view.pnl).toMatchObject({ realized: '0.666666666666666667', unrealized: '0.333333333333333333', net: '1' })
    expect(view.checks.drift).toBe(false)
  })

  test('is worked out again over a carried position, from its fills before the session', async () => {
    const path = pathOf('carried')
    await writeStore(path, (journal) => {
      const script = (startedWallUs: number) => ({ ...EVENTFUL, account: 'paper/desk', startedWallUs })
      const first = new ScriptedSession(journal, 'first', script(1))
      first.tick(dec('2'))
      for (const [price, quantity] of [
        ['1', '1'],
        ['2', '2'],
      ] as const) {
        fill(first, quote(first, 'bid', { price, quantity }), { price, quantity })
      }
      fill(first, quote(first, 'ask', { price: '2', quantity: '1' }), { price: '2', quantity: '1' })
      first.halt('duration_elapsed')
      const second = new ScriptedSession(journal, 'second', { ...script(2), capital: {} })
      second.tick(dec('2'))
      fill(second, quote(second, 'ask', { price: '2', quantity: '1' }), { price: '2', quantity: '1' })
      second.halt('duration_elapsed')
    })
    const view = await summarizeFromStore(path, 'second')
    expect(view.checks.findings).toEqual([])
    expect(view.position.cost).toBe('1.666666666666666667')
    const database = new Database(path)
    // As if the cost had been rounded at each of the two sales.
    database.exec(`UPDATE fills SET realized_pnl = '0.333333333333333333' WHERE session_id = 'second'`)
    database.exec(`UPDATE postings SET amount = replace(amount, '333333333333333334', '333333333333333333') WHERE session_id = 'second'`)
    database.close()
    const { findings } = (await summarizeFromStore(path, 'second')).checks
    const what = 'realised in BTC/USDT:USDT: average cost of fills, engine'
    expect(findings).toContainEqual({ what, expected: '0.333333333333333334', found: '0.333333333333333333' })
  })
})

describe('an exit that is filled for more than is open', () => {
  test('gives its trade the share of its value that closed it, and the rest to nobody', async () => {
    const [view] = await played('overfill', EVENTFUL, (session) => {
      session.tick(dec('28000'))
      fill(session, enter(session, 's1', { price: '28000', quantity: '0.03' }), { price: '28000', quantity: '0.03' })
      fill(session, exit(session, 's1', '28100'), { price: '28100', quantity: '0.05' })
      session.tick(dec('28100'))
      session.halt('duration_elapsed')
    })
    expect(view.trades.list).toMatchObject([
      { exitPrice: '28100', openSize: '0', realizedPnl: '3', legs: [{ filledQuantity: '0.03', exitPrice: '28100' }] },
    ])
    expect(view.position).toMatchObject({ end: '-0.02', cost: '-562', endInSlots: '0', endUnassigned: '-0.02' })
    expect(view.checks.findings).toEqual([])
    const database = new Database(pathOf('overfill'), { readonly: true })
    const row = database.prepare('SELECT exit_cost, exit_price, realized_pnl FROM slots').get()
    database.close()
    expect(row).toEqual({ exit_cost: '843', exit_price: '28100', realized_pnl: '3' })
  })
})

describe('funding', () => {
  test('is part of the net, stands in the inventory, and counts once however often it is told', async () => {
    const [view, text] = await played('funding', EVENTFUL, (session) => {
      session.tick(dec('28000'))
      for (const [fundingId, amount] of [
        ['f1', '1.5'],
        ['f1', '1.5'],
        ['f2', '-0.25'],
      ] as const) {
        session.input({ type: 'FUNDING', instrument: LINEAR.symbol, fundingId, asset: 'USDT', amount: dec(amount) })
      }
      session.input({ type: 'VALUE_ASSET', asset: 'BNB', quote: 'USDT', price: dec('600'), source: 'desk' })
      session.tick(dec('28000'))
      session.halt('duration_elapsed')
    })
    expect(view.pnl).toMatchObject({ funding: '1.25', fundingByAsset: { USDT: '1.25' }, net: '1.25' })
    expect(view.inventory.find(({ asset }) => asset === 'USDT')).toMatchObject({ fromFunding: '1.25', total: '100001.25' })
    expect(view.checks.findings).toEqual([])
    expect(text).toMatch(/^Earned +\+1\.25 USDT by trading, net of fees: .*, funding \+1\.25$/m)
    expect(text).toMatch(/^ +funding +\+1\.25 +USDT$/m)
  })
})

describe('a second instrument', () => {
  test('counts with its own mark, in the asset both settle in', async () => {
    const [view] = await played('second', { instrument: LINEAR, capital: { USDT: '100000' }, maxExposure: '0' }, (session) => {
      session.tick(dec('28000'))
      session.input({ type: 'LIST_INSTRUMENT', instrument: OTHER })
      session.input({ type: 'MARK_PRICE', instrument: OTHER.symbol, price: dec('2000') })
      const bid = { price: dec('2000'), quantity: dec('1') }
      session.input({ type: 'QUOTE', instrument: OTHER.symbol, bid, ask: null, postOnly: true })
      session.commit()
      fill(session, session.live()[0] as string, { price: '2000', quantity: '1', fee: '0.5' })
      session.input({ type: 'MARK_PRICE', instrument: OTHER.symbol, price: dec('2010') })
      session.tick(dec('28000'))
      session.halt('duration_elapsed')
    })
    expect(view.pnl).toMatchObject({ realized: '0', unrealized: '10', fees: '0.5', net: '9.5' })
    expect(view.position).toMatchObject({ end: '0', cost: '0' })
    expect(view.inventory.find(({ asset }) => asset === 'ETH')).toMatchObject({ fromFills: '1', total: '1' })
    expect(view.checks.findings).toEqual([])
  })
})

describe('what an older session left open in another instrument', () => {
  test('is none of the doing of a session that neither trades nor prices it', async () => {
    const path = pathOf('left')
    const script = { account: 'paper/desk', maxExposure: '0' }
    await writeStore(path, (journal) => {
      const first = new ScriptedSession(journal, 'eth', { ...script, instrument: OTHER, capital: { USDT: '100000' }, startedWallUs: 1 })
      first.tick(dec('2000'))
      fill(first, quote(first, 'bid', { price: '2000', quantity: '1' }), { price: '2000', quantity: '1' })
      first.halt('duration_elapsed')
      const second = new ScriptedSession(journal, 'btc', { ...script, instrument: LINEAR, startedWallUs: 2 })
      second.tick(dec('28000'))
      fill(second, quote(second, 'bid', { price: '28000', quantity: '0.01' }), { price: '28000', quantity: '0.01' })
      second.tick(dec('28100'))
      second.halt('duration_elapsed')
    })
    const view = await summarizeFromStore(path, 'btc')
    expect(view.pnl).toMatchObject({ realized: '0', unrealized: '1', net: '1' })
    expect(view.inventory.map(({ asset }) => asset)).toEqual(['BTC', 'USDT'])
    // Nobody says what the contracts of then are worth now.
    expect(view.equity).toMatchObject({ start: null, end: null })
    expect(view.checks.findings).toEqual([])
  })
})

describe('the list of sessions', () => {
  test('says the asset that each session’s profit is in', async () => {
    await played('listed', EVENTFUL, beEventful)
    const { sessions } = await sessionsOfStore(pathOf('listed'), { limit: 5 })
    expect(sessions).toMatchObject([{ pnl: { asset: 'USDT', net: '13.530205555555555556' }, trouble: null }])
    const inverse = await sessionsOfStore(pathOf('inverse'), { limit: 5 })
    expect(inverse.sessions).toMatchObject([{ pnl: { asset: 'BTC', realized: '0.000156862745098039' } }])
  })
})
