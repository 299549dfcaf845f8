import { afterAll, describe, expect, test } from 'vitest'
import { add, dec, formatDecimal, ZERO } from '../../../src/core/kernel/decimal.ts'
import { beEventful, EVENTFUL, enter, exit, fill } from './eventful-session.ts'
import { memoryStore } from './memory-store.ts'
import { at, buy, flow, playerIn, sell, TRADER } from './played.ts'
import { INVERSE, LINEAR, ScriptedSession, SPOT, TICK_US } from './recorded-store.ts'

const store = memoryStore()
afterAll(() => store.close())

const played = playerIn(store)

describe('attribution', () => {
  test('a fill is better than the mark by its spread, and what the mark does afterwards is revaluation', async () => {
    const { attribution, pnl, equity } = await played(TRADER, (session) => {
      session.tick(dec('1000'))
      buy(session, '990', '2', { fee: '0.5' })
      session.tick(dec('1005'))
      sell(session, '1020', '1', { fee: '-0.1' })
      session.tick(dec('1002'))
    })
    // (1000 − 990) × 2 + (1020 − 1005) × 1; (1005 − 1000) × 2 + (1002 − 1005) × 1.
    expect(attribution).toMatchObject({ asset: 'USDT', why: null, spreadCapture: '35', revaluation: '7', holdings: '0' })
    expect(attribution).toMatchObject({ fees: '0.4', networkFees: '0', funding: '0', residual: '0' })
    expect(attribution).toMatchObject({ equityChange: '41.6', netCapitalFlow: '0', result: '41.6' })
    expect([pnl.net, equity.change]).toEqual(['41.6', '41.6'])
    expect(attribution.byInstrument).toEqual([
      {
        instrument: LINEAR.symbol,
        fills: 2,
        realized: '30',
        settle: 'USDT',
        spreadCapture: '35',
        revaluation: '7',
        fees: '0.4',
        funding: '0',
        total: '41.6',
      },
    ])
    expect(attribution.feesByKind).toEqual([{ liquidity: 'maker', asset: 'USDT', amount: '0.4', value: '0.4' }])
  })

  test('fills before the first mark are valued at it, and a mark that was set after the last tick counts', async () => {
    const { attribution, pnl } = await played(TRADER, (session) => {
      buy(session, '990', '2')
      session.tick(dec('1000'))
      session.input({ type: 'MARK_PRICE', instrument: LINEAR.symbol, price: dec('1010') })
      buy(session, '1000', '1')
    })
    // (1000 − 990) × 2, then at 1010: (1010 − 1000) × 1; the two are worth 20 more at 1010.
    expect(attribution).toMatchObject({ spreadCapture: '30', revaluation: '20', residual: '0', result: '50' })
    expect(pnl.net).toBe('50')
  })

  test('what is held beside the position is a part of its own, and so are coins that went as a fee', async () => {
    const { attribution, pnl, equity } = await played({ instrument: SPOT, capital: { XRP: '100', RLUSD: '1000' } }, (session) => {
      session.tick(dec('2'))
      buy(session, '1.9', '10', { fee: '0.1', feeAsset: 'XRP' })
      session.tick(dec('2.5'))
    })
    // 100 × 0.5 of the coins, less the fee of 0.1, which was valued at 1.9 and would be worth 2.5.
    expect(attribution).toMatchObject({ spreadCapture: '1', revaluation: '5', holdings: '49.94', fees: '0.19', residual: '0' })
    expect([pnl.net, equity.fromHoldings, equity.change]).toEqual(['5.81', '49.94', '55.75'])
  })

  test('inverse contracts are attributed in the base, to the last digit of every division', async () => {
    const script = { instrument: INVERSE, capital: { BTC: '1', USD: '50' }, maxExposure: '0' }
    const { attribution, pnl, equity } = await played(script, (session) => {
      session.tick(dec('50000'))
      buy(session, '49999.5', '1000', { fee: '0.00001' })
      session.tick(dec('51000'))
      sell(session, '51001', '400', { fee: '2', feeAsset: 'USD' })
      session.tick(dec('47000.5'))
      sell(session, '47001', '900')
      session.tick(dec('52000'))
    })
    const total = attribution.byInstrument[0]?.total
    expect(attribution).toMatchObject({ asset: 'BTC', why: null, residual: '0' })
    expect(total).toBe(pnl.net)
    expect(dec(attribution.result as string)).toBe(dec(equity.change as string))
    // 1000 ÷ 49999.5 − 1000 ÷ 50000 + 400 ÷ 51000 − 400 ÷ 51001 + 900 ÷ 47000.5 − 900 ÷ 47001, each rounded once.
    expect(attribution.spreadCapture).toBe('0.000000557491575275')
  })

  test('funding and a hedged pair: every part has its sign', async () => {
    const { attribution, pnl } = await played({ ...TRADER, positionMode: 'hedge' }, (session) => {
      session.tick(dec('28000'))
      fill(session, enter(session, 's1', { price: '28000', quantity: '0.05' }), { price: '28000', quantity: '0.05', fee: '0.1' })
      fill(session, enter(session, 's2', { side: 'sell', price: '28100', quantity: '0.03' }), { price: '28100', quantity: '0.03' })
      session.tick(dec('27900'))
      session.input({ type: 'FUNDING', instrument: LINEAR.symbol, fundingId: 'f1', asset: 'USDT', amount: dec('-0.7') })
      fill(session, exit(session, 's2', '27850'), { price: '27850', quantity: '0.01' })
    })
    // 100 × 0.03 + 50 × 0.01; −100 × 0.05 + 100 × 0.03.
    expect(attribution).toMatchObject({ spreadCapture: '3.5', revaluation: '-2', fees: '0.1', funding: '-0.7', residual: '0' })
    expect(pnl.net).toBe('0.7')
    expect(attribution.byStrategy).toEqual({
      strategy: 'market_maker',
      roles: [
        { role: 'entry', fills: 2, spreadCapture: '3', fees: '0.1' },
        { role: 'exit', fills: 1, spreadCapture: '0.5', fees: '0' },
      ],
    })
  })

  test('what orders were for adds up to the whole, with fees that came later than their fills', async () => {
    const session = new ScriptedSession(store.journal, 'eventful', EVENTFUL)
    beEventful(session)
    const { attribution, checks } = await store.summarize('eventful')
    expect(checks.findings).toEqual([])
    const sum = (name: 'spreadCapture' | 'fees'): string =>
      formatDecimal(attribution.byStrategy.roles.map((role) => dec(role[name] as string)).reduce(add, ZERO))
    expect([sum('spreadCapture'), sum('fees')]).toEqual([attribution.spreadCapture, attribution.fees])
    // Of the exit that nobody heard of 0.0005 BNB at 600 was told afterwards.
    expect(attribution.byStrategy.roles).toContainEqual({ role: 'exit', fills: 3, spreadCapture: '0.805', fees: '0.8' })
    expect(attribution).toMatchObject({ residual: '0', fees: '2.14', funding: '-0.7' })
  })

  test('N04 without a mark nothing is attributed, and it is said why', async () => {
    const { attribution, returns, drawdown, exposure, checks } = await played(TRADER, (session) => buy(session, '990', '2'))
    const why = 'The session saw no mark.'
    expect(attribution).toMatchObject({ why, spreadCapture: null, revaluation: null, fees: null, residual: null, result: null })
    expect(returns).toEqual({ why, timeWeightedPercent: null, simplePercent: null, periods: 0 })
    expect(drawdown).toMatchObject({ why, amount: null, percent: null })
    expect(exposure.instruments).toMatchObject([{ mean: null, maximum: null, flatPercent: null }])
    expect(checks.leftOut).toContainEqual({ what: 'attribution in USDT: parts, postings', why })
  })

  test('N04 something owned without a price: not known, and never zero; a deposit of such leaves the result known', async () => {
    const unpriced = await played({ ...TRADER, capital: { USDT: '10000', BNB: '1' } }, (session) => session.tick(dec('1000')))
    expect(unpriced.attribution).toMatchObject({ why: 'Nobody has said what BNB is worth.', residual: null, result: null })

    const deposited = await played(TRADER, (session) => {
      session.tick(dec('1000'))
      buy(session, '990', '2')
      flow(session, '1', 'BNB')
      session.tick(dec('1001'))
    })
    expect(deposited.attribution).toMatchObject({ why: null, result: '22', equityChange: null, netCapitalFlow: null, residual: '0' })
    expect(deposited.returns).toMatchObject({
      why: 'Nobody has said what BNB is worth, which was moved as capital.',
      timeWeightedPercent: null,
    })
    expect(deposited.drawdown.amount).toBe('0')
  })

  test('a fee whose asset had no price leaves the parts unknown', async () => {
    const { attribution } = await played(TRADER, (session) => {
      session.tick(dec('1000'))
      buy(session, '1000', '1', { fee: '0.1', feeAsset: 'BNB' })
    })
    expect(attribution.why).toBe('A fee in BNB had no price.')
    expect(attribution.feesByKind).toEqual([{ liquidity: 'maker', asset: 'BNB', amount: '0.1', value: null }])
  })

  test('a posting that was changed behind the engine’s back is a residual, and drift', async () => {
    const session = new ScriptedSession(store.journal, 'tampered', TRADER)
    session.tick(dec('1000'))
    buy(session, '990', '2', { fee: '0.5' })
    session.halt('duration_elapsed')
    store.database
      .prepare("UPDATE postings SET amount = '-0.4' WHERE session_id = 'tampered' AND ledger_account = 'wallet' AND amount = '-0.5'")
      .run()

    const { attribution, checks } = await store.summarize('tampered')

    expect(attribution.residual).toBe('0.1')
    expect(checks.drift).toBe(true)
    expect(checks.findings).toContainEqual({
      what: 'attribution in USDT: what the parts leave of the change of equity',
      expected: '0',
      found: '0.1',
    })
  })
})

describe('exposure', () => {
  test('is weighted by how long it was held, between ticks as well', async () => {
    const { exposure } = await played(TRADER, (session) => {
      session.tick(dec('1000'))
      session.tick(dec('1000'))
      session.timeUs += 400_000
      sell(session, '1000', '2')
      session.timeUs += 600_000 - TICK_US
      session.tick(dec('1100'))
      buy(session, '1100', '2')
      session.tick(dec('1200'))
    })
    // Flat for 1.4 s, 2000 for 0.6 s, and for no time 2200; then flat for a second.
    expect(exposure).toEqual({
      why: null,
      instruments: [
        {
          instrument: LINEAR.symbol,
          asset: 'USDT',
          observedUs: 3 * TICK_US,
          mean: '400',
          maximum: '2200',
          maximumAtUs: at(3),
          end: '0',
          flatPercent: '80',
        },
      ],
    })
  })

  test('of inverse contracts it is their face value', async () => {
    const { exposure } = await played({ instrument: INVERSE, capital: { BTC: '1' }, maxExposure: '0' }, (session) => {
      session.tick(dec('50000'))
      sell(session, '50000', '300')
      session.tick(dec('40000'))
    })
    expect(exposure.instruments).toMatchObject([{ asset: 'USD', mean: '300', maximum: '300', end: '300', flatPercent: '0' }])
  })

  test('what an older session left open counts from the first mark', async () => {
    await played({ ...TRADER, account: 'paper/carried' }, (session) => {
      session.tick(dec('1000'))
      buy(session, '1000', '3')
    })
    const { exposure, attribution, returns } = await played(
      { instrument: LINEAR, account: 'paper/carried', maxExposure: '0' },
      (session) => {
        session.tick(dec('1010'))
        session.tick(dec('1020'))
      },
    )
    expect(exposure.instruments).toMatchObject([{ mean: '3030', maximum: '3060', end: '3060', flatPercent: '0' }])
    // What the price did between the sessions is nobody's.
    expect(attribution).toMatchObject({ spreadCapture: '0', revaluation: '30', result: '30', residual: '0' })
    expect(returns.simplePercent).toBe('0.299102691924227318')
  })
})
