// How incoming orders take from the book: price-time, time in force, post-only, and what was taken stays taken.

import { describe, expect, test } from 'vitest'
import { dec } from '../../../src/core/kernel/decimal.ts'
import { depth, exchangeOf, LINEAR, market, order, print, said, snapshot } from './helpers.ts'

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
