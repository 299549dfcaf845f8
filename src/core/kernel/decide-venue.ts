// From venue events to facts: what the venue says is matched to an order, booked, and followed through slot and leg.

import { decimalFault } from './checks.ts'
import { formatDecimal, ZERO } from './decimal.ts'
import { denialFact, textOf } from './denials.ts'
import type { FactBody } from './facts.ts'
import { decideFill } from './fill.ts'
import type { FundingEvent, OrderReference, OrderWord, SnapshotEvent, VenueEvent } from './inputs.ts'
import { fundingPostings } from './ledger.ts'
import { alarm, behindWord, cancelMoved, doubtCancel, followOrder, queried } from './moves.ts'
import { CANCEL_PENDING, ORDER_LIVE, ORDER_SIGHT_IS_NEWS, type OrderTrigger } from './order-table.ts'
import { fundingKey, type KernelState, type Order, positionKey } from './state.ts'

/** How long to wait when the venue limits us without saying how long, and the longest word we take for it. */
const RETRY_DEFAULT_MS = 1_000
const RETRY_LONGEST_MS = 60_000

/** More of an answer that nobody understands is not kept. */
const LONGEST_RAW = 512

type OrderEvent = Exclude<VenueEvent, SnapshotEvent | FundingEvent>

export function decideVenueEvent(state: KernelState, event: OrderEvent, facts: FactBody[]): void {
  if (event.type === 'RATE_LIMITED') noteRateLimit(event, facts)
  const order = matchOrder(state, event)
  if (order === undefined || boundElsewhere(state, order, event)) {
    if (event.type !== 'RATE_LIMITED') facts.push(unmatched(event.type, event, order, detailOf(event)))
    // Two ids of two orders: which of them is meant only the venue can say.
    if (order !== undefined && ORDER_LIVE[order.status]) facts.push(queried(order, `${event.type} names another venue order`))
    return
  }
  const { venueOrderId } = event
  switch (event.type) {
    case 'ORDER_ACK':
      followOrder(state, order, 'ack', facts, { venueOrderId, reason: null })
      return askIfBehind(order, event, facts)
    case 'ORDER_REJECT':
      return followOrder(state, order, 'reject', facts, { venueOrderId, reason: `${event.code}: ${event.reason}` })
    case 'PARTIAL_FILL':
    case 'FULL_FILL':
      decideFill(state, order, event, facts)
      return askIfBehind(order, event, facts)
    case 'CANCEL_ACK':
      return followEnd(state, order, event, 'cancelAck', null, facts)
    case 'EXPIRED':
      return followEnd(state, order, event, 'expire', event.reason, facts)
    case 'CANCEL_REJECT':
      return decideCancelReject(order, `${event.code}: ${event.reason}`, facts)
    case 'RATE_LIMITED':
      return decideUnknown(state, order, 'rate limited', facts)
    case 'UNRECOGNISED': {
      const detail = event.raw.slice(0, LONGEST_RAW)
      facts.push({ type: 'RISK_FLAGGED', code: 'VENUE_UNRECOGNISED', severity: 'warning', value: null, limit: null, detail })
      return decideUnknown(state, order, 'unrecognised answer', facts)
    }
  }
}

/** A final word is believed once all the fills that it speaks of are booked; until then the order is in doubt. */
function followEnd(
  state: KernelState,
  order: Order,
  word: OrderWord,
  trigger: OrderTrigger,
  reason: string | null,
  facts: FactBody[],
): void {
  const { venueOrderId } = word
  const behind = behindWord(order, word.totalFilled ?? ZERO)
  if (behind === null) return followOrder(state, order, trigger, facts, { venueOrderId, reason })
  followOrder(state, order, 'unknown', facts, { venueOrderId, reason: behind })
  if (!ORDER_LIVE[order.status]) facts.push(queried(order, behind))
}

function askIfBehind(order: Order, { totalFilled }: OrderWord, facts: FactBody[]): void {
  if (totalFilled === undefined || totalFilled === null || facts.some(({ type }) => type === 'ORDER_QUERIED')) return
  const booked = facts.find((body) => body.type === 'FILL_BOOKED')?.filledQuantity ?? order.filledQuantity
  const behind = behindWord(order, totalFilled, booked)
  if (behind !== null) facts.push(queried(order, behind))
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
export function boundElsewhere(state: KernelState, order: Order, event: OrderReference): boolean {
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

export function decideSnapshot(state: KernelState, event: SnapshotEvent, facts: FactBody[]): void {
  const seen = new Set<Order>()
  const named = new Set<string | null>()
  for (const open of event.openOrders) {
    const order = matchOrder(state, open)
    // Overlapping pages name an order twice: once is enough.
    if (order !== undefined && seen.has(order)) continue
    if (order === undefined || boundElsewhere(state, order, open) || named.has(open.venueOrderId)) {
      facts.push(unmatched(event.type, open, order, `open ${open.side} order on ${open.instrument} that is not ours to know`))
      continue
    }
    seen.add(order)
    if (open.venueOrderId !== null) named.add(open.venueOrderId)
    // We have heard of the order since the venue looked: that it was open then contradicts no later word, and ends no later doubt.
    const isOlder = order.updatedAtUs >= event.asOfUs
    if (!isOlder || ORDER_SIGHT_IS_NEWS[order.status])
      followOrder(state, order, 'found', facts, { venueOrderId: open.venueOrderId, reason: null })
    // A snapshot never invents fills: a sum that differs is asked about, an older one only where it counts more than we.
    const counts = `the venue counts ${formatDecimal(open.filledQuantity)} filled, we ${formatDecimal(order.filledQuantity)}`
    if (isOlder ? open.filledQuantity > order.filledQuantity : open.filledQuantity !== order.filledQuantity)
      facts.push(queried(order, counts))
  }
  for (const order of event.complete === true ? state.liveOrders.values() : []) {
    const confirmed = order.status === 'acked' || order.status === 'partially_filled'
    if (confirmed && order.updatedAtUs < event.asOfUs && !seen.has(order)) facts.push(queried(order, 'not among the open orders'))
  }
  comparePositions(state, event, facts)
}

/** Positions come from fills only: where the venue has another, that is a finding. A query that failed says nothing. */
function comparePositions(state: KernelState, { positions, asOfUs }: SnapshotEvent, facts: FactBody[]): void {
  if (positions === undefined || positions === null) return
  const theirs = new Map(positions.map((position) => [positionKey(position.instrument, position.positionSide), position]))
  // Of coins a venue counts balances, not positions. What moved since then is compared with a later snapshot.
  const ours = [...state.positions.values()].filter(({ instrument }) => state.instruments.get(instrument)?.kind !== 'spot')
  for (const position of [...ours, ...positions]) {
    const { instrument, positionSide } = position
    const key = positionKey(instrument, positionSide)
    const held = state.positions.get(key)
    if ('updatedAtUs' in position ? position.updatedAtUs >= asOfUs : held !== undefined) continue
    const { quantity: venues = ZERO, averagePrice = null } = theirs.get(key) ?? {}
    const mine = held?.quantity ?? ZERO
    if (venues === mine) {
      const wasOther = held !== undefined && held.venues !== null
      if (wasOther) facts.push({ type: 'POSITION_AGREED', instrument, positionSide, quantity: mine, asOfUs })
      continue
    }
    facts.push({ type: 'POSITION_DIFFERED', instrument, positionSide, ours: mine, venues, averagePrice, asOfUs })
    const detail = `We hold ${formatDecimal(mine)} ${key}, the venue says ${formatDecimal(venues)}: reconcile finds out why.`
    facts.push(alarm('POSITION_DRIFT', formatDecimal(venues), detail))
  }
}

/** Booked once by the venue's own id; the same id with another amount is a conflict. */
export function decideFunding(state: KernelState, event: FundingEvent, facts: FactBody[]): void {
  const { fundingId, instrument, asset, amount } = event
  const fault = decimalFault(amount, 'amount')
  const known = state.fundings.get(fundingKey(instrument, fundingId))
  if (fault !== null) facts.push(denialFact('FUNDING', fault))
  else if (known === undefined)
    facts.push({ type: 'FUNDING_BOOKED', instrument, fundingId, asset, amount, postings: fundingPostings(asset, amount) })
  else if (known.asset === asset && known.amount === amount) facts.push({ type: 'FILL_REPEATED', tradeId: fundingId, clientOrderId: null })
  else {
    const [booked, received] = [`${formatDecimal(known.amount)} ${known.asset}`, `${formatDecimal(amount)} ${asset}`]
    facts.push({ type: 'FILL_CONFLICTED', tradeId: fundingId, clientOrderId: null, booked, received })
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

function detailOf(event: OrderEvent): string {
  if ('fill' in event) {
    const { tradeId, price, quantity } = event.fill
    return `${event.side} ${textOf(quantity)} ${event.instrument} at ${textOf(price)}, trade ${tradeId}`
  }
  if ('code' in event) return `${event.code}: ${event.reason}`
  return 'raw' in event ? event.raw.slice(0, LONGEST_RAW) : 'no order of ours'
}
