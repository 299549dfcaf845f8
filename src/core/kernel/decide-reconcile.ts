// What reconcile found becomes facts. It is the only way in which anything but a fill of ours changes what we hold, and it
// never guesses: each action carries what it rests on, and what does not fit the books is refused.

import { decimalFault, positiveFault } from './checks.ts'
import { boundElsewhere, matchOrder } from './decide-venue.ts'
import { abs, type Decimal, div, formatDecimal, mulDiv, ONE, signOf, sub, ZERO } from './decimal.ts'
import { type Denial, denialFact, denialOf, isDenial, textOf } from './denials.ts'
import type { FactBody } from './facts.ts'
import { type Booking, book, bookExternalFill, bookOrderFill, decideFill, fillFault, NOBODY, slotGain } from './fill.ts'
import type { ReconcileIntent, SettledOutcome } from './inputs.ts'
import { type Instrument, type InstrumentKind, tradeValueOf } from './instrument.ts'
import { alarm, closeFlat, entryIsAlive, followOrder, moved, moveSlot } from './moves.ts'
import { ORDER_LIVE, ORDER_TABLE, type OrderTrigger } from './order-table.ts'
import { actionFault } from './shapes.ts'
import { SLOT_TABLE } from './slot-table.ts'
import { fillKey, idleSlot, type KernelState, type Order, type Position, positionKey, type Slot } from './state.ts'
import { equityOf } from './valuation.ts'

type Of<Action extends ReconcileIntent['action']> = Extract<ReconcileIntent, { action: Action }>

/** Adds what follows, or says why it cannot be. */
type Reconciler<Action extends ReconcileIntent['action']> = (state: KernelState, intent: Of<Action>, facts: FactBody[]) => Denial | null

const RECONCILERS: { readonly [Action in ReconcileIntent['action']]: Reconciler<Action> } = {
  mark_absent: markAbsent,
  quarantine,
  settle_order: settleOrder,
  book_fill: bookFill,
  adjust_position: adjustPosition,
  assign,
}

export function decideReconcile(state: KernelState, intent: ReconcileIntent, facts: FactBody[]): void {
  const { action } = intent
  const about: { readonly clientOrderId?: unknown; readonly instrument?: unknown } = intent
  const clientOrderId = typeof about.clientOrderId === 'string' ? about.clientOrderId : null
  const subject = clientOrderId ?? textOf(about.instrument)
  const consequences: FactBody[] = []
  const denial = actionFault(intent) ?? (RECONCILERS[action] as Reconciler<typeof action>)(state, intent as never, consequences)
  if (denial !== null) facts.push(denialFact('RECONCILE', denial, { clientOrderId }))
  else facts.push({ type: 'RECONCILED', action, subject, evidence: intent.evidence }, ...consequences)
}

const refused = (field: string, value: unknown, booked: unknown): Denial => denialOf('RECONCILE_REFUSED', field, value, { booked })

/**
 * Absent only long after the order could still have arrived, when two spaced queries found nothing, and nothing ever moved: no fill
 * of it is known, and the venue's position is not another than ours.
 */
function markAbsent(state: KernelState, { clientOrderId, venueTimeUs, askedAtUs }: Of<'mark_absent'>, facts: FactBody[]): Denial | null {
  const { session } = state
  const order = state.orders.get(clientOrderId)
  if (order === undefined || session === null) return denialOf('ORDER_UNKNOWN', 'clientOrderId', clientOrderId)
  if (ORDER_TABLE[order.status].absent !== 'absent') return refused('clientOrderId', clientOrderId, order.status)
  const unproved = (field: string, value: unknown, needed: unknown) => denialOf('ABSENCE_NOT_PROVED', field, value, { needed })
  const fromUs = order.request.validUntilUs + session.absenceMarginUs
  if (!(venueTimeUs > fromUs)) return unproved('venueTimeUs', venueTimeUs, fromUs)
  const asked = askedAtUs.filter((timeUs) => timeUs > order.request.validUntilUs)
  const spreadUs = Math.max(...asked) - Math.min(...asked)
  if (asked.length < 2 || spreadUs < session.querySpacingUs) return unproved('askedAtUs', asked.length, session.querySpacingUs)
  if (order.filledQuantity !== ZERO) return unproved('filledQuantity', order.filledQuantity, ZERO)
  if (order.venueOrderId !== null) return unproved('venueOrderId', order.venueOrderId, 'none')
  const { venues } = state.positions.get(positionKey(order.request.instrument, order.request.positionSide)) as Position
  if (venues !== null) return unproved('position', venues, 'ours')
  followOrder(state, order, 'absent', facts, { venueOrderId: null, reason: 'not at the venue' })
  return null
}

function quarantine(state: KernelState, { clientOrderId, evidence }: Of<'quarantine'>, facts: FactBody[]): Denial | null {
  const order = state.orders.get(clientOrderId)
  if (order === undefined) return denialOf('ORDER_UNKNOWN', 'clientOrderId', clientOrderId)
  if (ORDER_TABLE[order.status].quarantine !== 'quarantined') return refused('clientOrderId', clientOrderId, order.status)
  followOrder(state, order, 'quarantine', facts, { venueOrderId: null, reason: evidence })
  facts.push(alarm('ORDER_QUARANTINED', clientOrderId, 'Nobody can say whether the venue has this order: a person has to decide.'))
  return null
}

/** What an order comes to that is over, by how it ended; one that is all filled needs no more than its fills. */
const FINAL_TRIGGER = {
  filled: null,
  canceled: 'cancelAck',
  expired: 'expire',
  rejected: 'reject',
} as const satisfies Record<SettledOutcome, OrderTrigger | null>

function settleOrder(state: KernelState, intent: Of<'settle_order'>, facts: FactBody[]): Denial | null {
  const { clientOrderId, outcome, filledQuantity, averagePrice } = intent
  const order = state.orders.get(clientOrderId)
  if (order === undefined) return denialOf('ORDER_UNKNOWN', 'clientOrderId', clientOrderId)
  const fault = decimalFault(filledQuantity, 'filledQuantity')
  if (fault !== null) return fault
  const whole = filledQuantity >= order.request.quantity
  const possible = outcome === 'filled' ? whole : outcome === 'rejected' ? filledQuantity === ZERO : true
  if (!possible) return refused('filledQuantity', filledQuantity, order.request.quantity)
  if (filledQuantity < order.filledQuantity) return refused('filledQuantity', filledQuantity, order.filledQuantity)
  const trigger = FINAL_TRIGGER[outcome]
  const to = trigger === null ? 'filled' : moved(order, trigger, filledQuantity)
  if (to === 'conflict' || ORDER_LIVE[to]) return refused('outcome', outcome, order.status)
  const missing = sub(filledQuantity, order.filledQuantity)
  const booking = missing === ZERO ? null : missingFill(state, order, missing, averagePrice, filledQuantity)
  if (booking !== null && isDenial(booking)) return booking
  const settled = booking === null ? undefined : bookOrderFill(state, order, booking, facts)
  const context = { venueOrderId: null, reason: intent.evidence }
  if (trigger === null) return null
  if (settled === undefined) followOrder(state, order, trigger, facts, context)
  else followOrder(state, { ...order, filledQuantity, status: settled.status }, trigger, facts, context, settled.slot)
  return null
}

/** What the venue's total and average leave to be explained, at the price that makes our cost theirs, exactly. */
function missingFill(state: KernelState, order: Order, missing: Decimal, averagePrice: Decimal | null, total: Decimal): Booking | Denial {
  const { instrument, side, clientOrderId } = order.request
  const fault =
    averagePrice === null
      ? denialOf('PRICE_MISSING', 'averagePrice', 'none')
      : positiveFault(averagePrice, 'averagePrice', 'PRICE_NOT_POSITIVE')
  if (fault !== null) return fault
  const { kind } = state.instruments.get(instrument) as Instrument
  const tradeValue = sub(tradeValueOf(kind, total, averagePrice as Decimal), order.filledCost)
  if (tradeValue <= ZERO) return refused('averagePrice', averagePrice, order.filledCost)
  const absurd = decimalFault(tradeValue, 'averagePrice')
  if (absurd !== null) return absurd
  return inferredFill(state, `inferred:${clientOrderId}:${formatDecimal(total)}`, { instrument, side, quantity: missing, tradeValue })
}

type Inferred = Pick<Booking, 'side' | 'quantity' | 'tradeValue'> & { readonly instrument: string }

function inferredFill(state: KernelState, tradeId: string, { instrument, side, quantity, tradeValue }: Inferred): Booking {
  const { kind, quote } = state.instruments.get(instrument) as Instrument
  const price = kind === 'inverse' ? div(quantity, tradeValue) : div(tradeValue, quantity)
  return { tradeId, side, price, quantity, tradeValue, fee: ZERO, feeAsset: quote, liquidity: null, inferred: true, venueOrderId: null }
}

function bookFill(state: KernelState, intent: Of<'book_fill'>, facts: FactBody[]): Denial | null {
  const order = matchOrder(state, intent)
  const bound = intent.venueOrderId === null ? undefined : state.clientIdByVenueId.get(intent.venueOrderId)
  const mixed = order === undefined ? bound !== undefined : boundElsewhere(state, order, intent)
  if (mixed) return refused('venueOrderId', intent.venueOrderId, bound ?? order?.venueOrderId)
  const known = state.positions.has(positionKey(intent.instrument, intent.positionSide ?? 'net')) || order !== undefined
  const fault = known ? fillFault(intent, order) : `no position in ${intent.instrument}`
  if (fault !== null) return refused('fill', fault, order?.request.quantity ?? 'nothing')
  if (order !== undefined) decideFill(state, order, intent, facts)
  else bookExternalFill(state, intent, facts)
  return null
}

function positionOf(state: KernelState, { instrument, positionSide }: Of<'adjust_position' | 'assign'>): Position | undefined {
  return state.positions.get(positionKey(instrument, positionSide))
}

function adjustPosition(state: KernelState, intent: Of<'adjust_position'>, facts: FactBody[]): Denial | null {
  const { adjustmentId, instrument, quantity: venues } = intent
  const position = positionOf(state, intent)
  if (position === undefined) return denialOf('INSTRUMENT_UNKNOWN', 'instrument', instrument)
  const fault =
    decimalFault(venues, 'quantity') ??
    (intent.averagePrice === null ? null : positiveFault(intent.averagePrice, 'averagePrice', 'PRICE_NOT_POSITIVE'))
  if (fault !== null) return fault
  const tradeId = `adjusted:${adjustmentId}`
  const change = sub(venues, position.quantity)
  const side = change > ZERO ? 'buy' : 'sell'
  if (change === ZERO || state.fills.has(fillKey(instrument, tradeId, side))) return refused('quantity', venues, position.quantity)
  const { kind } = state.instruments.get(instrument) as Instrument
  const quantity = abs(change)
  const tradeValue = adjustmentValue(kind, position, venues, intent.averagePrice)
  if (typeof tradeValue !== 'bigint') return tradeValue
  const absurd = tradeValue <= ZERO ? refused('averagePrice', intent.averagePrice, position.cost) : decimalFault(tradeValue, 'averagePrice')
  if (absurd !== null) return absurd
  const booking = inferredFill(state, tradeId, { instrument, side, quantity, tradeValue })
  const { unassigned } = book(state, position, booking, NOBODY, facts)
  const detail = `The position in ${instrument} is set to the venue's ${formatDecimal(venues)} without a fill that explains it.`
  facts.push(alarm('POSITION_ADJUSTED', formatDecimal(unassigned), detail))
  return null
}

/** What the difference was worth: so that a position that grew costs what the venue says, else at its average or our mark. */
function adjustmentValue(kind: InstrumentKind, position: Position, venues: Decimal, averagePrice: Decimal | null): Decimal | Denial {
  const sameSide = signOf(venues) === signOf(position.quantity)
  const shrinks = venues === ZERO || (sameSide && abs(venues) < abs(position.quantity))
  const price = averagePrice ?? (shrinks ? position.mark : null)
  if (price === null) return denialOf('PRICE_MISSING', 'averagePrice', 'none')
  if (shrinks || !sameSide) return tradeValueOf(kind, abs(sub(venues, position.quantity)), price)
  return sub(tradeValueOf(kind, abs(venues), price), abs(position.cost))
}

function assign(state: KernelState, intent: Of<'assign'>, facts: FactBody[]): Denial | null {
  const { instrument, positionSide, quantity, slotId, price } = intent
  const position = positionOf(state, intent)
  if (position === undefined) return denialOf('INSTRUMENT_UNKNOWN', 'instrument', instrument)
  const fault = decimalFault(quantity, 'quantity') ?? (price === null ? null : positiveFault(price, 'price', 'PRICE_NOT_POSITIVE'))
  if (fault !== null) return fault
  const { unassigned } = position
  const isPart = quantity !== ZERO && signOf(quantity) === signOf(unassigned) && abs(quantity) <= abs(unassigned)
  if (!isPart) return refused('quantity', quantity, unassigned)
  const { kind } = state.instruments.get(instrument) as Instrument
  const size = abs(quantity)
  const averageCost = position.quantity === ZERO ? ZERO : mulDiv(abs(position.cost), size, abs(position.quantity))
  const tradeValue = price === null ? averageCost : tradeValueOf(kind, size, price)
  if (slotId === null) {
    facts.push({ type: 'EXPOSURE_ASSIGNED', instrument, positionSide, quantity, slotId, trade: null, tradeValue, slotRealizedPnl: ZERO })
    return null
  }
  const slot = state.slots.get(slotId)
  if (slot === undefined) return denialOf('SLOT_UNKNOWN', 'slotId', slotId)
  if (tradeValue === ZERO) return denialOf('PRICE_MISSING', 'price', 'none')
  return assignToSlot(state, slot, position, { quantity, tradeValue, price, kind }, facts)
}

interface Assignment {
  readonly quantity: Decimal
  readonly tradeValue: Decimal
  readonly price: Decimal | null
  readonly kind: InstrumentKind
}

function assignToSlot(state: KernelState, slot: Slot, position: Position, assignment: Assignment, facts: FactBody[]): Denial | null {
  const { quantity, tradeValue, price, kind } = assignment
  const { instrument, positionSide } = position
  const { slotId } = slot
  const side = quantity > ZERO ? 'buy' : 'sell'
  const fresh = slot.stage === 'idle' || slot.stage === 'closed'
  const target = fresh ? idleSlot(slotId, slot.trade + 1) : slot
  const { trade, stage } = target
  const give = (slotRealizedPnl: Decimal): FactBody => ({
    type: 'EXPOSURE_ASSIGNED',
    instrument,
    positionSide,
    quantity,
    slotId,
    trade,
    tradeValue,
    slotRealizedPnl,
  })
  if (fresh) {
    const equityBefore = equityOf(state.balances, state.instruments.get(instrument) as Instrument, position.mark, state.assetPrices)
    const opened = { slotId, trade, instrument, side, positionSide, quantity: abs(quantity), exitRatios: [ONE], equityBefore } as const
    facts.push({ type: 'TRADE_OPENED', ...opened }, give(ZERO))
    moveSlot(target, stage, 'adopt', 'assigned', facts)
    return null
  }
  const grows = slot.side === side
  const fits = slot.instrument === instrument && slot.positionSide === positionSide && !entryIsAlive(state, slot)
  const allowed = SLOT_TABLE[stage].adopt !== 'refused' && (grows || abs(quantity) <= slot.openSize)
  if (!fits || !allowed) return refused('slotId', slotId, stage)
  if (grows) {
    facts.push(give(ZERO))
    return null
  }
  if (price === null) return denialOf('PRICE_MISSING', 'price', 'none')
  facts.push(give(slotGain(kind, slot, abs(quantity), tradeValue)))
  if (slot.openSize === abs(quantity)) closeFlat(state, slot, 'assigned', facts)
  else moveSlot(slot, stage, 'exitFill', 'assigned', facts)
  return null
}
