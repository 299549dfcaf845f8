// Helpers for the tests of the market room: small recordings written by the test, and the real ones where they are.

import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { dec } from '../../../src/core/kernel/decimal.ts'
import type { FeedReport } from '../../../src/core/kernel/inputs.ts'
import type { Instrument } from '../../../src/core/kernel/instrument.ts'
import type { MarketEvent } from '../../../src/core/market/events.ts'
import type { Feed } from '../../../src/core/market/feed.ts'
import { OrderBook } from '../../../src/core/market/order-book.ts'
import { openRecording } from '../../../src/core/market/recorded/open-recording.ts'

const DATA = fileURLToPath(new URL('../../../../shared/data/', import.meta.url))
export const USDM_RECORDING = join(DATA, 'binance-usdm-btcusdt-20230405.jsonl.gz')
export const SPOT_RECORDING = join(DATA, 'binance-spot-btcusdt-20240808.jsonl.gz')

/** Whether the real recordings are there; says loudly which tests are left out where they are not. */
export function haveRecordings(tests: string): boolean {
  const found = existsSync(USDM_RECORDING) && existsSync(SPOT_RECORDING)
  if (!found) console.warn(`LEFT OUT: ${tests}, because ${DATA} is missing.`)
  return found
}

/** A folder that is gone when the test is over. */
export async function temporaryFolder(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'dita-market-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}

export async function writeRecording(folder: string, lines: readonly string[], name = 'recording.gz'): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, gzipSync(lines.map((line) => `${line}\n`).join('')))
  return path
}

export async function eventsOf(feed: Feed): Promise<MarketEvent[]> {
  const events: MarketEvent[] = []
  for await (const batch of feed.batches()) events.push(...batch)
  return events
}

export const btcUsdt: Instrument = {
  ...{ symbol: 'BTC/USDT', kind: 'spot', base: 'BTC', quote: 'USDT', settle: 'USDT', tickSize: dec('0.1'), lotSize: dec('0.01') },
  ...{ minQuantity: dec('0.01'), maxQuantity: dec('0'), minNotional: dec('5'), maxLeverage: dec('1') },
}

/** A recording of these lines, played to its end. */
export async function play(lines: readonly string[]): Promise<{ events: MarketEvent[]; report: FeedReport; notices: string[] }> {
  await using folder = await temporaryFolder()
  const feed = await openRecording(await writeRecording(folder.path, lines), btcUsdt)
  const events = await eventsOf(feed)
  return { events, report: feed.report(), notices: feed.takeNotices().map(({ text }) => text) }
}

export function bookAfter(events: readonly MarketEvent[]): OrderBook {
  const book = new OrderBook()
  for (const event of events) book.apply(event)
  return book
}

type Pairs = readonly (readonly [string, string])[]

/** Lines as Binance sends them, stamped in microseconds from a round second on. */
export const START_MS = 1_700_000_000_000

function line(atMs: number, stream: string, data: object): string {
  return `${START_MS + atMs}000 ${JSON.stringify({ stream, data })}`
}

export const spot = {
  ticker: (atMs: number, u: number, bid: readonly [string, string], ask: readonly [string, string], s = 'BTCUSDT') =>
    line(atMs, `${s.toLowerCase()}@bookTicker`, { u, s, b: bid[0], B: bid[1], a: ask[0], A: ask[1] }),
  trade: (atMs: number, t: number, p: string, q: string, m = false) =>
    line(atMs, 'btcusdt@trade', { e: 'trade', E: START_MS + atMs, s: 'BTCUSDT', t, p, q, T: START_MS + atMs - 1, m, M: true }),
  diff: (atMs: number, U: number, u: number, b: Pairs, a: Pairs) =>
    line(atMs, 'btcusdt@depth@100ms', { e: 'depthUpdate', E: START_MS + atMs, s: 'BTCUSDT', U, u, b, a }),
  snapshot: (atMs: number, lastUpdateId: number, bids: Pairs, asks: Pairs) =>
    `${START_MS + atMs}000 ${JSON.stringify({ lastUpdateId, bids, asks })}`,
}

export const futures = {
  diff: (atMs: number, ids: { readonly U: number; readonly u: number; readonly pu: number }, b: Pairs, a: Pairs) =>
    line(atMs, 'btcusdt@depth@0ms', { e: 'depthUpdate', E: START_MS + atMs, T: START_MS + atMs - 5, s: 'BTCUSDT', ...ids, b, a }),
  trade: (atMs: number, t: number, p: string, q: string, X = 'MARKET') =>
    line(atMs, 'btcusdt@trade', { e: 'trade', E: START_MS + atMs, T: START_MS + atMs, s: 'BTCUSDT', t, p, q, X, m: true }),
  mark: (atMs: number, p: string, nextFundingMs: number) =>
    line(atMs, 'btcusdt@markPrice@1s', {
      ...{ e: 'markPriceUpdate', E: START_MS + atMs, s: 'BTCUSDT', p, P: p, i: '99.5', r: '-0.00010000', T: nextFundingMs },
    }),
}
