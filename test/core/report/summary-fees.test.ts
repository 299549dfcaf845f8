import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, describe, expect, test } from 'vitest'
import { dec, mul } from '../../../src/core/kernel/decimal.ts'
import { summarizeFromStore } from '../../../src/core/report/open-report.ts'
import { renderSummary } from '../../../src/core/report/summary-text.ts'
import type { SummaryView } from '../../../src/core/report/summary-view.ts'
import { enter, exit, fill, quote } from './eventful-session.ts'
import { ScriptedSession, SPOT, temporaryFolder, writeStore } from './recorded-store.ts'

const folder = temporaryFolder()
afterAll(() => folder.remove())

function pathOf(name: string): string {
  return join(folder.path, name, 'dita.db')
}

async function played(name: string, play: (session: ScriptedSession) => void): Promise<[SummaryView, string]> {
  await writeStore(pathOf(name), (journal) => {
    const session = new ScriptedSession(journal, name, { capital: { RLUSD: '1000', BNB: '1' } })
    play(session)
    session.halt('duration_elapsed')
  })
  const view = await summarizeFromStore(pathOf(name), name)
  return [view, renderSummary(view, { width: 400 })]
}

function value(session: ScriptedSession, price: string): void {
  session.input({ type: 'VALUE_ASSET', asset: 'BNB', quote: 'RLUSD', price: dec(price), source: 'desk' })
}

/** Buys 10 at 2, for a fee. */
function buy(session: ScriptedSession, fee: string, feeAsset: string): void {
  fill(session, quote(session, 'bid', { price: '2', quantity: '10' }), { price: '2', quantity: '10', fee, feeAsset })
}

describe('N12 a fee in a third asset', () => {
  test('N12 is shown in its asset and counts at the price that was stated when it was booked, whatever it is worth later', async () => {
    const [view, text] = await played('stated', (session) => {
      value(session, '600')
      session.tick(dec('2'))
      buy(session, '0.001', 'BNB')
      value(session, '650')
      session.tick(dec('2'))
    })
    expect(view.pnl).toMatchObject({
      fees: '0',
      feesByAsset: { BNB: '0.001' },
      feeValuesByAsset: { BNB: '0.6' },
      feesValued: '0.6',
      net: '-0.6',
    })
    expect(view.inventory.find(({ asset }) => asset === 'BNB')).toMatchObject({ fromFees: '-0.001', total: '0.999' })
    // One BNB less the fee at 650, after one at 600; of that 0.6 was the fee's worth.
    expect(view.equity).toMatchObject({
      start: '1600',
      end: '1649.35',
      change: '49.35',
      fromTrading: '-0.6',
      fromHoldings: '49.95',
      heldAssets: ['BNB'],
    })
    expect(view.checks).toEqual({ drift: false, findings: [], leftOut: [] })
    expect(text).toMatch(/^Earned +-0\.60 RLUSD by trading, net of fees: .*, fees 0\.00 RLUSD and 0\.001 BNB \(0\.60 RLUSD when booked\)$/m)
    expect(text).toMatch(/^ +fees +0\.001 +BNB \(0\.60 RLUSD when booked\)$/m)
    expect(text).toContain('+49.95 from the price of BNB held beside the position')
    expect(text).toMatch(/^Went wrong +nothing that was noticed$/m)
  })

  test('N12 without a stated price is neither dropped nor zero: the net is not known, and it is said why', async () => {
    const [view, text] = await played('unstated', (session) => {
      session.tick(dec('2'))
      buy(session, '0.001', 'BNB')
      session.tick(dec('2'))
    })
    expect(view.pnl).toMatchObject({ feesByAsset: { BNB: '0.001' }, feeValuesByAsset: { BNB: null }, feesValued: null, net: null })
    expect(view.equity).toMatchObject({ start: null, end: null, change: null })
    expect(view.inventory.find(({ asset }) => asset === 'BNB')).toMatchObject({ fromFees: '-0.001', total: '0.999' })
    expect(view.checks.drift).toBe(false)
    expect(text).toMatch(/^Earned +not known by trading, net of fees: .* and 0\.001 BNB \(no price stated\)$/m)
    expect(text).toContain('warning: a fee came in an asset that nobody has priced, so the net is not known (FEE_UNPRICED ×1)')
    expect(text).toContain('fees of 0.001 BNB have no stated price, so the net is not known')
    expect(text).toContain('equity: not known, as something that is owned has no price')
  })

  test('N12 a price that is stated afterwards does not value what was booked before it', async () => {
    const [view] = await played('late', (session) => {
      session.tick(dec('2'))
      buy(session, '0.001', 'BNB')
      value(session, '600')
      buy(session, '0.002', 'BNB')
      session.tick(dec('2'))
    })
    expect(view.pnl).toMatchObject({ feesByAsset: { BNB: '0.003' }, feeValuesByAsset: { BNB: null }, net: null })
  })

  test('N12 several assets at once: each has its line, and the net has them all', async () => {
    const [view, text] = await played('several', (session) => {
      value(session, '600')
      session.tick(dec('2'))
      buy(session, '0.001', 'BNB')
      buy(session, '0.05', 'XRP')
      buy(session, '0.02', 'RLUSD')
      buy(session, '-0.0005', 'BNB')
      session.tick(dec('2'))
    })
    expect(view.pnl).toMatchObject({
      fees: '0.02',
      feesByAsset: { BNB: '0.0005', RLUSD: '0.02', XRP: '0.05' },
      feeValuesByAsset: { BNB: '0.3', RLUSD: '0.02', XRP: '0.1' },
      feesValued: '0.42',
      net: '-0.42',
    })
    expect(view.checks.findings).toEqual([])
    expect(text).toContain('fees 0.02 RLUSD and 0.0005 BNB (0.30 RLUSD when booked) and 0.05 XRP (0.10 RLUSD when booked)')
  })

  test('N12 a fee that comes with the confirmation of an inferred fill is booked and valued too', async () => {
    const [view] = await played('confirmed', (session) => {
      value(session, '600')
      session.tick(dec('2'))
      fill(session, enter(session, 's1', { price: '2', quantity: '10' }), { price: '2', quantity: '10' })
      const clientOrderId = exit(session, 's1', '2.1')
      const settled = { outcome: 'filled', filledQuantity: dec('10'), averagePrice: dec('2.1') } as const
      session.input({ type: 'RECONCILE', action: 'settle_order', clientOrderId, ...settled, evidence: 'order query' })
      fill(session, clientOrderId, { price: '2.1', quantity: '6', fee: '0.001', feeAsset: 'BNB' })
      fill(session, clientOrderId, { price: '2.1', quantity: '4', fee: '0.1', feeAsset: 'XRP' })
      session.tick(dec('2'))
    })
    expect(view.fills).toMatchObject({ count: 2, maker: 1, taker: 0, inferred: 1, confirmed: 2 })
    expect(view.pnl).toMatchObject({
      realized: '1',
      feesByAsset: { BNB: '0.001', XRP: '0.1' },
      feeValuesByAsset: { BNB: '0.6', XRP: '0.21' },
      net: '0.19',
    })
    expect(view.checks.findings).toEqual([])
  })

  test('N12 the fills, the wallet and the summary say the same of it', async () => {
    await played('told', (session) => {
      value(session, '600.5')
      session.tick(dec('2'))
      buy(session, '0.0015', 'BNB')
    })
    const { pnl } = await summarizeFromStore(pathOf('told'), 'told')
    const database = new Database(pathOf('told'), { readonly: true })
    const row = database
      .prepare<[], { fee: string; fee_asset: string; fee_price: string }>('SELECT fee, fee_asset, fee_price FROM fills')
      .get()
    database.close()
    expect(row).toEqual({ fee: '0.0015', fee_asset: 'BNB', fee_price: '600.5' })
    expect(dec(pnl.feesValued as string)).toBe(mul(dec('0.0015'), dec('600.5')))
  })

  test('N12 a fee of nothing needs no price', async () => {
    const [view] = await played('nothing', (session) => {
      session.input({ type: 'FLOW_CAPITAL', asset: 'BNB', amount: dec('-1'), note: 'out' })
      session.tick(dec('2'))
      buy(session, '0', 'BNB')
    })
    expect(view.instrument.symbol).toBe(SPOT.symbol)
    expect(view.pnl).toMatchObject({ feesByAsset: { BNB: '0' }, feeValuesByAsset: { BNB: '0' }, net: '0' })
  })
})
