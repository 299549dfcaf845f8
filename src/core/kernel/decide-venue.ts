// From venue events to facts: what the venue says is matched to an order, booked, and followed through slot and leg.

import { formatDecimal } from './decimal.ts'
import type { FactBody } from './facts.ts'
import { decideFill } from './fill.ts'
import type { OrderReference, VenueEvent } from './inputs.ts'
import { cancelMoved, followOrder, queried } from './moves.ts'
import { CANCEL_PENDING, ORDER_LIVE } from './order-table.ts'
import type { KernelState, Order } from './state.ts'

/** How long to wait when the venue limits us without saying how long, and the longest word we take for it. */
const RETRY_DEFAULT_MS = 1_000
const RETRY_LONGEST_MS = 60_000

export function decideVenueEvent(state: KernelState, event: VenueEvent, facts: FactBody[]): void {
  if (event.type === 'SNAPSHOT') {
    decideSnapshot(state, event, facts)
    return
  }
  const order = matchOrder(state, event)
  if (event.type === 'RATE_LIMITED') noteRateLimit(event, facts)
  if (order === undefined) {
    if (event.type !== 'RATE_LIMITED') facts.push(unmatched(event))
    return
  }
  if (boundElsewhere(state, order, event)) {
    facts.push({
      type: 'EVENT_UNMATCHED',
      event: event.type,
      clientOrderId: event.clientOrderId,
      venueOrderId: event.venueOrderId,
      detail: `the client order id belongs to venue order ${order.venueOrderId ?? 'none yet'}, the event names another`,
    })
    return
  }
  switch (event.type) {
    case 'ORDER_ACK':
      return followOrder(state, order, 'ack', facts, { venueOrderId: event.venueOrderId, reason: null })
    case 'ORDER_REJECT':
      return followOrder(state, order, 'reject', facts, { venueOrderId: event.venueOrderId, reason: `${event.code}: ${event.reason}` })
    case 'PARTIAL_FILL':
    case 'FULL_FILL':
      return decideFill(state, order, event, facts)
    case 'CANCEL_ACK':
      return followOrder(state, order, 'cancelAck', facts, { venueOrderId: event.venueOrderId, reason: null })
    case 'EXPIRED':
      return followOrder(state, order, 'expire', facts, { venueOrderId: event.venueOrderId, reason: event.reason })
    case 'CANCEL_REJECT':
      return decideCancelReject(order, `${event.code}: ${event.reason}`, facts)
    case 'RATE_LIMITED':
      // The request may or may not have been counted as received: ask, never assume.
      return followOrder(state, order, 'unknown', facts, { venueOrderId: null, reason: 'rate limited' })
    case 'UNRECOGNISED':
      facts.push(anomaly('VENUE_UNRECOGNISED', event.raw))
      return followOrder(state, order, 'unknown', facts, { venueOrderId: null, reason: 'unrecognised answer' })
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
    if (order === undefined) {
      facts.push({
        type: 'EVENT_UNMATCHED',
        event: 'SNAPSHOT',
        clientOrderId: seen.clientOrderId,
        venueOrderId: seen.venueOrderId,
        detail: `open ${seen.side} order on ${seen.instrument} that is not ours to know`,
      })
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

function unmatched(event: Exclude<VenueEvent, { type: 'SNAPSHOT' }>): FactBody {
  return {
    type: 'EVENT_UNMATCHED',
    event: event.type,
    clientOrderId: event.clientOrderId,
    venueOrderId: event.venueOrderId,
    detail: detailOf(event),
  }
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

function anomaly(code: string, detail: string): FactBody {
  return { type: 'RISK_FLAGGED', code, severity: 'warning', value: null, limit: null, detail }
}
