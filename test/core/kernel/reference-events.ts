// What the reference model makes of venue events and of the session's own doings. Owns no books: the model does.

import type { Operation, PositionSide, VenueEvent } from '../../../src/core/kernel/inputs.ts'
import { valueAt } from './reference-books.ts'
import { DEAD, isCancelPending, keyOf, type Reference, type ReferenceOrder } from './reference-model.ts'
import { exact, NOTHING } from './reference-rational.ts'

type FillEvent = Extract<VenueEvent, { type: 'PARTIAL_FILL' | 'FULL_FILL' }>
type Of<Type extends Operation['type']> = Extract<Operation, { type: Type }>

export function hearVenue(reference: Reference, event: VenueEvent): void {
  if (event.type === 'SNAPSHOT') {
    for (const seen of event.openOrders) {
      const order = reference.match(seen)
      if (order !== null && (order.touchedUs < event.asOfUs || neverSeen(order))) reference.follow(order, 'found')
    }
    return comparePositions(reference, event)
  }
  if (event.type === 'FUNDING') return bookFunding(reference, event)
  const order = reference.match(event)
  if (order === null) return
  switch (event.type) {
    case 'ORDER_ACK':
      return reference.follow(order, 'ack')
    case 'ORDER_REJECT':
      return reference.follow(order, 'reject')
    case 'CANCEL_ACK':
      return reference.follow(order, isBelieved(order, event.totalFilled) ? 'cancelAck' : 'unknown')
    case 'EXPIRED':
      return reference.follow(order, isBelieved(order, event.totalFilled) ? 'expire' : 'unknown')
    case 'CANCEL_REJECT':
      if (isCancelPending(order)) order.cancel = 'refused'
      return
    case 'RATE_LIMITED':
    case 'UNRECOGNISED':
      return hearNothing(reference, order)
    case 'PARTIAL_FILL':
    case 'FULL_FILL':
      return bookFill(reference, order, event)
  }
}

/** Whether nobody has said so far that the venue has it, or has had it. */
function neverSeen({ status }: ReferenceOrder): boolean {
  return ['prepared', 'submitting', 'rejected', 'absent', 'quarantined'].includes(status)
}

/** A position that is another at the venue stays in mind until the venue says ours, or until a fill makes ours the venue's. */
function comparePositions(reference: Reference, { positions, asOfUs }: Extract<VenueEvent, { type: 'SNAPSHOT' }>): void {
  if (positions === undefined || positions === null) return
  for (const key of reference.listed) {
    const [instrument, side] = JSON.parse(key) as [string, PositionSide]
    const position = reference.position(instrument, side)
    if (reference.instruments.get(instrument)?.kind === 'spot' || position.touchedUs >= asOfUs) continue
    const theirs = positions.filter((other) => other.instrument === instrument && other.positionSide === side).at(-1)
    const venues = theirs === undefined ? NOTHING : exact(theirs.quantity)
    position.venues = venues.is(position.book.quantity) ? null : venues
  }
}

/** A final word that counts more fills than are booked is not followed before they are here. */
function isBelieved(order: ReferenceOrder, totalFilled: FillEvent['totalFilled']): boolean {
  return totalFilled === null || totalFilled === undefined || !exact(totalFilled).above(order.filled)
}

/** No answer: to the cancel where one is under way, and to the order itself unless the venue has confirmed it before. */
function hearNothing(reference: Reference, order: ReferenceOrder): void {
  const pending = isCancelPending(order)
  if (pending) order.cancel = 'in_doubt'
  if (!pending || order.status === 'prepared' || order.status === 'submitting') reference.follow(order, 'unknown')
}

/** Books a fill of an order once: the same trade id again, with whatever numbers, books nothing. */
export function bookFill(
  reference: Reference,
  order: ReferenceOrder,
  { instrument, side, fill }: Pick<FillEvent, 'instrument' | 'side' | 'fill'>,
): void {
  const { request } = order
  const traded = reference.instruments.get(instrument)
  if (traded === undefined || side !== request.side || instrument !== request.instrument) return
  if (fill.quantity <= 0n || fill.price <= 0n) return
  const key = keyOf(instrument, fill.tradeId, side)
  if (reference.fills.has(key)) return
  const [price, quantity, fee] = [exact(fill.price), exact(fill.quantity), exact(fill.fee)]
  if (!order.inferred.isZero()) {
    // More than was inferred, in one piece: whether it is a part of that nobody can say, so it is asked about.
    if (quantity.above(order.inferred)) return
    // Reconcile has inferred it before: only what it cost in fees is new.
    reference.fills.add(key)
    order.inferred = order.inferred.minus(quantity)
    const trade = reference.trades.get(keyOf(request.slotId, request.trade))
    if (trade !== undefined && fill.feeAsset === traded.base) trade.feesInKind = trade.feesInKind.plus(fee)
    reference.payFee(fill.feeAsset, fee)
    return
  }
  const { positionSide } = request
  const value = valueAt(traded.kind, price, quantity)
  reference.book({
    order,
    instrument: traded,
    positionSide,
    side,
    tradeId: fill.tradeId,
    price,
    quantity,
    value,
    fee,
    feeAsset: fill.feeAsset,
  })
}

function bookFunding(reference: Reference, { instrument, fundingId, asset, amount }: Extract<VenueEvent, { type: 'FUNDING' }>): void {
  const key = keyOf(instrument, fundingId)
  if (reference.fundings.has(key)) return
  reference.fundings.add(key)
  reference.balances.move(asset, exact(amount), { from: 'funding', to: 'wallet' })
}

export function operate(reference: Reference, input: Operation): void {
  switch (input.type) {
    case 'OPEN_SESSION':
      return openSession(reference, input)
    case 'LIST_INSTRUMENT':
      return reference.list(input.instrument)
    case 'HALT_SESSION':
      reference.halted = true
      reference.trading = 'halted'
      return
    case 'FLOW_CAPITAL':
      reference.balances.move(input.asset, exact(input.amount), { from: 'capital', to: 'wallet' })
      return
    case 'VALUE_ASSET':
      reference.prices.set(keyOf(input.asset, input.quote), exact(input.price))
      return
    case 'NOTE_SUBMIT':
      return noted(reference, input.clientOrderId, (order) => reference.follow(order, input.outcome === 'sent' ? 'sent' : 'unknown'))
    case 'NOTE_CANCEL':
      return noted(reference, input.clientOrderId, (order) => {
        if (DEAD.has(order.status) || !isCancelPending(order)) return
        if (input.outcome === 'unknown') order.cancel = 'in_doubt'
        else if (order.cancel === 'requested') order.cancel = 'sent'
      })
    case 'OBSERVE_MARKET':
    case 'REPORT_FEED':
    case 'FLAG_RISK':
      return
  }
}

function openSession(reference: Reference, { session }: Of<'OPEN_SESSION'>): void {
  reference.session = session
  reference.halted = false
  reference.stopping = false
  reference.trading = 'active'
  reference.list(session.instrument)
}

function noted(reference: Reference, clientOrderId: string, change: (order: ReferenceOrder) => void): void {
  const order = reference.orders.get(clientOrderId)
  if (order !== undefined) change(order)
}
