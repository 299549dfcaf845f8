// Real markets: a grid of orders round the touch, every second, and every fill judged from the raw lines.

import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { add, type Decimal, dec, formatDecimal, min, mul, sub, truncateToStep, ZERO } from '../../../src/core/kernel/decimal.ts'
import type { Side } from '../../../src/core/kernel/inputs.ts'
import type { TickerEvent } from '../../../src/core/market/events.ts'
import { openFeed } from '../../../src/core/market/open-feed.ts'
import { createPaperVenue, type PaperVenue } from '../../../src/core/venue/paper/paper-venue.ts'
import { order } from '../exchange/helpers.ts'
import { type AuditedFill, type AuditedOrder, audit, units } from './recording-auditor.ts'

const LATENCY_US = 5_137
const SECOND_US = 1_000_000

const RECORDINGS = ['binance-usdm-btcusdt-20230405.jsonl.gz', 'binance-spot-btcusdt-20240808.jsonl.gz']

interface Grid {
  readonly venue: PaperVenue
  readonly symbol: string
  readonly tick: Decimal
  readonly lot: Decimal
}

/** Cancels what is open and puts new orders round the touch: at it, behind it, before it, and some that take. */
function regrid({ venue, symbol, tick, lot }: Grid, touch: TickerEvent, nowUs: number, round: number): void {
  for (const { clientOrderId } of venue.exchange.openOrders()) {
    venue.send({ type: 'cancel', clientOrderId: clientOrderId as string, venueOrderId: null, instrument: symbol }, nowUs)
  }
  const submit = (name: string, side: Side, price: Decimal | null, quantity: Decimal, timeInForce: 'gtc' | 'ioc' | 'fok' = 'gtc') => {
    const text = price === null ? null : formatDecimal(price)
    const wish = { instrument: symbol, side, price: text, quantity: formatDecimal(truncateToStep(quantity, lot)), timeInForce }
    venue.send({ type: 'submit', request: order(`r${round}-${side}-${name}`, wish) }, nowUs)
  }
  const ticks = (count: number) => mul(tick, dec(String(count)))
  const small = dec('0.02')
  for (const distance of [0, 1, 5, 20]) {
    submit(`behind${distance}`, 'buy', sub(touch.bid.price, ticks(distance)), small)
    submit(`behind${distance}`, 'sell', add(touch.ask.price, ticks(distance)), small)
  }
  submit('again', 'buy', touch.bid.price, dec('0.5'))
  submit('again', 'sell', touch.ask.price, dec('0.5'))
  const inside = add(touch.bid.price, tick)
  if (inside < touch.ask.price) submit('inside', 'buy', inside, small)
  if (round % 7 === 3) submit('sweep', 'buy', add(touch.ask.price, ticks(3)), dec('12'), 'ioc')
  if (round % 7 === 5) submit('market', 'sell', null, dec('9'))
  if (round % 7 === 6) submit('kill', 'sell', sub(touch.bid.price, ticks(2)), min(touch.bid.size, dec('1')), 'fok')
}

async function rehearse(path: string): Promise<{ orders: AuditedOrder[]; fills: AuditedFill[]; venue: PaperVenue }> {
  const simulated = { startPrice: dec('1'), volatilityBpsPerHour: 1, spreadBps: 1, eventsPerSecond: 1 }
  const feed = await openFeed({ source: path, seed: 1, simulated, instrument: null })
  const { instrument } = feed
  const venue = createPaperVenue({
    instrument,
    feeRates: { maker: dec('0.0002'), taker: dec('0.0005') },
    balances: { [instrument.quote]: dec('900000000'), [instrument.base]: dec('100000') },
    idPrefix: 'audit',
    entryLatencyUs: LATENCY_US,
    responseLatencyUs: LATENCY_US,
  })
  const grid = { venue, symbol: instrument.symbol, tick: instrument.tickSize, lot: instrument.lotSize }
  const book = new Ledger()
  let touch: TickerEvent | null = null
  let round = 0
  let nextUs = feed.startTimeUs + SECOND_US
  for await (const batch of feed.batches()) {
    for (const event of batch) {
      for (; nextUs < event.timeUs; nextUs += SECOND_US) {
        if (touch !== null) regrid(grid, touch, nextUs, round)
        round += 1
      }
      venue.onMarket(event)
      if (event.type === 'ticker') touch = event
      book.note(venue, event.timeUs)
    }
  }
  book.note(venue, nextUs + SECOND_US)
  return { orders: [...book.orders.values()], fills: book.fills, venue }
}

/** What the venue said, as the auditor wants it: by time at the exchange. */
class Ledger {
  readonly orders = new Map<string, AuditedOrder & { untilUs: number }>()
  readonly fills: AuditedFill[] = []

  note(venue: PaperVenue, nowUs: number): void {
    for (const { timeUs: heardUs, event } of venue.take(nowUs)) {
      const timeUs = heardUs - LATENCY_US
      if (event.type === 'SNAPSHOT' || event.type === 'FUNDING') continue
      const orderId = event.clientOrderId as string
      const known = this.orders.get(orderId)
      if (event.type === 'ORDER_ACK') {
        const { side, price } = (venue.exchange.order(orderId) as NonNullable<ReturnType<typeof venue.exchange.order>>).request
        const limit = price === null ? null : units(formatDecimal(price))
        this.orders.set(orderId, { orderId, side, limit, fromUs: timeUs, untilUs: Number.POSITIVE_INFINITY })
      } else if (event.type === 'PARTIAL_FILL' || event.type === 'FULL_FILL') {
        const { fill, side } = event
        const [price, quantity] = [units(formatDecimal(fill.price)), units(formatDecimal(fill.quantity))]
        this.fills.push({ orderId, side, price, quantity, isMaker: fill.liquidity === 'maker', timeUs })
      }
      if (known !== undefined && ['FULL_FILL', 'CANCEL_ACK', 'EXPIRED'].includes(event.type)) known.untilUs = timeUs
    }
  }
}

describe('on a real recording', () => {
  for (const name of RECORDINGS) {
    const path = fileURLToPath(new URL(`../../../../shared/data/${name}`, import.meta.url))
    if (!existsSync(path)) {
      console.warn(`LEFT OUT: every fill on ${name} is one the recording allows (the file is not at ${path})`)
      test.skip(`every fill on ${name} is one the recording allows`)
      continue
    }
    test(`every fill on ${name} is one the recording allows, and no print passes an open order by`, async () => {
      const { orders, fills, venue } = await rehearse(path)
      const verdict = audit(readFileSync(path), orders, fills)
      expect(verdict.complaints.slice(0, 10)).toEqual([])
      // It judged something: many fills of every kind.
      expect(orders.length).toBeGreaterThan(2_000)
      expect(verdict.makerByPrint).toBeGreaterThan(100)
      expect(verdict.taker).toBeGreaterThan(100)
      for (const { orderId } of orders) {
        const known = venue.exchange.order(orderId)
        const filled = fills.filter((fill) => fill.orderId === orderId).reduce((sum, fill) => sum + fill.quantity, 0n)
        expect(known === undefined ? ZERO : known.filledQuantity).toBe(dec(`${filled}e-8`))
      }
      console.info(`${name}: ${orders.length} orders, ${JSON.stringify({ ...verdict, complaints: verdict.complaints.length })}`)
    })
  }
})
