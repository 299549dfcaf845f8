// One order as the exchange holds it, and how its life is told to the account. Decides nothing.

import { type Decimal, sub, ZERO } from '../kernel/decimal.ts'
import type { OrderRequest } from '../kernel/facts.ts'
import type { OrderReference, VenueEvent, VenueFill } from '../kernel/inputs.ts'
import { CANCEL_REJECT_CODES, type CancelRejectCode, type Refusal } from './codes.ts'
import type { QueuePosition } from './queue-position.ts'

export type ExchangeOrderStatus = 'open' | 'filled' | 'canceled' | 'expired' | 'rejected'

export interface ExchangeOrder {
  /** As it arrived, untouched. */
  readonly request: OrderRequest
  /** Null exactly for refused orders. */
  readonly venueOrderId: string | null
  readonly fills: VenueFill[]
  /** Of each of its fills. */
  readonly fillTimesUs: number[]
  /** Arrival, counted: the time in price-time priority. */
  readonly rank: number
  status: ExchangeOrderStatus
  filledQuantity: Decimal
  /** Where it stands at its price; null while it does not rest. */
  queue: QueuePosition | null
  refusal: Refusal | null
  expiry: string | null
}

export function newOrder(request: OrderRequest, venueOrderId: string | null, rank: number): ExchangeOrder {
  return {
    request,
    venueOrderId,
    fills: [],
    fillTimesUs: [],
    rank,
    status: 'open',
    filledQuantity: ZERO,
    queue: null,
    refusal: null,
    expiry: null,
  }
}

export function refusedOrder(request: OrderRequest, why: Refusal): ExchangeOrder {
  return { ...newOrder(request, null, 0), status: 'rejected', refusal: why }
}

export function unfilledOf(order: ExchangeOrder): Decimal {
  return sub(order.request.quantity, order.filledQuantity)
}

/** The price of a resting order. Only limit orders rest, and they have one. */
export function limitOf(order: ExchangeOrder): Decimal {
  return order.request.price as Decimal
}

export function referenceOf(order: ExchangeOrder): OrderReference {
  return { clientOrderId: order.request.clientOrderId, venueOrderId: order.venueOrderId }
}

export function rejectEvent(reference: OrderReference, why: Refusal): VenueEvent {
  return { type: 'ORDER_REJECT', ...reference, code: why.code, reason: why.reason }
}

export function fillEvent(order: ExchangeOrder, fill: VenueFill, isLast: boolean): VenueEvent {
  const { instrument, side } = order.request
  return { type: isLast ? 'FULL_FILL' : 'PARTIAL_FILL', ...referenceOf(order), instrument, side, fill }
}

const FINAL_TO_CANCEL_CODE = {
  filled: 'ALREADY_FILLED',
  canceled: 'ALREADY_CANCELED',
  expired: 'ALREADY_EXPIRED',
  rejected: 'ALREADY_REJECTED',
} as const satisfies Record<Exclude<ExchangeOrderStatus, 'open'>, CancelRejectCode>

/** The refusal of a cancel: of an order that is final, or of one that nobody knows. */
export function cancelRejectEvent(reference: OrderReference, status: Exclude<ExchangeOrderStatus, 'open'> | null): VenueEvent {
  const code = status === null ? 'ORDER_UNKNOWN' : FINAL_TO_CANCEL_CODE[status]
  return { type: 'CANCEL_REJECT', ...reference, code, reason: CANCEL_REJECT_CODES[code] }
}

/**
 * The answer to a query: the order's life as far as it went. Fills are told again under their own trade ids, so that
 * whoever knows them recognises them.
 */
export function lifeOf(order: ExchangeOrder): VenueEvent[] {
  const reference = referenceOf(order)
  if (order.refusal !== null) return [rejectEvent(reference, order.refusal)]
  const events: VenueEvent[] = [{ type: 'ORDER_ACK', ...reference }]
  order.fills.forEach((fill, index) => {
    events.push(fillEvent(order, fill, order.status === 'filled' && index === order.fills.length - 1))
  })
  if (order.status === 'canceled') events.push({ type: 'CANCEL_ACK', ...reference })
  if (order.status === 'expired') events.push({ type: 'EXPIRED', ...reference, reason: order.expiry ?? '' })
  return events
}
