// How resting orders wait and fill: queue position, prints, cancellations, crossings.

import { describe, expect, test } from 'vitest'
import { ahead, depth, exchangeOf, market, order, print, said, snapshot, ticker } from './helpers.ts'

describe('prints at our price', () => {
  test('eat the queue ahead first and then fill the order with what is left of them', () => {
    const exchange = exchangeOf()
    exchange.onMarket(market())
    exchange.submit(order('a', { quantity: 2 }), 1)
    expect(ahead(exchange, 'a')).toBe('10')

    const queue: string[] = []
    for (const [index, size] of [3, 4, 2, 3].entries()) {
      exchange.onMarket(print(10 + index, 'sell', 100, size))
      queue.push(ahead(exchange, 'a'))
    }

    expect(queue).toEqual(['7', '3', '1', 'none'])
    expect(said(exchange)).toEqual(['ORDER_ACK a', 'FULL_FILL a buy 2 @ 100 maker'])
  })

  test('fill in part what they cannot fill in full', () => {
    const exchange = exchangeOf()
    exchange.onMarket(market())
    exchange.submit(order('a', { quantity: 5 }), 1)
    exchange.onMarket(print(10, 'sell', 100, 12))
    exchange.onMarket(print(11, 'sell', 100, 1))
    exchange.onMarket(print(12, 'sell', 100, 9))
    expect(said(exchange)).toEqual([
      'ORDER_ACK a',
      'PARTIAL_FILL a buy 2 @ 100 maker',
      'PARTIAL_FILL a buy 1 @ 100 maker',
      'FULL_FILL a buy 2 @ 100 maker',
    ])
  })

  test('an order that improves the market has nobody ahead of it', () => {
    const exchange = exchangeOf()
    exchange.onMarket(
      snapshot(
        [
          [98, 10],
          [97, 1],
        ],
        [[101, 10]],
      ),
    )
    exchange.submit(order('a', { price: 99 }), 1)
    expect(ahead(exchange, 'a')).toBe('0')
    exchange.onMarket(print(10, 'sell', 99, 1))
    expect(said(exchange)).toEqual(['ORDER_ACK a', 'PARTIAL_FILL a buy 1 @ 99 maker'])
  })

  test('of the same side as the order, and prints that no order of the market made, fill nothing and eat nothing', () => {
    const exchange = exchangeOf()
    exchange.onMarket(market())
    exchange.submit(order('a'), 1)
    exchange.onMarket(print(10, 'buy', 100, 50))
    exchange.onMarket(print(11, 'sell', 90, 50, false))
    exchange.onMarket(print(12, 'sell', 101, 50))
    expect(ahead(exchange, 'a')).toBe('10')
    expect(said(exchange)).toEqual(['ORDER_ACK a'])
  })

  test('sells are filled by buyers, the mirror of buys', () => {
    const exchange = exchangeOf()
    exchange.onMarket(market())
    exchange.submit(order('a', { side: 'sell', price: 101, quantity: 4 }), 1)
    exchange.onMarket(print(10, 'buy', 101, 11))
    exchange.onMarket(print(11, 'buy', 103, 2))
    expect(said(exchange)).toEqual(['ORDER_ACK a', 'PARTIAL_FILL a sell 1 @ 101 maker', 'PARTIAL_FILL a sell 2 @ 101 maker'])
  })

  test('fill in whole lots only', () => {
    const exchange = exchangeOf()
    exchange.onMarket(market())
    exchange.submit(order('a'), 1)
    exchange.onMarket(print(10, 'sell', 100, '11.9'))
    expect(said(exchange)).toEqual(['ORDER_ACK a', 'PARTIAL_FILL a buy 1 @ 100 maker'])
  })
})

describe('prints through our price', () => {
  test('fill at our price whatever the queue, up to the size of the print', () => {
    const exchange = exchangeOf()
    exchange.onMarket(market())
    exchange.submit(order('a', { quantity: 5 }), 1)
    exchange.onMarket(print(10, 'sell', 99, 3))
    expect(said(exchange)).toEqual(['ORDER_ACK a', 'PARTIAL_FILL a buy 3 @ 100 maker'])
    expect(ahead(exchange, 'a')).toBe('0')
    exchange.onMarket(print(11, 'sell', 100, 3))
    expect(said(exchange)).toEqual(['FULL_FILL a buy 2 @ 100 maker'])
  })

  test('one print is never given out twice: better prices first, then time, then the queue', () => {
    const exchange = exchangeOf()
    exchange.onMarket(market())
    exchange.submit(order('low', { price: 99, quantity: 4 }), 1)
    exchange.submit(order('late', { price: 100, quantity: 4 }), 2)
    exchange.onMarket(print(10, 'sell', 100, 13))
    expect(said(exchange).slice(2)).toEqual(['PARTIAL_FILL late buy 3 @ 100 maker'])
    exchange.onMarket(print(11, 'sell', 99, 7))
    // One for the rest of `late`, five for the queue at 99, one for `low`.
    expect(said(exchange)).toEqual(['FULL_FILL late buy 1 @ 100 maker', 'PARTIAL_FILL low buy 1 @ 99 maker'])
  })

  test('own orders at one price fill in the order they came, with the market that came between them', () => {
    const exchange = exchangeOf()
    exchange.onMarket(market())
    exchange.submit(order('first', { quantity: 2 }), 1)
    exchange.onMarket(depth(2, [[100, 13]], []))
    exchange.submit(order('second', { quantity: 2 }), 3)
    expect([ahead(exchange, 'first'), ahead(exchange, 'second')]).toEqual(['10', '13'])

    exchange.onMarket(print(10, 'sell', 100, 11))
    exchange.onMarket(print(11, 'sell', 100, 1))
    expect(said(exchange).slice(2)).toEqual(['PARTIAL_FILL first buy 1 @ 100 maker', 'FULL_FILL first buy 1 @ 100 maker'])
    exchange.onMarket(print(12, 'sell', 100, 4))
    // Three of the market stood between the two.
    expect(said(exchange)).toEqual(['PARTIAL_FILL second buy 1 @ 100 maker'])
  })
})

describe('what the displayed size says', () => {
  test('a decrease that no print explains shortens the queue in proportion', () => {
    const exchange = exchangeOf()
    exchange.onMarket(market())
    exchange.submit(order('a'), 1)
    exchange.onMarket(depth(2, [[100, 20]], []))
    expect(ahead(exchange, 'a')).toBe('10')
    exchange.onMarket(depth(3, [[100, 12]], []))
    expect(ahead(exchange, 'a')).toBe('6')
  })

  test('a decrease that a print caused is not counted again', () => {
    const exchange = exchangeOf()
    exchange.onMarket(market())
    exchange.submit(order('a'), 1)
    exchange.onMarket(print(10, 'sell', 100, 4))
    expect(ahead(exchange, 'a')).toBe('6')
    exchange.onMarket(depth(11, [[100, 6]], []))
    expect(ahead(exchange, 'a')).toBe('6')
    exchange.onMarket(depth(12, [[100, 3]], []))
    expect(ahead(exchange, 'a')).toBe('3')
  })

  test('a decrease may come in two steps, cancellation first, and the print is still counted once', () => {
    const exchange = exchangeOf()
    exchange.onMarket(market())
    exchange.submit(order('a'), 1)
    exchange.onMarket(print(10, 'sell', 100, 4))
    exchange.onMarket(depth(11, [[100, 8]], []))
    exchange.onMarket(depth(12, [[100, 4]], []))
    // Six are gone: four of them printed, two cancelled, all of the ten were ahead.
    expect(ahead(exchange, 'a')).toBe('4')
  })

  test('a print that comes after the decrease it caused is not counted again', () => {
    const exchange = exchangeOf()
    exchange.onMarket(market())
    exchange.submit(order('a'), 1)
    exchange.onMarket(depth(10, [[100, 6]], []))
    expect(ahead(exchange, 'a')).toBe('6')
    exchange.onMarket(print(1_000, 'sell', 100, 4))
    expect(ahead(exchange, 'a')).toBe('6')
    exchange.onMarket(print(2_000, 'sell', 100, 1))
    expect(ahead(exchange, 'a')).toBe('5')
  })

  test('a late print that emptied the level fills us with what it had beyond the queue', () => {
    const exchange = exchangeOf()
    exchange.onMarket(market())
    exchange.submit(order('a'), 1)
    exchange.onMarket(depth(10, [[100, 0]], []))
    exchange.onMarket(print(1_000, 'sell', 100, 10))
    expect(said(exchange)).toEqual(['ORDER_ACK a'])
    exchange.onMarket(print(1_001, 'sell', 100, 2))
    expect(said(exchange)).toEqual(['FULL_FILL a buy 2 @ 100 maker'])
  })

  test('after 50 ms a decrease stays a cancellation, and a print is a print of its own', () => {
    const exchange = exchangeOf()
    exchange.onMarket(market())
    exchange.submit(order('a'), 1)
    exchange.onMarket(depth(10, [[100, 6]], []))
    exchange.onMarket(print(50_011, 'sell', 100, 4))
    expect(ahead(exchange, 'a')).toBe('2')
  })

  test('after a second a print explains no decrease any more', () => {
    const exchange = exchangeOf()
    exchange.onMarket(market())
    exchange.submit(order('a'), 1)
    exchange.onMarket(print(10, 'sell', 100, 4))
    exchange.onMarket(depth(1_000_011, [[100, 5]], []))
    // Five of ten cancelled where six are ahead: three of them were.
    expect(ahead(exchange, 'a')).toBe('3')
  })

  test('an increase comes behind us', () => {
    const exchange = exchangeOf()
    exchange.onMarket(market())
    exchange.submit(order('a'), 1)
    exchange.onMarket(depth(2, [[100, 500]], []))
    expect(ahead(exchange, 'a')).toBe('10')
  })

  test('a gap of the feed keeps the place in the queue', () => {
    const exchange = exchangeOf()
    exchange.onMarket(market())
    exchange.submit(order('a'), 1)
    exchange.onMarket(depth(2, [[98, 5]], [[101, 1]], true))
    expect(ahead(exchange, 'a')).toBe('10')
    exchange.onMarket(depth(3, [[100, 8]], []))
    expect(ahead(exchange, 'a')).toBe('8')
    exchange.onMarket(depth(4, [[100, 4]], []))
    expect(ahead(exchange, 'a')).toBe('4')
  })

  test('behind the touch of a ticker the queue is unknown until the touch gets there, and is then all ahead', () => {
    const exchange = exchangeOf()
    exchange.onMarket(ticker(1, [100, 10], [101, 10]))
    exchange.submit(order('a', { price: 99 }), 2)
    expect(ahead(exchange, 'a')).toBe('none')
    exchange.onMarket(print(3, 'sell', 99, 50))
    expect(said(exchange)).toEqual(['ORDER_ACK a'])
    exchange.onMarket(ticker(4, [99, 7], [101, 10]))
    expect(ahead(exchange, 'a')).toBe('7')
    exchange.onMarket(ticker(5, [100, 3], [101, 10]))
    expect(ahead(exchange, 'a')).toBe('7')
    exchange.onMarket(ticker(6, [98, 3], [101, 10]))
    expect(ahead(exchange, 'a')).toBe('0')
  })

  test('a diff that takes the level away empties the queue, with or without a snapshot to stand on', () => {
    const exchange = exchangeOf()
    exchange.onMarket(
      depth(
        1,
        [
          [100, 10],
          [99, 5],
        ],
        [[101, 10]],
      ),
    )
    exchange.submit(order('a', { price: 99 }), 2)
    expect(ahead(exchange, 'a')).toBe('5')
    exchange.onMarket(depth(3, [[99, 0]], []))
    expect(ahead(exchange, 'a')).toBe('0')
  })

  test('an empty level between those of a complete book has nobody ahead', () => {
    const exchange = exchangeOf()
    exchange.onMarket(
      snapshot(
        [
          [100, 10],
          [97, 5],
        ],
        [[101, 1]],
      ),
    )
    exchange.submit(order('a', { price: 98 }), 1)
    exchange.submit(order('b', { price: 96 }), 1)
    expect([ahead(exchange, 'a'), ahead(exchange, 'b')]).toEqual(['0', 'none'])
  })
})

describe('the opposite touch comes to our price', () => {
  test('and fills us at our price, bounded by what is displayed there', () => {
    const exchange = exchangeOf()
    exchange.onMarket(market())
    exchange.submit(order('a', { quantity: 9 }), 1)
    exchange.onMarket(
      depth(
        2,
        [[100, 0]],
        [
          [100, 3],
          [99, 0],
        ],
      ),
    )
    expect(said(exchange)).toEqual(['ORDER_ACK a', 'PARTIAL_FILL a buy 3 @ 100 maker'])
    exchange.onMarket(
      depth(
        3,
        [
          [99, 0],
          [98, 0],
        ],
        [
          [99, 1],
          [98, 2],
        ],
      ),
    )
    expect(said(exchange)).toEqual(['PARTIAL_FILL a buy 3 @ 100 maker'])
  })

  test('and what it showed is not given out again until more is shown', () => {
    const exchange = exchangeOf()
    exchange.onMarket(market())
    exchange.submit(order('a', { quantity: 9 }), 1)
    exchange.onMarket(depth(2, [[100, 0]], [[100, 4]]))
    exchange.onMarket(depth(3, [], [[100, 3]]))
    exchange.onMarket(depth(4, [], [[100, 5]]))
    exchange.submit(order('b', { quantity: 9, timeInForce: 'ioc' }), 5)
    expect(said(exchange)).toEqual([
      'ORDER_ACK a',
      'PARTIAL_FILL a buy 4 @ 100 maker',
      'PARTIAL_FILL a buy 2 @ 100 maker',
      'ORDER_ACK b',
      'EXPIRED b',
    ])
  })
})
