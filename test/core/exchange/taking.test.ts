// How incoming orders take from the book: price-time, time in force, post-only, and what was taken stays taken.

import { describe, expect, test } from 'vitest'
import type { Exchange } from '../../../src/core/exchange/exchange.ts'
import { MOST_UNSEEN_PRICES } from '../../../src/core/exchange/liquidity.ts'
import { dec } from '../../../src/core/kernel/decimal.ts'
import { depth, exchangeOf, LINEAR, market, order, print, said, snapshot, ticker } from './helpers.ts'

describe('a limit order', () => {
  test('takes what crosses, best first, at the price of each level, and rests with what is left', () => {
    const exchange = exchangeOf()
    exchange.onMarket(market())
    exchange.submit(order('a', { price: 102, quantity: 17 }), 1)
    expect(said(exchange)).toEqual(['ORDER_ACK a', 'PARTIAL_FILL a buy 10 @ 101 taker', 'PARTIAL_FILL a buy 5 @ 102 taker'])
    expect(exchange.openOrders()).toMatchObject([{ clientOrderId: 'a', filledQuantity: dec('15') }])
    exchange.onMarket(print(2, 'sell', 102, 5))
    expect(said(exchange)).toEqual(['FULL_FILL a buy 2 @ 102 maker'])
    expect(exchange.openOrders()).toEqual([])
  })

  test('that sells takes the bids downwards, never below its limit', () => {
    const exchange = exchangeOf()
    exchange.onMarket(market())
    exchange.submit(order('a', { side: 'sell', price: 99, quantity: 40, timeInForce: 'ioc' }), 1)
    expect(said(exchange)).toEqual(['ORDER_ACK a', 'PARTIAL_FILL a sell 10 @ 100 taker', 'PARTIAL_FILL a sell 5 @ 99 taker', 'EXPIRED a'])
  })

  test('is filled by the market, never by another order of the same account', () => {
    const exchange = exchangeOf()
    exchange.onMarket(market())
    exchange.submit(order('a', { price: 100 }), 1)
    exchange.submit(order('b', { side: 'sell', price: 100, quantity: 3 }), 2)
    expect(said(exchange)).toEqual(['ORDER_ACK a', 'ORDER_ACK b', 'FULL_FILL b sell 3 @ 100 taker'])
  })

  test('takes whole lots only', () => {
    const exchange = exchangeOf()
    exchange.onMarket(snapshot([[100, 10]], [['101', '2.7']]))
    exchange.submit(order('a', { price: 101, quantity: 5, timeInForce: 'ioc' }), 1)
    expect(said(exchange)).toEqual(['ORDER_ACK a', 'PARTIAL_FILL a buy 2 @ 101 taker', 'EXPIRED a'])
  })
})

describe('time in force', () => {
  test('IOC fills what it can and gives the rest back', () => {
    const exchange = exchangeOf()
    exchange.onMarket(market())
    exchange.submit(order('a', { price: 101, quantity: 12, timeInForce: 'ioc' }), 1)
    exchange.submit(order('b', { price: 100, quantity: 1, timeInForce: 'ioc' }), 2)
    const events = exchange.drain()
    expect(events.map(({ event }) => event.type)).toEqual(['ORDER_ACK', 'PARTIAL_FILL', 'EXPIRED', 'ORDER_ACK', 'EXPIRED'])
    expect(events[2]?.event).toMatchObject({ reason: '2 of 12 could not be filled at once' })
    expect(exchange.openOrders()).toEqual([])
  })

  test('FOK fills all of it or nothing', () => {
    const exchange = exchangeOf()
    exchange.onMarket(market())
    exchange.submit(order('a', { price: 102, quantity: 16, timeInForce: 'fok' }), 1)
    expect(said(exchange)).toEqual(['ORDER_REJECT a FOK_UNFILLABLE'])
    exchange.submit(order('b', { price: 102, quantity: 15, timeInForce: 'fok' }), 2)
    expect(said(exchange)).toEqual(['ORDER_ACK b', 'PARTIAL_FILL b buy 10 @ 101 taker', 'FULL_FILL b buy 5 @ 102 taker'])
  })

  test('post-only that would cross is refused; one that would not, rests', () => {
    const exchange = exchangeOf()
    exchange.onMarket(market())
    exchange.submit(order('a', { price: 101, postOnly: true }), 1)
    exchange.submit(order('b', { side: 'sell', price: 100, postOnly: true }), 2)
    exchange.submit(order('c', { price: 100, postOnly: true }), 3)
    expect(said(exchange)).toEqual(['ORDER_REJECT a POST_ONLY_WOULD_CROSS', 'ORDER_REJECT b POST_ONLY_WOULD_CROSS', 'ORDER_ACK c'])
    expect(exchange.order('a')?.status).toBe('rejected')
  })

  test('a market order walks the whole book and gives back what the book cannot fill', () => {
    const exchange = exchangeOf()
    exchange.onMarket(market())
    exchange.submit(order('a', { price: null, quantity: 25 }), 1)
    expect(said(exchange)).toEqual([
      'ORDER_ACK a',
      'PARTIAL_FILL a buy 10 @ 101 taker',
      'PARTIAL_FILL a buy 5 @ 102 taker',
      'PARTIAL_FILL a buy 5 @ 103 taker',
      'EXPIRED a',
    ])
  })

  test('a market order before there is a book fills nothing and is given back', () => {
    const exchange = exchangeOf()
    exchange.submit(order('a', { price: null }), 1)
    expect(said(exchange)).toEqual(['ORDER_ACK a', 'EXPIRED a'])
  })
})

describe('what was taken', () => {
  test('is not there for the next order', () => {
    const exchange = exchangeOf()
    exchange.onMarket(market())
    exchange.submit(order('a', { price: 101, quantity: 8 }), 1)
    exchange.submit(order('b', { price: 102, quantity: 5 }), 2)
    expect(said(exchange)).toEqual([
      'ORDER_ACK a',
      'FULL_FILL a buy 8 @ 101 taker',
      'ORDER_ACK b',
      'PARTIAL_FILL b buy 2 @ 101 taker',
      'FULL_FILL b buy 3 @ 102 taker',
    ])
  })

  test('stays taken while the level stays or shrinks; what it grows by is new', () => {
    const exchange = exchangeOf()
    exchange.onMarket(market())
    exchange.submit(order('a', { price: 101, quantity: 8 }), 1)
    exchange.onMarket(depth(2, [[97, 1]], []))
    exchange.onMarket(depth(3, [], [[101, 9]]))
    exchange.submit(order('b', { price: 101, quantity: 9, timeInForce: 'ioc' }), 4)
    exchange.onMarket(depth(5, [], [[101, 12]]))
    exchange.submit(order('c', { price: 101, quantity: 9, timeInForce: 'ioc' }), 6)
    expect(said(exchange).filter((text) => text.includes('FILL'))).toEqual([
      'FULL_FILL a buy 8 @ 101 taker',
      'PARTIAL_FILL b buy 2 @ 101 taker',
      'PARTIAL_FILL c buy 3 @ 101 taker',
    ])
  })

  test('is forgotten once the level has vanished', () => {
    const exchange = exchangeOf()
    exchange.onMarket(market())
    exchange.submit(order('a', { price: 101, quantity: 10 }), 1)
    exchange.onMarket(depth(2, [], [[101, 0]]))
    exchange.onMarket(depth(3, [], [[101, 10]]))
    exchange.submit(order('b', { price: 101, quantity: 10 }), 4)
    expect(said(exchange).at(-1)).toBe('FULL_FILL b buy 10 @ 101 taker')
  })
})

describe('what was taken at a price that the feed no longer shows', () => {
  const sellers = snapshot([[100, 10]], [[101, 10]])
  const freshStart = (timeUs: number) => snapshot([], [], timeUs, 0)

  /** What an order takes at 101 and no worse. */
  function bought(exchange: Exchange, id: string, timeUs: number, quantity = 10): string[] {
    exchange.submit(order(id, { price: 101, quantity, timeInForce: 'ioc' }), timeUs)
    return said(exchange).filter((text) => text.includes('FILL'))
  }
  function afterTaking(first: Parameters<Exchange['onMarket']>[0], quantity = 10): Exchange {
    const exchange = exchangeOf()
    exchange.onMarket(first)
    expect(bought(exchange, 'first', 1, quantity)).toHaveLength(1)
    return exchange
  }

  test.each([
    ['a gap', [depth(2, [[100, 10]], [[101, 10]], true)]],
    ['a gap that shows it later', [depth(2, [[99, 1]], [[105, 1]], true), depth(3, [], [[101, 10]])]],
    ['a gap and a new snapshot', [depth(2, [[99, 1]], [[105, 1]], true), snapshot([[100, 10]], [[101, 10]], 3, 9)]],
    ['a restart', [freshStart(2), depth(3, [[100, 10]], [[101, 10]])]],
    ['a restart and a ticker elsewhere', [freshStart(2), ticker(3, [98, 1], [99, 1]), ticker(4, [100, 10], [101, 10])]],
    ['a snapshot again', [snapshot([[100, 10]], [[101, 10]], 2, 9)]],
    ['a snapshot that does not reach so far', [snapshot([[98, 1]], [[99, 1]], 2, 9), snapshot([[100, 10]], [[101, 10]], 3, 10)]],
  ])('is not given again after %s', (_, events) => {
    const exchange = afterTaking(sellers)
    for (const event of events) exchange.onMarket(event)
    expect(bought(exchange, 'second', 10)).toEqual([])
  })

  test('is not given again after it stood behind a better ticker for a moment, and its growth is', () => {
    const exchange = afterTaking(ticker(0, [100, 10], [101, 10]))
    exchange.onMarket(ticker(2, [99, 10], [100, 1]))
    exchange.onMarket(ticker(3, [100, 10], [101, 10]))
    expect(bought(exchange, 'second', 4)).toEqual([])
    exchange.onMarket(ticker(5, [99, 10], [100, 1]))
    exchange.onMarket(ticker(6, [100, 10], [101, 13]))
    expect(bought(exchange, 'third', 7)).toEqual(['PARTIAL_FILL third buy 3 @ 101 taker'])
  })

  test('shrinks while it is out of sight: what was left is there as far as it is shown', () => {
    const exchange = afterTaking(sellers, 4)
    exchange.onMarket(depth(2, [[100, 10]], [[101, 5]], true))
    expect(bought(exchange, 'second', 3)).toEqual(['PARTIAL_FILL second buy 5 @ 101 taker'])
  })

  test.each([
    ['the touch of a ticker is beyond it', [ticker(2, [100, 10], [102, 1])]],
    ['a ticker says that nobody sells', [ticker(2, [100, 10], [0, 0])]],
    ['a snapshot reaches past it without it', [snapshot([[100, 10]], [[102, 1]], 2, 9)]],
    ['a diff says so, even after a gap', [depth(2, [[99, 1]], [[105, 1]], true), depth(3, [], [[101, 0]])]],
  ])('is forgotten once it is seen to be gone: %s', (_, events) => {
    const exchange = afterTaking(ticker(0, [100, 10], [101, 10]))
    for (const event of events) exchange.onMarket(event)
    exchange.onMarket(ticker(9, [100, 10], [101, 10]))
    expect(bought(exchange, 'second', 10)).toEqual(['FULL_FILL second buy 10 @ 101 taker'])
  })

  test('is remembered for the thousand prices last taken from, and no more', () => {
    const highest = 5_000
    const afterTakingDownwards = (): Exchange => {
      const exchange = exchangeOf({ balances: { USD: dec('100000000') } })
      for (let taken = 0; taken <= MOST_UNSEEN_PRICES + 1; taken += 1) {
        exchange.onMarket(ticker(taken, [1, 1], [highest - taken, 1]))
        exchange.submit(order(`t${taken}`, { price: highest - taken, quantity: 1, timeInForce: 'ioc' }), taken)
      }
      expect(said(exchange).filter((text) => text.startsWith('FULL_FILL'))).toHaveLength(MOST_UNSEEN_PRICES + 2)
      return exchange
    }
    for (const [price, isForgotten] of [
      [highest, true],
      [highest - 1, false],
    ] as const) {
      const exchange = afterTakingDownwards()
      exchange.onMarket(ticker(2_000, [1, 1], [price, 1]))
      exchange.submit(order('again', { price, quantity: 1, timeInForce: 'ioc' }), 2_001)
      expect(said(exchange).some((text) => text.startsWith('FULL_FILL'))).toBe(isForgotten)
    }
  })
})

describe('reduce-only on a perpetual', () => {
  const perpetual = () => exchangeOf({ instrument: LINEAR, balances: { USD: dec('10000') } })
  const of = (id: string, wish: Parameters<typeof order>[1] = {}) => order(id, { instrument: LINEAR.symbol, ...wish })

  test('closes the position and gives back what goes beyond it, and never flips', () => {
    const exchange = perpetual()
    exchange.onMarket(market())
    exchange.submit(of('open', { price: 101, quantity: 4 }), 1)
    exchange.submit(of('close', { side: 'sell', price: 100, quantity: 7, reduceOnly: true }), 2)
    expect(said(exchange)).toEqual([
      'ORDER_ACK open',
      'FULL_FILL open buy 4 @ 101 taker',
      'ORDER_ACK close',
      'PARTIAL_FILL close sell 4 @ 100 taker',
      'EXPIRED close',
    ])
    expect(exchange.position()).toEqual({ quantity: dec('0'), cost: dec('0') })
  })

  test('rests, is cut to the position when it fills, and is given back when another order closes first', () => {
    const exchange = perpetual()
    exchange.onMarket(market())
    exchange.submit(of('open', { price: 101, quantity: 4 }), 1)
    exchange.submit(of('target', { side: 'sell', price: 104, quantity: 4, reduceOnly: true }), 2)
    exchange.submit(of('stop', { side: 'sell', price: null, quantity: 3, reduceOnly: true }), 3)
    expect(said(exchange).slice(3)).toEqual(['ORDER_ACK stop', 'FULL_FILL stop sell 3 @ 100 taker'])
    exchange.onMarket(print(4, 'buy', 105, 4))
    expect(said(exchange)).toEqual(['PARTIAL_FILL target sell 1 @ 104 maker', 'EXPIRED target'])
    expect(exchange.openOrders()).toEqual([])
  })
})
