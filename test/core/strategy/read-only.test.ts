// What a user's strategy sees is all there, as it is now, and cannot be written to.

import { describe, expect, test } from 'vitest'
import * as decimal from '../../../src/core/kernel/decimal.ts'
import { dec } from '../../../src/core/kernel/decimal.ts'
import type { Instrument } from '../../../src/core/kernel/instrument.ts'
import type { OrderView, SlotView } from '../../../src/core/kernel/views.ts'
import { MarketState } from '../../../src/core/market/market-state.ts'
import type { PortfolioView, StrategyContext, StrategySetup } from '../../../src/core/strategy/port.ts'
import { readOnlySetup, readOnlyView } from '../../../src/core/strategy/read-only.ts'
import { LINEAR, liveOrderOf, marketOf, portfolioOf, slotOf } from './fixtures.ts'

function marketState(): MarketState {
  const market = new MarketState()
  const stamp = { timeUs: 5, venueTimeUs: null, updateId: 1 }
  const side = (...prices: string[]) => prices.map((price) => ({ price: dec(price), size: dec('2') }))
  market.apply({ ...stamp, type: 'snapshot', bids: side('99', '98', '97'), asks: side('101', '102', '103') })
  market.apply({ ...stamp, type: 'trade', tradeId: '1', price: dec('100'), size: dec('3'), aggressor: 'buy', isMarket: true })
  return market
}

const SLOT = slotOf({ stage: 'position_open' })
const ORDER = liveOrderOf('exit', 'breakout')

function views(): StrategyContext & { readonly given: { readonly market: MarketState; readonly portfolio: PortfolioView } } {
  const given = { market: marketState(), portfolio: portfolioOf({ held: '7', slot: SLOT, orders: [ORDER] }) }
  return { ...readOnlyView()(given), given }
}

/** Everything that can be reached from a value is frozen, functions aside. */
function expectFrozen(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  expect(Object.isFrozen(value)).toBe(true)
  for (const item of Object.values(value)) expectFrozen(item)
}

describe('the market', () => {
  test('K17 has exactly the members of a market view, with the same values', () => {
    const { market, given } = views()
    expect(Object.keys(market).sort()).toEqual(Object.keys(marketOf({})).sort())
    for (const name of ['timeUs', 'bid', 'ask', 'mid', 'mark', 'lastTrade', 'tradedValue', 'tradedSize'] as const) {
      expect(market[name]).toEqual(given.market[name])
    }
    expect(market.bids(2)).toEqual(given.market.bids(2))
    expect(market.asks(99)).toEqual(given.market.asks(3))
    expect(market.bid).toEqual({ price: dec('99'), size: dec('2') })
  })

  test('K17 is frozen, and shares no level with the book', () => {
    const { market, given } = views()
    expectFrozen(market)
    expectFrozen(market.bids(3))
    expectFrozen(market.ask)
    expect(market.bid).not.toBe(given.market.bid)
    expect(market.asks(3)[1]).not.toBe(given.market.asks(3)[1])
  })

  test('is one and the same view at every tick, on what is given then', () => {
    const viewOf = readOnlyView()
    const first = viewOf({ market: marketOf({ bid: '1' }), portfolio: portfolioOf({ held: '1' }) })
    const { market, portfolio } = first
    expect(viewOf({ market: marketOf({ bid: '2' }), portfolio: portfolioOf({ held: '2', slot: SLOT }) })).toBe(first)
    expect(market.bid?.price).toBe(dec('2'))
    expect(portfolio.position.quantity).toBe(dec('2'))
    expect(portfolio.slots.size).toBe(1)
  })

  test('follows what happens within the tick and after', () => {
    const { market, given } = views()
    const nothingElse = { venueTimeUs: null, index: null, fundingRate: null, nextFundingUs: null }
    given.market.apply({ ...nothingElse, type: 'mark', timeUs: 9, mark: dec('100.5') })
    expect(market).toMatchObject({ timeUs: 9, mark: dec('100.5') })
  })
})

describe('the portfolio', () => {
  test('K17 shows position and balances as they are, in copies', () => {
    const { portfolio, given } = views()
    expect(Object.keys(portfolio).sort()).toEqual(['balance', 'liveOrders', 'position', 'slots', 'trading'])
    expect(portfolio.position).toEqual(given.portfolio.position)
    expect(portfolio.position).not.toBe(given.portfolio.position)
    expect(portfolio.balance('USDT')).toBe(dec('1000000'))
    expectFrozen(portfolio)
    expectFrozen(portfolio.position)
  })

  test('shows whether orders pass, as it is then', () => {
    const viewOf = readOnlyView()
    const { portfolio } = viewOf({ market: marketOf({}), portfolio: portfolioOf() })
    expect(portfolio.trading).toBe('active')
    viewOf({ market: marketOf({}), portfolio: portfolioOf({ trading: 'reducing' }) })
    expect(portfolio.trading).toBe('reducing')
  })

  test('K17 its maps read like maps, in every way there is, and have no way to write', () => {
    const { portfolio } = views()
    const { slots } = portfolio
    expect(slots.size).toBe(1)
    expect([slots.has('breakout'), slots.has('other')]).toEqual([true, false])
    expect(slots.get('breakout')).toEqual(SLOT)
    expect(slots.get('other')).toBeUndefined()
    expect([...slots]).toEqual([['breakout', SLOT]])
    expect([...slots.entries()]).toEqual([['breakout', SLOT]])
    expect([...slots.keys()]).toEqual(['breakout'])
    expect([...slots.values()]).toEqual([SLOT])
    expect(new Map(slots)).toEqual(new Map([['breakout', SLOT]]))
    const seen: unknown[] = []
    const self = {}
    slots.forEach(function (this: unknown, value, key, map) {
      seen.push(this === self, value, key, map === slots)
    }, self)
    expect(seen).toEqual([true, SLOT, 'breakout', true])
    expect(Object.keys(slots).sort()).toEqual(['entries', 'forEach', 'get', 'has', 'keys', 'size', 'values'])
    for (const write of ['set', 'delete', 'clear']) expect(write in slots).toBe(false)
  })

  test.each([
    ['get', ({ slots, liveOrders }: PortfolioView) => [slots.get('breakout'), liveOrders.get('exit-1')]],
    ['values', ({ slots, liveOrders }: PortfolioView) => [...slots.values(), ...liveOrders.values()]],
    ['entries', ({ slots, liveOrders }: PortfolioView) => [...slots.entries(), ...liveOrders.entries()].map(([, value]) => value)],
    ['iteration', ({ slots, liveOrders }: PortfolioView) => [...slots, ...liveOrders].map(([, value]) => value)],
    [
      'forEach',
      ({ slots, liveOrders }: PortfolioView) => {
        const values: unknown[] = []
        slots.forEach((slot) => {
          values.push(slot)
        })
        liveOrders.forEach((order) => {
          values.push(order)
        })
        return values
      },
    ],
  ])('K17 what %s gives is a frozen copy, down to the legs and the request', (_way, read) => {
    const [slot, order] = read(views().portfolio) as [SlotView, OrderView]
    expect([slot, order]).toEqual([SLOT, ORDER])
    expectFrozen(slot)
    expectFrozen(order)
    expect(slot).not.toBe(SLOT)
    expect(slot.legs[0]).not.toBe(SLOT.legs[0])
    expect(order.request).not.toBe(ORDER.request)
  })
})

describe('the setup', () => {
  const params = { list: ['a', { deep: 'b' }], flag: true, nothing: null, text: '1.10' }
  const given: StrategySetup = { instrument: LINEAR, tickIntervalUs: 1_000_000, params, decimal }

  test('K17 is a frozen copy: instrument, parameters and decimals', () => {
    const setup = readOnlySetup(given)
    expect(setup).toEqual({ ...given, decimal: { ...decimal } })
    expectFrozen(setup)
    expect(setup.instrument).not.toBe(LINEAR)
    const { list } = setup.params as { list: unknown[] }
    expect(list).not.toBe(params.list)
    expect(() => {
      ;(setup.instrument as { -readonly [Key in keyof Instrument]: Instrument[Key] }).tickSize = dec('1')
    }).toThrow(TypeError)
    expect(() => list.push('c')).toThrow(TypeError)
    expect(params.list).toHaveLength(2)
  })
})
