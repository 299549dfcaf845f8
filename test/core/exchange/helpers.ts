// Builders for the exchange's tests: a small market in whole numbers, and orders on it.

import { Exchange, type ExchangeOptions } from '../../../src/core/exchange/exchange.ts'
import { type Decimal, dec, formatDecimal } from '../../../src/core/kernel/decimal.ts'
import type { OrderRequest } from '../../../src/core/kernel/facts.ts'
import type { Side } from '../../../src/core/kernel/inputs.ts'
import type { Instrument } from '../../../src/core/kernel/instrument.ts'
import type { BookLevel, DepthEvent, SnapshotEvent, TickerEvent, TradeEvent } from '../../../src/core/market/events.ts'
import type { TimedPaperEvent } from '../../../src/core/venue/paper/paper-venue.ts'

export const SPOT: Instrument = {
  symbol: 'XRP/USD',
  kind: 'spot',
  base: 'XRP',
  quote: 'USD',
  settle: 'USD',
  tickSize: dec('1'),
  lotSize: dec('1'),
  minQuantity: dec('1'),
  maxQuantity: dec('1000'),
  minNotional: dec('50'),
  maxLeverage: dec('1'),
}

export const LINEAR: Instrument = { ...SPOT, symbol: 'XRP/USD:USD', kind: 'linear', maxLeverage: dec('10') }

export function exchangeOf(options: Partial<ExchangeOptions> = {}): Exchange {
  return new Exchange({
    instrument: SPOT,
    feeRates: { maker: dec('0'), taker: dec('0') },
    balances: { USD: dec('1000000'), XRP: dec('10000') },
    idPrefix: 'test',
    ...options,
  })
}

type Row = readonly [price: string | number, size: string | number]

export function level([price, size]: Row): BookLevel {
  return { price: dec(String(price)), size: dec(String(size)) }
}

export function snapshot(bids: readonly Row[], asks: readonly Row[], timeUs = 0, updateId = 1): SnapshotEvent {
  return { type: 'snapshot', timeUs, venueTimeUs: null, updateId, bids: bids.map(level), asks: asks.map(level) }
}

/** Changed levels; ids follow the time, so that later ones are newer. */
export function depth(timeUs: number, bids: readonly Row[], asks: readonly Row[], afterGap = false): DepthEvent {
  return { type: 'depth', timeUs, venueTimeUs: null, updateId: timeUs + 1, bids: bids.map(level), asks: asks.map(level), afterGap }
}

export function ticker(timeUs: number, bid: Row, ask: Row): TickerEvent {
  return { type: 'ticker', timeUs, venueTimeUs: null, updateId: timeUs + 1, bid: level(bid), ask: level(ask) }
}

export function print(timeUs: number, aggressor: Side, price: string | number, size: string | number, isMarket = true): TradeEvent {
  return {
    type: 'trade',
    timeUs,
    venueTimeUs: null,
    tradeId: String(timeUs),
    price: dec(String(price)),
    size: dec(String(size)),
    aggressor,
    isMarket,
  }
}

/** Bids 100 × 10, 99 × 5, 98 × 5; asks 101 × 10, 102 × 5, 103 × 5. */
export function market(timeUs = 0): SnapshotEvent {
  return snapshot(
    [
      [100, 10],
      [99, 5],
      [98, 5],
    ],
    [
      [101, 10],
      [102, 5],
      [103, 5],
    ],
    timeUs,
  )
}

export type OrderWish = Partial<Omit<OrderRequest, 'price' | 'quantity'>> & {
  readonly price?: string | number | null
  readonly quantity?: string | number
}

export function order(clientOrderId: string, wish: OrderWish = {}): OrderRequest {
  const { price = 100, quantity = 2, ...rest } = wish
  return {
    clientOrderId,
    instrument: SPOT.symbol,
    side: 'buy',
    positionSide: 'net',
    orderType: price === null ? 'market' : 'limit',
    price: price === null ? null : dec(String(price)),
    quantity: dec(String(quantity)),
    timeInForce: 'gtc',
    postOnly: false,
    reduceOnly: false,
    validUntilUs: Number.MAX_SAFE_INTEGER,
    role: 'quote',
    slotId: null,
    trade: null,
    leg: null,
    intentSeq: 1,
    attempt: 1,
    ...rest,
  }
}

/** An event in one line: `PARTIAL_FILL a buy 2 @ 100 maker`, `ORDER_REJECT a TICK_SIZE`. */
export function line(event: TimedPaperEvent['event']): string {
  if (event.type === 'SNAPSHOT' || event.type === 'FUNDING') return event.type
  const head = `${event.type} ${event.clientOrderId}`
  switch (event.type) {
    case 'PARTIAL_FILL':
    case 'FULL_FILL': {
      const { fill, side } = event
      return `${head} ${side} ${formatDecimal(fill.quantity)} @ ${formatDecimal(fill.price)} ${fill.liquidity}`
    }
    case 'ORDER_REJECT':
    case 'CANCEL_REJECT':
      return `${head} ${event.code}`
    default:
      return head
  }
}

/** What the exchange said since the last look, a line each. */
export function said(exchange: Exchange): string[] {
  return exchange.drain().map(({ event }) => line(event))
}

export function text(value: Decimal | null | undefined): string {
  return value === null || value === undefined ? 'none' : formatDecimal(value)
}

/** The queue ahead of an open order. */
export function ahead(exchange: Exchange, clientOrderId: string): string {
  return text(exchange.order(clientOrderId)?.queue?.ahead)
}
