// Reads the messages of BingX's public stream. It knows shapes and types; it keeps no state, so it knows nothing of order or
// completeness. Numbers come as texts (see lossless-json.ts).

import { type Decimal, tryParseDecimal, ZERO } from '../../kernel/decimal.ts'
import type { Side } from '../../kernel/inputs.ts'
import type { BookLevel } from '../../market/events.ts'

/** A message that is none; the text says why and fits into a sentence. */
export class MessageFault extends Error {
  override readonly name = 'MessageFault'
}

export interface PublicTrade {
  readonly timeMs: number
  readonly price: Decimal
  readonly size: Decimal
  readonly aggressor: Side
}

export type PublicMessage =
  /** Oldest first. */
  | { readonly kind: 'trades'; readonly trades: readonly PublicTrade[] }
  | { readonly kind: 'ticker'; readonly timeMs: number; readonly bid: BookLevel; readonly ask: BookLevel }
  | {
      readonly kind: 'book'
      readonly timeMs: number | null
      readonly id: number | null
      readonly isWhole: boolean
      readonly bids: readonly BookLevel[]
      readonly asks: readonly BookLevel[]
    }
  | { readonly kind: 'mark'; readonly timeMs: number; readonly mark: Decimal }
  /** The answer to a subscription, or an error frame: its code where it is one. */
  | { readonly kind: 'reply'; readonly code: string }
  | { readonly kind: 'other'; readonly name: string }

type Field =
  | 'code'
  | 'dataType'
  | 'data'
  | 'ts'
  | 's'
  | 'q'
  | 'p'
  | 'T'
  | 'E'
  | 'm'
  | 'b'
  | 'B'
  | 'a'
  | 'A'
  | 'action'
  | 'lastUpdateId'
  | 'time'
  | 'bids'
  | 'asks'
type Payload = { readonly [name in Field]?: unknown }

/** More levels than the venue has; what is longer is no book. */
const MOST_LEVELS = 5_000
const MOST_TRADES = 5_000

/** @throws MessageFault where a kind we know has not the shape it must have */
export function readPublicMessage(message: unknown, symbol: string): PublicMessage {
  if (!isPayload(message)) throw new MessageFault('it is no object')
  const { dataType } = message
  if (typeof dataType !== 'string' || dataType === '') return { kind: 'reply', code: typeof message.code === 'string' ? message.code : '' }
  const [name, topic = ''] = dataType.split('@')
  if (name !== symbol) return { kind: 'other', name: dataType }
  if (topic === 'trade') return { kind: 'trades', trades: tradesOf(message.data, symbol) }
  const { data } = message
  if (topic === 'bookTicker') return tickerOf(payloadOf(data), symbol)
  if (topic === 'incrDepth') return incrementOf(payloadOf(data))
  if (topic.startsWith('depth')) return levelsOfAll(payloadOf(data), message.ts)
  if (topic === 'markPrice') return markOf(payloadOf(data), symbol)
  return { kind: 'other', name: dataType }
}

function tradesOf(data: unknown, symbol: string): PublicTrade[] {
  // A single trade has been seen without its list.
  const rows = Array.isArray(data) ? (data as readonly unknown[]) : [data]
  if (rows.length > MOST_TRADES) throw new MessageFault(`it has ${rows.length} trades`)
  return rows.map((row) => tradeOf(payloadOf(row), symbol)).reverse()
}

function tradeOf(row: Payload, symbol: string): PublicTrade {
  checkSymbol(row, symbol)
  const isBuyerMaker = row.m === true || row.m === 'true'
  if (!isBuyerMaker && row.m !== false && row.m !== 'false') throw new MessageFault('its "m" is neither true nor false')
  return {
    timeMs: msOf(row.T, 'T'),
    price: positive(row.p, 'p'),
    size: positive(row.q, 'q'),
    aggressor: isBuyerMaker ? 'sell' : 'buy',
  }
}

function tickerOf(row: Payload, symbol: string): PublicMessage {
  checkSymbol(row, symbol)
  const bid = { price: positive(row.b, 'b'), size: sizeOf(row.B, 'B') }
  const ask = { price: positive(row.a, 'a'), size: sizeOf(row.A, 'A') }
  if (bid.size > ZERO && ask.size > ZERO && bid.price >= ask.price) throw new MessageFault('its best bid is not below its best ask')
  return { kind: 'ticker', timeMs: msOf(row.T ?? row.E, 'T'), bid, ask }
}

function incrementOf(row: Payload): PublicMessage {
  const { action, lastUpdateId, time } = row
  if (action !== 'all' && action !== 'update') throw new MessageFault('its "action" is neither all nor update')
  if (typeof lastUpdateId !== 'string' || !/^\d{1,15}$/.test(lastUpdateId)) throw new MessageFault('its "lastUpdateId" is no whole number')
  const levels = { bids: levelsOf(row.bids, 'bids'), asks: levelsOf(row.asks, 'asks') }
  return { kind: 'book', timeMs: msOf(time, 'time'), id: Number(lastUpdateId), isWhole: action === 'all', ...levels }
}

function levelsOfAll(row: Payload, ts: unknown): PublicMessage {
  const levels = { bids: levelsOf(row.bids, 'bids'), asks: levelsOf(row.asks, 'asks') }
  return { kind: 'book', timeMs: ts === undefined ? null : msOf(ts, 'ts'), id: null, isWhole: true, ...levels }
}

function markOf(row: Payload, symbol: string): PublicMessage {
  checkSymbol(row, symbol)
  return { kind: 'mark', timeMs: msOf(row.E, 'E'), mark: positive(row.p, 'p') }
}

/** In whatever order: the venue writes asks highest first, and elsewhere the other way round. */
function levelsOf(rows: unknown, name: string): BookLevel[] {
  if (!Array.isArray(rows) || rows.length > MOST_LEVELS) throw new MessageFault(`its "${name}" is no list of levels`)
  return (rows as readonly unknown[]).map((row) => {
    if (!Array.isArray(row) || row.length < 2) throw new MessageFault(`a level of its "${name}" is no pair of price and size`)
    return { price: positive(row[0], name), size: sizeOf(row[1], name) }
  })
}

function checkSymbol({ s }: Payload, symbol: string): void {
  if (s !== undefined && s !== symbol) throw new MessageFault('it names another symbol than its topic')
}

function msOf(value: unknown, name: string): number {
  if (typeof value !== 'string' || !/^\d{13}$/.test(value)) throw new MessageFault(`its "${name}" is no time in milliseconds`)
  return Number(value)
}

function decimalOf(value: unknown, name: string): Decimal {
  const decimal = typeof value === 'string' ? tryParseDecimal(value) : undefined
  if (decimal === undefined) throw new MessageFault(`its "${name}" is no decimal`)
  return decimal
}

function positive(value: unknown, name: string): Decimal {
  const decimal = decimalOf(value, name)
  if (decimal <= ZERO) throw new MessageFault(`its "${name}" is not above zero`)
  return decimal
}

function sizeOf(value: unknown, name: string): Decimal {
  const decimal = decimalOf(value, name)
  if (decimal < ZERO) throw new MessageFault(`its "${name}" has a size below zero`)
  return decimal
}

function payloadOf(value: unknown): Payload {
  if (!isPayload(value)) throw new MessageFault('its "data" is no object')
  return value
}

function isPayload(value: unknown): value is Payload {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
