// The only writer of the kernel's state. A fact carries its numbers: applying it decides nothing.

import { abs, add, type Decimal, neg, signOf, sub, ZERO } from './decimal.ts'
import type { Fact, FactBody, FactOf, FactType, Posting } from './facts.ts'
import { orderPrefixOf } from './ids.ts'
import type { PositionSide, RiskLimits } from './inputs.ts'
import type { Instrument } from './instrument.ts'
import { costLeft, heldBySlot, shareOfValue } from './ledger.ts'
import { ORDER_LIVE } from './order-table.ts'
import type { FillNumbers, KernelState, Order, Position, Slot } from './state.ts'
import * as states from './state.ts'

/** A fact that does not fit the state it is applied to: the journal is not what this kernel wrote. */
export class KernelError extends Error {
  override readonly name = 'KernelError'
}

type Applier<Type extends FactType> = (state: KernelState, body: FactOf<Type>, timeUs: number) => void

const nothing = (): void => {
  // For the record only: it changes nothing the kernel decides by.
}

const APPLIERS: { readonly [Type in FactType]: Applier<Type> } = {
  SESSION_OPENED: openSession,
  SESSION_HALTED: (state) => {
    state.halted = true
    state.trading = 'halted'
  },
  INSTRUMENT_LISTED: (state, { instrument }) => listInstrument(state, instrument),
  TRADING_MOVED: moveTrading,
  CAPITAL_FLOWED: (state, { postings }) => post(state, postings),
  ASSET_VALUED: (state, { asset, quote, price }) => void state.assetPrices.set(states.priceKey(asset, quote), price),
  FUNDING_BOOKED: (state, { instrument, fundingId, asset, amount, postings }) => {
    state.fundings.set(states.fundingKey(instrument, fundingId), { asset, amount })
    post(state, postings)
  },
  INTENT_DENIED: nothing,
  ORDER_PREPARED: prepareOrder,
  ORDER_MOVED: moveOrder,
  ORDER_BOUND: (state, { clientOrderId, venueOrderId }) => bind(state, orderOf(state, clientOrderId), venueOrderId),
  CANCEL_MOVED: moveCancel,
  FILL_BOOKED: bookFill,
  FILL_REPEATED: nothing,
  FILL_CONFIRMED: confirmFill,
  FILL_CONFLICTED: nothing,
  EVENT_UNMATCHED: nothing,
  EVENT_CONFLICTED: nothing,
  ORDER_QUERIED: nothing,
  RATE_LIMIT_NOTED: (state, { retryAfterMs }, timeUs) => {
    state.blockedUntilUs = Math.max(state.blockedUntilUs, timeUs + retryAfterMs * 1000)
  },
  SLOT_MOVED: moveSlot,
  TRADE_OPENED: openTrade,
  LEG_OPENED: openLeg,
  LEG_ENDED: endLeg,
  DUST_WRITTEN_OFF: writeOff,
  RECONCILED: nothing,
  POSITION_DIFFERED: (state, { instrument, positionSide, venues }) => noteVenues(state, instrument, positionSide, venues),
  POSITION_AGREED: (state, { instrument, positionSide }) => noteVenues(state, instrument, positionSide, null),
  EXPOSURE_ASSIGNED: assign,
  MARK_SET: setMark,
  MARKET_OBSERVED: nothing,
  RISK_FLAGGED: nothing,
  FEED_REPORTED: nothing,
}

/** Applies one fact. Throws KernelError when it is out of sequence or speaks of what was never there. */
export function apply(state: KernelState, { seq, timeUs, body }: Fact): void {
  if (seq !== state.seq + 1) throw new KernelError(`fact ${seq} cannot follow fact ${state.seq}`)
  const applier = APPLIERS[body.type] as ((state: KernelState, body: FactBody, timeUs: number) => void) | undefined
  if (applier === undefined) throw new KernelError(`unknown fact ${body.type}`)
  applier(state, body, timeUs)
  state.seq = seq
}

function openSession(state: KernelState, { type: _, ...session }: FactOf<'SESSION_OPENED'>): void {
  state.session = session
  state.account = session.account
  state.limits = session.limits
  state.halted = false
  state.stopping = false
  state.trading = 'active'
  state.orderPrefix = orderPrefixOf(session.sessionId, session.orderSalt)
  state.listed.clear()
  listInstrument(state, session.instrument)
  for (const slotId of session.slotIds) {
    if (!state.slots.has(slotId)) state.slots.set(slotId, states.idleSlot(slotId, 0))
  }
}

function listInstrument(state: KernelState, instrument: Instrument): void {
  const { symbol } = instrument
  state.instruments.set(symbol, instrument)
  state.listed.add(symbol)
  const sides: readonly PositionSide[] = states.isHedged(state, instrument) ? ['long', 'short'] : ['net']
  for (const side of sides) {
    const key = states.positionKey(symbol, side)
    if (state.positions.has(key)) continue
    state.positions.set(key, { ...states.flatPosition(symbol, side), mark: state.markets.get(symbol)?.mark ?? null })
  }
}

function moveTrading(state: KernelState, { from, to, action }: FactOf<'TRADING_MOVED'>): void {
  if (state.trading !== from) throw new KernelError(`trading is ${state.trading}, not ${from}`)
  state.trading = to
  state.stopping ||= action === 'halt'
}

function setMark(state: KernelState, { instrument, price, mid, asOfUs }: FactOf<'MARK_SET'>): void {
  found(state.instruments.get(instrument), 'instrument', instrument)
  state.markets.set(instrument, { mark: price, mid, asOfUs })
  for (const position of state.positions.values()) if (position.instrument === instrument) position.mark = price
}

/** Keeps as many times as the limit on the rate looks back: none where there is no limit. */
function noteTime(timesUs: number[], timeUs: number, limit: number): void {
  if (limit > 0) timesUs.push(timeUs)
  while (timesUs.length > limit) timesUs.shift()
}

function prepareOrder(state: KernelState, { request }: FactOf<'ORDER_PREPARED'>, timeUs: number): void {
  const order = states.newOrder(request, timeUs)
  state.orders.set(request.clientOrderId, order)
  state.liveOrders.set(request.clientOrderId, order)
  state.intentSeq = Math.max(state.intentSeq, request.intentSeq)
  noteTime(state.orderTimesUs, timeUs, limitsOf(state).maxOrdersPerSecond)
}

function moveOrder(state: KernelState, body: FactOf<'ORDER_MOVED'>, timeUs: number): void {
  const order = orderOf(state, body.clientOrderId)
  if (order.status !== body.from) throw new KernelError(`order ${body.clientOrderId} is ${order.status}, not ${body.from}`)
  order.status = body.to
  order.updatedAtUs = timeUs
  if (body.venueOrderId !== null) bind(state, order, body.venueOrderId)
  if (ORDER_LIVE[body.to]) {
    if (!ORDER_LIVE[body.from]) state.liveOrders.set(body.clientOrderId, order)
  } else {
    state.liveOrders.delete(body.clientOrderId)
    // A cancel has nothing left to cancel.
    order.cancel = 'none'
  }
}

function moveCancel(state: KernelState, { clientOrderId, from, to }: FactOf<'CANCEL_MOVED'>, timeUs: number): void {
  const order = orderOf(state, clientOrderId)
  if (order.cancel !== from) throw new KernelError(`the cancel of order ${clientOrderId} is ${order.cancel}, not ${from}`)
  order.cancel = to
  if (to === 'requested') noteTime(state.cancelTimesUs, timeUs, limitsOf(state).maxCancelsPerSecond)
}

function bind(state: KernelState, order: Order, venueOrderId: string): void {
  order.venueOrderId = venueOrderId
  state.clientIdByVenueId.set(venueOrderId, order.request.clientOrderId)
}

function bookFill(state: KernelState, body: FactOf<'FILL_BOOKED'>, timeUs: number): void {
  const { instrument, side, price, quantity, tradeValue, fee, feeAsset, assigned } = body
  state.fills.set(states.fillKey(instrument, body.tradeId, side), { side, price, quantity, tradeValue, fee, feeAsset })
  const position = positionOf(state, instrument, body.positionSide)
  movePosition(position, body.positionAfter, body.costAfter)
  position.realizedPnl = add(position.realizedPnl, body.realizedPnl)
  changeUnassigned(position, body.unassigned)
  position.updatedAtUs = timeUs
  post(state, body.postings)
  if (body.clientOrderId !== null) {
    const order = orderOf(state, body.clientOrderId)
    order.filledQuantity = body.filledQuantity
    order.filledCost = add(order.filledCost, tradeValue)
    if (body.inferred) {
      order.inferredQuantity = add(order.inferredQuantity, quantity)
      order.inferredValue = add(order.inferredValue, tradeValue)
    }
    order.updatedAtUs = timeUs
  }
  if (body.role === 'quote') {
    position.quoted = add(position.quoted, assigned)
  } else if (assigned !== ZERO) {
    position.inSlots = add(position.inSlots, assigned)
    const slot = slotOf(state, body.slotId, body.trade)
    const value = shareOfValue(tradeValue, abs(assigned), quantity)
    payInKind(state, slot, instrument, body)
    if (body.role === 'entry') growSlot(slot, abs(assigned), value)
    else shrinkSlot(slot, abs(assigned), value, body.slotRealizedPnl, body.leg)
  }
}

/** The basis follows where a position grows, opens or turns; where it shrinks, cost is counted from the old one. */
function movePosition(position: Position, quantity: Decimal, cost: Decimal): void {
  const shrinks = signOf(quantity) === signOf(position.quantity) && abs(quantity) < abs(position.quantity)
  position.quantity = quantity
  position.cost = cost
  // What the venue said is explained.
  if (position.venues === quantity) position.venues = null
  if (shrinks) return
  position.basisQuantity = quantity
  position.basisCost = cost
}

/** Of what it never listed the account can hold nothing. */
function noteVenues(state: KernelState, instrument: string, positionSide: PositionSide, venues: Decimal | null): void {
  const position = state.positions.get(states.positionKey(instrument, positionSide))
  if (position !== undefined) position.venues = venues
}

/** Dust is a part of the unassigned: what of it has been traded or explained is dust no more. */
function changeUnassigned(position: Position, change: Decimal, dust = ZERO): void {
  position.unassigned = add(position.unassigned, change)
  position.dust = add(position.dust, dust)
  if (signOf(position.unassigned) !== signOf(position.dust)) position.dust = ZERO
  else if (abs(position.unassigned) < abs(position.dust)) position.dust = position.unassigned
}

function growSlot(slot: Slot, size: Decimal, value: Decimal): void {
  slot.entryQuantity = add(slot.entryQuantity, size)
  slot.entryCost = add(slot.entryCost, value)
  slot.openSize = add(slot.openSize, size)
  slot.openCost = add(slot.openCost, value)
  slot.basisSize = slot.openSize
  slot.basisCost = slot.openCost
}

function shrinkSlot(slot: Slot, size: Decimal, value: Decimal, realizedPnl: Decimal, legIndex: number | null): void {
  const openSize = sub(slot.openSize, size)
  slot.openCost = costLeft(heldBySlot(slot), openSize)
  slot.openSize = openSize
  slot.exitQuantity = add(slot.exitQuantity, size)
  slot.exitCost = add(slot.exitCost, value)
  slot.realizedPnl = add(slot.realizedPnl, realizedPnl)
  if (legIndex === null) return
  const leg = legOf(slot, legIndex)
  leg.filledQuantity = add(leg.filledQuantity, size)
  leg.filledCost = add(leg.filledCost, value)
}

/** So much of the coins that the trade bought is not there to be sold. */
function payInKind(state: KernelState, slot: Slot, instrument: string, { fee, feeAsset }: Pick<FillNumbers, 'fee' | 'feeAsset'>): void {
  if (feeAsset === state.instruments.get(instrument)?.base) slot.feesInKind = add(slot.feesInKind, fee)
}

function confirmFill(state: KernelState, body: FactOf<'FILL_CONFIRMED'>): void {
  const { clientOrderId, instrument, tradeId, side, price, quantity, fee, feeAsset } = body
  const order = orderOf(state, clientOrderId)
  order.inferredQuantity = sub(order.inferredQuantity, quantity)
  order.inferredValue = sub(order.inferredValue, body.tradeValue)
  const { slotId, trade } = order.request
  if (slotId !== null) payInKind(state, slotOf(state, slotId, trade), instrument, body)
  state.fills.set(states.fillKey(instrument, tradeId, side), { side, price, quantity, tradeValue: body.tradeValue, fee, feeAsset })
  post(state, body.postings)
}

function assign(state: KernelState, body: FactOf<'EXPOSURE_ASSIGNED'>): void {
  const { instrument, positionSide, quantity, slotId, trade, tradeValue, slotRealizedPnl } = body
  const position = positionOf(state, instrument, positionSide)
  changeUnassigned(position, neg(quantity))
  if (slotId === null) {
    position.quoted = add(position.quoted, quantity)
    return
  }
  position.inSlots = add(position.inSlots, quantity)
  const slot = slotOf(state, slotId, trade)
  if ((slot.side === 'buy') === quantity > ZERO) growSlot(slot, abs(quantity), tradeValue)
  else shrinkSlot(slot, abs(quantity), tradeValue, slotRealizedPnl, null)
}

function writeOff(state: KernelState, body: FactOf<'DUST_WRITTEN_OFF'>): void {
  const slot = slotOf(state, body.slotId, body.trade)
  const position = positionOf(state, body.instrument, body.positionSide)
  slot.openSize = ZERO
  slot.openCost = ZERO
  position.inSlots = sub(position.inSlots, body.quantity)
  changeUnassigned(position, body.quantity, body.quantity)
}

function openTrade(state: KernelState, body: FactOf<'TRADE_OPENED'>, timeUs: number): void {
  const { slotId, trade, instrument, side, positionSide, quantity, exitRatios } = body
  const legs = exitRatios.map((ratio, leg) => states.newLeg(leg, ratio))
  // A new object: nothing of the slot's last trade can leak into this one.
  const fresh = states.idleSlot(slotId, trade)
  const slot: Slot = { ...fresh, instrument, side, positionSide, requestedQuantity: quantity, legs, openedAtUs: timeUs }
  state.slots.set(slotId, slot)
  state.trades.set(states.tradeKey(slotId, trade), slot)
}

function moveSlot(state: KernelState, body: FactOf<'SLOT_MOVED'>, timeUs: number): void {
  const slot = slotOf(state, body.slotId, body.trade)
  if (slot.stage !== body.from) throw new KernelError(`slot ${body.slotId} is ${slot.stage}, not ${body.from}`)
  slot.stage = body.to
  if (body.to === 'closed') slot.closedAtUs = timeUs
}

function openLeg(state: KernelState, body: FactOf<'LEG_OPENED'>): void {
  const slot = slotOf(state, body.slotId, body.trade)
  const leg = legOf(slot, body.leg)
  leg.quantity = add(leg.filledQuantity, body.quantity)
  leg.clientOrderId = body.clientOrderId
  leg.working = true
  leg.reason = body.reason
  slot.nextLeg = nextLegOf(slot)
}

function endLeg(state: KernelState, body: FactOf<'LEG_ENDED'>): void {
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
  for (const { account, asset, amount } of postings) {
    const key = states.balanceKey(account, asset)
    state.balances.set(key, add(state.balances.get(key) ?? ZERO, amount))
  }
}

function limitsOf(state: KernelState): RiskLimits {
  return found(state.limits, 'the limits of', 'a session')
}

function found<T>(value: T | null | undefined, what: string, name: unknown): T {
  if (value === undefined || value === null) throw new KernelError(`the facts speak of ${what} ${name}, which they never opened`)
  return value
}

function orderOf(state: KernelState, clientOrderId: string): Order {
  return found(state.orders.get(clientOrderId), 'order', clientOrderId)
}

function positionOf(state: KernelState, instrument: string, positionSide: PositionSide): Position {
  return found(state.positions.get(states.positionKey(instrument, positionSide)), 'instrument', instrument)
}

function slotOf(state: KernelState, slotId: string | null, trade: number | null): Slot {
  return found(slotId === null || trade === null ? undefined : state.trades.get(states.tradeKey(slotId, trade)), 'a trade of slot', slotId)
}

function legOf(slot: Slot, leg: number) {
  return found(slot.legs[leg], 'an exit leg of slot', slot.slotId)
}
