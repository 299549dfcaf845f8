// A BingX venue against the scripted one, and what the tests need to speak of its news.

import { DitaError } from '../../../../src/core/errors.ts'
import { dec, formatDecimal } from '../../../../src/core/kernel/decimal.ts'
import type { OrderRequest } from '../../../../src/core/kernel/facts.ts'
import { Secret } from '../../../../src/core/secret.ts'
import { type BingxVenue, createBingxVenue } from '../../../../src/core/venue/bingx/bingx-venue.ts'
import type { BingxTuning, BingxVenueOptions } from '../../../../src/core/venue/bingx/options.ts'
import type { TimedVenueEvent } from '../../../../src/core/venue/port.ts'
import { API_KEY, API_SECRET, type Reply, raw, ScriptedVenue } from './scripted-server.ts'
import { worldClock } from './world-clock.ts'

export const INSTRUMENT = 'BTC/USDT:USDT'
/** Beyond 2^53, with low bits set: a rounded one shows. */
export const VENUE_ID = '2075327764731486209'

export class Rig {
  readonly server: ScriptedVenue
  readonly venue: BingxVenue
  readonly log: string[] = []
  readonly news: TimedVenueEvent['event'][] = []

  private constructor(server: ScriptedVenue, options: Partial<BingxVenueOptions>, tuning: Partial<BingxTuning>) {
    this.server = server
    this.venue = createBingxVenue({
      restUrl: server.restUrl,
      streamUrl: server.streamUrl,
      kind: 'demo',
      credentials: { apiKey: new Secret(API_KEY), secret: new Secret(API_SECRET) },
      instrument: INSTRUMENT,
      maxLeverage: dec('10'),
      positionMode: 'one_way',
      clock: worldClock(),
      random: () => 0.5,
      log: ({ text }) => this.log.push(text),
      ...options,
      tuning: {
        callTimeoutMs: 400,
        questionPauseMs: 20,
        streamPauseMs: 20,
        cancelSpacingMs: 100,
        closeTimeoutMs: 500,
        breakerFailures: 1_000,
        ...tuning,
      },
    })
  }

  static async open(options: Partial<BingxVenueOptions> = {}, tuning: Partial<BingxTuning> = {}): Promise<Rig> {
    return new Rig(await ScriptedVenue.open(), options, tuning)
  }

  static async connected(tuning: Partial<BingxTuning> = {}): Promise<Rig> {
    const rig = await Rig.open({}, tuning)
    await rig.venue.connect(new AbortController().signal)
    rig.collect()
    rig.news.length = 0
    return rig
  }

  async close(): Promise<void> {
    await this.venue.close()
    await this.server.close()
  }

  collect(): void {
    for (const { event } of this.venue.take(Number.MAX_SAFE_INTEGER)) this.news.push(event)
  }

  /** Waits, for a bounded time, until the news has what is asked for. */
  async until(what: string, isThere: (lines: readonly string[]) => boolean, limitMs = 10_000): Promise<readonly string[]> {
    const endMs = Date.now() + limitMs
    for (;;) {
      this.collect()
      const lines = this.lines()
      if (isThere(lines)) return lines
      if (Date.now() > endMs) throw new Error(`${what} did not come; there was: ${lines.join(' | ')}`)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }

  untilLine(start: string): Promise<readonly string[]> {
    return this.until(start, (lines) => lines.some((line) => line.startsWith(start)))
  }

  lines(): string[] {
    return this.news.map(lineOf)
  }

  submit(clientOrderId: string, wish: Partial<OrderRequest> = {}): OrderRequest {
    const request = requestOf(clientOrderId, wish)
    this.venue.send({ type: 'submit', request }, Date.now() * 1_000)
    return request
  }

  cancel(clientOrderId: string): void {
    this.venue.send({ type: 'cancel', clientOrderId, venueOrderId: null, instrument: INSTRUMENT }, Date.now() * 1_000)
  }

  query(clientOrderId: string): void {
    this.venue.send({ type: 'query', clientOrderId, instrument: INSTRUMENT }, Date.now() * 1_000)
  }
}

export function requestOf(clientOrderId: string, wish: Partial<OrderRequest> = {}): OrderRequest {
  return {
    clientOrderId,
    instrument: INSTRUMENT,
    side: 'buy',
    quantity: dec('0.01'),
    orderType: 'limit',
    price: dec('50000.5'),
    timeInForce: 'gtc',
    postOnly: false,
    positionSide: 'net',
    reduceOnly: false,
    validUntilUs: (Date.now() + 10_000) * 1_000,
    role: 'quote',
    slotId: null,
    trade: null,
    leg: null,
    intentSeq: 1,
    attempt: 1,
    ...wish,
  }
}

/** An event on one line: its type, whose, and its numbers. */
export function lineOf(event: TimedVenueEvent['event']): string {
  const parts: string[] = [event.type]
  if ('clientOrderId' in event && event.clientOrderId !== null) parts.push(event.clientOrderId)
  if ('venueOrderId' in event && event.venueOrderId !== null) parts.push(`@${event.venueOrderId}`)
  if ('fill' in event) {
    const { tradeId, price, quantity, fee, feeAsset, liquidity } = event.fill
    parts.push(
      `${event.side} ${formatDecimal(quantity)} at ${formatDecimal(price)} trade ${tradeId} fee ${formatDecimal(fee)} ${feeAsset} ${liquidity}`,
    )
  }
  if ('totalFilled' in event && event.totalFilled !== null && event.totalFilled !== undefined)
    parts.push(`total ${formatDecimal(event.totalFilled)}`)
  if ('code' in event) parts.push(event.code)
  if ('retryAfterMs' in event) parts.push(`after ${event.retryAfterMs}`)
  if ('raw' in event) parts.push(event.raw)
  if (event.type === 'NOTICE') parts.push(event.severity, event.text)
  return parts.join(' ')
}

interface OrderWish {
  readonly status?: string
  readonly executed?: string
  readonly quantity?: string
  readonly venueId?: string
  /** How old the order is. */
  readonly ageMs?: number
}

/** As BingX writes an order: its id a bare integer beyond 2^53. */
export function orderBody(
  clientOrderId: string,
  { status = 'PENDING', executed = '0.0', quantity = '0.0100', venueId = VENUE_ID, ageMs = 1_000 }: OrderWish = {},
): string {
  return `{"symbol":"BTC-USDT","orderId":${venueId},"side":"BUY","positionSide":"BOTH","type":"LIMIT","origQty":"${quantity}","price":"50000.5",
   "executedQty":"${executed}","avgPrice":"50000.5","cumQuote":"500","status":"${status}","time":${Date.now() - ageMs},"updateTime":${Date.now()},
   "clientOrderId":"${clientOrderId}","leverage":"5X","stopLoss":{"quantity":0}}`
}

export function orderReply(clientOrderId: string, wish: OrderWish = {}): Reply {
  return raw(`{"code":0,"msg":"","data":{"order":${orderBody(clientOrderId, wish)}}}`)
}

/** The form recorded in 2026: fields in `data` itself, the id twice. */
export function placedReply(clientOrderId: string, { status = 'PENDING', quantity = '0.01' }: OrderWish = {}): Reply {
  return raw(`{"code":0,"msg":"","debugMsg":"","data":{"orderId":${VENUE_ID},"orderID":"${VENUE_ID}","symbol":"BTC-USDT","positionSide":"BOTH",
   "side":"BUY","type":"LIMIT","price":"50000.5","quantity":"${quantity}","clientOrderID":"${clientOrderId}","clientOrderId":"${clientOrderId}",
   "status":"${status}","avgPrice":"0.00","executedQty":"0.00"}}`)
}

export function fillRow(tradeId: string, quantity: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    filledTm: '2026-01-01T20:58:36Z',
    filledTime: '2026-01-01T20:58:36.000+0800',
    volume: quantity,
    price: '50000.5',
    qty: (Number(quantity) * 50000.5).toFixed(2),
    quoteQty: (Number(quantity) * 50000.5).toFixed(2),
    commission: '-0.1',
    commissionAsset: 'USDT',
    orderId: VENUE_ID,
    tradeId,
    symbol: 'BTC-USDT',
    role: 'maker',
    side: 'buy',
    positionSide: 'both',
    ...more,
  }
}

export function fillsReply(rows: readonly unknown[]): Reply {
  return { body: { code: 0, msg: '', data: { fill_history_orders: rows, total: rows.length } } }
}

/** What a promise is refused with, which must be one of dita's own errors. */
export async function failureOf(promise: Promise<unknown>): Promise<DitaError> {
  const thrown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!(thrown instanceof DitaError)) throw new Error(`expected a DitaError, got ${String(thrown)}`)
  return thrown
}
