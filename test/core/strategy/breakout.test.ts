// When the breakout strategy enters, how it gets out, and when it keeps quiet.

import { describe, expect, test } from 'vitest'
import { dec, ZERO } from '../../../src/core/kernel/decimal.ts'
import type { EnterIntent, ExitIntent, ExitResidualIntent } from '../../../src/core/kernel/inputs.ts'
import type { Instrument } from '../../../src/core/kernel/instrument.ts'
import { SLOT_TABLE, type SlotStage } from '../../../src/core/kernel/slot-table.ts'
import { type BreakoutOptions, createBreakout } from '../../../src/core/strategy/breakout.ts'
import type { Strategy, StrategyIntent } from '../../../src/core/strategy/port.ts'
import { STAGE_ORDER } from '../kernel/stage-order.ts'
import {
  LINEAR,
  liveOrderOf,
  type MarketOptions,
  marketOf,
  type PortfolioOptions,
  portfolioOf,
  type SlotOptions,
  SPOT,
  slotOf,
} from './fixtures.ts'

const OPTIONS: BreakoutOptions = {
  lookbackSeconds: 3,
  orderNotional: dec('1000'),
  leverage: dec('2'),
  entrySlippageBps: dec('1'),
  stopBps: dec('50'),
  targetsBps: [dec('100'), dec('200'), dec('300')],
  exitRatios: [dec('0.5'), dec('0.3'), dec('0.2')],
  direction: 'both',
  maxHoldingSeconds: 300,
}

const SECOND_US = 1_000_000

function tick(strategy: Strategy, market: MarketOptions, portfolio: PortfolioOptions = {}): readonly StrategyIntent[] {
  return strategy.onTick({ market: marketOf(market), portfolio: portfolioOf(portfolio) })
}

/** A strategy that has seen the same market for the whole of its channel. */
function warm(
  options: Partial<BreakoutOptions> = {},
  instrument: Instrument = LINEAR,
  touch: MarketOptions = { bid: '19999.9', ask: '20000.1' },
): Strategy {
  const strategy = createBreakout(instrument, { ...OPTIONS, ...options })
  for (let second = 0; second <= 3; second += 1) expect(tick(strategy, { ...touch, timeUs: second * SECOND_US })).toEqual([])
  return strategy
}

const UP = { bid: '20000.9', ask: '20001.1', timeUs: 4 * SECOND_US }
const DOWN = { bid: '19998.9', ask: '19999.1', timeUs: 4 * SECOND_US }

describe('entry', () => {
  test('buys with an IOC limit a little above the ask when the mid rises out of the channel', () => {
    expect(tick(warm(), UP)).toEqual([
      {
        type: 'ENTER',
        slotId: 'breakout',
        instrument: LINEAR.symbol,
        side: 'buy',
        orderType: 'limit',
        price: dec('20003.1'),
        quantity: dec('0.049'),
        timeInForce: 'ioc',
        postOnly: false,
        leverage: dec('2'),
        exitRatios: OPTIONS.exitRatios,
      } satisfies EnterIntent,
    ])
  })

  test('sells a little below the bid when it falls out of the channel', () => {
    expect(tick(warm(), DOWN)).toMatchObject([{ type: 'ENTER', side: 'sell', price: dec('19997'), quantity: dec('0.05') }])
  })

  test('N04 without an allowance the limit is the touch itself', () => {
    expect(tick(warm({ entrySlippageBps: ZERO }), UP)).toMatchObject([{ price: dec('20001.1') }])
  })

  test('does nothing on the edge of the channel, before the channel is covered, or without a market', () => {
    expect(tick(warm(), { bid: '19999.9', ask: '20000.1', timeUs: 4 * SECOND_US })).toEqual([])
    const cold = createBreakout(LINEAR, OPTIONS)
    expect(tick(cold, { bid: '19999.9', ask: '20000.1', timeUs: 0 })).toEqual([])
    expect(tick(cold, { ...UP, timeUs: SECOND_US })).toEqual([])
    expect(tick(warm(), { bid: '20000.9', timeUs: 4 * SECOND_US })).toEqual([])
  })

  test('trades only in its direction', () => {
    expect(tick(warm({ direction: 'long' }), DOWN)).toEqual([])
    expect(tick(warm({ direction: 'long' }), UP)).toHaveLength(1)
    expect(tick(warm({ direction: 'short' }), UP)).toEqual([])
    expect(tick(warm({ direction: 'short' }), DOWN)).toHaveLength(1)
  })

  test('enters nothing that the venue would refuse as too small', () => {
    expect(tick(warm({ orderNotional: dec('15') }), UP)).toEqual([])
    expect(tick(warm({}, { ...LINEAR, minNotional: dec('2000') }), UP)).toEqual([])
  })

  test('on spot sells only what the account owns, and buys only what it can pay', () => {
    const touch = { bid: '1.9999', ask: '2.0001' }
    const fallen = { bid: '1.9899', ask: '1.9901', timeUs: 4 * SECOND_US }
    const risen = { bid: '2.0099', ask: '2.0101', timeUs: 4 * SECOND_US }
    expect(tick(warm({}, SPOT, touch), fallen, { balances: { XRP: '0', RLUSD: '5000' } })).toEqual([])
    expect(tick(warm({}, SPOT, touch), fallen, { balances: { XRP: '12.34', RLUSD: '0' } })).toMatchObject([
      { side: 'sell', quantity: dec('12.3') },
    ])
    expect(tick(warm({}, SPOT, touch), risen, { balances: { XRP: '0', RLUSD: '100' } })).toMatchObject([
      { side: 'buy', quantity: dec('49.7') },
    ])
  })

  test('enters again once the slot is closed, and not while one of its orders is under way', () => {
    expect(tick(warm(), UP, { slot: slotOf({ stage: 'closed' }) })).toMatchObject([{ type: 'ENTER' }])
    expect(tick(warm(), UP, { slot: slotOf({ stage: 'closed' }), orders: [liveOrderOf('entry', 'breakout')] })).toEqual([])
  })
})

/** What an open trade of 10 at 100 does at a touch. */
function manage(
  touch: MarketOptions,
  slot: Partial<SlotOptions> = {},
  options: Partial<BreakoutOptions> = {},
  portfolio: PortfolioOptions = {},
): readonly StrategyIntent[] {
  return tick(createBreakout(LINEAR, { ...OPTIONS, ...options }), touch, {
    slot: slotOf({ stage: 'position_open', ...slot }),
    ...portfolio,
  })
}

const TARGET: Omit<ExitIntent, 'price'> = {
  type: 'EXIT',
  slotId: 'breakout',
  scope: 'leg',
  orderType: 'limit',
  timeInForce: 'ioc',
  postOnly: false,
  reason: 'target',
}
const AT_MARKET: ExitResidualIntent = { type: 'EXIT_RESIDUAL', slotId: 'breakout', reason: 'stop' }
const WRITE_OFF: ExitResidualIntent = { ...AT_MARKET, reason: 'dust' }

describe('targets', () => {
  test('a leg closes at its target, never below it, counted from the average entry price', () => {
    expect(manage({ bid: '100.9', ask: '101' })).toEqual([])
    expect(manage({ bid: '101', ask: '101.1' })).toEqual([{ ...TARGET, price: dec('101') }])
    expect(manage({ bid: '105', ask: '105.1' })).toEqual([{ ...TARGET, price: dec('101') }])
    expect(manage({ bid: '100.9', ask: '101' }, { price: '99.85' })).toEqual([{ ...TARGET, price: dec('100.9') }])
  })

  test('a short trade closes its legs below', () => {
    expect(manage({ bid: '99', ask: '99.1' }, { side: 'sell' })).toEqual([])
    expect(manage({ bid: '98.9', ask: '99' }, { side: 'sell' })).toEqual([{ ...TARGET, price: dec('99') }])
  })

  test('each leg has its own, and a leg that was filled in part is asked for again', () => {
    const second: Partial<SlotOptions> = { stage: 'position_partially_closed', closed: '5', nextLeg: 1 }
    expect(manage({ bid: '101.9', ask: '102' }, second)).toEqual([])
    expect(manage({ bid: '102', ask: '102.1' }, second)).toEqual([{ ...TARGET, price: dec('102') }])
    expect(manage({ bid: '102', ask: '102.1' }, { ...second, closed: '6' })).toEqual([{ ...TARGET, price: dec('102') }])
  })

  test('what is left when all legs are used up closes at the last target', () => {
    const left: Partial<SlotOptions> = { stage: 'position_partially_closed', closed: '9', nextLeg: 3 }
    expect(manage({ bid: '102.9', ask: '103' }, left)).toEqual([])
    expect(manage({ bid: '103', ask: '103.1' }, left)).toEqual([{ ...TARGET, scope: 'rest', price: dec('103') }])
  })

  test('all of it closes at once where a leg, or what it leaves, would be too small for the venue', () => {
    expect(manage({ bid: '101', ask: '101.1' }, { quantity: '0.099' })).toEqual([{ ...TARGET, scope: 'rest', price: dec('101') }])
    const second: Partial<SlotOptions> = { stage: 'position_partially_closed', quantity: '0.2', closed: '0.1', nextLeg: 1 }
    expect(manage({ bid: '102', ask: '102.1' }, second)).toEqual([{ ...TARGET, scope: 'rest', price: dec('102') }])
  })
})

describe('stop and time', () => {
  test('the stop closes all that is open at the market', () => {
    expect(manage({ bid: '99.6', ask: '99.7' })).toEqual([])
    expect(manage({ bid: '99.5', ask: '99.6' })).toEqual([AT_MARKET])
    expect(manage({ bid: '99.5', ask: '99.6' }, { stage: 'position_partially_closed', closed: '5', nextLeg: 1 })).toEqual([AT_MARKET])
    expect(manage({ bid: '100.4', ask: '100.5' }, { side: 'sell' })).toEqual([AT_MARKET])
    expect(manage({ bid: '100.3', ask: '100.4' }, { side: 'sell' })).toEqual([])
  })

  test('time closes it as well, unless the limit is zero', () => {
    const late = { bid: '100', ask: '100.1', timeUs: 300 * SECOND_US }
    expect(manage({ ...late, timeUs: 300 * SECOND_US - 1 })).toEqual([])
    expect(manage(late)).toEqual([{ ...AT_MARKET, reason: 'time' }])
    expect(manage(late, {}, { maxHoldingSeconds: 0 })).toEqual([])
    expect(manage(late, { openedAtUs: SECOND_US })).toEqual([])
  })

  test('after the stop there is nothing but closing, wherever the price goes', () => {
    const strategy = createBreakout(LINEAR, OPTIONS)
    const slot = slotOf({ stage: 'position_open' })
    const working = slotOf({ stage: 'exit_working', reasons: ['stop'] })
    expect(tick(strategy, { bid: '99.5', ask: '99.6' }, { slot })).toEqual([AT_MARKET])
    expect(tick(strategy, { bid: '99.5', ask: '99.6' }, { slot: working, orders: [liveOrderOf('exit', 'breakout')] })).toEqual([])
    expect(tick(strategy, { bid: '105', ask: '105.1' }, { slot: working })).toEqual([AT_MARKET])
    expect(tick(strategy, { bid: '105', ask: '105.1' }, { slot: slotOf({ stage: 'exit_working' }) })).toEqual([AT_MARKET])
  })

  test('a stop of an earlier session is known from the legs', () => {
    expect(manage({ bid: '105', ask: '105.1' }, { stage: 'exit_working', reasons: ['target', 'stop'] })).toEqual([AT_MARKET])
  })

  test("a trade's stop says nothing about the next trade", () => {
    const strategy = createBreakout(LINEAR, OPTIONS)
    tick(strategy, { bid: '99.5', ask: '99.6' }, { slot: slotOf({ stage: 'position_open' }) })
    expect(tick(strategy, { bid: '100', ask: '100.1' }, { slot: slotOf({ stage: 'position_open', trade: 2 }) })).toEqual([])
  })

  test('nothing is asked for without a market to close in', () => {
    expect(manage({ ask: '99' })).toEqual([])
    expect(manage({ bid: '99.5', ask: '99.6' }, {}, {}, { mark: null })).toEqual([])
  })
})

describe('the slot', () => {
  const stopped = { bid: '99', ask: '99.1' }

  test.each(STAGE_ORDER)('K03 in stage %s an exit is asked for only where the slot table allows one', (stage: SlotStage) => {
    const isAllowed = SLOT_TABLE[stage].exit !== 'refused'
    expect(manage(stopped, { stage })).toHaveLength(isAllowed ? 1 : 0)
  })

  test('K03 nothing is asked for while one of its orders is under way', () => {
    const orders = [liveOrderOf('exit', 'breakout')]
    expect(manage(stopped, { stage: 'exit_working' }, {}, { orders })).toEqual([])
    expect(manage({ bid: '101', ask: '101.1' }, {}, {}, { orders: [liveOrderOf('exit', 'other')] })).toHaveLength(1)
  })

  test('nothing is asked for when nothing is open', () => {
    expect(manage(stopped, { stage: 'position_partially_closed', closed: '10', nextLeg: 3 })).toEqual([])
  })

  describe('with less in it than the venue trades', () => {
    const free = { ...LINEAR, minQuantity: ZERO, minNotional: ZERO }
    const calm = { bid: '100', ask: '100.1' }
    const target = { bid: '101', ask: '101.1' }
    const asked = (touch: MarketOptions, slot: Partial<SlotOptions>, instrument: Instrument, portfolio: PortfolioOptions = {}) =>
      tick(createBreakout(instrument, OPTIONS), touch, { slot: slotOf({ stage: 'position_open', ...slot }), ...portfolio })

    test.each([
      ['less than one lot', '0.0009', '0.001', free],
      ['less than the smallest quantity', '0.004', '0.005', { ...free, minQuantity: dec('0.005') }],
      ['less than the smallest notional at the mark', '0.049', '0.05', LINEAR],
      ['whole lots that are too small, though with the rest they would not be', '0.0509', '0.051', { ...LINEAR, minNotional: dec('5.1') }],
    ] as const)('K01 the trade is written off at once, wherever the price is: %s', (_what, dust, enough, instrument) => {
      for (const touch of [calm, target, stopped]) {
        expect(asked(touch, { quantity: dust }, instrument)).toEqual([WRITE_OFF])
        expect(asked(touch, { quantity: enough }, instrument)).not.toContainEqual(WRITE_OFF)
        for (const stage of ['position_open', 'exit_working', 'position_partially_closed'] as const) {
          expect(asked(touch, { quantity: dust, stage }, instrument)).toEqual([WRITE_OFF])
        }
      }
      expect(asked(calm, { quantity: enough }, instrument)).toEqual([])
      expect(asked(target, { quantity: enough }, instrument)).toMatchObject([{ type: 'EXIT', reason: 'target' }])
      expect(asked(stopped, { quantity: enough }, { ...instrument, minNotional: ZERO })).toEqual([AT_MARKET])
    })

    test('K01 what a stop left over is written off as well, once its order is gone', () => {
      const left: Partial<SlotOptions> = { stage: 'position_partially_closed', quantity: '1', closed: '0.96', reasons: ['stop'] }
      expect(asked(calm, left, LINEAR, { orders: [liveOrderOf('exit', 'breakout')] })).toEqual([])
      expect(asked(calm, left, LINEAR)).toEqual([WRITE_OFF])
    })

    test('the smallest notional is not judged before there is a mark, the lot is', () => {
      expect(asked(calm, { quantity: '0.049' }, LINEAR, { mark: null })).toEqual([])
      expect(asked(calm, { quantity: '0.0009' }, LINEAR, { mark: null })).toEqual([WRITE_OFF])
    })

    test('enough at the mark, but not at the touch that the venue would judge it at, waits', () => {
      const short: Partial<SlotOptions> = { side: 'sell', quantity: '0.05' }
      const cheap = { bid: '99.8', ask: '99.9' }
      expect(asked(cheap, { ...short, reasons: ['stop'] }, LINEAR, { mark: '100' })).toEqual([])
      expect(asked({ ...cheap, ask: '100' }, { ...short, reasons: ['stop'] }, LINEAR, { mark: '100' })).toEqual([AT_MARKET])
      // A short's target lies below the mark.
      expect(asked({ bid: '98.9', ask: '99' }, short, LINEAR, { mark: '100' })).toEqual([])
      expect(asked({ bid: '98.9', ask: '99' }, { ...short, quantity: '0.051' }, LINEAR, { mark: '100' })).toHaveLength(1)
    })
  })
})
