// How the model venue answers when it is asked: from its records, sometimes from old ones. Changes none of them.

import { add, type Decimal, div, mul, ZERO } from '../../src/core/kernel/decimal.ts'
import type { OrderReference, OrderWord, SnapshotOrder, SnapshotPosition, VenueEvent } from '../../src/core/kernel/inputs.ts'
import type { Faults } from './faults.ts'
import type { Market } from './market.ts'
import type { ModelVenue, VenueParts } from './model-venue.ts'
import type { Random } from './random.ts'
import { STALE_US } from './setup.ts'
import type { AccountReport, FillEvent, VenueAnswer, VenueOrder, VenueTrade } from './venue-words.ts'

export class VenueRecords {
  readonly #venue: ModelVenue
  readonly #random: Random
  readonly #faults: Faults
  readonly #market: Market

  constructor(venue: ModelVenue, { random, faults, market }: VenueParts) {
    this.#venue = venue
    this.#random = random
    this.#faults = faults
    this.#market = market
  }

  fillEvent(order: VenueOrder, { timeUs: _, listedFromUs: __, side, ...fill }: VenueTrade): FillEvent {
    const { instrument, positionSide } = order.request
    const type = this.#random.chance(0.5) ? 'PARTIAL_FILL' : 'FULL_FILL'
    const named = order.own ? {} : { positionSide }
    return { type, ...this.#word(order), instrument, side, ...named, fill }
  }

  closedEvent(order: VenueOrder): VenueEvent {
    const word = this.#word(order)
    return order.status === 'expired' ? { type: 'EXPIRED', reason: 'time', ...word } : { type: 'CANCEL_ACK', ...word }
  }

  /** What the venue knew of an order at a time. The clock it answers by is the true one, however old what it tells. */
  orderReport(clientOrderId: string, askedAtUs: number, nowUs: number): VenueAnswer[] {
    if (this.#faults.happens('query_rate_limited', 0.03))
      return [{ type: 'RATE_LIMITED', retryAfterMs: 1_000, clientOrderId: null, venueOrderId: null }]
    if (this.#faults.happens('order_query_failed', 0.05)) return []
    const asOfUs = this.#asOf(nowUs)
    const order = this.#venue.orders.get(clientOrderId)
    const seen = order === undefined || order.acceptedAtUs > asOfUs ? null : this.#seen(order, asOfUs)
    return [{ type: 'ORDER_REPORT', clientOrderId, askedAtUs, venueTimeUs: nowUs, order: seen }]
  }

  #seen(order: VenueOrder, asOfUs: number) {
    const trades = order.trades.filter((trade) => trade.timeUs <= asOfUs)
    const filledQuantity = trades.reduce((sum, trade) => add(sum, trade.quantity), ZERO)
    const isOpen = order.status === 'open' || order.closedAtUs > asOfUs
    const fills = trades.filter(({ listedFromUs }) => listedFromUs <= asOfUs).map((trade) => this.fillEvent(order, trade))
    const status = isOpen ? 'open' : order.status
    const reference = { ...this.#reference(order), totalFilled: filledQuantity }
    const word: VenueEvent | null =
      status === 'open'
        ? { type: 'ORDER_ACK', ...reference }
        : status === 'filled'
          ? null
          : status === 'expired'
            ? { type: 'EXPIRED', reason: 'time', ...reference }
            : { type: 'CANCEL_ACK', ...reference }
    return { status, filledQuantity, averagePrice: this.#averageOf(order.request.instrument, trades), fills, word } as const
  }

  snapshot(nowUs: number): VenueEvent {
    const asOfUs = this.#asOf(nowUs)
    const openOrders: SnapshotOrder[] = []
    for (const order of this.#venue.orders.values()) {
      if (order.acceptedAtUs > asOfUs || (order.status !== 'open' && order.closedAtUs <= asOfUs)) continue
      const filledQuantity = order.trades.filter((trade) => trade.timeUs <= asOfUs).reduce((sum, trade) => add(sum, trade.quantity), ZERO)
      openOrders.push({ ...this.#reference(order), instrument: order.request.instrument, side: order.request.side, filledQuantity })
    }
    const positions = this.#positions(asOfUs)
    return this.#random.pick<VenueEvent>([
      { type: 'SNAPSHOT', asOfUs, openOrders },
      { type: 'SNAPSHOT', asOfUs, openOrders, complete: true },
      { type: 'SNAPSHOT', asOfUs, openOrders, complete: true, positions },
      { type: 'SNAPSHOT', asOfUs, openOrders, complete: false, positions },
    ])
  }

  accountReport(nowUs: number): AccountReport {
    const asOfUs = this.#asOf(nowUs)
    const fills: FillEvent[] = []
    for (const { trade, order } of this.#venue.trades.values()) {
      if (trade.listedFromUs <= asOfUs) fills.push(this.fillEvent(order, trade))
    }
    const totals = new Map<string, Decimal>()
    for (const [id, order] of this.#venue.orders) {
      if (order.acceptedAtUs > asOfUs) continue
      const filled = order.trades.filter((trade) => trade.timeUs <= asOfUs).reduce((sum, trade) => add(sum, trade.quantity), ZERO)
      totals.set(id, filled)
    }
    const fundings = this.#venue.fundings.filter(({ timeUs }) => timeUs <= asOfUs).map(({ timeUs: _, ...event }) => event)
    return { type: 'ACCOUNT_REPORT', asOfUs, fills, fundings, totals, positions: this.#positions(asOfUs) }
  }

  #positions(asOfUs: number): readonly SnapshotPosition[] | null {
    return this.#faults.happens('position_query_failed', 0.15) ? null : this.#venue.holdings.at(asOfUs)
  }

  #reference(order: VenueOrder): OrderReference {
    const { venueOrderId } = order
    const hidden = this.#faults.happens('venue_id_only', order.own ? 0.05 : 0.5)
    return { clientOrderId: hidden ? null : order.request.clientOrderId, venueOrderId }
  }

  /** Its words carry what is filled in all, or do not, or say what was true a while ago. */
  #word(order: VenueOrder): OrderWord {
    const reference = this.#reference(order)
    if (this.#random.chance(0.5)) return reference
    if (!this.#faults.happens('stale_total', 0.1)) return { ...reference, totalFilled: order.filledQuantity }
    const known = order.trades.slice(0, this.#random.below(order.trades.length + 1))
    return { ...reference, totalFilled: known.reduce((sum, trade) => add(sum, trade.quantity), ZERO) }
  }

  #asOf(nowUs: number): number {
    return this.#faults.happens('stale_answer', 0.15) ? nowUs - this.#random.between(1, STALE_US) : nowUs
  }

  /** Of inverse contracts the cost is the quantity divided by the price. */
  #averageOf(symbol: string, trades: readonly VenueTrade[]): Decimal | null {
    if (trades.length === 0) return null
    const inverse = this.#market.listing(symbol).instrument.kind === 'inverse'
    const quantity = trades.reduce((sum, trade) => add(sum, trade.quantity), ZERO)
    const value = trades.reduce(
      (sum, trade) => add(sum, inverse ? div(trade.quantity, trade.price) : mul(trade.quantity, trade.price)),
      ZERO,
    )
    return inverse ? div(quantity, value) : div(value, quantity)
  }
}
