// The order book against its rules, and against a naive model under random updates.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Decimal, dec, formatDecimal, ZERO } from '../../../src/core/kernel/decimal.ts'
import type { BookLevel, DepthEvent, MarketEvent, SnapshotEvent, TickerEvent } from '../../../src/core/market/events.ts'
import { OrderBook } from '../../../src/core/market/order-book.ts'

type Pair = readonly [number | string, number | string]

const level = ([price, size]: Pair): BookLevel => ({ price: dec(String(price)), size: dec(String(size)) })
const stamped = { timeUs: 1, venueTimeUs: null }

function depth(updateId: number, bids: readonly Pair[], asks: readonly Pair[], afterGap = false): DepthEvent {
  return { type: 'depth', ...stamped, updateId, bids: bids.map(level), asks: asks.map(level), afterGap }
}
function snapshot(updateId: number, bids: readonly Pair[], asks: readonly Pair[]): SnapshotEvent {
  return { type: 'snapshot', ...stamped, updateId, bids: bids.map(level), asks: asks.map(level) }
}
function ticker(updateId: number, bid: Pair, ask: Pair): TickerEvent {
  return { type: 'ticker', ...stamped, updateId, bid: level(bid), ask: level(ask) }
}
function bookOf(...events: readonly MarketEvent[]): OrderBook {
  const book = new OrderBook()
  for (const event of events) book.apply(event)
  return book
}
const texts = (levels: readonly BookLevel[]): string[] => levels.map(({ price, size }) => `${formatDecimal(price)}×${formatDecimal(size)}`)
const sides = (book: OrderBook): string => `${texts(book.bids(99)).join(' ')} | ${texts(book.asks(99)).join(' ')}`

describe('diffs and snapshots', () => {
  test('levels are sorted best first, sizes are absolute, and zero removes', () => {
    const book = bookOf(
      depth(
        1,
        [
          [9, 1],
          [10, 2],
          [8, 3],
        ],
        [
          [12, 1],
          [11, 2],
        ],
      ),
      depth(
        2,
        [
          [9, 0],
          [10, 5],
        ],
        [[13, 4]],
      ),
    )
    expect(sides(book)).toBe('10×5 8×3 | 11×2 12×1 13×4')
    expect([book.bestBid(), book.bestAsk()]).toEqual([level([10, 5]), level([11, 2])])
    expect(book.levelAt('buy', 1)).toEqual(level([8, 3]))
    expect(book.levelAt('sell', 3)).toBeNull()
    expect([book.levelCount('buy'), book.levelCount('sell')]).toEqual([2, 3])
    expect([book.sizeAt('buy', dec('8')), book.sizeAt('buy', dec('9')), book.sizeAt('sell', dec('8'))]).toEqual([dec('3'), ZERO, ZERO])
    expect(texts(book.asks(2))).toEqual(['11×2', '12×1'])
  })

  test('removing a price that is not there changes nothing', () => {
    expect(
      sides(
        bookOf(
          depth(1, [[9, 1]], [[11, 1]]),
          depth(
            2,
            [
              [8, 0],
              [10, 0],
            ],
            [[12, 0]],
          ),
        ),
      ),
    ).toBe('9×1 | 11×1')
  })

  test('an empty book has no touch and no id', () => {
    const book = new OrderBook()
    expect([book.bestBid(), book.bestAsk(), book.isReady, book.isComplete, book.lastUpdateId]).toEqual([null, null, false, false, -1])
  })

  test('a snapshot replaces the book and makes it complete; a gap throws it away', () => {
    const book = bookOf(depth(1, [[9, 1]], [[11, 1]]))
    expect(book.isComplete).toBe(false)
    book.apply(
      snapshot(
        5,
        [
          [7, 1],
          [6, 1],
        ],
        [[8, 1]],
      ),
    )
    expect([sides(book), book.isComplete, book.lastUpdateId]).toEqual(['7×1 6×1 | 8×1', true, 5])
    book.apply(depth(9, [[7.5, 2]], [[9, 1]], true))
    expect([sides(book), book.isComplete, book.lastUpdateId]).toEqual(['7.5×2 | 9×1', false, 9])
  })

  test('an update older than the last one is ignored', () => {
    const book = bookOf(depth(5, [[9, 1]], [[11, 1]]))
    expect(book.apply(depth(4, [[9, 7]], []))).toBe(false)
    expect(sides(book)).toBe('9×1 | 11×1')
  })

  test('levels that a newer update contradicts yield, and are counted', () => {
    const book = bookOf(
      depth(
        1,
        [
          [9, 1],
          [10, 1],
        ],
        [
          [11, 1],
          [12, 1],
        ],
      ),
      depth(2, [[11, 3]], []),
    )
    expect([sides(book), book.conflicts]).toEqual(['11×3 10×1 9×1 | 12×1', 1])
    book.apply(depth(3, [], [[10, 4]]))
    expect(sides(book)).toBe('9×1 | 10×4 12×1')
  })

  test('trades and marks do not touch the book', () => {
    const book = bookOf(depth(1, [[9, 1]], [[11, 1]]))
    const trade = { ...stamped, tradeId: '1', price: dec('9'), size: dec('1'), aggressor: 'sell', isMarket: true } as const
    expect(book.apply({ type: 'trade', ...trade })).toBe(false)
    expect(sides(book)).toBe('9×1 | 11×1')
  })
})

describe('tickers', () => {
  test('alone, the book is the touch and nothing else', () => {
    const book = bookOf(ticker(1, [9, 1], [11, 1]), ticker(2, [8, 2], [12, 3]), ticker(3, [10, 4], [11, 1]))
    expect([sides(book), book.lastUpdateId, book.isReady]).toEqual(['10×4 | 11×1', 3, true])
  })

  test('newer than the book, it removes better levels and sets its own', () => {
    const book = bookOf(
      depth(
        5,
        [
          [8, 1],
          [9, 1],
          [10, 1],
        ],
        [
          [11, 1],
          [12, 1],
        ],
      ),
      ticker(6, [9, 7], [11.5, 2]),
    )
    expect(sides(book)).toBe('9×7 8×1 | 11.5×2 12×1')
  })

  test('older than the book, or than the last ticker, it is ignored', () => {
    const book = bookOf(depth(5, [[9, 1]], [[11, 1]]))
    expect(book.apply(ticker(4, [8, 1], [12, 1]))).toBe(false)
    book.apply(ticker(8, [9.5, 1], [11, 1]))
    expect(book.apply(ticker(7, [8, 1], [12, 1]))).toBe(false)
    expect(sides(book)).toBe('9.5×1 9×1 | 11×1')
  })

  test('a diff or snapshot older than the last ticker is applied under its touch, a newer one over it', () => {
    const book = bookOf(depth(1, [[9, 1]], [[11, 1]]), ticker(9, [8, 5], [10.5, 1]))
    book.apply(
      depth(
        5,
        [
          [9, 2],
          [7, 2],
          [10.7, 1],
        ],
        [[12, 3]],
      ),
    )
    expect([sides(book), book.conflicts]).toEqual(['8×5 7×2 | 10.5×1 11×1 12×3', 0])
    book.apply(
      snapshot(
        6,
        [
          [9, 1],
          [6, 1],
        ],
        [[11, 1]],
      ),
    )
    expect(sides(book)).toBe('8×5 6×1 | 10.5×1 11×1')
    book.apply(
      depth(
        10,
        [
          [9, 4],
          [8, 0],
        ],
        [],
      ),
    )
    expect(sides(book)).toBe('9×4 6×1 | 10.5×1 11×1')
  })

  test('a crossed one is ignored, one with an empty side empties it', () => {
    const book = bookOf(depth(1, [[9, 1]], [[11, 1]]))
    expect(book.apply(ticker(2, [11, 1], [11, 1]))).toBe(false)
    expect([sides(book), book.conflicts]).toEqual(['9×1 | 11×1', 1])
    book.apply(ticker(3, [0, 0], [11, 2]))
    expect([sides(book), book.isReady]).toEqual([' | 11×2', false])
  })

  test('a gap and an empty snapshot forget the ticker, so that smaller ids count again', () => {
    const book = bookOf(depth(1, [[9, 1]], [[11, 1]]), ticker(100, [9, 1], [10, 1]), depth(2, [[8, 1]], [[12, 1]], true))
    expect(sides(book)).toBe('8×1 | 12×1')
    book.apply(ticker(100, [9, 1], [10, 1]))
    book.apply(snapshot(0, [], []))
    expect([sides(book), book.isComplete, book.lastUpdateId]).toEqual([' | ', false, -1])
    book.apply(ticker(3, [7, 1], [8, 1]))
    expect(sides(book)).toBe('7×1 | 8×1')
  })
})

/** The same rules, said with maps and full scans. */
class NaiveBook {
  bids = new Map<Decimal, Decimal>()
  asks = new Map<Decimal, Decimal>()
  ticker: TickerEvent | null = null
  depthId = -1

  apply(event: TickerEvent | DepthEvent | SnapshotEvent): void {
    if (event.type === 'ticker') {
      if (event.updateId < Math.max(this.depthId, this.ticker?.updateId ?? -1) || event.bid.price >= event.ask.price) return
      this.ticker = event
      if (this.depthId < 0) {
        this.bids.clear()
        this.asks.clear()
      }
      this.impose()
      return
    }
    if (event.type === 'snapshot' || event.afterGap) {
      this.bids.clear()
      this.asks.clear()
      if (event.type === 'depth') this.ticker = null
    } else if (event.updateId < this.depthId) {
      return
    }
    this.depthId = event.updateId
    if (this.ticker !== null && this.ticker.updateId <= event.updateId) this.ticker = null
    for (const { price, size } of event.asks) this.put(this.asks, price, size)
    if (this.ticker === null)
      for (const { price, size } of event.asks) if (size > ZERO && this.crosses()) this.drop(this.bids, (bid) => bid >= price)
    for (const { price, size } of event.bids) this.put(this.bids, price, size)
    if (this.ticker === null)
      for (const { price, size } of event.bids) if (size > ZERO && this.crosses()) this.drop(this.asks, (ask) => ask <= price)
    this.impose()
  }

  impose(): void {
    const touch = this.ticker
    if (touch === null) return
    this.drop(this.bids, (price) => price >= touch.bid.price)
    this.drop(this.asks, (price) => price <= touch.ask.price)
    this.bids.set(touch.bid.price, touch.bid.size)
    this.asks.set(touch.ask.price, touch.ask.size)
  }

  put(half: Map<Decimal, Decimal>, price: Decimal, size: Decimal): void {
    if (size === ZERO) half.delete(price)
    else half.set(price, size)
  }

  drop(half: Map<Decimal, Decimal>, goes: (price: Decimal) => boolean): void {
    for (const price of half.keys()) if (goes(price)) half.delete(price)
  }

  crosses(): boolean {
    return [...this.bids.keys()].some((bid) => [...this.asks.keys()].some((ask) => bid >= ask))
  }

  sorted(side: 'bids' | 'asks'): BookLevel[] {
    const sign = side === 'bids' ? -1 : 1
    return [...this[side]].map(([price, size]) => ({ price, size })).sort((a, b) => (a.price < b.price ? -sign : sign))
  }
}

describe('random updates', () => {
  const size = fc.integer({ min: 0, max: 4 })
  // Bids reach above the lowest asks now and then, so that contradictions happen.
  const bids = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 22 }), size), { maxLength: 8, selector: ([price]) => price })
  const asks = fc.uniqueArray(fc.tuple(fc.integer({ min: 19, max: 40 }), size), { maxLength: 8, selector: ([price]) => price })
  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('depth' as const),
        ahead: fc.integer({ min: -2, max: 4 }),
        bids,
        asks,
        gap: fc.integer({ min: 0, max: 9 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('snapshot' as const), ahead: fc.integer({ min: -2, max: 2 }), bids, asks }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('ticker' as const),
        ahead: fc.integer({ min: -2, max: 6 }),
        bid: fc.integer({ min: 1, max: 30 }),
        gap: fc.integer({ min: 0, max: 5 }),
      }),
    },
  )

  /** An event that contradicts itself has no right answer: its asks lose. The model is spared those. */
  const uncrossed = (levels: readonly Pair[], asksToo: readonly Pair[]): readonly Pair[] => {
    const best = Math.max(0, ...levels.filter(([, held]) => held !== 0).map(([price]) => Number(price)))
    return asksToo.filter(([price]) => Number(price) > best)
  }

  test('the book is never crossed and equals the naive model', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const book = new OrderBook()
        const naive = new NaiveBook()
        let id = 10
        for (const next of steps) {
          id = Math.max(0, id + next.ahead)
          const event =
            next.kind === 'ticker'
              ? ticker(id, [next.bid, 3], [next.bid + next.gap, 2])
              : next.kind === 'depth'
                ? depth(id, next.bids, uncrossed(next.bids, next.asks), next.gap === 0)
                : snapshot(id, [[1, 1], ...next.bids.filter(([price]) => price !== 1)], uncrossed(next.bids, next.asks))
          book.apply(event)
          naive.apply(event)
          expect(texts(book.bids(99))).toEqual(texts(naive.sorted('bids')))
          expect(texts(book.asks(99))).toEqual(texts(naive.sorted('asks')))
          const [bid, ask] = [book.bestBid(), book.bestAsk()]
          if (bid !== null && ask !== null) expect(bid.price < ask.price).toBe(true)
          for (const { price, size: held } of book.bids(99)) expect(book.sizeAt('buy', price)).toBe(held)
        }
      }),
      { numRuns: 1_000, seed: 1 },
    )
  })

  test('a deep book finds every level', () => {
    const prices = Array.from({ length: 3_000 }, (_, index) => index + 1)
    const book = bookOf(
      depth(
        1,
        prices.map((price) => [price, price]),
        prices.map((price) => [price + 4_000, price]),
      ),
    )
    for (const price of prices) expect(book.sizeAt('buy', dec(String(price)))).toBe(dec(String(price)))
    book.apply(
      depth(
        2,
        prices.filter((price) => price % 2 === 0).map((price) => [price, 0]),
        [],
      ),
    )
    expect(book.levelCount('buy')).toBe(1_500)
    expect(book.levelAt('buy', 1_499)).toEqual(level([1, 1]))
  })
})
