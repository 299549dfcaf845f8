// What the flatten strategy asks for, one look at a time: one order, at the touch, of no more than is held.

import { describe, expect, test } from 'vitest'
import { type Decimal, dec, ZERO } from '../../../src/core/kernel/decimal.ts'
import type { Instrument } from '../../../src/core/kernel/instrument.ts'
import type { OrderView } from '../../../src/core/kernel/views.ts'
import { createFlatten } from '../../../src/core/strategy/flatten.ts'
import type { PortfolioView, StrategyIntent } from '../../../src/core/strategy/port.ts'
import { LINEAR, liveOrderOf, type MarketOptions, marketOf, type PortfolioOptions, portfolioOf, SPOT, slotOf } from './fixtures.ts'

const ANY: Instrument = { ...LINEAR, symbol: 'any' }
const TOUCH: MarketOptions = { bid: '99.9', ask: '100.1' }

interface Look {
  readonly instrument?: Instrument
  readonly market?: MarketOptions
  readonly portfolio?: PortfolioOptions
  readonly position?: Partial<PortfolioView['position']>
  readonly most?: Decimal
}

function look({ instrument = ANY, market = TOUCH, portfolio = {}, position = {}, most = ZERO }: Look): readonly StrategyIntent[] {
  const seen = portfolioOf(portfolio)
  const strategy = createFlatten(instrument, { maxOrderNotional: most })
  return strategy.onTick({ market: marketOf(market), portfolio: { ...seen, position: { ...seen.position, ...position } } })
}

const offerOf = (side: 'bid' | 'ask', price: string, quantity: string) => [
  { type: 'QUOTE', instrument: 'any', bid: null, ask: null, postOnly: false, [side]: { price: dec(price), quantity: dec(quantity) } },
]

/** Rests where the touch was, or is. */
function quoteAt(price: string, cancel: OrderView['cancel'] = 'none'): OrderView {
  const order = liveOrderOf('entry', 'none')
  return { ...order, cancel, request: { ...order.request, role: 'quote', slotId: null, timeInForce: 'gtc', price: dec(price) } }
}

const ended = (reason: string) => [{ type: 'CONTROL', action: 'halt', reason: expect.stringContaining(reason) }]

describe('what no trade holds', () => {
  test.each([
    ['a long one is sold at the bid', '10', 'ask', '99.9', '10'],
    ['a short one is bought back at the ask', '-10', 'bid', '100.1', '10'],
    ['what is less than a lot stays', '10.0004', 'ask', '99.9', '10'],
  ] as const)('%s', (_, held, side, price, quantity) => {
    expect(look({ portfolio: { held } })).toEqual(offerOf(side, price, quantity))
  })

  test('leaves in orders that the limit allows at the dearer of price and mark, and the venue', () => {
    // 1000 at a mark of 125 is 8, though at the bid it were 10.
    expect(look({ portfolio: { held: '50', mark: '125' }, most: dec('1000') })).toEqual(offerOf('ask', '99.9', '8'))
    expect(look({ instrument: { ...ANY, maxQuantity: dec('3') }, portfolio: { held: '50' } })).toEqual(offerOf('ask', '99.9', '3'))
  })

  test('on spot is no more than the account can hand over', () => {
    const portfolio = { held: '10', balances: { XRP: '4' } }
    expect(look({ instrument: { ...SPOT, symbol: 'any' }, portfolio })).toEqual(offerOf('ask', '99.9', '4'))
  })

  test.each([
    ['without a bid', { ask: '100.1' }],
    ['without an ask', { bid: '99.9' }],
  ])('waits %s', (_, market) => {
    expect(look({ market, portfolio: { held: '10' } })).toEqual([])
  })

  test('waits while trading is paused', () => {
    expect(look({ portfolio: { held: '10', trading: 'halted' } })).toEqual([])
  })
})

describe('while an order works', () => {
  test('at the touch nothing else is sent, though less of it is left to fill', () => {
    expect(look({ portfolio: { held: '10', orders: [quoteAt('99.9')] } })).toEqual([])
  })

  test('it is taken back once the touch has moved, once', () => {
    const target = { kind: 'order', clientOrderId: 'entry-1' }
    expect(look({ portfolio: { held: '10', orders: [quoteAt('100')] } })).toEqual([{ type: 'CANCEL', target }])
    expect(look({ portfolio: { held: '10', orders: [quoteAt('100', 'requested')] } })).toEqual([])
  })

  test('one that ends by itself is waited for; one that somebody left to rest is taken back, an exit as well', () => {
    const exit = liveOrderOf('exit', 'breakout')
    expect(look({ portfolio: { held: '10', orders: [exit] } })).toEqual([])
    const resting = { ...exit, request: { ...exit.request, timeInForce: 'gtc' as const } }
    expect(look({ portfolio: { held: '10', orders: [resting] } })).toMatchObject([{ type: 'CANCEL' }])
  })
})

test('beside an order in quarantine nothing is closed: it may be filled yet', () => {
  const orders = [{ ...quoteAt('99.9'), status: 'quarantined' as const }]
  expect(look({ portfolio: { held: '10', orders } })).toEqual(ended('an order is in quarantine: dita reconcile --fix-orphans'))
  expect(look({ portfolio: { held: '0', orders } })).toEqual(ended('nothing is held any more, and an order is in quarantine'))
})

describe('what a trade has open', () => {
  const position = { inSlots: dec('10'), quoted: dec('5') }

  test('leaves at the market, before anything else is offered', () => {
    const slot = slotOf({ stage: 'position_open' })
    expect(look({ portfolio: { held: '15', slot }, position })).toEqual([{ type: 'EXIT_RESIDUAL', slotId: 'breakout', reason: 'flatten' }])
  })

  test('of another instrument is left alone', () => {
    const slot = { ...slotOf({ stage: 'position_open' }), instrument: 'other' }
    expect(look({ portfolio: { held: '5', slot } })).toEqual(offerOf('ask', '99.9', '5'))
  })
})

/** Beside 5 that somebody else sold, or bought: the books hold more than there is. */
describe('what nobody explains', () => {
  const unassigned = dec('-5')

  test('is never opened: of what quotes left no more is sold than is held', () => {
    expect(look({ portfolio: { held: '2' }, position: { quoted: dec('7'), unassigned } })).toEqual(offerOf('ask', '99.9', '2'))
    expect(look({ portfolio: { held: '-2' }, position: { quoted: dec('-7'), unassigned: dec('5') } })).toEqual(offerOf('bid', '100.1', '2'))
    const gone = { quoted: dec('5'), unassigned }
    expect(look({ portfolio: { held: '0' }, position: gone })).toEqual(
      ended('no order of ours explains -5 of it: dita reconcile --fix-orphans --assign'),
    )
    expect(look({ portfolio: { held: '-1' }, position: gone })).toEqual(ended('-1 is still held, and no order of ours'))
  })

  test('keeps a trade open that is larger than what is held, and lets one go that is not', () => {
    const slot = slotOf({ stage: 'position_open', quantity: '5' })
    expect(look({ portfolio: { held: '0', slot }, position: { quoted: ZERO, unassigned } })).toEqual(ended('dita reconcile'))
    const more = { quoted: ZERO, unassigned: dec('1') }
    expect(look({ portfolio: { held: '6', slot }, position: more })).toMatchObject([{ type: 'EXIT_RESIDUAL' }])
    const short = slotOf({ stage: 'position_open', side: 'sell', quantity: '5' })
    expect(look({ portfolio: { held: '6', slot: short }, position: more })).toEqual(ended('dita reconcile'))
  })

  test('is the matter of reconcile where the venue says that we hold something else: nothing is sent, and what rests is taken back', () => {
    const position = { quoted: dec('7'), venues: dec('3') }
    expect(look({ portfolio: { held: '7' }, position })).toEqual([])
    expect(look({ portfolio: { held: '7', orders: [quoteAt('99.9')] }, position })).toMatchObject([{ type: 'CANCEL' }])
    const strategy = createFlatten(ANY, { maxOrderNotional: ZERO })
    const given = portfolioOf({ held: '7' })
    const differing = { ...given, position: { ...given.position, ...position } }
    let last: readonly StrategyIntent[] = []
    for (let tick = 0; tick < 60; tick += 1) last = strategy.onTick({ market: marketOf(TOUCH), portfolio: differing })
    expect(last).toEqual(ended('7 is still held, and the venue says 3: dita reconcile'))
    // Had it agreed meanwhile, the wait would have begun anew.
    expect(strategy.onTick({ market: marketOf(TOUCH), portfolio: given })).toEqual(offerOf('ask', '99.9', '7'))
    expect(strategy.onTick({ market: marketOf(TOUCH), portfolio: differing })).toEqual([])
  })
})

describe('a trade and quotes of opposite sides', () => {
  const slot = slotOf({ stage: 'position_open', quantity: '10' })

  test('are not closed one by one: each would be more than is held', () => {
    expect(look({ portfolio: { held: '6', slot }, position: { quoted: dec('-4') } })).toEqual(
      ended('6 is still held: trades have other sizes open'),
    )
    expect(look({ portfolio: { held: '0', slot }, position: { quoted: dec('-10') } })).toEqual(ended('nothing is held any more'))
  })
})

test('what was written off trade by trade is offered together, where that is enough', () => {
  const dust = { quoted: dec('0.02'), unassigned: dec('0.04'), dust: dec('0.04') }
  expect(look({ portfolio: { held: '0.06' }, position: dust })).toEqual(offerOf('ask', '99.9', '0.06'))
})

test('a slice leaves nothing that could no longer be traded', () => {
  // 3 USDT are the least: 0.07 leaves in one order of 0.06 and a rest of 0.01, or in two halves.
  const instrument = { ...ANY, minNotional: dec('3') }
  expect(look({ instrument, portfolio: { held: '0.07' }, most: dec('6') })).toEqual(offerOf('ask', '99.9', '0.035'))
  expect(look({ instrument, portfolio: { held: '0.035' }, most: dec('6') })).toEqual(offerOf('ask', '99.9', '0.035'))
})

test('what is bought back with all the money there is leaves some of it for the fee', () => {
  const portfolio = { held: '-50', balances: { RLUSD: '5005' } }
  expect(look({ instrument: { ...SPOT, symbol: 'any' }, portfolio })).toEqual(offerOf('bid', '100.1', '49.5'))
})

describe('the end', () => {
  test.each([
    ['nothing is held', {}, {}, 'nothing is held any more'],
    ['the rest is too small for the venue', { held: '0.01' }, {}, '0.01 is still held: what one order may take of it'],
    [
      'the rest is nobody’s',
      { held: '7' },
      { quoted: ZERO, unassigned: dec('7') },
      '7 is still held, and no order of ours explains 7 of it',
    ],
    [
      'the rest was written off',
      { held: '0.0004' },
      { quoted: ZERO, unassigned: dec('0.0004'), dust: dec('0.0004') },
      'less than the venue',
    ],
  ])('comes when %s, and says so', (_, portfolio, position, reason) => {
    expect(look({ portfolio, position })).toEqual(ended(reason))
  })

  test('comes where the limit of an order is below what the venue trades', () => {
    expect(look({ portfolio: { held: '10' }, most: dec('4') })).toEqual(ended('by `risk.max_order_notional` and by the balance'))
  })

  test('comes when all that is asked for comes to nothing: first the trades are given up, then the quotes', () => {
    const strategy = createFlatten(ANY, { maxOrderNotional: ZERO })
    const given = portfolioOf({ held: '15', slot: slotOf({ stage: 'position_open' }) })
    const portfolio = { ...given, position: { ...given.position, quoted: dec('5') } }
    const asked: string[] = []
    for (let tick = 0; tick < 1_000 && asked.at(-1) !== 'CONTROL'; tick += 1) {
      for (const { type } of strategy.onTick({ market: marketOf(TOUCH), portfolio })) if (asked.at(-1) !== type) asked.push(type)
    }
    expect(asked).toEqual(['EXIT_RESIDUAL', 'QUOTE', 'CONTROL'])
    expect(strategy.onTick({ market: marketOf(TOUCH), portfolio })).toEqual(ended('15 is still held: 20 attempts in a row came to nothing'))
    // Something was filled after all: it is asked for again.
    const moved = { ...portfolio, position: { ...portfolio.position, quantity: dec('14') } }
    expect(strategy.onTick({ market: marketOf(TOUCH), portfolio: moved })).toMatchObject([{ type: 'EXIT_RESIDUAL' }])
  })
})
