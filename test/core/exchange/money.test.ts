// Balances, holds, fees, margin: to the last digit.

import { describe, expect, test } from 'vitest'
import type { Exchange } from '../../../src/core/exchange/exchange.ts'
import { type Decimal, dec, formatDecimal } from '../../../src/core/kernel/decimal.ts'
import { exchangeOf, LINEAR, market, order, print, SPOT, said, snapshot, text } from './helpers.ts'

function money(exchange: Exchange, asset: string): string {
  const balance = exchange.balances().find((each) => each.asset === asset)
  return `${text(balance?.total)} = ${text(balance?.held)} + ${text(balance?.free)}`
}

function fees(exchange: Exchange): string[] {
  return exchange.drain().flatMap(({ event }) => ('fill' in event ? [`${formatDecimal(event.fill.fee)} ${event.fill.feeAsset}`] : []))
}

describe('fees', () => {
  test('are the rate of the notional, taker or maker, in the quote asset', () => {
    const exchange = exchangeOf({ feeRates: { maker: dec('0.0002'), taker: dec('0.00055') } })
    exchange.onMarket(market())
    exchange.submit(order('a', { price: 101, quantity: 12 }), 1)
    exchange.onMarket(print(2, 'sell', 101, 2))
    expect(fees(exchange)).toEqual(['0.5555 USD', '0.0404 USD'])
  })

  test('a rebate is a fee below zero and is paid to us', () => {
    const exchange = exchangeOf({ feeRates: { maker: dec('-0.0001'), taker: dec('0.0004') }, balances: { USD: dec('1000') } })
    exchange.onMarket(market())
    exchange.submit(order('a', { price: 100, quantity: 3 }), 1)
    exchange.onMarket(print(2, 'sell', 99, 3))
    expect(fees(exchange)).toEqual(['-0.03 USD'])
    expect(money(exchange, 'USD')).toBe('700.03 = 0 + 700.03')
    expect(money(exchange, 'XRP')).toBe('3 = 0 + 3')
  })

  test('round half-even once, at the eighteenth digit', () => {
    const instrument = { ...SPOT, tickSize: dec('0.000000001'), lotSize: dec('0.000000001'), minQuantity: dec('0'), minNotional: dec('0') }
    const half = (price: string) => {
      const exchange = exchangeOf({ instrument, feeRates: { maker: dec('0'), taker: dec('0.5') } })
      exchange.onMarket(snapshot([], [[price, 1]]))
      exchange.submit(order('a', { price, quantity: '0.000000001' }), 1)
      return fees(exchange)
    }
    expect(half('0.000000003')).toEqual(['0.000000000000000002 USD'])
    expect(half('0.000000005')).toEqual(['0.000000000000000002 USD'])
    expect(half('0.000000007')).toEqual(['0.000000000000000004 USD'])
  })
})

describe('a spot account', () => {
  test('holds what resting orders may cost, with the dearer fee, and releases it with the order', () => {
    const exchange = exchangeOf({ feeRates: { maker: dec('0.001'), taker: dec('0.002') }, balances: { USD: dec('1000'), XRP: dec('5') } })
    exchange.onMarket(market())
    exchange.submit(order('b', { price: 99, quantity: 4 }), 1)
    exchange.submit(order('s', { side: 'sell', price: 103, quantity: 5 }), 1)
    expect(money(exchange, 'USD')).toBe('1000 = 396.792 + 603.208')
    expect(money(exchange, 'XRP')).toBe('5 = 5 + 0')
    exchange.onMarket(print(2, 'sell', 98, 1))
    expect(money(exchange, 'USD')).toBe('900.901 = 297.594 + 603.307')
    exchange.cancel('b', null, 3)
    exchange.cancel('s', null, 3)
    expect(money(exchange, 'USD')).toBe('900.901 = 0 + 900.901')
    expect(money(exchange, 'XRP')).toBe('6 = 0 + 6')
  })

  test('can spend to the last digit, and not one digit more', () => {
    const rates = { maker: dec('0.001'), taker: dec('0.002') }
    const exact = exchangeOf({ feeRates: rates, balances: { USD: dec('202.404') } })
    exact.onMarket(market())
    exact.submit(order('a', { price: 101, quantity: 2 }), 1)
    expect(money(exact, 'USD')).toBe('0 = 0 + 0')
    const short = exchangeOf({ feeRates: rates, balances: { USD: dec('202.403999999999999999') } })
    short.onMarket(market())
    short.submit(order('a', { price: 101, quantity: 2 }), 1)
    expect(said(short)).toEqual(['ORDER_REJECT a INSUFFICIENT_BALANCE'])
  })

  test('what rests binds: two orders cannot spend the same money, and a deposit frees the second', () => {
    const exchange = exchangeOf({ balances: { USD: dec('300') } })
    exchange.onMarket(market())
    exchange.submit(order('a'), 1)
    exchange.submit(order('b'), 2)
    exchange.deposit('USD', dec('100'))
    exchange.submit(order('c'), 3)
    expect(said(exchange)).toEqual(['ORDER_ACK a', 'ORDER_REJECT b INSUFFICIENT_BALANCE', 'ORDER_ACK c'])
  })

  test('takes no notice of reduce-only', () => {
    const exchange = exchangeOf()
    exchange.onMarket(market())
    exchange.submit(order('a', { side: 'sell', price: 100, reduceOnly: true }), 1)
    expect(said(exchange)).toEqual(['ORDER_ACK a', 'FULL_FILL a sell 2 @ 100 taker'])
  })
})

describe('a perpetual account', () => {
  const perpetual = (usd: string) =>
    exchangeOf({ instrument: LINEAR, feeRates: { maker: dec('0'), taker: dec('0.001') }, balances: { USD: dec(usd) } })
  const of = (id: string, wish: Parameters<typeof order>[1] = {}) => order(id, { instrument: LINEAR.symbol, ...wish })

  test('pays profit, loss and fees in the settle asset, at average cost', () => {
    const exchange = perpetual('1000')
    exchange.onMarket(market())
    exchange.submit(of('a', { price: 102, quantity: 12 }), 1)
    expect(exchange.position()).toEqual({ quantity: dec('12'), cost: dec('1214') })
    exchange.submit(of('b', { side: 'sell', price: 100, quantity: 6 }), 2)
    // 1000 − 1.214 − 0.6 of fees, and 600 − 607 realised.
    expect(text(exchange.balances()[0]?.total)).toBe('991.186')
    expect(exchange.position()).toEqual({ quantity: dec('6'), cost: dec('607') })
    exchange.submit(of('c', { side: 'sell', price: 98, quantity: 9 }), 3)
    // Four more at 100 and two at 99 close it, then three at 99 open a short.
    expect(exchange.position()).toEqual({ quantity: dec('-3'), cost: dec('-297') })
    expect(text(exchange.balances()[0]?.total)).toBe('981.291')
    exchange.submit(of('d', { price: 102, quantity: 1 }), 4)
    // The short is closed at its own average: 99 − 102, and 0.102 of fee.
    expect(exchange.position()).toEqual({ quantity: dec('-2'), cost: dec('-198') })
    expect(text(exchange.balances()[0]?.total)).toBe('978.189')
  })

  test('comes to one cost and one profit in whatever steps a position is closed, and the same as when carried on from between', () => {
    const opened = (position?: ReturnType<Exchange['position']> & { basis?: { quantity: Decimal; cost: Decimal } }) => {
      const exchange = exchangeOf({
        instrument: { ...LINEAR, minNotional: dec('0') },
        balances: { USD: dec('1000') },
        ...(position === undefined ? {} : { position }),
      })
      // Seven for 709: a seventh of that has no end.
      exchange.onMarket(
        snapshot(
          [[100, 10]],
          [
            [101, 5],
            [102, 2],
          ],
        ),
      )
      if (position === undefined) exchange.submit(of('entry', { price: 102, quantity: 7 }), 1)
      return exchange
    }
    const closing = (exchange: Exchange, ...steps: number[]) => {
      steps.forEach((quantity, index) => {
        exchange.submit(of(`x${index}`, { side: 'sell', price: 100, quantity }), 2 + index)
      })
      return { position: exchange.position(), total: exchange.balances()[0]?.total }
    }
    expect(opened().position()).toEqual({ quantity: dec('7'), cost: dec('709') })
    const left = closing(opened(), 6)
    expect(left.position).toEqual({ quantity: dec('1'), cost: dec('101.285714285714285714') })
    for (const steps of [
      [1, 5],
      [2, 2, 2],
      [1, 1, 1, 1, 1, 1],
    ])
      expect(closing(opened(), ...steps)).toEqual(left)
    expect(text(closing(opened(), 3, 3, 1).total)).toBe('991')
    const basis = { quantity: dec('7'), cost: dec('709') }
    const carried = opened({ ...closing(opened(), 3).position, basis })
    // By way of the rounded cost of four it would end in 8.
    expect(closing(carried, 2).position).toEqual({ quantity: dec('2'), cost: dec('202.571428571428571429') })
    expect(closing(opened(), 5).position).toEqual({ quantity: dec('2'), cost: dec('202.571428571428571429') })
    // Grown again, what it cost is counted from there.
    const grown = opened({ ...left.position, basis })
    grown.submit(of('more', { price: 102, quantity: 1 }), 1)
    expect(grown.position()).toEqual({ quantity: dec('2'), cost: dec('202.285714285714285714') })
    expect(closing(grown, 1).position).toEqual({ quantity: dec('1'), cost: dec('101.142857142857142857') })
  })

  test('needs notional ÷ leverage and the fee, and not one digit less', () => {
    const enough = perpetual('20.2')
    enough.onMarket(market())
    enough.submit(of('a', { price: 100, quantity: 2 }), 1)
    expect(money(enough, 'USD')).toBe('20.2 = 20.2 + 0')
    const short = perpetual('20.199999999999999999')
    short.onMarket(market())
    short.submit(of('a', { price: 100, quantity: 2 }), 1)
    expect(said(short)).toEqual(['ORDER_REJECT a INSUFFICIENT_MARGIN'])
  })

  test('an order that only reduces needs no margin, even with the account under water', () => {
    const exchange = perpetual('21')
    exchange.onMarket(market())
    exchange.submit(of('a', { price: 101, quantity: 2 }), 1)
    exchange.onMarket({ type: 'mark', timeUs: 2, venueTimeUs: null, mark: dec('80'), index: null, fundingRate: null, nextFundingUs: null })
    exchange.submit(of('b', { quantity: 1 }), 3)
    exchange.submit(of('c', { side: 'sell', price: 100, quantity: 2 }), 4)
    expect(said(exchange).slice(2)).toEqual(['ORDER_REJECT b INSUFFICIENT_MARGIN', 'ORDER_ACK c', 'FULL_FILL c sell 2 @ 100 taker'])
  })

  test('an open loss at the mark lessens what is free; an open profit does not add to it', () => {
    const exchange = perpetual('100')
    exchange.onMarket(market())
    exchange.submit(of('a', { price: 101, quantity: 1 }), 1)
    const mark = (price: string) =>
      exchange.onMarket({
        type: 'mark',
        timeUs: 2,
        venueTimeUs: null,
        mark: dec(price),
        index: null,
        fundingRate: null,
        nextFundingUs: null,
      })
    mark('91')
    expect(money(exchange, 'USD')).toBe('99.899 = 9.1 + 80.799')
    mark('111')
    expect(money(exchange, 'USD')).toBe('99.899 = 11.1 + 88.799')
  })

  test('a sell far below the market is judged by what it will be sold at', () => {
    const exchange = perpetual('15')
    exchange.onMarket(market())
    exchange.submit(of('a', { side: 'sell', price: 50, quantity: 2 }), 1)
    expect(said(exchange)).toEqual(['ORDER_REJECT a INSUFFICIENT_MARGIN'])
  })

  test('reduce-only orders bind nothing', () => {
    const exchange = perpetual('1000')
    exchange.onMarket(market())
    exchange.submit(of('a', { price: 101, quantity: 1 }), 1)
    const before = money(exchange, 'USD')
    exchange.submit(of('b', { side: 'sell', price: 300, quantity: 1, reduceOnly: true }), 2)
    expect(said(exchange).at(-1)).toBe('ORDER_ACK b')
    expect(money(exchange, 'USD')).toBe(before)
  })

  test('quotes on both sides bind the margin of one', () => {
    const exchange = perpetual('20.4')
    exchange.onMarket(market())
    exchange.submit(of('bid', { price: 99, quantity: 2 }), 1)
    exchange.submit(of('ask', { side: 'sell', price: 101, quantity: 2 }), 2)
    expect(said(exchange)).toEqual(['ORDER_ACK bid', 'ORDER_REJECT ask INSUFFICIENT_MARGIN'])
    exchange.deposit('USD', dec('0.2'))
    exchange.submit(of('ask2', { side: 'sell', price: 101, quantity: 2 }), 3)
    expect(said(exchange)).toEqual(['ORDER_ACK ask2'])
    expect(money(exchange, 'USD')).toBe('20.6 = 20.6 + 0')
  })
})
