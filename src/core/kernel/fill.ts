// A fill: recognised by its trade id, booked exactly once, and given to the slot, the quotes, or to nobody.

import { decimalFault, positiveFault } from './checks.ts'
import { abs, add, type Decimal, div, formatDecimal, min, mul, neg, sub, ZERO } from './decimal.ts'
import type { FactBody, FillFact, OrderRole } from './facts.ts'
import type { FillReport, OrderReference, VenueFill } from './inputs.ts'
import { type Instrument, type InstrumentKind, tradeValueOf } from './instrument.ts'
import { changePosition, costLeft, feePostings, fillPostings, gainOf, heldBySlot, shareOfValue, signedBy } from './ledger.ts'
import { alarm, bindIfNew, closeFlat, endLeg, entryIsAlive, moved, moveSlot, noteOddMove, queried, slotOfOrder } from './moves.ts'
import { ORDER_LIVE, type OrderStatus } from './order-table.ts'
import { type FillNumbers, fillKey, type KernelState, type Order, type Position, positionKey, type Slot } from './state.ts'
import { priceOf } from './valuation.ts'

export function decideFill(state: KernelState, order: Order, event: FillReport & OrderReference, facts: FactBody[]): void {
  const { fill } = event
  const { clientOrderId } = order.request
  const fault = fillFault(event, order)
  if (fault !== null) {
    facts.push({ type: 'EVENT_CONFLICTED', clientOrderId, status: order.status, trigger: 'fillPart', detail: fault }, queried(order, fault))
    return
  }
  const numbers = numbersOf(state, event)
  if (isKnown(state, event, numbers, clientOrderId, facts)) return
  if (order.inferredQuantity === ZERO) {
    bookOrderFill(state, order, bookingOf(event, numbers), facts)
  } else if (fill.quantity <= order.inferredQuantity) {
    confirm(state, order, fill, numbers, facts)
  } else {
    const booked = `${formatDecimal(order.inferredQuantity)} inferred`
    facts.push(
      { type: 'FILL_CONFLICTED', tradeId: fill.tradeId, clientOrderId, booked, received: describe(numbers) },
      queried(order, booked),
    )
  }
}

/** Nothing is booked twice, save the fee, which nobody knew. That it was inferred at another price is for a person to judge. */
function confirm(state: KernelState, order: Order, fill: VenueFill, numbers: FillNumbers, facts: FactBody[]): void {
  const { clientOrderId, instrument } = order.request
  const { tradeId, price, quantity, fee, feeAsset, liquidity } = fill
  const { side, tradeValue } = numbers
  const feePrice = priceFee(state, fill, instrument, facts)
  const reported = { tradeId, price, quantity, fee, feeAsset, liquidity, tradeValue, feePrice }
  facts.push({ type: 'FILL_CONFIRMED', clientOrderId, instrument, side, ...reported, postings: feePostings(fill) })
  const off = sub(order.inferredValue, tradeValue)
  if (quantity === order.inferredQuantity && off !== ZERO) {
    const detail = `All that was inferred of order ${clientOrderId} is confirmed: it was booked at ${formatDecimal(off)} more than it was worth (below zero: less).`
    const flag = { code: 'INFERRED_VALUE_DIFFERS', severity: 'warning', value: formatDecimal(off), limit: null, detail } as const
    facts.push({ type: 'RISK_FLAGGED', ...flag })
  }
}

/** A fill of no order of ours, which reconcile says is ours to hold: nothing explains it. */
export function bookExternalFill(state: KernelState, event: FillReport & OrderReference, facts: FactBody[]): void {
  const { instrument } = event
  const numbers = numbersOf(state, event)
  if (isKnown(state, event, numbers, null, facts)) return
  const position = state.positions.get(positionKey(instrument, event.positionSide ?? 'net')) as Position
  book(state, position, bookingOf(event, numbers), NOBODY, facts)
}

function bookingOf({ fill, venueOrderId }: FillReport & OrderReference, numbers: FillNumbers): Booking {
  const { side, price, quantity, tradeValue, fee, feeAsset } = numbers
  const { tradeId, liquidity } = fill
  return { tradeId, side, price, quantity, tradeValue, fee, feeAsset, liquidity, inferred: false, venueOrderId }
}

function numbersOf(state: KernelState, { instrument, side, fill }: FillReport): FillNumbers {
  const { price, quantity, fee, feeAsset } = fill
  const { kind } = state.instruments.get(instrument) as Instrument
  return { side, price, quantity, tradeValue: tradeValueOf(kind, quantity, price), fee, feeAsset }
}

/** Whether a fill with this id has been booked: then it is noted, and never booked again. */
function isKnown(state: KernelState, event: FillReport, numbers: FillNumbers, clientOrderId: string | null, facts: FactBody[]): boolean {
  const { tradeId } = event.fill
  const known = state.fills.get(fillKey(event.instrument, tradeId, event.side))
  if (known === undefined) return false
  const [booked, received] = [describe(known), describe(numbers)]
  if (booked === received) facts.push({ type: 'FILL_REPEATED', tradeId, clientOrderId })
  else facts.push({ type: 'FILL_CONFLICTED', tradeId, clientOrderId, booked, received })
  return true
}

/** What makes a fill impossible to book; the order is then asked about. */
export function fillFault({ fill, side, instrument }: FillReport, order?: Order): string | null {
  const fault =
    positiveFault(fill.price, 'fill.price', 'PRICE_NOT_POSITIVE') ??
    positiveFault(fill.quantity, 'fill.quantity', 'QUANTITY_NOT_POSITIVE') ??
    decimalFault(fill.fee, 'fill.fee') ??
    decimalFault(mul(fill.price, fill.quantity), 'fill.price × fill.quantity') ??
    decimalFault(div(fill.quantity, fill.price), 'fill.quantity ÷ fill.price')
  if (fault !== null) return `${fault.field} ${fault.value}: ${fault.code}`
  if (order === undefined) return null
  const { request } = order
  if (side !== request.side) return `a ${side} fill on a ${request.side} order`
  return instrument === request.instrument ? null : `a fill in ${instrument} on an order in ${request.instrument}`
}

/** A fill as it is to be booked: as the venue reported it, or as it was inferred. */
export type Booking = FillNumbers & Pick<FillFact, 'tradeId' | 'liquidity' | 'inferred' | 'venueOrderId'>

/** What follows for whom a fill belongs to. */
type Owner = Pick<FillFact, 'clientOrderId' | 'venueOrderId' | 'role' | 'slotId' | 'trade' | 'leg' | 'filledQuantity'>

export const NOBODY: Owner = {
  clientOrderId: null,
  venueOrderId: null,
  role: null,
  slotId: null,
  trade: null,
  leg: null,
  filledQuantity: ZERO,
}

/** What an order and its slot come to with a fill that is booked but not applied yet. */
export interface Filled {
  readonly filledQuantity: Decimal
  readonly status: OrderStatus
  readonly slot: Slot | undefined
}

/** Books a fill of an order, and follows it through order, slot and leg. */
export function bookOrderFill(state: KernelState, order: Order, booking: Booking, facts: FactBody[]): Filled {
  const { clientOrderId, role, slotId, trade, leg, instrument, positionSide, quantity } = order.request
  const position = state.positions.get(positionKey(instrument, positionSide)) as Position
  const slot = slotOfOrder(state, order)
  const filledQuantity = add(order.filledQuantity, booking.quantity)
  bindIfNew(order, booking.venueOrderId, facts)
  const owner = { clientOrderId, venueOrderId: booking.venueOrderId ?? order.venueOrderId, role, slotId, trade, leg, filledQuantity }
  const { assigned, unassigned } = book(state, position, booking, owner, facts, slot)
  const status = moveFilled(order, filledQuantity, facts)
  if (filledQuantity > quantity) {
    const detail = `Order ${clientOrderId} asked for ${formatDecimal(quantity)} and was filled ${formatDecimal(filledQuantity)}.`
    facts.push(alarm('OVERFILL', formatDecimal(filledQuantity), detail))
  }
  if (unassigned !== ZERO) {
    facts.push(alarm('UNASSIGNED_FILL', formatDecimal(unassigned), `Trade ${booking.tradeId} filled more than its slot can explain.`))
  }
  const filled = { filledQuantity, status, slot }
  return slot === undefined ? filled : { ...filled, slot: followFill(state, slot, order, filled, abs(assigned), facts) }
}

/** The one place where a fill becomes a fact: with the position's new cost, the postings, and whose it is. */
export function book(state: KernelState, position: Position, booking: Booking, owner: Owner, facts: FactBody[], slot?: Slot): Share {
  const { tradeId, side, price, quantity, tradeValue, fee, feeAsset, liquidity, inferred } = booking
  const { clientOrderId, role, slotId, trade, leg, filledQuantity } = owner
  const venueOrderId = owner.venueOrderId ?? booking.venueOrderId
  const { instrument, positionSide } = position
  const traded = state.instruments.get(instrument) as Instrument
  const change = changePosition(traded.kind, position, booking)
  const share = shareOf(traded.kind, role, slot, booking)
  const feePrice = priceFee(state, booking, instrument, facts)
  facts.push({
    type: 'FILL_BOOKED',
    clientOrderId,
    venueOrderId,
    tradeId,
    instrument,
    side,
    positionSide,
    price,
    quantity,
    tradeValue,
    fee,
    feeAsset,
    feePrice,
    liquidity,
    inferred,
    role,
    slotId,
    trade,
    leg,
    ...share,
    realizedPnl: change.realizedPnl,
    filledQuantity,
    positionAfter: change.quantity,
    costAfter: change.cost,
    postings: fillPostings(traded, booking, change.realizedPnl),
  })
  return share
}

/** What the fee asset is worth in the quote; that nobody has said so is said, where there is a fee. */
function priceFee(
  state: KernelState,
  { tradeId, price, fee, feeAsset }: Booking | VenueFill,
  symbol: string,
  facts: FactBody[],
): Decimal | null {
  const instrument = state.instruments.get(symbol) as Instrument
  const feePrice = priceOf(feeAsset, instrument, price, state.assetPrices)
  if (feePrice === null && fee !== ZERO) {
    const detail = `Nobody has said what ${feeAsset} is worth in ${instrument.quote}: the fee of trade ${tradeId} is booked, and cannot be valued.`
    facts.push({ type: 'RISK_FLAGGED', code: 'FEE_UNPRICED', severity: 'warning', value: formatDecimal(fee), limit: null, detail })
  }
  return feePrice
}

type Share = Pick<FillFact, 'assigned' | 'unassigned' | 'slotRealizedPnl'>

/** To whom a fill belongs: quotes take their own, an entry its slot, an exit what is still open; the rest is unassigned. */
function shareOf(kind: InstrumentKind, role: OrderRole | null, slot: Slot | undefined, booking: Booking): Share {
  const { side, quantity, tradeValue } = booking
  const signed = signedBy(side, quantity)
  if (role === 'quote' || (role === 'entry' && slot !== undefined)) return { assigned: signed, unassigned: ZERO, slotRealizedPnl: ZERO }
  if (slot === undefined) return { assigned: ZERO, unassigned: signed, slotRealizedPnl: ZERO }
  const size = min(quantity, slot.openSize)
  const assigned = signedBy(side, size)
  return {
    assigned,
    unassigned: sub(signed, assigned),
    slotRealizedPnl: slotGain(kind, slot, size, shareOfValue(tradeValue, size, quantity)),
  }
}

/** What closing a part of a slot at a value realises, before fees. */
export function slotGain(kind: InstrumentKind, slot: Slot, size: Decimal, value: Decimal): Decimal {
  const left = costLeft(heldBySlot(slot), sub(slot.openSize, size))
  const gain = gainOf(kind, value, sub(slot.openCost, left))
  return slot.side === 'buy' ? gain : neg(gain)
}

/** By our own sum of fills, never by whether the venue called it partial or full. */
function moveFilled(order: Order, filledQuantity: Decimal, facts: FactBody[]): OrderStatus {
  const { status, request } = order
  const trigger = filledQuantity >= request.quantity ? 'fillAll' : 'fillPart'
  const to = moved(order, trigger, filledQuantity)
  // The table's one conflict, a filled order that a fill leaves unfilled, cannot come: the sum only grows.
  if (to === status || to === 'conflict') return status
  facts.push({ type: 'ORDER_MOVED', clientOrderId: request.clientOrderId, from: status, to, trigger, venueOrderId: null, reason: null })
  noteOddMove(order, to, trigger, null, facts)
  return to
}

/** What a booked fill means for its slot: entry grows it, exit shrinks it; the leg is consumed before flat is judged. */
function followFill(state: KernelState, slot: Slot, order: Order, filled: Filled, size: Decimal, facts: FactBody[]): Slot {
  const { status, filledQuantity } = filled
  if (order.request.role === 'entry') {
    const stage = moveSlot(slot, slot.stage, 'entryFill', null, facts)
    const over = !ORDER_LIVE[status]
    const [openSize, entryQuantity] = [add(slot.openSize, size), add(slot.entryQuantity, size)]
    return { ...slot, stage: over ? moveSlot(slot, stage, 'entryOver', null, facts) : stage, openSize, entryQuantity }
  }
  if (status === 'filled') endLeg(slot, order, filledQuantity, facts)
  const openSize = sub(slot.openSize, size)
  const flat = openSize === ZERO && !entryIsAlive(state, slot)
  const stage = flat ? closeFlat(state, slot, null, facts, { ...order, status }) : moveSlot(slot, slot.stage, 'exitFill', null, facts)
  return { ...slot, stage, openSize }
}

function describe(fill: FillNumbers): string {
  return `${fill.side} ${formatDecimal(fill.quantity)} at ${formatDecimal(fill.price)}, fee ${formatDecimal(fill.fee)} ${fill.feeAsset}`
}
