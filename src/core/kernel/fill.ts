// A fill: recognised by its trade id, booked exactly once, and given to the slot, the quotes, or to nobody.

import { decimalFault } from './checks.ts'
import { abs, add, type Decimal, formatDecimal, min, mul, mulDiv, neg, sub, ZERO } from './decimal.ts'
import type { FactBody, FillFact } from './facts.ts'
import type { VenueEvent, VenueFill } from './inputs.ts'
import { changePosition, fillPostings } from './ledger.ts'
import { alarm, bindIfNew, endLeg, moved, moveSlot, noteOddMove, queried, slotOfOrder } from './moves.ts'
import type { OrderStatus } from './order-table.ts'
import { type FillNumbers, fillKey, type KernelState, type Order, type Slot } from './state.ts'

type FillEvent = Extract<VenueEvent, { type: 'PARTIAL_FILL' | 'FULL_FILL' }>

export function decideFill(state: KernelState, order: Order, event: FillEvent, facts: FactBody[]): void {
  const { fill } = event
  const { clientOrderId, instrument } = order.request
  const fault = fillFault(order, event)
  if (fault !== null) {
    facts.push({ type: 'EVENT_CONFLICTED', clientOrderId, status: order.status, trigger: 'fillPart', detail: fault }, queried(order, fault))
    return
  }
  const known = state.fills.get(fillKey(instrument, fill.tradeId))
  if (known === undefined) return book(state, order, event, facts)
  const [booked, received] = [describe(known), describe({ ...fill, side: event.side })]
  if (booked === received) facts.push({ type: 'FILL_REPEATED', tradeId: fill.tradeId, clientOrderId })
  else facts.push({ type: 'FILL_CONFLICTED', tradeId: fill.tradeId, clientOrderId, booked, received })
}

/** What makes a fill impossible to book; the order is then asked about. */
function fillFault(order: Order, { fill, side, instrument }: FillEvent): string | null {
  const { request } = order
  const fault =
    decimalFault(fill.price, 'fill.price') ??
    decimalFault(fill.quantity, 'fill.quantity') ??
    decimalFault(fill.fee, 'fill.fee') ??
    decimalFault(mul(fill.price, fill.quantity), 'fill.price × fill.quantity')
  if (fault !== null) return `${fault.field} ${fault.value}: ${fault.code}`
  if (fill.quantity <= ZERO) return `fill.quantity ${formatDecimal(fill.quantity)} is not above zero`
  if (fill.price <= ZERO) return `fill.price ${formatDecimal(fill.price)} is not above zero`
  if (side !== request.side) return `a ${side} fill on a ${request.side} order`
  return instrument === request.instrument ? null : `a fill in ${instrument} on an order in ${request.instrument}`
}

function book(state: KernelState, order: Order, event: FillEvent, facts: FactBody[]): void {
  const { fill } = event
  const { request } = order
  const instrument = state.instruments.get(request.instrument)
  const position = state.positions.get(request.instrument)
  if (instrument === undefined || position === undefined) throw new RangeError(`instrument ${request.instrument} was never opened`)
  const numbers = { side: request.side, price: fill.price, quantity: fill.quantity, fee: fill.fee, feeAsset: fill.feeAsset }
  const change = changePosition(position.quantity, position.cost, numbers)
  const slot = slotOfOrder(state, order)
  const share = shareOf(order, slot, fill)
  const filledQuantity = add(order.filledQuantity, fill.quantity)
  bindIfNew(order, event.venueOrderId, facts)
  const fact: FillFact = {
    type: 'FILL_BOOKED',
    clientOrderId: request.clientOrderId,
    venueOrderId: event.venueOrderId ?? order.venueOrderId,
    tradeId: fill.tradeId,
    instrument: request.instrument,
    side: request.side,
    price: fill.price,
    quantity: fill.quantity,
    fee: fill.fee,
    feeAsset: fill.feeAsset,
    liquidity: fill.liquidity,
    role: request.role,
    slotId: request.slotId,
    trade: request.trade,
    leg: request.leg,
    assigned: share.assigned,
    unassigned: share.unassigned,
    realizedPnl: change.realizedPnl,
    slotRealizedPnl: share.slotRealizedPnl,
    filledQuantity,
    positionAfter: change.quantity,
    costAfter: change.cost,
    postings: fillPostings(instrument, numbers, change.realizedPnl),
  }
  facts.push(fact)
  const status = moveFilled(order, filledQuantity, facts)
  if (filledQuantity > request.quantity) {
    const detail = `Order ${request.clientOrderId} asked for ${formatDecimal(request.quantity)} and was filled ${formatDecimal(filledQuantity)}.`
    facts.push(alarm('OVERFILL', formatDecimal(filledQuantity), detail))
  }
  if (share.unassigned !== ZERO) {
    facts.push(alarm('UNASSIGNED_FILL', formatDecimal(share.unassigned), `Trade ${fill.tradeId} filled more than its slot can explain.`))
  }
  if (slot !== undefined) followFill(slot, order, status, filledQuantity, abs(share.assigned), facts)
}

type Share = Pick<FillFact, 'assigned' | 'unassigned' | 'slotRealizedPnl'>

/** To whom a fill belongs: quotes take their own, an entry its slot, an exit what is still open; the rest is unassigned. */
function shareOf({ request: { role, side } }: Order, slot: Slot | undefined, { quantity, price }: VenueFill): Share {
  const signed = side === 'buy' ? quantity : neg(quantity)
  if (role === 'quote') return { assigned: signed, unassigned: ZERO, slotRealizedPnl: ZERO }
  if (slot === undefined) return { assigned: ZERO, unassigned: signed, slotRealizedPnl: ZERO }
  if (role === 'entry') return { assigned: signed, unassigned: ZERO, slotRealizedPnl: ZERO }
  const size = min(quantity, slot.openSize)
  const assigned = side === 'buy' ? size : neg(size)
  const costRemoved = size === slot.openSize ? slot.openCost : mulDiv(slot.openCost, size, slot.openSize)
  const gain = sub(mul(size, price), costRemoved)
  return { assigned, unassigned: sub(signed, assigned), slotRealizedPnl: side === 'sell' ? gain : neg(gain) }
}

/** By our own sum of fills, never by whether the venue called it partial or full. */
function moveFilled(order: Order, filledQuantity: Decimal, facts: FactBody[]): OrderStatus {
  const { status, request } = order
  const trigger = filledQuantity >= request.quantity ? 'fillAll' : 'fillPart'
  const to = moved(status, trigger, filledQuantity)
  // The table's one conflict, a filled order that a fill leaves unfilled, cannot come: the sum only grows.
  if (to === status || to === 'conflict') return status
  facts.push({ type: 'ORDER_MOVED', clientOrderId: request.clientOrderId, from: status, to, trigger, venueOrderId: null, reason: null })
  noteOddMove(order, to, trigger, null, facts)
  return to
}

/** What a booked fill means for its slot: entry grows it, exit shrinks it; the leg is consumed before flat is judged. */
function followFill(slot: Slot, order: Order, status: OrderStatus, filledQuantity: Decimal, size: Decimal, facts: FactBody[]): void {
  if (order.request.role === 'entry') {
    const stage = moveSlot(slot, slot.stage, 'entryFill', null, facts)
    if (status !== 'partially_filled' && status !== 'in_doubt') moveSlot(slot, stage, 'entryOver', null, facts)
    return
  }
  if (status === 'filled') endLeg(slot, order, filledQuantity, facts)
  const openSize = sub(slot.openSize, size)
  moveSlot(slot, slot.stage, openSize === ZERO ? 'flat' : 'exitFill', null, facts)
}

function describe(fill: FillNumbers): string {
  return `${fill.side} ${formatDecimal(fill.quantity)} at ${formatDecimal(fill.price)}, fee ${formatDecimal(fill.fee)} ${fill.feeAsset}`
}
