// The public market streams: subscriptions, and what is pushed to each topic. Reads the book; changes nothing.

import type { WebSocket } from 'ws'
import { type Decimal, formatDecimal, formatFixed } from '../../kernel/decimal.ts'
import type { BookLevel, MarketEvent } from '../../market/events.ts'
import type { ExchangeClock } from './clock.ts'
import type { Desk } from './desk.ts'
import { bookRows } from './market-routes.ts'
import { StreamSocket } from './stream-socket.ts'
import { type WireObject, type WireValue, writeWire } from './wire.ts'

const MOST_TOPICS = 200
const TOPIC = /^([A-Z0-9-]{1,20})@(trade|bookTicker|incrDepth|markPrice|lastPrice|depth(?:5|10|20|50|100)@(?:100|200|500)ms)$/
const DEPTH_LEVELS = 100
const DIFF_EVERY_MS = 200
const MARK_EVERY_MS = 1_000
const MARK_DECIMALS = 8

interface Subscriber {
  readonly socket: StreamSocket
  readonly topics: Set<string>
}

/** What was last told of one side, price → size. */
type Told = Map<Decimal, Decimal>

export class PublicStreams {
  readonly #desk: () => Desk
  readonly #clock: ExchangeClock
  readonly #symbol: string
  readonly #pingMs: number
  readonly #subscribers = new Set<Subscriber>()
  readonly #lastMs = new Map<string, number>()
  #told: { bids: Told; asks: Told } | null = null
  #updateId = 393_592_634
  #touch = ''

  constructor(options: { readonly desk: () => Desk; readonly clock: ExchangeClock; readonly symbol: string; readonly pingMs: number }) {
    this.#desk = options.desk
    this.#clock = options.clock
    this.#symbol = options.symbol
    this.#pingMs = options.pingMs
  }

  connect(webSocket: WebSocket, elapsedMs: number): void {
    const socket = new StreamSocket(webSocket, {
      nowMs: elapsedMs,
      onText: (text) => this.#hear(subscriber, text),
      onClose: () => this.#subscribers.delete(subscriber),
    })
    const subscriber: Subscriber = { socket, topics: new Set() }
    this.#subscribers.add(subscriber)
  }

  /** After the desk has taken the event in. */
  onMarket(event: MarketEvent): void {
    if (this.#subscribers.size === 0) return
    if (event.type === 'trade') {
      const price = formatDecimal(event.price)
      const isBuyerMaker = event.aggressor === 'sell'
      this.#push('trade', [{ q: formatDecimal(event.size), p: price, T: this.#clock.nowMs(), m: isBuyerMaker, s: this.#symbol }])
      this.#push('lastPrice', { e: 'lastPriceUpdate', E: this.#clock.nowMs(), s: this.#symbol, c: price })
    } else if (event.type !== 'mark') {
      this.#pushTouch()
    }
  }

  /** Called often: pings, and the topics that come at a pace. */
  tick(elapsedMs: number): void {
    for (const { socket } of this.#subscribers) socket.tick(elapsedMs, this.#pingMs)
    for (const topic of this.#topics()) {
      const kind = topic.slice(topic.indexOf('@') + 1)
      const every = /@(\d+)ms$/.exec(kind)?.[1]
      if (kind === 'incrDepth' && this.#isDue(topic, DIFF_EVERY_MS, elapsedMs)) this.#pushDiff()
      else if (kind === 'markPrice' && this.#isDue(topic, MARK_EVERY_MS, elapsedMs)) this.#pushMark()
      else if (every !== undefined && this.#isDue(topic, Number(every), elapsedMs)) this.#pushDepth(kind)
    }
  }

  drop(): void {
    for (const { socket } of this.#subscribers) socket.drop()
  }

  close(): void {
    for (const { socket } of this.#subscribers) socket.close()
  }

  #topics(): Set<string> {
    const topics = new Set<string>()
    for (const subscriber of this.#subscribers) for (const topic of subscriber.topics) topics.add(topic)
    return topics
  }

  #isDue(topic: string, everyMs: number, elapsedMs: number): boolean {
    if (elapsedMs - (this.#lastMs.get(topic) ?? Number.NEGATIVE_INFINITY) < everyMs) return false
    this.#lastMs.set(topic, elapsedMs)
    return true
  }

  #hear(subscriber: Subscriber, text: string): void {
    const { socket, topics } = subscriber
    const wish = readWish(text)
    if (wish === null) {
      socket.send({ code: 100400, msg: 'Invalid request', timestamp: this.#clock.nowMs() })
      return
    }
    const { id, reqType, dataType } = wish
    const symbol = TOPIC.exec(dataType)?.[1]
    if (symbol !== this.#symbol) {
      socket.send({ id, code: 80015, msg: `dataType ${dataType} is not known here`, timestamp: this.#clock.nowMs() })
    } else if (reqType === 'unsub') {
      topics.delete(dataType)
      socket.send({ id, code: 0, msg: '' })
    } else if (topics.size >= MOST_TOPICS) {
      socket.send({ id, code: 80403, msg: 'The number of subscriptions is over the limit', timestamp: this.#clock.nowMs() })
    } else {
      topics.add(dataType)
      socket.send({ id, code: 0, msg: '', dataType: '', data: null })
      if (dataType.endsWith('@incrDepth')) this.#startDiffs(socket, dataType)
    }
  }

  /** The whole book first; it joins the count of the differences that the others get. */
  #startDiffs(socket: StreamSocket, topic: string): void {
    if (this.#told === null) this.#told = this.#seen()
    else this.#pushDiff(socket)
    const { bids, asks } = this.#told
    const data = {
      action: 'all',
      lastUpdateId: this.#updateId,
      time: this.#clock.nowMs(),
      bids: rowsOf(bids),
      asks: rowsOf(asks).reverse(),
    }
    socket.send({ code: 0, dataType: topic, data })
  }

  /** `newcomer` is left out: what he gets next is the whole. */
  #pushDiff(newcomer?: StreamSocket): void {
    const topic = `${this.#symbol}@incrDepth`
    const seen = this.#seen()
    const told = this.#told ?? { bids: new Map<Decimal, Decimal>(), asks: new Map<Decimal, Decimal>() }
    const bids = differences(told.bids, seen.bids)
    const asks = differences(told.asks, seen.asks)
    this.#told = seen
    if (bids.length === 0 && asks.length === 0) return
    this.#updateId += 1
    const data = { action: 'update', lastUpdateId: this.#updateId, time: this.#clock.nowMs(), bids, asks }
    for (const { socket, topics } of this.#subscribers) {
      if (socket !== newcomer && topics.has(topic)) socket.send({ code: 0, dataType: topic, data })
    }
  }

  #seen(): { bids: Told; asks: Told } {
    const { book } = this.#desk()
    return { bids: toldOf(book.bids(DEPTH_LEVELS)), asks: toldOf(book.asks(DEPTH_LEVELS)) }
  }

  #pushDepth(kind: string): void {
    const levels = Number(/^depth(\d+)/.exec(kind)?.[1])
    this.#push(kind, bookRows({ desk: this.#desk() }, levels), { ts: this.#clock.nowMs() })
  }

  #pushMark(): void {
    const { mark } = this.#desk()
    if (mark === null) return
    const nowMs = this.#clock.nowMs()
    this.#push('markPrice', { e: 'markPriceUpdate', E: nowMs, s: this.#symbol, p: formatFixed(mark, MARK_DECIMALS) })
  }

  #pushTouch(): void {
    const { book } = this.#desk()
    const [bid, ask] = [book.bestBid(), book.bestAsk()]
    if (bid === null || ask === null) return
    const [b, B, a, A] = [bid.price, bid.size, ask.price, ask.size].map(formatDecimal) as [string, string, string, string]
    const touch = `${b} ${B} ${a} ${A}`
    if (touch === this.#touch) return
    this.#touch = touch
    const nowMs = this.#clock.nowMs()
    this.#push('bookTicker', { e: 'bookTicker', u: Math.max(book.lastUpdateId, 0), E: nowMs, T: nowMs, s: this.#symbol, b, B, a, A })
  }

  #push(kind: string, data: WireValue, more: WireObject = {}): void {
    const topic = `${this.#symbol}@${kind}`
    let text: string | null = null
    for (const { socket, topics } of this.#subscribers) {
      if (!topics.has(topic)) continue
      text ??= writeWire({ code: 0, dataType: topic, ...more, data })
      socket.sendText(text)
    }
  }
}

function toldOf(levels: readonly BookLevel[]): Told {
  return new Map(levels.map(({ price, size }) => [price, size]))
}

function rowsOf(told: Told): [string, string][] {
  return [...told].map(([price, size]) => [formatDecimal(price), formatDecimal(size)])
}

/** What changed, and with size zero what is gone. */
function differences(before: Told, now: Told): [string, string][] {
  const rows: [string, string][] = []
  for (const [price, size] of now) if (before.get(price) !== size) rows.push([formatDecimal(price), formatDecimal(size)])
  for (const price of before.keys()) if (!now.has(price)) rows.push([formatDecimal(price), '0.0000'])
  return rows
}

interface StreamWish {
  readonly id: string
  readonly reqType: 'sub' | 'unsub'
  readonly dataType: string
}

function readWish(text: string): StreamWish | null {
  if (text.length > 4_096) return null
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return null
    const { id, reqType, dataType } = value as Partial<Record<keyof StreamWish, unknown>>
    if ((reqType !== 'sub' && reqType !== 'unsub') || typeof dataType !== 'string') return null
    return { id: typeof id === 'string' ? id : '', reqType, dataType }
  } catch {
    return null
  }
}
