import { afterAll, describe, expect, test } from 'vitest'
import { apply } from '../../../src/core/kernel/apply.ts'
import { dec, formatDecimal } from '../../../src/core/kernel/decimal.ts'
import { createState } from '../../../src/core/kernel/state.ts'
import { viewOf } from '../../../src/core/kernel/views.ts'
import { DrawdownWatch } from '../../../src/core/session/drawdown-watch.ts'
import { memoryStore } from './memory-store.ts'
import { at, buy, flow, playerIn, TRADER } from './played.ts'
import { LINEAR, SPOT, TICK_US } from './recorded-store.ts'

const store = memoryStore()
afterAll(() => store.close())
const played = playerIn(store)

describe('N11 capital that is moved', () => {
  test('is no profit: attribution has it apart, and the return is chained round it', async () => {
    const view = await played(TRADER, (session) => {
      session.tick(dec('1000'))
      buy(session, '1000', '10')
      session.tick(dec('1100'))
      flow(session, '9000', 'USDT')
      session.tick(dec('1000'))
      flow(session, '-4000', 'USDT')
      session.tick(dec('1010'))
    })
    expect(view.attribution).toMatchObject({ equityChange: '5100', netCapitalFlow: '5000', result: '100', residual: '0' })
    expect(view.pnl.net).toBe('100')
    // 11000 ÷ 10000 × 19000 ÷ 20000 × 15100 ÷ 15000 − 1.
    expect(view.returns).toEqual({ why: null, timeWeightedPercent: '5.196666666666666667', simplePercent: null, periods: 3 })
  })

  test('money that comes and goes at one moment leaves no trace in the return', async () => {
    const view = await played(TRADER, (session) => {
      session.tick(dec('1000'))
      buy(session, '1000', '1')
      session.tick(dec('1003'))
      flow(session, '123.456', 'USDT')
      flow(session, '-123.456', 'USDT')
      session.tick(dec('1007'))
    })
    expect(view.returns).toMatchObject({ timeWeightedPercent: '0.07', periods: 3 })
  })

  test('without a flow the time-weighted return is the simple one, exactly', async () => {
    const { returns } = await played({ ...TRADER, capital: { USDT: '7' } }, (session) => {
      session.tick(dec('1'))
      session.input({ type: 'FUNDING', instrument: LINEAR.symbol, fundingId: 'f2', asset: 'USDT', amount: dec('1') })
      session.tick(dec('1'))
    })
    expect(returns).toEqual({ why: null, timeWeightedPercent: '14.285714285714285714', simplePercent: '14.285714285714285714', periods: 1 })
  })

  test('an account without money returns nothing that could be said; once money is there, it does', async () => {
    const nothing = await played({ ...TRADER, capital: {} }, (session) => session.tick(dec('1000')))
    expect(nothing.returns.timeWeightedPercent).toBeNull()
    expect(nothing.returns.why).toBe('Equity was never above zero, so that there was nothing to return something on.')

    const later = await played({ ...TRADER, capital: {} }, (session) => {
      session.tick(dec('1000'))
      flow(session, '100', 'USDT')
      buy(session, '999', '1')
      session.tick(dec('1000'))
    })
    expect(later.returns).toMatchObject({ why: null, timeWeightedPercent: '1' })
  })

  test('a loss of more than all there was ends what a return could say of the money that follows', async () => {
    const { returns } = await played({ ...TRADER, capital: { USDT: '150' } }, (session) => {
      session.tick(dec('1000'))
      buy(session, '1000', '1')
      session.tick(dec('800'))
      flow(session, '1000', 'USDT')
      session.tick(dec('810'))
    })
    expect(returns).toMatchObject({ timeWeightedPercent: null, periods: 2 })
    expect(returns.why).toBe('Equity fell below zero before capital was moved: what follows is a return on nothing.')
  })
})

describe('drawdown', () => {
  test('has amount, share of the peak, when, and how long it lasted', async () => {
    const { drawdown } = await played({ ...TRADER, capital: { USDT: '1000' } }, (session) => {
      session.tick(dec('1000'))
      buy(session, '1000', '1')
      for (const mark of ['1100', '1050', '1080', '1100', '1120', '1000', '1119', '1110']) session.tick(dec(mark))
    })
    expect(drawdown).toEqual({
      why: null,
      asset: 'USDT',
      amount: '120',
      percent: '10.714285714285714286',
      percentPeakAtUs: at(6),
      percentTroughAtUs: at(7),
      peakEquity: '1120',
      troughEquity: '1000',
      peakAtUs: at(6),
      troughAtUs: at(7),
      longestUnderWaterUs: 3 * TICK_US,
      endAmount: '10',
      endUnderWaterUs: 3 * TICK_US,
    })
  })

  test('N11 a deposit neither hides a fall nor makes one', async () => {
    const { drawdown } = await played({ ...TRADER, capital: { USDT: '1000' } }, (session) => {
      session.tick(dec('1000'))
      buy(session, '1000', '1')
      session.tick(dec('950'))
      flow(session, '5000', 'USDT')
      session.tick(dec('900'))
      flow(session, '-5500', 'USDT')
      session.tick(dec('990'))
    })
    // The index: 1, 950 ÷ 1000, × 5900 ÷ 5950, × 490 ÷ 400.
    expect(drawdown).toMatchObject({ amount: '100', percent: '5.798319327731092437', peakAtUs: at(1), troughAtUs: at(3), endAmount: '10' })
    expect(drawdown).toMatchObject({ percentPeakAtUs: at(1), percentTroughAtUs: at(3) })
  })

  test('N11 no deposit and no withdrawal makes the return and the fall in percent of two things', async () => {
    const grown = await played({ ...TRADER, capital: { USDT: '100' } }, (session) => {
      session.tick(dec('1000'))
      flow(session, '10000', 'USDT')
      buy(session, '1000', '1')
      session.tick(dec('903'))
    })
    expect([grown.returns.timeWeightedPercent, grown.drawdown.amount]).toEqual(['-0.960396039603960396', '97'])
    expect(grown.drawdown.percent).toBe('0.960396039603960396')

    const shrunk = await played({ ...TRADER, capital: { USDT: '10100' } }, (session) => {
      session.tick(dec('1000'))
      flow(session, '-9900', 'USDT')
      buy(session, '1000', '0.1')
      session.tick(dec('998'))
    })
    // 0.2 of the 200 that were left.
    expect([shrunk.returns.timeWeightedPercent, shrunk.drawdown.percent]).toEqual(['-0.1', '0.1'])
    expect(shrunk.drawdown.amount).toBe('0.2')
  })

  test('N11 coins that came are held from then on: their price is a result and a fall, as the gate has it', async () => {
    const { attribution, drawdown, equity, returns } = await played({ instrument: SPOT, capital: { RLUSD: '1000' } }, (session) => {
      session.tick(dec('2'))
      flow(session, '5000', 'XRP')
      session.tick(dec('1.99'))
      flow(session, '-1000', 'XRP')
      session.tick(dec('1.98'))
    })
    // 5000 × 0.01 and 4000 × 0.01; 5000 × 2 − 1000 × 1.99.
    expect(attribution).toMatchObject({ netCapitalFlow: '8010', result: '-90', holdings: '-90', residual: '0' })
    expect(equity).toMatchObject({ start: '1000', end: '8920', fromTrading: '0', fromHoldings: '-90', fromCapital: '8010' })
    expect(drawdown).toMatchObject({ amount: '90', endAmount: '90' })
    // 10950 ÷ 11000 × 8920 ÷ 8960 − 1.
    expect([returns.timeWeightedPercent, drawdown.percent]).toEqual(['-0.898944805194805195', '0.898944805194805195'])
  })

  test('N11 the fall below the peak is the one that the gate watches', async () => {
    const { drawdown } = await played({ instrument: SPOT, account: 'paper/watched', capital: { RLUSD: '1000' } }, (session) => {
      session.tick(dec('2'))
      flow(session, '5000', 'XRP')
      session.tick(dec('2.01'))
      buy(session, '2.01', '10', { fee: '0.3' })
      session.tick(dec('1.97'))
      flow(session, '-900', 'RLUSD')
      session.tick(dec('1.99'))
    })
    const watch = new DrawdownWatch(null)
    const state = createState()
    for (const fact of store.journal.replay('paper/watched')) {
      apply(state, fact)
      watch.onFact(fact, viewOf(state))
    }
    // 5010 × 0.02 and the fee: from 2.01 to 1.99.
    expect(drawdown.endAmount).toBe('100.5')
    expect(watch.fall === null ? null : [formatDecimal(watch.fall.amount), watch.fall.peakAtUs]).toEqual([
      drawdown.endAmount,
      drawdown.peakAtUs,
    ])
  })

  test('N04 capital that has no price is in no figure until somebody says it, and from then on at that', async () => {
    const { attribution, drawdown, equity, returns } = await played(TRADER, (session) => {
      session.tick(dec('1000'))
      flow(session, '2', 'BNB')
      session.tick(dec('1000'))
      for (const price of ['600', '590'])
        session.input({ type: 'VALUE_ASSET', asset: 'BNB', quote: 'USDT', price: dec(price), source: 'desk' })
      session.commit()
      session.tick(dec('1000'))
    })
    expect(attribution).toMatchObject({ why: null, netCapitalFlow: '1200', result: '-20', holdings: '-20', residual: '0' })
    expect([equity.fromHoldings, equity.fromCapital, drawdown.amount]).toEqual(['-20', '1200', '20'])
    expect([returns.timeWeightedPercent, drawdown.percent]).toEqual([null, null])
  })

  test('what a session found before its first mark is in the fall as it is in the loss', async () => {
    const { drawdown, attribution, returns } = await played(TRADER, (session) => {
      buy(session, '1010', '2', { fee: '1' })
      session.tick(dec('1000'))
      session.tick(dec('1005'))
    })
    expect([attribution.result, returns.timeWeightedPercent]).toEqual(['-11', '-0.11'])
    expect(drawdown).toMatchObject({
      amount: '21',
      percent: '0.21',
      peakEquity: '10000',
      endAmount: '11',
      peakAtUs: at(1),
      troughAtUs: at(1),
    })
  })

  test('a session that only rose has none, and was never under water', async () => {
    const { drawdown } = await played(TRADER, (session) => {
      session.tick(dec('1000'))
      buy(session, '1000', '1')
      session.tick(dec('1001'))
    })
    expect(drawdown).toMatchObject({ amount: '0', percent: '0', longestUnderWaterUs: 0, endAmount: '0', endUnderWaterUs: 0 })
  })
})
