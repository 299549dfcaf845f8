// A recording read from its raw lines: what was displayed and what was printed, and when. Written for tests alone, with
// whole numbers of 10⁻⁸ and nothing of the project's own market, exchange or decimal code.

import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe } from 'vitest'
import { RECORDINGS } from './recordings.ts'

export type Side = 'buy' | 'sell'

/** Describes what needs the recordings; says loudly what is left out where they are missing. */
export function describeWithRecordings(name: string, tests: () => void): void {
  const missing = Object.values(RECORDINGS).filter(({ path }) => !existsSync(path))
  if (missing.length === 0) {
    describe(name, tests)
    return
  }
  console.warn(`LEFT OUT, because a recording is missing: "${name}" (${missing.map(({ path }) => path).join(', ')})`)
  describe.skip(name, tests)
}

/** `28155.10` → 2815510000000n. Throws where a digit below 10⁻⁸ would be lost. */
export function units(text: string): bigint {
  const negative = text.startsWith('-')
  const [whole = '0', fraction = ''] = (negative ? text.slice(1) : text).split('.')
  if (/[1-9]/.test(fraction.slice(8))) throw new Error(`${text} is finer than 10⁻⁸`)
  const value = BigInt(whole) * 100_000_000n + BigInt(fraction.slice(0, 8).padEnd(8, '0'))
  return negative ? -value : value
}

export interface Print {
  readonly aggressor: Side
  readonly price: bigint
  readonly size: bigint
}

/** One line of the recording; `null` where it is neither print nor anything of the book. */
export interface RawLine {
  readonly timeUs: number
  readonly apply: ((book: RawBook) => void) | null
  readonly print: Print | null
}

type Row = readonly [price: string, size: string]
interface Payload {
  readonly e?: string
  readonly X?: string
  readonly u?: number
  readonly p?: string
  readonly q?: string
  readonly m?: boolean
  readonly b?: unknown
  readonly a?: unknown
  readonly B?: string
  readonly A?: string
  readonly bids?: readonly Row[]
  readonly asks?: readonly Row[]
  readonly lastUpdateId?: number
}

export function readLines(path: string): RawLine[] {
  const lines: RawLine[] = []
  for (const text of gunzipSync(readFileSync(path)).toString('latin1').split('\n')) {
    if (text !== '') lines.push(readLine(text))
  }
  return lines
}

function readLine(text: string): RawLine {
  const space = text.indexOf(' ')
  const stamp = text.slice(0, space)
  const timeUs = Number(stamp.length === 19 ? BigInt(stamp) / 1000n : BigInt(stamp))
  const frame = JSON.parse(text.slice(space + 1)) as { readonly stream?: string; readonly data?: Payload } & Payload
  const payload = frame.data ?? frame
  const stream = frame.stream ?? ''
  if (payload.e === 'trade') {
    const isMarket = payload.X === undefined || payload.X === 'MARKET'
    const aggressor = payload.m === true ? 'sell' : 'buy'
    return { timeUs, apply: null, print: isMarket ? { aggressor, price: units(payload.p ?? ''), size: units(payload.q ?? '') } : null }
  }
  if (payload.lastUpdateId !== undefined) {
    const id = payload.lastUpdateId
    const [bids, asks] = [levels(payload.bids), levels(payload.asks)]
    return { timeUs, print: null, apply: (book) => book.snapshot({ id, bids, asks }) }
  }
  if (payload.e === 'depthUpdate') {
    const diff = { id: payload.u ?? -1, bids: levels(payload.b), asks: levels(payload.a) }
    return { timeUs, print: null, apply: (book) => book.diff(diff) }
  }
  if (stream.endsWith('@bookTicker')) {
    const [bid, ask] = levels([
      [payload.b, payload.B],
      [payload.a, payload.A],
    ])
    const ticker = { id: payload.u ?? -1, bid: bid as Level, ask: ask as Level }
    return { timeUs, print: null, apply: (book) => book.ticker(ticker) }
  }
  return { timeUs, apply: null, print: null }
}

type Level = readonly [price: bigint, size: bigint]

function levels(rows: unknown): Level[] {
  return (rows as readonly Row[]).map(([price, size]) => [units(price), units(size)])
}

interface Diff {
  readonly id: number
  readonly bids: readonly Level[]
  readonly asks: readonly Level[]
}

interface Ticker {
  readonly id: number
  readonly bid: Level
  readonly ask: Level
}

/** What is displayed: all that the diffs said, with the touch of a newer ticker in force on top of it. */
export class RawBook {
  readonly bids = new Map<bigint, bigint>()
  readonly asks = new Map<bigint, bigint>()
  #id = -1
  #ticker: Ticker | null = null
  /** No bid is above the one and no ask below the other: most tickers then have nothing to remove. */
  #bidBound: bigint | null = null
  #askBound: bigint | null = null
  /** Diffs that came before the snapshot, and are newer than it. */
  readonly #early: Diff[] = []

  diff(diff: Diff): void {
    if (this.#early.length < 200) this.#early.push(diff)
    if (diff.id <= this.#id) return
    this.#id = diff.id
    this.#set(diff)
    this.#imposeTicker()
  }

  snapshot(snapshot: Diff): void {
    this.bids.clear()
    this.asks.clear()
    this.#id = snapshot.id
    this.#set(snapshot)
    for (const diff of [...this.#early]) this.diff(diff)
    this.#imposeTicker()
  }

  ticker(ticker: Ticker): void {
    if (ticker.id < this.#id || ticker.id < (this.#ticker?.id ?? -1)) return
    this.#ticker = ticker
    this.#imposeTicker()
  }

  sizeAt(side: Side, price: bigint): bigint {
    return (side === 'buy' ? this.bids : this.asks).get(price) ?? 0n
  }

  best(side: Side): bigint | null {
    let best: bigint | null = null
    for (const price of (side === 'buy' ? this.bids : this.asks).keys()) {
      if (best === null || (side === 'buy' ? price > best : price < best)) best = price
    }
    return best
  }

  /** All that is displayed opposite to an order of `side` at its price or better. */
  opposite(side: Side, limit: bigint | null): bigint {
    let sum = 0n
    for (const [price, size] of side === 'buy' ? this.asks : this.bids) {
      if (limit === null || (side === 'buy' ? price <= limit : price >= limit)) sum += size
    }
    return sum
  }

  #set(changes: Pick<Diff, 'bids' | 'asks'>): void {
    for (const [price] of changes.bids) if (this.#bidBound === null || price > this.#bidBound) this.#bidBound = price
    for (const [price] of changes.asks) if (this.#askBound === null || price < this.#askBound) this.#askBound = price
    set(this.bids, changes.bids)
    set(this.asks, changes.asks)
  }

  #imposeTicker(): void {
    const ticker = this.#ticker
    if (ticker === null || ticker.id <= this.#id) return
    const [bid, ask] = [ticker.bid[0], ticker.ask[0]]
    if (this.#bidBound !== null && this.#bidBound > bid) for (const price of this.bids.keys()) if (price > bid) this.bids.delete(price)
    if (this.#askBound !== null && this.#askBound < ask) for (const price of this.asks.keys()) if (price < ask) this.asks.delete(price)
    this.#bidBound = bid
    this.#askBound = ask
    this.#set({ bids: [ticker.bid], asks: [ticker.ask] })
  }
}

function set(half: Map<bigint, bigint>, changes: readonly Level[]): void {
  for (const [price, size] of changes) {
    if (size === 0n) half.delete(price)
    else half.set(price, size)
  }
}

/** How many of the lines a session of ours would see before `timeUs`: a tick comes before the line of its own moment. */
export function countBefore(lines: readonly RawLine[], timeUs: number): number {
  let [low, high] = [0, lines.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((lines[middle] as RawLine).timeUs < timeUs) low = middle + 1
    else high = middle
  }
  return low
}
