// The live market of BingX over a scripted public stream: events in order, gaps that empty the book, and nothing without bound.

import { afterEach, describe, expect, test } from 'vitest'
import { dec, formatDecimal } from '../../../../src/core/kernel/decimal.ts'
import type { MarketEvent } from '../../../../src/core/market/events.ts'
import type { Feed } from '../../../../src/core/market/feed.ts'
import { OrderBook } from '../../../../src/core/market/order-book.ts'
import { openBingxFeed } from '../../../../src/core/venue/bingx/bingx-feed.ts'
import type { BingxTuning } from '../../../../src/core/venue/bingx/options.ts'
import { failureOf, INSTRUMENT } from './rig.ts'
import { ok, ScriptedVenue } from './scripted-server.ts'
import { worldClock } from './world-clock.ts'

let server: ScriptedVenue
let feed: Feed | undefined
const events: MarketEvent[] = []

afterEach(async () => {
  await feed?.close()
  await server.close()
  feed = undefined
})

async function openFeed(tuning: Partial<BingxTuning> = {}, depth: 'changes' | 'levels' = 'changes'): Promise<Feed> {
  const clock = worldClock()
  const { restUrl, streamUrl } = server
  const options = {
    restUrl,
    streamUrl,
    instrument: INSTRUMENT,
    known: null,
    depth,
    clock,
    random: () => 0.5,
    tuning: { streamPauseMs: 20, ...tuning },
  }
  return openBingxFeed(options, new AbortController().signal)
}

async function start(tuning: Partial<BingxTuning> = {}, depth: 'changes' | 'levels' = 'changes'): Promise<void> {
  server = await ScriptedVenue.open()
  events.length = 0
  const opened = await openFeed(tuning, depth)
  feed = opened
  void (async () => {
    for await (const batch of opened.batches()) events.push(...batch)
  })()
  await until(() => server.said.length >= 4)
}

async function until(isThere: () => boolean): Promise<void> {
  const endMs = Date.now() + 10_000
  while (!isThere()) {
    if (Date.now() > endMs) throw new Error(`it did not come; there was ${JSON.stringify(events.map(({ type }) => type))}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

const T = 1_760_001_840_000
const depth = (action: string, id: number, bids: unknown, asks: unknown, timeMs = T) => ({
  code: 0,
  dataType: 'BTC-USDT@incrDepth',
  data: { action, lastUpdateId: id, time: timeMs, bids, asks },
})
const ticker = (bid: string, ask: string, timeMs: number) => ({
  code: 0,
  dataType: 'BTC-USDT@bookTicker',
  data: { e: 'bookTicker', u: 1, E: timeMs, T: timeMs, s: 'BTC-USDT', b: bid, B: '1', a: ask, A: '2' },
})

function bookOf(list: readonly MarketEvent[]): string {
  const book = new OrderBook()
  for (const event of list) book.apply(event)
  const side = (levels: readonly { price: bigint; size: bigint }[]) =>
    levels.map(({ price, size }) => `${formatDecimal(price as never)}x${formatDecimal(size as never)}`).join(' ')
  return `${side(book.bids(9))} | ${side(book.asks(9))}`
}

describe('the live feed', () => {
  test('it subscribes to book, ticker, trades and mark, and knows its instrument from the venue', async () => {
    await start()
    expect(server.said.map((text) => (JSON.parse(text) as { dataType: string }).dataType)).toEqual([
      'BTC-USDT@incrDepth',
      'BTC-USDT@bookTicker',
      'BTC-USDT@trade',
      'BTC-USDT@markPrice',
    ])
    expect(feed?.instrument).toMatchObject({ symbol: INSTRUMENT, tickSize: dec('0.1'), lotSize: dec('0.0001') })
    expect(feed?.source).toBe('bingx')
  })

  test('a whole book and its changes make a book, whatever the order of the levels', async () => {
    await start()
    server.push(
      depth(
        'all',
        10,
        [
          ['99.0', '1'],
          ['100.0', '2'],
        ],
        [
          ['102.0', '3'],
          ['101.0', '1'],
        ],
      ),
    )
    server.push(
      depth(
        'update',
        11,
        [
          ['100.0', '0.0000'],
          ['99.5', '4'],
        ],
        [['101.0', '5']],
        T + 200,
      ),
    )
    await until(() => events.length === 2)
    expect(events.map(({ type }) => type)).toEqual(['snapshot', 'depth'])
    expect(bookOf(events)).toBe('99.5x4 99x1 | 101x5 102x3')
    expect(events[0]?.venueTimeUs).toBe(T * 1_000)
  })

  test('a ticker older than the last change does not undo it, a newer one does', async () => {
    await start()
    server.push(depth('all', 10, [['99', '1']], [['101', '1']], T + 100))
    server.push(ticker('98', '101', T + 50))
    server.push(ticker('100', '101', T + 150))
    await until(() => events.length === 3)
    expect(bookOf(events.slice(0, 2))).toBe('99x1 | 101x1')
    expect(bookOf(events)).toBe('100x1 99x1 | 101x2')
  })

  test('a break in the numbering empties the book, is counted, and the whole book is asked for again', async () => {
    await start()
    server.push(depth('all', 10, [['99', '1']], [['101', '1']]))
    server.push(depth('update', 10, [['99', '7']], []))
    server.push(depth('update', 13, [['98', '1']], []))
    server.push(depth('update', 14, [['97', '1']], []))
    await until(() => server.said.length >= 6)
    server.push(depth('all', 20, [['96', '1']], [['97', '1']]))
    await until(() => events.length === 3)
    expect(events.map(({ type }) => type)).toEqual(['snapshot', 'snapshot', 'snapshot'])
    expect(bookOf(events.slice(0, 2))).toBe(' | ')
    expect(bookOf(events)).toBe('96x1 | 97x1')
    expect(feed?.report()).toMatchObject({ gaps: 1, skipped: 2 })
    expect(feed?.takeNotices().map(({ text }) => text)).toEqual([
      'Changes of the order book are missing between 10 and 13: the book begins anew.',
    ])
  })

  test('a lost stream empties the book at once, and it begins anew when it is back', async () => {
    await start()
    server.push(depth('all', 10, [['99', '1']], [['101', '1']]))
    await until(() => events.length === 1)
    server.dropStreams()
    await until(() => events.length === 2)
    expect(bookOf(events)).toBe(' | ')
    await until(() => server.said.length >= 8)
    server.push(depth('all', 3, [['50', '1']], [['51', '1']], T + 9_000))
    await until(() => events.length === 3)
    expect(bookOf(events)).toBe('50x1 | 51x1')
    expect(server.openSockets).toBe(1)
    expect(feed?.report().gaps).toBe(1)
  })

  test('books of the best levels come whole each time', async () => {
    await start({}, 'levels')
    const levels = {
      code: 0,
      dataType: 'BTC-USDT@depth20@500ms',
      ts: T,
      data: {
        bids: [['99', '1']],
        asks: [
          ['102', '2'],
          ['101', '1'],
        ],
      },
    }
    server.push(levels)
    server.push({ ...levels, ts: T + 500, data: { bids: [['98', '1']], asks: [['100', '1']] } })
    await until(() => events.length === 2)
    expect(bookOf(events)).toBe('98x1 | 100x1')
  })

  test('trades come oldest first, with ids that are theirs alone, also where two are equal', async () => {
    await start()
    const trade = (T_: number, q: string, m: boolean) => ({ q, p: '2983.48', T: T_, m, s: 'BTC-USDT' })
    server.push({
      code: 0,
      dataType: 'BTC-USDT@trade',
      data: [trade(T + 2, '1', true), trade(T + 1, '5', false), trade(T + 1, '5', false)],
    })
    await until(() => events.length === 3)
    expect(events.map((event) => (event.type === 'trade' ? [event.tradeId, event.aggressor] : null))).toEqual([
      [`${T + 1}-2983.48-5-buy-0`, 'buy'],
      [`${T + 1}-2983.48-5-buy-1`, 'buy'],
      [`${T + 2}-2983.48-1-sell-0`, 'sell'],
    ])
  })

  test('marks, acks, other topics and nonsense each go where they belong', async () => {
    await start()
    server.push({ code: 0, dataType: 'BTC-USDT@markPrice', data: { e: 'markPriceUpdate', E: T, s: 'BTC-USDT', p: '121570.0' } })
    server.push({ id: 'x', code: 0, msg: '' })
    server.push({ id: 'x', code: 100500, msg: '\u001b[2J' })
    server.push({ code: 0, dataType: 'ETH-USDT@trade', data: [] })
    server.push({ code: 0, dataType: 'BTC-USDT@trade', data: [{ p: '1', q: '-1', T, m: true }] })
    server.push(ticker('2', '1', T))
    await until(() => feed?.report().badLines === 3)
    expect(events).toMatchObject([{ type: 'mark', mark: dec('121570') }])
    expect(feed?.report()).toMatchObject({ events: 1, skipped: 1, badLines: 3, gaps: 0 })
    expect(feed?.takeNotices().map(({ text }) => text)).toEqual([
      'BingX refused a subscription, or reports an error: code 100500.',
      'A message of BingX was left out: its "q" is not above zero.',
      'A message of BingX was left out: its best bid is not below its best ask.',
    ])
  })

  test('events that nobody pulls are bounded, and what is lost empties the book', async () => {
    server = await ScriptedVenue.open()
    feed = await openFeed()
    await until(() => server.said.length >= 4)
    server.push(depth('all', 10, [['99', '1']], [['101', '1']]))
    const trades = Array.from({ length: 4_000 }, (_, index) => ({ q: '1', p: '1', T: T + index, m: true, s: 'BTC-USDT' }))
    for (let count = 0; count < 13; count += 1) server.push({ code: 0, dataType: 'BTC-USDT@trade', data: trades })
    await until(() => (feed?.report().events ?? 0) > 50_000)
    const pulled: MarketEvent[] = []
    for await (const batch of feed.batches()) {
      pulled.push(...batch)
      break
    }
    expect(pulled.length).toBeLessThan(50_000)
    expect(bookOf(pulled)).toBe(' | ')
    expect(feed.report().gaps).toBe(1)
    expect(feed.takeNotices().some(({ text }) => text.includes('not taken in time'))).toBe(true)
  })

  test('closing ends the walk', async () => {
    await start()
    const walk = (async () => {
      for await (const _batch of (feed as Feed).batches());
      return 'ended'
    })()
    await feed?.close()
    expect(await walk).toBe('ended')
  })

  test('V03 a venue that lists no such instrument, or whose stream cannot be opened, is a typed error', async () => {
    server = await ScriptedVenue.open()
    server.script('contracts', () => ok([]))
    expect(await failureOf(openFeed())).toMatchObject({ code: 'INSTRUMENT_UNSUPPORTED', exitCode: 4 })
    const other = await ScriptedVenue.open()
    const { restUrl } = other
    const clock = worldClock()
    const unopened = openBingxFeed(
      {
        restUrl,
        streamUrl: 'ws://127.0.0.1:9/x',
        instrument: INSTRUMENT,
        known: null,
        depth: 'changes',
        clock,
        random: () => 0.5,
        tuning: { connectTimeoutMs: 200 },
      },
      new AbortController().signal,
    )
    expect(await failureOf(unopened)).toMatchObject({ code: 'VENUE_UNREACHABLE', exitCode: 7 })
    await other.close()
  })
})
