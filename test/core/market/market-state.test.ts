// What a strategy sees of the market.

import { expect, test } from 'vitest'
import { dec, ZERO } from '../../../src/core/kernel/decimal.ts'
import type { TradeEvent } from '../../../src/core/market/events.ts'
import { MarketState } from '../../../src/core/market/market-state.ts'

const level = (price: string, size: string) => ({ price: dec(price), size: dec(size) })

function trade(timeUs: number, price: string, size: string, isMarket = true): TradeEvent {
  return {
    type: 'trade',
    timeUs,
    venueTimeUs: null,
    tradeId: String(timeUs),
    price: dec(price),
    size: dec(size),
    aggressor: 'buy',
    isMarket,
  }
}

test('before any event there is no price, and nothing was traded', () => {
  const state = new MarketState()
  expect([state.timeUs, state.bid, state.ask, state.mid, state.mark, state.lastTrade]).toEqual([0, null, null, null, null, null])
  expect([state.tradedValue, state.tradedSize, state.bids(5)]).toEqual([ZERO, ZERO, []])
})

test('touch, mid, mark and levels follow the events', () => {
  const state = new MarketState()
  const bids = [level('9.9', '1'), level('9.8', '2'), level('9.7', '3')]
  state.apply({ type: 'snapshot', timeUs: 5, venueTimeUs: null, updateId: 1, bids, asks: [level('10.0', '4')] })
  state.apply({ type: 'mark', timeUs: 6, venueTimeUs: null, mark: dec('9.96'), index: null, fundingRate: null, nextFundingUs: null })
  expect([state.timeUs, state.bid, state.ask, state.mid, state.mark]).toEqual([6, bids[0], level('10', '4'), dec('9.95'), dec('9.96')])
  expect([state.bids(2), state.asks(9)]).toEqual([bids.slice(0, 2), [level('10', '4')]])
})

test('trades are summed exactly from tick to tick; prints that are no market trades do not count', () => {
  const state = new MarketState()
  for (const event of [trade(1, '0.1', '3'), trade(2, '0.2', '0.7'), trade(3, '55', '1000', false)]) state.apply(event)
  expect([state.lastTrade, state.tradedSize, state.tradedValue]).toEqual([dec('0.2'), dec('3.7'), dec('0.44')])
  state.startTick()
  expect([state.lastTrade, state.tradedSize, state.tradedValue]).toEqual([dec('0.2'), ZERO, ZERO])
})

test('a mark that the venue has stopped saying is no mark after ten seconds', () => {
  const state = new MarketState()
  state.apply({
    type: 'mark',
    timeUs: 1_000_000,
    venueTimeUs: null,
    mark: dec('9.96'),
    index: null,
    fundingRate: null,
    nextFundingUs: null,
  })
  state.apply(trade(11_000_000, '0.1', '3'))
  expect(state.mark).toBe(dec('9.96'))
  state.apply(trade(11_000_001, '0.1', '3'))
  expect(state.mark).toBe(null)
})
