// The only writer of the kernel's state. A fact carries its numbers: applying it decides nothing.

import { abs, add, mul, mulDiv, sub, ZERO } from './decimal.ts'
import type { Fact, FactBody, FillFact, Posting } from './facts.ts'
import { orderPrefixOf } from './ids.ts'
import { ORDER_LIVE } from './order-table.ts'
import { balanceKey, fillKey, flatPosition, idleSlot, type KernelState, type Order, type Slot, tradeKey } from './state.ts'

/** A fact that does not fit the state it is applied to: the journal is not what this kernel wrote. */
export class KernelError extends Error {
  override readonly name = 'KernelError'
}

/** Applies one fact. Throws KernelError when it is out of sequence or speaks of what was never there. */
export function apply(state: KernelState, fact: Fact): void {
  if (fact.seq !== state.seq + 1) throw new KernelError(`fact ${fact.seq} cannot follow fact ${state.seq}`)
  applyBody(state, fact.body, fact.timeUs)
  state.seq = fact.seq
}

function applyBody(state: KernelState, body: FactBody, timeUs: number): void {
  switch (body.type) {
    case 'SESSION_OPENED':
      return openSession(state, body)
    case 'SESSION_HALTED':
      state.halted = true
      return
    case 'CAPITAL_FLOWED':
      return post(state, body.postings)
    case 'ORDER_PREPARED':
      return prepareOrder(state, body, timeUs)
    case 'ORDER_MOVED':
      return moveOrder(state, body, timeUs)
    case 'ORDER_BOUND':
      return bind(state, orderOf(state, body.clientOrderId), body.venueOrderId)
    case 'CANCEL_MOVED':
      return moveCancel(state, body)
    case 'FILL_BOOKED':
      return bookFill(state, body, timeUs)
    case 'TRADE_OPENED':
      return openTrade(state, body, timeUs)
    case 'SLOT_MOVED':
      return moveSlot(state, body, timeUs)
    case 'LEG_OPENED':
      return openLeg(state, body)
    case 'LEG_ENDED':
      return endLeg(state, body)
    case 'MARK_SET':
      positionOf(state, body.instrument).mark = body.price
      return
    case 'RATE_LIMIT_NOTED':
      state.blockedUntilUs = Math.max(state.blockedUntilUs, timeUs + body.retryAfterMs * 1000)
      return
    // These are for the record: they change nothing the kernel decides by.
    case 'INTENT_DENIED':
    case 'FILL_REPEATED':
    case 'FILL_CONFLICTED':
    case 'EVENT_UNMATCHED':
    case 'EVENT_CONFLICTED':
    case 'ORDER_QUERIED':
    case 'MARKET_OBSERVED':
    case 'RISK_FLAGGED':
    case 'FEED_REPORTED':
      return
    default:
      throw new KernelError(`unknown fact ${(body satisfies never as FactBody).type}`)
  }
}

function openSession(state: KernelState, body: Extract<FactBody, { type: 'SESSION_OPENED' }>): void {
  const { type: _, ...session } = body
  state.session = session
  state.account = session.account
  state.limits = session.limits
  state.halted = false
  state.orderPrefix = orderPrefixOf(session.sessionId)
  state.instruments.set(session.instrument.symbol, session.instrument)
  if (!state.positions.has(session.instrument.symbol)) {
    state.positions.set(session.instrument.symbol, flatPosition(session.instrument.symbol))
  }
  for (const slotId of session.slotIds) {
    if (!state.slots.has(slotId)) state.slots.set(slotId, idleSlot(slotId, 0))
  }
}

function prepareOrder(state: KernelState, body: Extract<FactBody, { type: 'ORDER_PREPARED' }>, timeUs: number): void {
  const order: Order = {
    request: body.request,
    status: 'prepared',
    cancel: 'none',
    venueOrderId: null,
    filledQuantity: ZERO,
    filledCost: ZERO,
    preparedAtUs: timeUs,
    updatedAtUs: timeUs,
  }
  state.orders.set(body.request.clientOrderId, order)
  state.liveOrders.set(body.request.clientOrderId, order)
  state.intentSeq = Math.max(state.intentSeq, body.request.intentSeq)
}

function moveOrder(state: KernelState, body: Extract<FactBody, { type: 'ORDER_MOVED' }>, timeUs: number): void {
  const order = orderOf(state, body.clientOrderId)
  if (order.status !== body.from) throw new KernelError(`order ${body.clientOrderId} is ${order.status}, not ${body.from}`)
  order.status = body.to
  order.updatedAtUs = timeUs
  if (body.venueOrderId !== null) bind(state, order, body.venueOrderId)
  if (ORDER_LIVE[body.to]) {
    state.liveOrders.set(body.clientOrderId, order)
  } else {
    state.liveOrders.delete(body.clientOrderId)
    // A cancel has nothing left to cancel.
    order.cancel = 'none'
  }
}

function moveCancel(state: KernelState, { clientOrderId, from, to }: Extract<FactBody, { type: 'CANCEL_MOVED' }>): void {
  const order = orderOf(state, clientOrderId)
  if (order.cancel !== from) throw new KernelError(`the cancel of order ${clientOrderId} is ${order.cancel}, not ${from}`)
  order.cancel = to
}

function bind(state: KernelState, order: Order, venueOrderId: string): void {
  order.venueOrderId = venueOrderId
  state.clientIdByVenueId.set(venueOrderId, order.request.clientOrderId)
}

function bookFill(state: KernelState, body: FillFact, timeUs: number): void {
  const { side, price, quantity, fee, feeAsset } = body
  state.fills.set(fillKey(body.instrument, body.tradeId), { side, price, quantity, fee, feeAsset })
  const position = positionOf(state, body.instrument)
  position.quantity = body.positionAfter
  position.cost = body.costAfter
  position.realizedPnl = add(position.realizedPnl, body.realizedPnl)
  position.unassigned = add(position.unassigned, body.unassigned)
  post(state, body.postings)
  if (body.clientOrderId !== null) {
    const order = orderOf(state, body.clientOrderId)
    order.filledQuantity = body.filledQuantity
    order.filledCost = add(order.filledCost, mul(quantity, price))
    order.updatedAtUs = timeUs
  }
  if (body.role === 'quote') {
    position.quoted = add(position.quoted, body.assigned)
  } else if (body.assigned !== ZERO) {
    position.inSlots = add(position.inSlots, body.assigned)
    fillSlot(state, body)
  }
}

function fillSlot(state: KernelState, body: FillFact): void {
  const slot = slotOf(state, body.slotId, body.trade)
  const size = abs(body.assigned)
  const value = mul(size, body.price)
  if (body.role === 'entry') {
    slot.entryQuantity = add(slot.entryQuantity, size)
    slot.entryCost = add(slot.entryCost, value)
    slot.openSize = add(slot.openSize, size)
    slot.openCost = add(slot.openCost, value)
    return
  }
  slot.openCost = size === slot.openSize ? ZERO : sub(slot.openCost, mulDiv(slot.openCost, size, slot.openSize))
  slot.openSize = sub(slot.openSize, size)
  slot.exitQuantity = add(slot.exitQuantity, size)
  slot.exitCost = add(slot.exitCost, value)
  slot.realizedPnl = add(slot.realizedPnl, body.slotRealizedPnl)
  const leg = legOf(slot, body.leg)
  leg.filledQuantity = add(leg.filledQuantity, size)
  leg.filledCost = add(leg.filledCost, value)
}

function openTrade(state: KernelState, body: Extract<FactBody, { type: 'TRADE_OPENED' }>, timeUs: number): void {
  // A new object: nothing of the slot's last trade can leak into this one.
  const slot: Slot = {
    ...idleSlot(body.slotId, body.trade),
    instrument: body.instrument,
    side: body.side,
    requestedQuantity: body.quantity,
    legs: body.exitRatios.map((ratio, leg) => ({
      leg,
      ratio,
      quantity: ZERO,
      filledQuantity: ZERO,
      filledCost: ZERO,
      clientOrderId: null,
      working: false,
      consumed: false,
      reason: null,
    })),
    openedAtUs: timeUs,
  }
  state.slots.set(body.slotId, slot)
  state.trades.set(tradeKey(body.slotId, body.trade), slot)
}

function moveSlot(state: KernelState, body: Extract<FactBody, { type: 'SLOT_MOVED' }>, timeUs: number): void {
  const slot = slotOf(state, body.slotId, body.trade)
  if (slot.stage !== body.from) throw new KernelError(`slot ${body.slotId} is ${slot.stage}, not ${body.from}`)
  slot.stage = body.to
  if (body.to === 'closed') slot.closedAtUs = timeUs
}

function openLeg(state: KernelState, body: Extract<FactBody, { type: 'LEG_OPENED' }>): void {
  const slot = slotOf(state, body.slotId, body.trade)
  const leg = legOf(slot, body.leg)
  leg.quantity = add(leg.filledQuantity, body.quantity)
  leg.clientOrderId = body.clientOrderId
  leg.working = true
  leg.reason = body.reason
  slot.nextLeg = nextLegOf(slot)
}

function endLeg(state: KernelState, body: Extract<FactBody, { type: 'LEG_ENDED' }>): void {
  const slot = slotOf(state, body.slotId, body.trade)
  const leg = legOf(slot, body.leg)
  leg.working = false
  leg.consumed = body.consumed
  slot.nextLeg = nextLegOf(slot)
}

function nextLegOf(slot: Slot): number {
  const index = slot.legs.findIndex((leg) => !leg.consumed && !leg.working)
  return index < 0 ? slot.legs.length : index
}

function post(state: KernelState, postings: readonly Posting[]): void {
  for (const posting of postings) {
    const key = balanceKey(posting.account, posting.asset)
    state.balances.set(key, add(state.balances.get(key) ?? ZERO, posting.amount))
  }
}

function found<T>(value: T | undefined, what: string, name: unknown): T {
  if (value === undefined) throw new KernelError(`the facts speak of ${what} ${name}, which they never opened`)
  return value
}

function orderOf(state: KernelState, clientOrderId: string): Order {
  return found(state.orders.get(clientOrderId), 'order', clientOrderId)
}

function positionOf(state: KernelState, instrument: string) {
  return found(state.positions.get(instrument), 'instrument', instrument)
}

function slotOf(state: KernelState, slotId: string | null, trade: number | null): Slot {
  return found(slotId === null || trade === null ? undefined : state.trades.get(tradeKey(slotId, trade)), 'a trade of slot', slotId)
}

function legOf(slot: Slot, leg: number | null) {
  return found(slot.legs[leg ?? -1], 'an exit leg of slot', slot.slotId)
}
