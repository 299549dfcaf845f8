// From venue events to facts: what the venue says is matched to an order, booked, and followed through slot and leg.

import { formatDecimal } from './decimal.ts'
import type { FactBody } from './facts.ts'
import { decideFill } from './fill.ts'
import type { OrderReference, VenueEvent } from './inputs.ts'
import { cancelMoved, doubtCancel, followOrder, queried } from './moves.ts'
import { CANCEL_PENDING, ORDER_LIVE } from './order-table.ts'
import type { KernelState, Order } from './state.ts'

/** How long to wait when the venue limits us without saying how long, and the longest word we take for it. */
const RETRY_DEFAULT_MS = 1_000
const RETRY_LONGEST_MS = 60_000

export function decideVenueEvent(state: KernelState, event: VenueEvent, facts: FactBody[]): void {
  if (event.type === 'SNAPSHOT') return decideSnapshot(state, event, facts)
  if (event.type === 'RATE_LIMITED') noteRateLimit(event, facts)
  const order = matchOrder(state, event)
  if (order === undefined || boundElsewhere(state, order, event)) {
    if (event.type !== 'RATE_LIMITED') facts.push(unmatched(event.type, event, order, detailOf(event)))
    return
  }
  const { venueOrderId } = event
  switch (event.type) {
    case 'ORDER_ACK':
      return followOrder(state, order, 'ack', facts, { venueOrderId, reason: null })
    case 'ORDER_REJECT':
      return followOrder(state, order, 'reject', facts, { venueOrderId, reason: `${event.code}: ${event.reason}` })
    case 'PARTIAL_FILL':
    case 'FULL_FILL':
      return decideFill(state, order, event, facts)
    case 'CANCEL_ACK':
      return followOrder(state, order, 'cancelAck', facts, { venueOrderId, reason: null })
    case 'EXPIRED':
      return followOrder(state, order, 'expire', facts, { venueOrderId, reason: event.reason })
    case 'CANCEL_REJECT':
      return decideCancelReject(order, `${event.code}: ${event.reason}`, facts)
    case 'RATE_LIMITED':
      return decideUnknown(state, order, 'rate limited', facts)
    case 'UNRECOGNISED':
      facts.push({ type: 'RISK_FLAGGED', code: 'VENUE_UNRECOGNISED', severity: 'warning', value: null, limit: null, detail: event.raw })
      return decideUnknown(state, order, 'unrecognised answer', facts)
  }
}

/** An answer that is none: it is the cancel's where one is under way on an order that the venue has confirmed. */
function decideUnknown(state: KernelState, order: Order, reason: string, facts: FactBody[]): void {
  const pending = CANCEL_PENDING[order.cancel]
  if (pending) doubtCancel(order, reason, facts)
  // The request may or may not have been counted as received: ask, never assume.
  if (!pending || order.status === 'prepared' || order.status === 'submitting') {
    followOrder(state, order, 'unknown', facts, { venueOrderId: null, reason })
  }
}

/** By our own id, else by the venue's id that was bound to one of ours. Nothing else counts as a match. */
export function matchOrder(state: KernelState, reference: OrderReference): Order | undefined {
  if (reference.clientOrderId !== null) return state.orders.get(reference.clientOrderId)
  const bound = reference.venueOrderId === null ? undefined : state.clientIdByVenueId.get(reference.venueOrderId)
  return bound === undefined ? undefined : state.orders.get(bound)
}

/** Whether the two ids of an event belong to two different orders. */
function boundElsewhere(state: KernelState, order: Order, event: OrderReference): boolean {
  if (event.venueOrderId === null) return false
  if (order.venueOrderId !== null) return order.venueOrderId !== event.venueOrderId
  const owner = state.clientIdByVenueId.get(event.venueOrderId)
  return owner !== undefined && owner !== order.request.clientOrderId
}

function decideCancelReject(order: Order, reason: string, facts: FactBody[]): void {
  // The venue would not cancel: the order may be filled, gone, or alive. The truth is asked for.
  if (CANCEL_PENDING[order.cancel]) facts.push(cancelMoved(order, 'refused', reason))
  if (ORDER_LIVE[order.status]) facts.push(queried(order, `cancel refused: ${reason}`))
}

function decideSnapshot(state: KernelState, event: Extract<VenueEvent, { type: 'SNAPSHOT' }>, facts: FactBody[]): void {
  for (const seen of event.openOrders) {
    const order = matchOrder(state, seen)
    if (order === undefined || boundElsewhere(state, order, seen)) {
      facts.push(unmatched(event.type, seen, order, `open ${seen.side} order on ${seen.instrument} that is not ours to know`))
      continue
    }
    followOrder(state, order, 'found', facts, { venueOrderId: seen.venueOrderId, reason: null })
    // A snapshot never invents fills: a sum that differs is asked about.
    if (seen.filledQuantity !== order.filledQuantity) {
      facts.push(queried(order, `the venue counts ${formatDecimal(seen.filledQuantity)} filled, we ${formatDecimal(order.filledQuantity)}`))
    }
  }
}

function noteRateLimit(event: Extract<VenueEvent, { type: 'RATE_LIMITED' }>, facts: FactBody[]): void {
  const stated = event.retryAfterMs !== null && event.retryAfterMs >= 0
  const wished = stated ? (event.retryAfterMs as number) : RETRY_DEFAULT_MS
  facts.push({ type: 'RATE_LIMIT_NOTED', clientOrderId: event.clientOrderId, retryAfterMs: Math.min(wished, RETRY_LONGEST_MS), stated })
}

function unmatched(event: string, { clientOrderId, venueOrderId }: OrderReference, order: Order | undefined, detail: string): FactBody {
  const mixed = `the client order id belongs to venue order ${order?.venueOrderId ?? 'none yet'}, the event names another: ${detail}`
  return { type: 'EVENT_UNMATCHED', event, clientOrderId, venueOrderId, detail: order === undefined ? detail : mixed }
}

function detailOf(event: Exclude<VenueEvent, { type: 'SNAPSHOT' }>): string {
  switch (event.type) {
    case 'PARTIAL_FILL':
    case 'FULL_FILL': {
      const { fill } = event
      return `${event.side} ${formatDecimal(fill.quantity)} ${event.instrument} at ${formatDecimal(fill.price)}, trade ${fill.tradeId}`
    }
    case 'ORDER_REJECT':
    case 'CANCEL_REJECT':
      return `${event.code}: ${event.reason}`
    case 'UNRECOGNISED':
      return event.raw
    default:
      return 'no order of ours'
  }
}
