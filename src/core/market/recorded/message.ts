// Reads one line of a raw capture of Binance streams, spot or USD-M futures, into a message. It knows shapes and types;
// it keeps no state, so it knows nothing of order or completeness.

import { type Decimal, DecimalError, parseDecimal, ZERO } from '../../kernel/decimal.ts'
import type { BookLevel, MarkEvent, TickerEvent, TradeEvent } from '../events.ts'

/** Levels with their ids, before anybody has looked whether they follow what came before. */
export interface Diff {
  readonly timeUs: number
  readonly venueTimeUs: number | null
  /** `U` and `u`: the ids of the first and last change in it. */
  readonly firstId: number
  readonly lastId: number
  /** `pu`: the last id of the diff before, on futures; null on spot. */
  readonly previousId: number | null
  readonly bids: readonly BookLevel[]
  readonly asks: readonly BookLevel[]
}

export interface Snapshot {
  readonly timeUs: number
  readonly venueTimeUs: number | null
  readonly updateId: number
  readonly bids: readonly BookLevel[]
  readonly asks: readonly BookLevel[]
}

export type TradeKind = 'trade' | 'aggTrade'

export type MarketMessage =
  | { readonly kind: 'ticker'; readonly symbol: string; readonly event: TickerEvent }
  | {
      readonly kind: 'trade'
      readonly symbol: string
      readonly event: TradeEvent
      readonly tradeKind: TradeKind
      readonly isFutures: boolean
    }
  | { readonly kind: 'mark'; readonly symbol: string; readonly event: MarkEvent }
  | { readonly kind: 'diff'; readonly symbol: string; readonly diff: Diff }
  /** `partial` for the best few levels, given again and again. The symbol is null where nothing names it. */
  | { readonly kind: 'snapshot'; readonly symbol: string | null; readonly snapshot: Snapshot; readonly partial: boolean }

export type Message =
  | MarketMessage
  /** Understood as far as needed to leave it out. */
  | { readonly kind: 'other'; readonly name: string }

/** A line that is no message; the text says why and fits into a sentence. */
export class LineFault extends Error {}

/** The fields that are read, of whatever type they turn out to be; all others are ignored. */
type Field =
  | ('e' | 's' | 'E' | 'T' | 'u' | 'U' | 'pu' | 'b' | 'B' | 'a' | 'A' | 't' | 'p' | 'q' | 'm' | 'M' | 'X' | 'i' | 'r')
  | ('lastUpdateId' | 'bids' | 'asks' | 'stream' | 'data')
type Payload = { readonly [field in Field]?: unknown }

/** 2000-01-01 and 2100-01-01: no recording is from outside, so no other stamp ever reaches a session. */
const EARLIEST_STAMP_US = 946_684_800_000_000
export const LATEST_STAMP_US = 4_102_444_800_000_000

const PARTIAL_DEPTH = /@depth(5|10|20)(@|$)/

/** The stamp of a line, in microseconds, whatever unit its digits say: 13 for ms, 16 for µs, 19 for ns. */
export function readStamp(line: string): { readonly stampUs: number; readonly jsonAt: number } {
  const end = line.indexOf(' ')
  if (end !== 13 && end !== 16 && end !== 19) throw new LineFault('it does not begin with a time stamp of 13, 16 or 19 digits')
  let value = 0
  for (let index = 0; index < end; index += 1) {
    const digit = line.charCodeAt(index) - 48
    if (!(digit >= 0 && digit <= 9)) throw new LineFault('its time stamp is not made of digits')
    // Nanoseconds do not fit a number, so what is below a microsecond is left out rather than rounded.
    if (index < 16) value = value * 10 + digit
  }
  const stampUs = end === 13 ? value * 1_000 : value
  if (stampUs < EARLIEST_STAMP_US || stampUs > LATEST_STAMP_US) throw new LineFault('its time stamp is not of the years 2000 to 2099')
  return { stampUs, jsonAt: end + 1 }
}

/**
 * Reads the JSON of a line; `timeUs` goes into the event as it stands.
 * @throws LineFault where it is no JSON object, or a field of a kind we know is missing or of a wrong type
 */
export function readMessage(json: string, timeUs: number): Message {
  let root: unknown
  try {
    root = JSON.parse(json)
  } catch (error) {
    if (error instanceof SyntaxError) throw new LineFault('its JSON does not parse')
    throw error
  }
  if (!isObject(root)) throw new LineFault('its JSON is not an object')
  try {
    const stream = root.stream
    if (typeof stream !== 'string') return readPayload(root, null, timeUs)
    const data = root.data
    if (isObject(data)) return readPayload(data, stream, timeUs)
    if (Array.isArray(data)) return { kind: 'other', name: stream }
    throw new LineFault('its "data" is not an object')
  } catch (error) {
    if (error instanceof DecimalError) throw new LineFault(error.message)
    throw error
  }
}

function readPayload(payload: Payload, stream: string | null, timeUs: number): Message {
  switch (payload.e) {
    case undefined:
      return readUnnamed(payload, stream, timeUs)
    case 'depthUpdate':
      return readDepth(payload, stream, timeUs)
    case 'bookTicker':
      return readTicker(payload, timeUs)
    case 'trade':
    case 'aggTrade':
      return readTrade(payload, timeUs, payload.e)
    case 'markPriceUpdate':
      return readMark(payload, timeUs)
    default:
      if (typeof payload.e !== 'string') throw new LineFault('its "e" is not a text')
      return { kind: 'other', name: payload.e }
  }
}

/** Three kinds carry no `e`: the spot ticker, REST bodies, and replies to our own requests. */
function readUnnamed(payload: Payload, stream: string | null, timeUs: number): Message {
  if ('u' in payload && 'B' in payload && 'A' in payload) return readTicker(payload, timeUs)
  if ('lastUpdateId' in payload) {
    const symbol = stream === null ? null : (stream.split('@')[0] as string).toUpperCase()
    const snapshot: Snapshot = {
      timeUs,
      venueTimeUs: venueTimeOf(payload, 'T', 'E'),
      updateId: integerOf(payload, 'lastUpdateId'),
      bids: levelsOf(payload, 'bids'),
      asks: levelsOf(payload, 'asks'),
    }
    return { kind: 'snapshot', symbol, snapshot, partial: stream !== null && PARTIAL_DEPTH.test(stream) }
  }
  if (stream !== null) return { kind: 'other', name: stream }
  const isReply = 'result' in payload || 'error' in payload || ('code' in payload && 'msg' in payload)
  return { kind: 'other', name: isReply ? 'reply to a request' : 'unnamed message' }
}

function readTicker(payload: Payload, timeUs: number): Message {
  const event: TickerEvent = {
    type: 'ticker',
    timeUs,
    venueTimeUs: venueTimeOf(payload, 'T', 'E'),
    updateId: integerOf(payload, 'u'),
    bid: levelOf(payload.b, payload.B),
    ask: levelOf(payload.a, payload.A),
  }
  if (event.bid.size > ZERO && event.ask.size > ZERO && event.bid.price >= event.ask.price) {
    throw new LineFault('its best bid is not below its best ask')
  }
  return { kind: 'ticker', symbol: textOf(payload, 's'), event }
}

/** Futures give partial depth the name of the diff: only the stream it came from tells them apart. */
function readDepth(payload: Payload, stream: string | null, timeUs: number): Message {
  const symbol = textOf(payload, 's')
  const venueTimeUs = venueTimeOf(payload, 'T', 'E')
  const lastId = integerOf(payload, 'u')
  const bids = levelsOf(payload, 'b')
  const asks = levelsOf(payload, 'a')
  if (stream !== null && PARTIAL_DEPTH.test(stream)) {
    return { kind: 'snapshot', symbol, snapshot: { timeUs, venueTimeUs, updateId: lastId, bids, asks }, partial: true }
  }
  const firstId = integerOf(payload, 'U')
  if (firstId > lastId) throw new LineFault('its first update id is above its last')
  const previousId = payload.pu === undefined ? null : integerOf(payload, 'pu')
  return { kind: 'diff', symbol, diff: { timeUs, venueTimeUs, firstId, lastId, previousId, bids, asks } }
}

function readTrade(payload: Payload, timeUs: number, tradeKind: TradeKind): Message {
  const buyerRested = payload.m
  if (typeof buyerRested !== 'boolean') throw new LineFault('its "m" is neither true nor false')
  const origin = payload.X
  if (origin !== undefined && typeof origin !== 'string') throw new LineFault('its "X" is not a text')
  const event: TradeEvent = {
    type: 'trade',
    timeUs,
    venueTimeUs: venueTimeOf(payload, 'T', 'E'),
    tradeId: String(integerOf(payload, tradeKind === 'trade' ? 't' : 'a')),
    price: positive(decimalOf(payload.p), 'price'),
    size: positive(decimalOf(payload.q), 'size'),
    aggressor: buyerRested ? 'sell' : 'buy',
    isMarket: origin === undefined || origin === 'MARKET',
  }
  // Spot marks every trade with an `M` that means nothing; futures never do.
  return { kind: 'trade', symbol: textOf(payload, 's'), event, tradeKind, isFutures: !('M' in payload) }
}

/** `T` of a mark price is when the next funding is due, not when the message was made. */
function readMark(payload: Payload, timeUs: number): Message {
  const event: MarkEvent = {
    type: 'mark',
    timeUs,
    venueTimeUs: venueTimeOf(payload, 'E', 'E'),
    mark: positive(decimalOf(payload.p), 'mark price'),
    index: optionalDecimalOf(payload, 'i'),
    fundingRate: optionalDecimalOf(payload, 'r'),
    nextFundingUs: venueTimeOf(payload, 'T', 'T'),
  }
  return { kind: 'mark', symbol: textOf(payload, 's'), event }
}

function isObject(value: unknown): value is Payload {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function textOf(payload: Payload, key: Field): string {
  const value = payload[key]
  if (typeof value !== 'string' || value === '') throw new LineFault(`its "${key}" is not a text`)
  return value
}

function integerOf(payload: Payload, key: Field): number {
  const value = payload[key]
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw new LineFault(`its "${key}" is not a whole number`)
  return value
}

/** A time of the venue in microseconds: 13 digits are ms, 16 are µs. Null where there is none, or a zero. */
function venueTimeOf(payload: Payload, key: Field, otherKey: Field): number | null {
  const used = payload[key] === undefined ? otherKey : key
  if (payload[used] === undefined) return null
  const value = integerOf(payload, used)
  if (value === 0) return null
  return value < 1e14 ? value * 1_000 : value
}

function decimalOf(value: unknown): Decimal {
  if (typeof value !== 'string') throw new LineFault('a price, size or rate is not a decimal text')
  return parseDecimal(value)
}

/** Contracts without funding send an empty text. */
function optionalDecimalOf(payload: Payload, key: Field): Decimal | null {
  const value = payload[key]
  return value === undefined || value === '' ? null : decimalOf(value)
}

function positive(value: Decimal, name: string): Decimal {
  if (value <= ZERO) throw new LineFault(`its ${name} is not above zero`)
  return value
}

function levelOf(priceText: unknown, sizeText: unknown): BookLevel {
  const price = decimalOf(priceText)
  const size = decimalOf(sizeText)
  if (size < ZERO) throw new LineFault('a size is negative')
  // An empty side is a price of zero with a size of zero.
  if (price <= ZERO && (price < ZERO || size > ZERO)) throw new LineFault('a price is not above zero')
  return { price, size }
}

function levelsOf(payload: Payload, key: Field): BookLevel[] {
  const rows = payload[key]
  if (!Array.isArray(rows)) throw new LineFault(`its "${key}" is not a list of levels`)
  const levels: BookLevel[] = []
  for (const row of rows as readonly unknown[]) {
    if (!Array.isArray(row) || row.length < 2) throw new LineFault(`a level of its "${key}" is not a pair of price and size`)
    levels.push(levelOf(row[0], row[1]))
  }
  return levels
}
