// The two real captures, against facts that were measured independently of this code (touch, books, bars, sums).

import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { add, type Decimal, dec, formatDecimal, mul, ZERO } from '../../../../src/core/kernel/decimal.ts'
import type { BookLevel, DepthEvent, MarketEvent, TickerEvent, TradeEvent } from '../../../../src/core/market/events.ts'
import { OrderBook } from '../../../../src/core/market/order-book.ts'
import { openRecording } from '../../../../src/core/market/recorded/open-recording.ts'
import { eventsOf, haveRecordings, SPOT_RECORDING, temporaryFolder, USDM_RECORDING } from '../fixtures.ts'

interface Facts {
  readonly path: string
  readonly symbol: string
  readonly tick: string
  readonly lot: string
  readonly lines: number
  readonly events: Record<MarketEvent['type'], number>
  readonly firstUs: number
  readonly lastUs: number
  readonly checks: { readonly hit: number; readonly all: number }
  readonly levels: readonly [number, number]
  readonly touch: readonly [string, string]
  readonly tenBest: readonly [string, string]
  readonly lastId: number
  readonly isComplete: boolean
  readonly traded: { readonly base: string; readonly quote: string; readonly takerBuy: string }
  readonly oddPrint: string | null
  readonly bars: readonly string[]
}

const USDM: Facts = {
  ...{ path: USDM_RECORDING, symbol: 'BTC/USDT:USDT', tick: '0.1', lot: '0.001', lines: 60_381 },
  events: { ticker: 37_440, trade: 10_738, depth: 11_788, mark: 415, snapshot: 0 },
  ...{ firstUs: 1_680_652_800_005_184, lastUs: 1_680_653_214_683_925 },
  // It has no snapshot, so the first touches stand on levels that no diff has told yet.
  checks: { hit: 11_773, all: 11_785 },
  ...{ levels: [4_874, 3_586], touch: ['28140.1 × 8.251', '28140.2 × 7.212'], tenBest: ['9.005', '8.339'] },
  ...{ lastId: 2_710_266_851_462, isComplete: false },
  traded: { base: '987.497', quote: '27793472.9321', takerBuy: '456.749' },
  oddPrint: '28722.5',
  bars: [
    '00:00 28155.1 28159.2 28150.2 28150.8 161.927 2196 75.983',
    '00:01 28150.8 28154.2 28141.4 28144.1 186.965 1823 68.378',
    '00:02 28144.2 28150 28141.8 28150 136.162 1549 80.957',
    '00:03 28150 28155.3 28144.4 28145.7 107.58 1295 58.987',
    '00:04 28145.8 28145.8 28140 28140.6 92.629 1193 33.409',
    '00:05 28140.5 28143.9 28138 28143.8 170.312 1430 86.959',
    '00:06 28143.9 28143.9 28136 28140.1 131.922 1251 52.076',
  ],
}

const SPOT: Facts = {
  ...{ path: SPOT_RECORDING, symbol: 'BTC/USDT', tick: '0.01', lot: '0.00001', lines: 41_249 },
  // All three diffs before the snapshot are played, as the book began empty; the snapshot then has the third in it.
  events: { ticker: 28_040, trade: 9_757, depth: 3_451, mark: 0, snapshot: 1 },
  ...{ firstUs: 1_723_161_253_937_085, lastUs: 1_723_161_599_999_231 },
  checks: { hit: 3_449, all: 3_449 },
  ...{ levels: [1_209, 2_196], touch: ['61685.99 × 1.0087', '61686 × 2.29327'], tenBest: ['2.66153', '4.00246'] },
  ...{ lastId: 50_093_421_584, isComplete: true },
  traded: { base: '212.03315', quote: '13084074.1123886', takerBuy: '96.65118' },
  oddPrint: null,
  bars: [
    '23:54 61837.63 61855.37 61824 61828 12.43238 875 6.32003',
    '23:55 61828 61860.8 61780 61782.25 15.07702 1255 6.63029',
    '23:56 61782.25 61782.26 61723.99 61727.66 15.49778 1011 6.32524',
    '23:57 61727.66 61735.99 61651.01 61652.01 59.29235 2069 29.50278',
    '23:58 61652 61745.27 61583.22 61717.63 77.14202 3216 38.24674',
    '23:59 61717.64 61743.5 61666.17 61685.99 32.41946 1312 9.47796',
    '00:00 61686 61686 61685.99 61685.99 0.17214 19 0.14814',
  ],
}

const text = (level: BookLevel | null): string => (level === null ? 'none' : `${formatDecimal(level.price)} × ${formatDecimal(level.size)}`)
const sumOfSizes = (levels: readonly BookLevel[]): string => formatDecimal(levels.reduce<Decimal>((sum, { size }) => add(sum, size), ZERO))
const sameLevel = (a: BookLevel | null, b: BookLevel): boolean => a !== null && a.price === b.price && a.size === b.size

/** The newest ticker up to an id; tickers are in order of their ids. */
function tickerAt(tickers: readonly TickerEvent[], updateId: number): TickerEvent | undefined {
  return tickers.findLast((ticker) => ticker.updateId <= updateId)
}

function barsOf(trades: readonly TradeEvent[]): string[] {
  const byMinute = Map.groupBy(trades, ({ venueTimeUs }) => new Date((venueTimeUs ?? 0) / 1_000).toISOString().slice(11, 16))
  return Array.from(byMinute, ([minute, inside]) => {
    const prices = inside.map(({ price }) => price).toSorted((a, b) => (a < b ? -1 : 1))
    const numbers = [inside[0]?.price, prices.at(-1), prices[0], inside.at(-1)?.price].map((price) => formatDecimal(price ?? ZERO))
    return [minute, ...numbers, sumOfSizes(inside), inside.length, sumOfSizes(inside.filter(({ aggressor }) => aggressor === 'buy'))].join(
      ' ',
    )
  })
}

describe.skipIf(!haveRecordings('the feed on the two real captures')).each([USDM, SPOT])('$symbol', (facts) => {
  test('the instrument is inferred', async () => {
    const { instrument, instrumentOrigin, startTimeUs } = await openRecording(facts.path, null)
    const { symbol, kind, tickSize, lotSize, minQuantity, maxQuantity, minNotional } = instrument
    expect([symbol, formatDecimal(tickSize), formatDecimal(lotSize)]).toEqual([facts.symbol, facts.tick, facts.lot])
    expect([kind, minQuantity, maxQuantity, minNotional]).toEqual([facts.isComplete ? 'spot' : 'linear', dec(facts.lot), ZERO, ZERO])
    expect([instrumentOrigin, startTimeUs]).toEqual(['inferred', facts.firstUs])
  })

  test('every line is understood, none is missing, and time runs forward', async () => {
    const feed = await openRecording(facts.path, null)
    const events = await eventsOf(feed)
    const counts = { ticker: 0, trade: 0, depth: 0, mark: 0, snapshot: 0 }
    for (const { type } of events) counts[type] += 1
    expect(counts).toEqual(facts.events)
    const expected = {
      events: facts.lines,
      gaps: 0,
      badLines: 0,
      skipped: 0,
      firstTimeUs: facts.firstUs,
      lastTimeUs: facts.lastUs,
      truncated: false,
    }
    expect(feed.report()).toEqual({ source: facts.path, ...expected })
    expect(feed.takeNotices()).toEqual([])
    expect(events.every((event, index) => event.timeUs >= (events[index - 1]?.timeUs ?? 0))).toBe(true)
  })

  test('the book of diffs alone has the touch of the ticker after every diff, and ends as measured', async () => {
    const book = new OrderBook()
    const tickers: TickerEvent[] = []
    let [hit, all] = [0, 0]
    const check = (event: DepthEvent): void => {
      const ticker = tickerAt(tickers, event.updateId)
      if (ticker === undefined) return
      all += 1
      if (sameLevel(book.bestBid(), ticker.bid) && sameLevel(book.bestAsk(), ticker.ask)) hit += 1
    }
    for await (const batch of (await openRecording(facts.path, null)).batches()) {
      for (const event of batch) {
        if (event.type === 'ticker') tickers.push(event)
        else book.apply(event)
        if (event.type === 'depth') check(event)
      }
    }
    expect({ hit, all }).toEqual(facts.checks)
    expect([book.levelCount('buy'), book.levelCount('sell')]).toEqual(facts.levels)
    expect([text(book.bestBid()), text(book.bestAsk())]).toEqual(facts.touch)
    expect([sumOfSizes(book.bids(10)), sumOfSizes(book.asks(10))]).toEqual(facts.tenBest)
    expect([book.lastUpdateId, book.isComplete, book.conflicts]).toEqual([facts.lastId, facts.isComplete, 0])
  })

  test('the book of diffs and tickers always has the newest touch, is never crossed, and never contradicted', async () => {
    const book = new OrderBook()
    let newest: TickerEvent | null = null
    let [wrong, crossed] = [0, 0]
    for await (const batch of (await openRecording(facts.path, null)).batches()) {
      for (const event of batch) {
        book.apply(event)
        const [bid, ask] = [book.bestBid(), book.bestAsk()]
        if (bid !== null && ask !== null && bid.price >= ask.price) crossed += 1
        if (event.type === 'ticker') newest = event
        if (newest !== null && newest.updateId >= book.lastUpdateId && !(sameLevel(bid, newest.bid) && sameLevel(ask, newest.ask)))
          wrong += 1
      }
    }
    expect({ wrong, crossed, conflicts: book.conflicts }).toEqual({ wrong: 0, crossed: 0, conflicts: 0 })
  })

  test('the trades sum up, and make the bars, that were measured', async () => {
    const trades: TradeEvent[] = []
    const odd: string[] = []
    for (const event of await eventsOf(await openRecording(facts.path, null))) {
      if (event.type !== 'trade') continue
      if (event.isMarket) trades.push(event)
      else odd.push(formatDecimal(event.price))
    }
    expect(odd).toEqual(facts.oddPrint === null ? [] : [facts.oddPrint])
    const quote = formatDecimal(trades.reduce<Decimal>((sum, { price, size }) => add(sum, mul(price, size)), ZERO))
    const takerBuy = sumOfSizes(trades.filter(({ aggressor }) => aggressor === 'buy'))
    expect({ base: sumOfSizes(trades), quote, takerBuy }).toEqual(facts.traded)
    expect(barsOf(trades)).toEqual(facts.bars)
  })
})

describe.skipIf(!haveRecordings('memory and joining on a real capture'))('a recording ten times as long', () => {
  test('is played to its end with the same peak memory', async () => {
    await using folder = await temporaryFolder()
    const once = await readFile(USDM_RECORDING)
    const path = join(folder.path, 'ten.jsonl.gz')
    await writeFile(path, Buffer.concat(Array.from({ length: 10 }, () => once)))
    const [one, ten] = [await playInProcess(USDM_RECORDING), await playInProcess(path)]
    expect([one.events, ten.events, ten.badLines, ten.gaps]).toEqual([60_381, 603_810, 0, 9])
    // The whole text would be 154 MB more.
    expect(ten.peakMegabytes).toBeLessThan(one.peakMegabytes + 50)
  })
})

/** In a process of its own, whose peak is of this alone. */
async function playInProcess(path: string): Promise<{ events: number; badLines: number; gaps: number; peakMegabytes: number }> {
  const source = (name: string): string => JSON.stringify(new URL(`../../../../src/core/market/${name}`, import.meta.url).href)
  const script = `
    const { openRecording } = await import(${source('recorded/open-recording.ts')})
    const { OrderBook } = await import(${source('order-book.ts')})
    const feed = await openRecording(${JSON.stringify(path)}, null)
    const book = new OrderBook()
    for await (const batch of feed.batches()) for (const event of batch) book.apply(event)
    const { events, badLines, gaps } = feed.report()
    console.log(JSON.stringify({ events, badLines, gaps, peakMegabytes: process.resourceUsage().maxRSS / 1024 }))`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script])
  return JSON.parse(stdout) as { events: number; badLines: number; gaps: number; peakMegabytes: number }
}
