// The simulated market: the same for the same seed, and sound and lively for any.

import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DitaError } from '../../../../src/core/errors.ts'
import { type Decimal, dec, formatDecimal, isMultipleOf, ZERO } from '../../../../src/core/kernel/decimal.ts'
import { type Instrument, instrumentFaults } from '../../../../src/core/kernel/instrument.ts'
import type { BookLevel, MarketEvent } from '../../../../src/core/market/events.ts'
import { OrderBook } from '../../../../src/core/market/order-book.ts'
import type { SimulatedOptions } from '../../../../src/core/market/simulated/options.ts'
import { BUILT_IN_INSTRUMENT, SIMULATED_START_US, SimulatedFeed } from '../../../../src/core/market/simulated/simulated-feed.ts'

const calm: SimulatedOptions = { startPrice: dec('2'), volatilityBpsPerHour: 60, spreadBps: 6, eventsPerSecond: 20 }

function feedOf(seed: number, simulated: SimulatedOptions = calm, instrument: Instrument | null = null): SimulatedFeed {
  return new SimulatedFeed({ seed, simulated, instrument })
}

async function firstEvents(feed: SimulatedFeed, count: number): Promise<MarketEvent[]> {
  const events: MarketEvent[] = []
  for await (const batch of feed.batches()) {
    events.push(...batch)
    if (events.length >= count) break
  }
  return events
}

function digestOf(events: readonly MarketEvent[]): string {
  const hash = createHash('sha256')
  for (const event of events)
    hash.update(JSON.stringify(event, (_, value: unknown) => (typeof value === 'bigint' ? formatDecimal(value as Decimal) : value)))
  return hash.digest('hex')
}

describe('determinism', () => {
  test('the same seed gives the same events, another seed others', async () => {
    const [one, same, other] = [
      await firstEvents(feedOf(7), 20_000),
      await firstEvents(feedOf(7), 20_000),
      await firstEvents(feedOf(8), 20_000),
    ]
    expect(digestOf(one)).toBe(digestOf(same))
    expect(digestOf(one)).not.toBe(digestOf(other))
  })

  test('the events of a seed are the ones they have always been, on this machine as on any', async () => {
    expect(digestOf((await firstEvents(feedOf(7), 20_000)).slice(0, 20_000))).toBe(
      'b646bbafb06f1fd29d24eb4310ceeaa36e1c4ded98831c6484c596d208b024a0',
    )
  })

  test('seeds that differ above 32 bits differ', async () => {
    expect(digestOf(await firstEvents(feedOf(1), 500))).not.toBe(digestOf(await firstEvents(feedOf(2 ** 32 + 1), 500)))
  })
})

/** Follows a feed for so long and checks each event against a book built from those before. */
async function follow(
  feed: SimulatedFeed,
  hours: number,
): Promise<{ mids: number[]; spreadsBps: number[]; trades: number[]; events: number }> {
  const book = new OrderBook()
  const seen = { mids: [] as number[], spreadsBps: [] as number[], trades: [] as number[], events: 0 }
  const { tickSize, lotSize } = feed.instrument
  const faults: string[] = []
  const fail = (what: string, event: MarketEvent): void => void faults.push(`${what} at event ${seen.events} (${event.type})`)
  const checkLevel = (level: BookLevel, event: MarketEvent): void => {
    if (level.price <= ZERO || !isMultipleOf(level.price, tickSize) || level.size < ZERO || !isMultipleOf(level.size, lotSize))
      fail('off tick or lot', event)
  }
  let [lastUs, lastId, nextSampleUs, owed] = [feed.startTimeUs, 0, feed.startTimeUs, new Map<Decimal, Decimal>()]
  walk: for await (const batch of feed.batches()) {
    for (const event of batch) {
      if (event.timeUs > feed.startTimeUs + hours * 3.6e9) break walk
      seen.events += 1
      if (event.timeUs < lastUs) fail('time runs backwards', event)
      lastUs = event.timeUs
      if (event.type === 'trade') {
        const [side, touch] = event.aggressor === 'buy' ? (['sell', book.bestAsk()] as const) : (['buy', book.bestBid()] as const)
        const left = (owed.get(event.price) ?? book.sizeAt(side, event.price)) - event.size
        if (event.size <= ZERO || left < ZERO) fail('trades what is not there', event)
        if (touch === null || (side === 'sell' ? event.price < touch.price : event.price > touch.price))
          fail('trades inside the spread', event)
        checkLevel(event, event)
        owed.set(event.price, left as Decimal)
        seen.trades.push(event.timeUs)
      } else if (event.type === 'depth' || event.type === 'snapshot') {
        if (event.updateId <= lastId) fail('ids do not rise', event)
        lastId = event.updateId
        for (const level of [...event.bids, ...event.asks]) checkLevel(level, event)
        const told = new Map([...event.bids, ...event.asks].map(({ price, size }) => [price, size]))
        for (const [price, left] of owed) if (told.get(price) !== left) fail('a trade is not followed by its change of the book', event)
        owed = new Map()
      } else if (event.type === 'ticker') {
        const [bid, ask] = [book.bestBid(), book.bestAsk()]
        if (bid?.price !== event.bid.price || bid.size !== event.bid.size || ask?.price !== event.ask.price || ask.size !== event.ask.size)
          fail('touch differs', event)
      }
      book.apply(event)
      const [bid, ask] = [book.bestBid(), book.bestAsk()]
      if (bid === null || ask === null || bid.price >= ask.price) fail('crossed or empty', event)
      else if (event.timeUs >= nextSampleUs) {
        const [low, high] = [Number(bid.price) / 1e18, Number(ask.price) / 1e18]
        seen.mids.push((low + high) / 2)
        seen.spreadsBps.push(((high - low) / (low + high)) * 20_000)
        nextSampleUs += 1_000_000
      }
      if (book.levelCount('buy') < 10 || book.levelCount('sell') < 10) fail('thin', event)
    }
  }
  expect(faults.slice(0, 3)).toEqual([])
  expect(book.conflicts).toBe(0)
  return seen
}

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(share * (values.length - 1))] as number

/** Deviation of the moves over ten seconds, by ten minutes, in bps an hour. */
function volatilities(mids: readonly number[]): number[] {
  return Array.from({ length: Math.floor(mids.length / 600) }, (_, part) => {
    const moves = Array.from(
      { length: 59 },
      (_unused, index) => (mids[part * 600 + index * 10 + 10] as number) / (mids[part * 600 + index * 10] as number) - 1,
    )
    return Math.sqrt((moves.reduce((sum, move) => sum + move * move, 0) / moves.length) * 360) * 10_000
  })
}

describe('six hours of a market', () => {
  test.each([7, 8])('of seed %i are sound, bounded and lively', async (seed) => {
    const { mids, spreadsBps, trades, events } = await follow(feedOf(seed), 6)
    const [lowest, highest] = [quantile(mids, 0), quantile(mids, 1)]
    expect(lowest).toBeGreaterThan(1.8)
    expect(highest).toBeLessThan(2.2)
    expect(highest / lowest).toBeGreaterThan(1.01)
    expect([quantile(spreadsBps, 0.5) > 4, quantile(spreadsBps, 0.5) < 8]).toEqual([true, true])
    expect(quantile(spreadsBps, 0.95) / quantile(spreadsBps, 0.05)).toBeGreaterThan(1.5)
    expect(quantile(spreadsBps, 0.999)).toBeLessThan(60)
    const moods = volatilities(mids)
    expect(quantile(moods, 0.9) / quantile(moods, 0.1)).toBeGreaterThan(1.5)
    expect([quantile(moods, 0.5) > 40, quantile(moods, 0.5) < 150]).toEqual([true, true])
    expect([events / 21_600 > 12, events / 21_600 < 30]).toEqual([true, true])
    // Independent arrivals would have a variance equal to their mean.
    const perSecond = new Float64Array(21_600)
    for (const timeUs of trades)
      perSecond[Math.floor((timeUs - SIMULATED_START_US) / 1e6)] = (perSecond[Math.floor((timeUs - SIMULATED_START_US) / 1e6)] ?? 0) + 1
    const mean = trades.length / 21_600
    const variance = perSecond.reduce((sum, count) => sum + (count - mean) ** 2, 0) / 21_600
    expect(mean).toBeGreaterThan(0.5)
    expect(variance / mean).toBeGreaterThan(1.5)
  })

  test('over five days the price comes back rather than run away', async () => {
    const { mids } = await follow(feedOf(3, { ...calm, eventsPerSecond: 2 }), 120)
    expect(quantile(mids, 0)).toBeGreaterThan(1.4)
    expect(quantile(mids, 1)).toBeLessThan(2.8)
  })
})

test('any config within reason gives a sound market', async () => {
  const config = fc.record({
    startPrice: fc.constantFrom('0.02', '2', '600', '65000').map((price) => dec(price)),
    volatilityBpsPerHour: fc.integer({ min: 0, max: 3_000 }),
    spreadBps: fc.integer({ min: 1, max: 2_000 }),
    eventsPerSecond: fc.integer({ min: 1, max: 2_000 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0 }), config, async (seed, simulated) => {
      const { events } = await follow(feedOf(seed, simulated), 0.02)
      expect(events).toBeGreaterThan(1)
    }),
    { numRuns: 60, seed: 1 },
  )
})

test('instruments of the config are traded on their own tick and lot', async () => {
  const sizes = {
    tickSize: dec('0.5'),
    lotSize: dec('0.001'),
    minQuantity: dec('0.001'),
    maxQuantity: ZERO,
    minNotional: ZERO,
    maxLeverage: dec('10'),
  }
  const perpetual: Instrument = { symbol: 'BTC/USDT:USDT', kind: 'linear', base: 'BTC', quote: 'USDT', settle: 'USDT', ...sizes }
  const feed = feedOf(1, { ...calm, startPrice: dec('65000') }, perpetual)
  expect([feed.instrument, feed.instrumentOrigin]).toEqual([perpetual, 'config'])
  expect((await follow(feed, 0.1)).events).toBeGreaterThan(1_000)
})

test('even where the price scale has no room for ten levels, it ends', async () => {
  const events = await firstEvents(feedOf(1, { ...calm, startPrice: dec('0.02'), spreadBps: 20_000 }), 5_000)
  expect(events.length).toBeGreaterThanOrEqual(5_000)
})

test('without a config it is XRP/RLUSD, spot, from a fixed start, and counts what it gave', async () => {
  const feed = feedOf(7)
  expect([feed.source, feed.instrument, feed.instrumentOrigin]).toEqual(['simulated', BUILT_IN_INSTRUMENT, 'built-in'])
  expect(new Date(feed.startTimeUs / 1_000).toISOString()).toBe('2026-01-01T00:00:00.000Z')
  expect(instrumentFaults(BUILT_IN_INSTRUMENT)).toEqual([])
  expect(feed.report()).toMatchObject({ events: 0, firstTimeUs: null, lastTimeUs: null })
  const events = await firstEvents(feed, 1_000)
  const expected = {
    source: 'simulated',
    events: events.length,
    gaps: 0,
    badLines: 0,
    skipped: 0,
    firstTimeUs: feed.startTimeUs,
    lastTimeUs: events.at(-1)?.timeUs,
  }
  expect(feed.report()).toEqual({ ...expected, truncated: false })
  expect(events[0]).toMatchObject({ type: 'snapshot', timeUs: feed.startTimeUs })
  expect(feed.takeNotices()).toEqual([])
})

test('L03 closing ends the walk, and may be done twice', async () => {
  const feed = feedOf(7)
  let batches = 0
  for await (const _ of feed.batches()) {
    batches += 1
    if (batches === 3) await feed.close()
  }
  await feed.close()
  expect(batches).toBe(3)
})

test.each(['0.0001', '10000000000'])('a start price of %s that suits no book of the ticks is refused, exit 4', (startPrice) => {
  try {
    feedOf(7, { ...calm, startPrice: dec(startPrice) })
    expect.unreachable()
  } catch (error) {
    expect(error).toBeInstanceOf(DitaError)
    expect(error).toMatchObject({ code: 'FEED_START_PRICE', exitCode: 4 })
  }
})
