// A venue as its users know venues: it has the truth about orders and fills, and tells it badly. Knows nothing of the kernel's state.

import { add, type Decimal, dec, max, min, sub, truncateToStep, ZERO } from '../../src/core/kernel/decimal.ts'
import type { OrderRequest } from '../../src/core/kernel/facts.ts'
import type { OrderReference, SnapshotOrder, VenueEvent, VenueFill } from '../../src/core/kernel/inputs.ts'
import type { Faults } from './faults.ts'
import type { Random } from './random.ts'

export type VenueRequest =
  | { readonly kind: 'submit'; readonly request: OrderRequest }
  | { readonly kind: 'cancel'; readonly clientOrderId: string }
  | { readonly kind: 'query'; readonly clientOrderId: string; readonly validUntilUs: number }
  | { readonly kind: 'open_orders' }
  | { readonly kind: 'trades' }

export interface VenueTrade extends VenueFill {
  readonly timeUs: number
}

export interface VenueOrder {
  readonly request: OrderRequest
  readonly venueOrderId: string
  readonly acceptedAtUs: number
  readonly trades: VenueTrade[]
  status: 'open' | 'filled' | 'canceled' | 'expired'
  filledQuantity: Decimal
  closedAtUs: number
}

const LOT = dec('0.01')
/** How far behind a stale answer is, at most. */
const STALE_US = 20_000_000

export class ModelVenue {
  readonly orders = new Map<string, VenueOrder>()
  readonly trades = new Map<string, { readonly trade: VenueTrade; readonly order: VenueOrder }>()
  /** Refusals of orders that were accepted all the same. */
  readonly #refusals: VenueEvent[] = []
  readonly #random: Random
  readonly #faults: Faults
  readonly #feeAssets: readonly string[]

  constructor(random: Random, faults: Faults, feeAssets: readonly string[]) {
    this.#random = random
    this.#faults = faults
    this.#feeAssets = feeAssets
  }

  receive(message: VenueRequest, nowUs: number): VenueEvent[] {
    switch (message.kind) {
      case 'submit':
        return this.#submit(message.request, nowUs)
      case 'cancel':
        return this.#cancel(message.clientOrderId, nowUs)
      case 'query':
        return this.#answer(message.clientOrderId, message.validUntilUs, this.#asOf(nowUs))
      case 'open_orders':
        return [this.#snapshot(this.#asOf(nowUs))]
      case 'trades':
        return [...this.trades.values()].map(({ trade, order }) => this.#fillEvent(order, trade))
    }
  }

  /** Something happens without being asked for: a fill, an expiry, a cancel by the venue. */
  act(nowUs: number): VenueEvent[] {
    const all = [...this.orders.values()]
    const closed = all.filter((order) => order.status === 'canceled' || order.status === 'expired')
    if (closed.length > 0 && this.#faults.happens('fill_after_cancel', 0.02)) return this.#fill(this.#random.pick(closed), nowUs, false)
    if (this.#refusals.length > 0 && this.#faults.happens('rejection_repeated', 0.12)) return [this.#random.pick(this.#refusals)]
    const open = all.filter((order) => order.status === 'open')
    if (open.length === 0) return []
    const order = this.#random.pick(open)
    if (this.#faults.happens('order_expired', 0.05)) return [this.#close(order, 'expired', nowUs)]
    if (this.#faults.happens('venue_canceled', 0.03)) return [this.#close(order, 'canceled', nowUs)]
    return this.#fill(order, nowUs, this.#random.chance(0.4))
  }

  /** A trade that was told before, now with other numbers under the same id. */
  tellOtherwise(tradeId: string): VenueEvent {
    const known = this.trades.get(tradeId)
    if (known === undefined) throw new RangeError(`there is no trade ${tradeId}`)
    return this.#fillEvent(known.order, { ...known.trade, quantity: add(known.trade.quantity, LOT) })
  }

  /** After a restart what rested may be gone, and nobody is told. */
  restart(nowUs: number): void {
    const drops = this.#random.chance(0.5)
    for (const order of this.orders.values()) if (drops && order.status === 'open') this.#close(order, 'canceled', nowUs)
  }

  #submit(request: OrderRequest, nowUs: number): VenueEvent[] {
    const reference = { clientOrderId: request.clientOrderId, venueOrderId: null }
    // Such an answer says nothing of the order that is there already: the adapter must not read it as a refusal of it.
    if (this.orders.has(request.clientOrderId)) return [{ type: 'UNRECOGNISED', raw: 'duplicate client order id', ...reference }]
    const reject: VenueEvent = { type: 'ORDER_REJECT', code: 'REFUSED', reason: 'no', ...reference }
    if (nowUs > request.validUntilUs || this.#faults.happens('order_rejected', 0.06)) return [reject]
    const limited: VenueEvent = { type: 'RATE_LIMITED', retryAfterMs: this.#random.pick([null, 0, 500, 3000]), ...reference }
    if (this.#faults.happens('rate_limited', 0.03)) return [limited]
    const order = this.#accept(request, nowUs)
    const fills = this.#fillAtOnce(order, nowUs)
    if (this.#faults.happens('rejected_but_accepted', 0.06)) {
      this.#refusals.push(reject)
      return [reject, ...fills]
    }
    if (this.#faults.happens('rate_limited_but_accepted', 0.02)) return [limited, ...fills]
    if (this.#faults.happens('unrecognised_answer', 0.03)) return [{ type: 'UNRECOGNISED', raw: 'status 77', ...reference }, ...fills]
    return [{ type: 'ORDER_ACK', ...reference, venueOrderId: order.venueOrderId }, ...fills]
  }

  #accept(request: OrderRequest, nowUs: number): VenueOrder {
    const venueOrderId = `v${this.orders.size + 1}`
    const order: VenueOrder = {
      request,
      venueOrderId,
      acceptedAtUs: nowUs,
      trades: [],
      status: 'open',
      filledQuantity: ZERO,
      closedAtUs: 0,
    }
    this.orders.set(request.clientOrderId, order)
    return order
  }

  #fillAtOnce(order: VenueOrder, nowUs: number): VenueEvent[] {
    const { orderType, timeInForce } = order.request
    if (orderType === 'limit' && timeInForce === 'gtc') return []
    const all = this.#random.chance(0.7)
    const some = all || (timeInForce !== 'fok' && this.#random.chance(0.6))
    const events = some ? this.#fill(order, nowUs, all) : []
    return order.status === 'open' ? [...events, this.#close(order, 'expired', nowUs)] : events
  }

  #cancel(clientOrderId: string, nowUs: number): VenueEvent[] {
    const order = this.orders.get(clientOrderId)
    const reference = { clientOrderId, venueOrderId: null }
    if (this.#faults.happens('rate_limited', 0.04)) return [{ type: 'RATE_LIMITED', retryAfterMs: 200, ...reference }]
    const refused: VenueEvent = { type: 'CANCEL_REJECT', code: 'UNKNOWN_ORDER', reason: order?.status ?? 'not found', ...reference }
    if (order === undefined || order.status === 'filled' || order.status === 'expired') return [refused]
    const event = order.status === 'open' ? this.#close(order, 'canceled', nowUs) : this.#closedEvent(order)
    return this.#faults.happens('unrecognised_answer', 0.04) ? [{ type: 'UNRECOGNISED', raw: 'status 78', ...reference }] : [event]
  }

  #close(order: VenueOrder, status: 'canceled' | 'expired', nowUs: number): VenueEvent {
    order.status = status
    order.closedAtUs = nowUs
    return this.#closedEvent(order)
  }

  #closedEvent(order: VenueOrder): VenueEvent {
    const reference = this.#reference(order)
    return order.status === 'expired' ? { type: 'EXPIRED', reason: 'time', ...reference } : { type: 'CANCEL_ACK', ...reference }
  }

  #fill(order: VenueOrder, nowUs: number, whole: boolean): VenueEvent[] {
    const { request } = order
    const unfilled = max(sub(request.quantity, order.filledQuantity), LOT)
    const part = max(truncateToStep(((unfilled * BigInt(this.#random.between(1, 9))) / 10n) as Decimal, LOT), LOT)
    const extra = this.#faults.happens('overfill', 0.02) ? dec(this.#random.pick(['0.01', '1', '7.5'])) : ZERO
    const quantity = add(whole ? unfilled : min(part, unfilled), extra)
    const trade: VenueTrade = {
      tradeId: `t${this.trades.size + 1}`,
      price: request.price ?? dec(this.#random.pick(['1.9', '2', '2.0333'])),
      quantity,
      fee: dec(this.#random.pick(['0', '0.01', '0.0003', '-0.002'])),
      feeAsset: this.#random.pick(this.#feeAssets),
      liquidity: request.orderType === 'market' ? 'taker' : 'maker',
      timeUs: nowUs,
    }
    order.trades.push(trade)
    this.trades.set(trade.tradeId, { trade, order })
    order.filledQuantity = add(order.filledQuantity, quantity)
    if (order.filledQuantity >= request.quantity) {
      if (order.status === 'open') order.closedAtUs = nowUs
      order.status = 'filled'
    }
    return [this.#fillEvent(order, trade)]
  }

  #fillEvent(order: VenueOrder, { timeUs: _, ...fill }: VenueTrade): VenueEvent {
    const { instrument, side } = order.request
    const type = this.#random.chance(0.5) ? 'PARTIAL_FILL' : 'FULL_FILL'
    return { type, ...this.#reference(order), instrument, side, fill }
  }

  #reference(order: VenueOrder): OrderReference {
    const { venueOrderId } = order
    return { clientOrderId: this.#faults.happens('venue_id_only', 0.05) ? null : order.request.clientOrderId, venueOrderId }
  }

  #asOf(nowUs: number): number {
    return this.#faults.happens('stale_answer', 0.15) ? nowUs - this.#random.between(1, STALE_US) : nowUs
  }

  /** What the venue knew of an order at a time. Never there counts only from when it could not arrive any more. */
  #answer(clientOrderId: string, validUntilUs: number, asOfUs: number): VenueEvent[] {
    const order = this.orders.get(clientOrderId)
    if (order === undefined || order.acceptedAtUs > asOfUs) {
      const never = order === undefined && asOfUs > validUntilUs
      return never ? [{ type: 'ORDER_REJECT', code: 'NEVER_ARRIVED', reason: 'not found', clientOrderId, venueOrderId: null }] : []
    }
    const fills = order.trades.filter((trade) => trade.timeUs <= asOfUs).map((trade) => this.#fillEvent(order, trade))
    if (order.status === 'filled' && order.closedAtUs <= asOfUs) return fills
    const isOpen = order.status === 'open' || order.closedAtUs > asOfUs
    return [...fills, isOpen ? { type: 'ORDER_ACK', ...this.#reference(order) } : this.#closedEvent(order)]
  }

  #snapshot(asOfUs: number): VenueEvent {
    const openOrders: SnapshotOrder[] = []
    for (const order of this.orders.values()) {
      if (order.acceptedAtUs > asOfUs || (order.status !== 'open' && order.closedAtUs <= asOfUs)) continue
      const filledQuantity = order.trades.filter((trade) => trade.timeUs <= asOfUs).reduce((sum, trade) => add(sum, trade.quantity), ZERO)
      openOrders.push({ ...this.#reference(order), instrument: order.request.instrument, side: order.request.side, filledQuantity })
    }
    return { type: 'SNAPSHOT', asOfUs, openOrders }
  }
}
