import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { dec } from '../../../src/core/kernel/decimal.ts'
import { summarizeFromStore } from '../../../src/core/report/open-report.ts'
import type { SummaryView } from '../../../src/core/report/summary-view.ts'
import type { TradeOutcomes } from '../../../src/core/report/trade-statistics-view.ts'
import { beEventful, EVENTFUL, enter, exit, fill, OTHER } from './eventful-session.ts'
import { DEMO, LINEAR, ScriptedSession, type SessionScript, temporaryFolder, writeStore } from './recorded-store.ts'

const folder = temporaryFolder()
afterAll(() => folder.remove())

let stores = 0
function newStore(): string {
  stores += 1
  return join(folder.path, `s${stores}`, 'dita.db')
}

async function tradesOf(work: (session: ScriptedSession) => void, script: SessionScript = EVENTFUL): Promise<SummaryView['trades']> {
  const path = newStore()
  await writeStore(path, (journal) => {
    const session = new ScriptedSession(journal, 'trades', script)
    session.tick(dec('100'))
    work(session)
    session.halt('duration_elapsed')
  })
  const view = await summarizeFromStore(path, 'trades')
  expect(view.checks.findings).toEqual([])
  return view.trades
}

interface Trade {
  readonly slotId?: string
  readonly gain: number
  readonly heldS?: number
  readonly fee?: string
  readonly feeAsset?: string
}

/** A trade of 1 that is bought at 100 and sold for a gain, with half of the fee on either side. */
function trade(session: ScriptedSession, { slotId = 's1', gain, heldS = 1, fee = '0', feeAsset = 'USDT' }: Trade): void {
  fill(session, enter(session, slotId, { price: '100', quantity: '1' }), { price: '100', quantity: '1', fee, feeAsset })
  wait(session, heldS)
  const price = String(100 + gain)
  fill(session, exit(session, slotId, price), { price, quantity: '1', fee, feeAsset })
}

function wait(session: ScriptedSession, seconds: number): void {
  session.timeUs += Math.round(seconds * 1_000_000)
}

const NO_TRADES: TradeOutcomes = {
  won: 0,
  lost: 0,
  even: 0,
  winPercent: null,
  grossProfit: '0',
  grossLoss: '0',
  total: '0',
  profitFactor: null,
  expectancy: null,
  averageWin: null,
  averageLoss: null,
  largestWin: null,
  largestLoss: null,
  best: null,
  worst: null,
  longestWinStreak: 0,
  longestLossStreak: 0,
}

describe('wins and losses', () => {
  test('without a closed trade every mean is null, not zero', async () => {
    const { statistics, slippage } = await tradesOf((session) => {
      fill(session, enter(session, 's1', { price: '100', quantity: '1' }), { price: '100', quantity: '1' })
    })
    expect(statistics).toEqual({
      trades: 0,
      asset: 'USDT',
      inOtherAssets: 0,
      beforeFees: NO_TRADES,
      afterFees: NO_TRADES,
      holding: {
        all: { trades: 0, meanUs: null, medianUs: null, longestUs: null },
        won: { trades: 0, meanUs: null, medianUs: null, longestUs: null },
        lost: { trades: 0, meanUs: null, medianUs: null, longestUs: null },
      },
      barUs: 1_000_000,
      bars: { mean: null, median: null, most: null },
      byExitReason: [],
      byLeg: [],
      realizedOutsideLegs: '0',
    })
    expect(slippage.rows).toMatchObject([
      { role: 'entry', reference: 'limit', fills: 1, meanBps: '0' },
      { role: 'entry', reference: 'mid', fills: 1, meanBps: '0' },
    ])
  })

  test('win rate, profit factor, expectancy, averages, extremes and streaks, worked out by hand', async () => {
    const { statistics } = await tradesOf((session) => {
      for (const gain of [5, 2, -3, 0, 1, -4, -2]) trade(session, { gain })
    })
    expect(statistics.trades).toBe(7)
    expect(statistics.beforeFees).toMatchObject({
      won: 3,
      lost: 3,
      even: 1,
      winPercent: '42.857142857142857143',
      grossProfit: '8',
      grossLoss: '9',
      total: '-1',
      profitFactor: '0.888888888888888889',
      expectancy: '-0.142857142857142857',
      averageWin: '2.666666666666666667',
      averageLoss: '-3',
      largestWin: { slotId: 's1', trade: 1, side: 'buy', result: '5' },
      largestLoss: { slotId: 's1', trade: 6, result: '-4' },
      best: { trade: 1, result: '5' },
      worst: { trade: 6, result: '-4' },
      longestWinStreak: 2,
      longestLossStreak: 2,
    })
    expect(statistics.afterFees).toEqual(statistics.beforeFees)
  })

  test('an even trade ends a streak, and where all won there is no profit factor and no loss', async () => {
    const { statistics } = await tradesOf((session) => {
      for (const gain of [1, 1, 0, 1, 2]) trade(session, { gain })
    })
    expect(statistics.beforeFees).toMatchObject({ longestWinStreak: 2, profitFactor: null, averageLoss: null, largestLoss: null })
    // The worst of all is the even one, and of two alike the earlier is the first.
    expect(statistics.beforeFees).toMatchObject({ worst: { trade: 3, result: '0' }, best: { trade: 5, result: '2' } })
  })

  test('trades count in the order in which they closed, whatever slot they were in', async () => {
    const { statistics } = await tradesOf((session) => {
      fill(session, enter(session, 's1', { price: '100', quantity: '1' }), { price: '100', quantity: '1' })
      trade(session, { slotId: 's2', gain: -1 })
      fill(session, exit(session, 's1', '99'), { price: '99', quantity: '1' })
      trade(session, { slotId: 's2', gain: 3 })
    })
    expect(statistics.beforeFees).toMatchObject({ longestLossStreak: 2, longestWinStreak: 1, worst: { slotId: 's2', trade: 1 } })
  })

  test('N12 fees turn a small win into a loss, each at the price stated when it was booked', async () => {
    const { statistics, list } = await tradesOf((session) => {
      session.input({ type: 'VALUE_ASSET', asset: 'BNB', quote: 'USDT', price: dec('600'), source: 'desk' })
      trade(session, { gain: 1, fee: '0.001', feeAsset: 'BNB' })
      session.input({ type: 'VALUE_ASSET', asset: 'BNB', quote: 'USDT', price: dec('100'), source: 'desk' })
      trade(session, { gain: 1, fee: '0.001', feeAsset: 'BNB' })
      trade(session, { gain: -1, fee: '-0.25' })
    })
    expect(statistics.beforeFees).toMatchObject({ won: 2, lost: 1, total: '1' })
    expect(statistics.afterFees).toMatchObject({ won: 1, lost: 2, grossProfit: '0.8', grossLoss: '0.7', total: '0.1' })
    expect(list.map(({ fees }) => fees)).toEqual(['-0.5', '0.2', '1.2'])
  })

  test('a fee without a price leaves what is after fees unknown, and what is before them as it is', async () => {
    const { statistics, list } = await tradesOf((session) => {
      trade(session, { gain: 1, fee: '0.001', feeAsset: 'BNB' })
      trade(session, { gain: 2, fee: '0.5' })
    })
    expect(statistics.afterFees).toBeNull()
    expect(statistics.beforeFees).toMatchObject({ won: 2, total: '3' })
    expect(list.map(({ fees }) => fees)).toEqual(['1', null])
  })

  test('of a fill that a trade took in part it bears a part of the fee', async () => {
    const { list } = await tradesOf((session) => {
      fill(session, enter(session, 's1', { price: '100', quantity: '1' }), { price: '100', quantity: '1' })
      // The venue fills twice of what was asked for: one half belongs to nobody.
      fill(session, exit(session, 's1', '101'), { price: '101', quantity: '2', fee: '0.6' })
    })
    expect(list).toMatchObject([{ realizedPnl: '1', fees: '0.3' }])
  })
})

describe('holding time and bars', () => {
  test('N06 a trade is held from its first fill until it is over, not from when it was asked for', async () => {
    const { list, statistics } = await tradesOf((session) => {
      const id = enter(session, 's1', { price: '100', quantity: '2' })
      wait(session, 60)
      fill(session, id, { price: '100', quantity: '1' })
      wait(session, 5)
      fill(session, id, { price: '100', quantity: '1' })
      wait(session, 5.5)
      fill(session, exit(session, 's1', '101'), { price: '101', quantity: '2' })
    })
    const [only] = list
    expect(only).toMatchObject({ heldUs: 10_500_000, barsHeld: 10 })
    expect((only?.enteredAtUs ?? 0) - (only?.openedAtUs ?? 0)).toBe(60_000_000)
    expect(statistics.holding.all).toEqual({ trades: 1, meanUs: 10_500_000, medianUs: 10_500_000, longestUs: 10_500_000 })
  })

  test('N06 bars are those of the tick interval that began meanwhile: none within one, one over its edge', async () => {
    const { list, statistics } = await tradesOf((session) => {
      // The session's bars begin at whole seconds.
      wait(session, 0.2)
      trade(session, { gain: 1, heldS: 0.7 })
      trade(session, { gain: 1, heldS: 0.2 })
      trade(session, { gain: 1, heldS: 3 })
    })
    expect(list.map(({ barsHeld }) => barsHeld)).toEqual([3, 1, 0])
    expect(statistics.bars).toEqual({ mean: '1.333333333333333333', median: '1', most: 3 })
    expect(statistics.barUs).toBe(1_000_000)
  })

  test('holding times of wins and losses each on their own', async () => {
    const { statistics } = await tradesOf((session) => {
      trade(session, { gain: 1, heldS: 2 })
      trade(session, { gain: 2, heldS: 4 })
      trade(session, { gain: -1, heldS: 30 })
      trade(session, { gain: 0, heldS: 7 })
    })
    expect(statistics.holding).toEqual({
      all: { trades: 4, meanUs: 10_750_000, medianUs: 5_500_000, longestUs: 30_000_000 },
      won: { trades: 2, meanUs: 3_000_000, medianUs: 3_000_000, longestUs: 4_000_000 },
      lost: { trades: 1, meanUs: 30_000_000, medianUs: 30_000_000, longestUs: 30_000_000 },
    })
  })

  test('an entry that was never filled was not held', async () => {
    const { list, notEntered, statistics } = await tradesOf((session) => {
      const clientOrderId = enter(session, 's1', { price: '100', quantity: '1' })
      wait(session, 3)
      session.input({ type: 'CANCEL_ACK', clientOrderId, venueOrderId: null })
      session.commit()
    })
    expect([notEntered, statistics.trades]).toEqual([1, 0])
    expect(list).toMatchObject([{ enteredAtUs: null, heldUs: null, barsHeld: null }])
  })
})

describe('exits by reason and by leg', () => {
  test('legs are counted by what they were asked for and by their number', async () => {
    const { statistics } = await tradesOf((session) => {
      fill(session, enter(session, 's1', { price: '100', quantity: '2', ratios: ['0.5', '0.5'] }), { price: '100', quantity: '2' })
      fill(session, exit(session, 's1', '104'), { price: '104', quantity: '1' })
      leave(session, 's1', '99', 'stop')
      trade(session, { slotId: 's2', gain: -2 })
    })
    const outcomes = { quantity: '1', won: 0, legs: 1 }
    expect(statistics.byExitReason).toEqual([
      { reason: 'target', legs: 2, won: 1, lost: 1, quantity: '2', realizedPnl: '2', averagePnl: '1' },
      { reason: 'stop', ...outcomes, lost: 1, realizedPnl: '-1', averagePnl: '-1' },
    ])
    expect(statistics.byLeg).toEqual([
      { leg: 0, legs: 2, won: 1, lost: 1, quantity: '2', realizedPnl: '2', averagePnl: '1' },
      { leg: 1, ...outcomes, lost: 1, realizedPnl: '-1', averagePnl: '-1' },
    ])
    expect(statistics.realizedOutsideLegs).toBe('0')
  })

  test('the legs of an open trade do not count yet', async () => {
    const { statistics } = await tradesOf((session) => {
      fill(session, enter(session, 's1', { price: '100', quantity: '2', ratios: ['0.5', '0.5'] }), { price: '100', quantity: '2' })
      fill(session, exit(session, 's1', '104'), { price: '104', quantity: '1' })
    })
    expect([statistics.trades, statistics.byLeg]).toEqual([0, []])
  })

  test('what reconcile closed was realised outside of legs, and the two together are the whole', async () => {
    const { statistics } = await tradesOf((session) => {
      fill(session, enter(session, 's1', { price: '100', quantity: '2' }), { price: '100', quantity: '2' })
      const place = { instrument: session.instrument.symbol, positionSide: 'net' } as const
      const evidence = 'position query of 12:00'
      const flat = { ...place, quantity: dec('0'), averagePrice: dec('103') }
      session.input({ type: 'RECONCILE', action: 'adjust_position', adjustmentId: 'a1', ...flat, evidence })
      session.input({ type: 'RECONCILE', action: 'assign', ...place, quantity: dec('-2'), slotId: 's1', price: dec('103'), evidence })
      session.commit()
    })
    expect(statistics).toMatchObject({ trades: 1, byLeg: [], realizedOutsideLegs: '6', beforeFees: { won: 1, total: '6' } })
  })

  test('the profit of all closed trades is that of the list', async () => {
    const { statistics, list } = await tradesOf(beEventful)
    const closed = list.filter(({ stage }) => stage === 'closed')
    expect(statistics.trades).toBe(closed.length)
    expect(Number(statistics.beforeFees.total)).toBeCloseTo(
      closed.reduce((sum, { realizedPnl }) => sum + Number(realizedPnl), 0),
      9,
    )
  })
})

/** Asks for all that is left, for a reason, and has it filled. */
function leave(session: ScriptedSession, slotId: string, price: string, reason: string): void {
  const terms = { orderType: 'limit', timeInForce: 'gtc', postOnly: false } as const
  session.input({ type: 'EXIT', slotId, scope: 'rest', price: dec(price), reason, ...terms })
  session.commit()
  fill(session, session.live().at(-1) as string, { price, quantity: '1' })
}

describe('trades of other sessions and instruments', () => {
  /** One session enters, the next one exits 10 s later by its own time, which begins so many seconds after the first one's end. */
  async function carriedOver(
    script: SessionScript,
    startsAfterS: number,
  ): Promise<{ first: SummaryView['trades']; second: SummaryView['trades'] }> {
    const path = newStore()
    const shared = { ...script, account: 'desk/carried' }
    await writeStore(path, (journal) => {
      const first = new ScriptedSession(journal, 'first', shared)
      first.tick(dec('100'))
      fill(first, enter(first, 's1', { price: '100', quantity: '1' }), { price: '100', quantity: '1', fee: '0.1' })
      first.halt('duration_elapsed')
      const second = new ScriptedSession(journal, 'second', { ...shared, capital: {} })
      wait(second, startsAfterS + 9)
      second.tick(dec('100'))
      fill(second, exit(second, 's1', '103'), { price: '103', quantity: '1', fee: '0.2' })
      second.halt('duration_elapsed')
    })
    return { first: (await summarizeFromStore(path, 'first')).trades, second: (await summarizeFromStore(path, 'second')).trades }
  }

  test('a trade that an earlier session entered counts where it closed, held since it was entered', async () => {
    const { first, second } = await carriedOver({ ...EVENTFUL, place: DEMO }, 0)
    expect(first.statistics.trades).toBe(0)
    expect(first.list).toMatchObject([{ fees: '0.1', heldUs: null }])
    expect(second.statistics).toMatchObject({ trades: 1, beforeFees: { total: '3' }, afterFees: { total: '2.7' } })
    expect(second.statistics.holding.all.longestUs).toBe(10_000_000)
    expect(second.slippage).toMatchObject({
      rows: [
        { role: 'exit', reference: 'limit' },
        { role: 'exit', reference: 'mid' },
      ],
    })
  })

  test.each([-3600, 0])(
    'N06 how long a rehearsed account held a trade of an earlier session is not known: each has its own time (%i s)',
    async (at) => {
      const { second } = await carriedOver(EVENTFUL, at)
      expect(second.list).toMatchObject([{ stage: 'closed', heldUs: null, barsHeld: null }])
      expect(second.statistics).toMatchObject({
        trades: 1,
        beforeFees: { total: '3' },
        holding: { all: { trades: 0, meanUs: null } },
        bars: { most: null },
      })
    },
  )

  test('trades that are paid in another asset are counted, and left out', async () => {
    const inverse = { ...OTHER, symbol: 'ETH/USD:ETH', kind: 'inverse', quote: 'USD', settle: 'ETH', lotSize: dec('1') } as const
    const { statistics } = await tradesOf(
      (session) => {
        session.input({ type: 'LIST_INSTRUMENT', instrument: inverse })
        trade(session, { gain: 4 })
        const terms = { orderType: 'limit', timeInForce: 'gtc', postOnly: false } as const
        session.input({
          type: 'ENTER',
          slotId: 's2',
          instrument: inverse.symbol,
          side: 'buy',
          price: dec('2000'),
          quantity: dec('100'),
          leverage: dec('1'),
          exitRatios: [],
          ...terms,
        })
        session.commit()
        session.fill(session.live().at(-1) as string, { price: dec('2000'), quantity: dec('100'), fee: dec('0'), feeAsset: 'ETH' })
        session.input({ type: 'EXIT', slotId: 's2', scope: 'rest', price: dec('2100'), reason: 'target', ...terms })
        session.commit()
        session.fill(session.live().at(-1) as string, { price: dec('2100'), quantity: dec('100'), fee: dec('0'), feeAsset: 'ETH' })
      },
      { ...EVENTFUL, instrument: LINEAR, capital: { USDT: '100000', ETH: '10' } },
    )
    expect(statistics).toMatchObject({ trades: 1, inOtherAssets: 1, beforeFees: { total: '4' } })
  })
})
