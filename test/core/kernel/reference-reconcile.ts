// What the reference model makes of reconcile's actions: whether the evidence is enough, and what then is booked.

import type { Decimal } from '../../../src/core/kernel/decimal.ts'
import type { ReconcileIntent, SettledOutcome, Side } from '../../../src/core/kernel/inputs.ts'
import type { Instrument } from '../../../src/core/kernel/instrument.ts'
import { ORDER_TABLE, type OrderTrigger } from '../../../src/core/kernel/order-table.ts'
import { valueAt } from './reference-books.ts'
import { bookFill } from './reference-events.ts'
import { keyOf, opposite, type Reference, type ReferencePosition, type ReferenceTrade } from './reference-model.ts'
import { exact, NOTHING, type Rational } from './reference-rational.ts'

type Action<Name extends ReconcileIntent['action']> = Extract<ReconcileIntent, { action: Name }>

/** Does what reconcile asks for; false where it has to be refused, and then nothing is changed. */
export function reconcile(reference: Reference, intent: ReconcileIntent): boolean {
  switch (intent.action) {
    case 'mark_absent':
      return markAbsent(reference, intent)
    case 'quarantine':
      return quarantine(reference, intent)
    case 'settle_order':
      return settleOrder(reference, intent)
    case 'book_fill':
      return bookMissedFill(reference, intent)
    case 'adjust_position':
      return adjustPosition(reference, intent)
    case 'assign':
      return assign(reference, intent)
  }
}

function markAbsent(reference: Reference, { clientOrderId, venueTimeUs, askedAtUs }: Action<'mark_absent'>): boolean {
  const order = reference.orders.get(clientOrderId)
  const { session } = reference
  if (order === undefined || session === null) return false
  const { validUntilUs } = order.request
  // Only an order that nobody has seen can be absent; one that was confirmed is asked about.
  if (ORDER_TABLE[order.status].absent !== 'absent') return false
  const asked = askedAtUs.filter((time) => time > validUntilUs)
  const [first, last] = [asked[0], asked.at(-1)]
  const spaced = first !== undefined && last !== undefined && asked.length >= 2 && last - first >= session.querySpacingUs
  const late = venueTimeUs > validUntilUs + session.absenceMarginUs
  const { instrument, positionSide } = order.request
  const differs = reference.position(instrument, positionSide).venues !== null
  if (!spaced || !late || differs || !order.filled.isZero() || order.venueOrderId !== null) return false
  reference.follow(order, 'absent')
  return true
}

function quarantine(reference: Reference, { clientOrderId }: Action<'quarantine'>): boolean {
  const order = reference.orders.get(clientOrderId)
  if (order === undefined || ORDER_TABLE[order.status].quarantine !== 'quarantined') return false
  reference.follow(order, 'quarantine')
  return true
}

const FINAL_WORD = { canceled: 'cancelAck', expired: 'expire', rejected: 'reject', filled: null } as const satisfies Record<
  SettledOutcome,
  OrderTrigger | null
>

function settleOrder(reference: Reference, intent: Action<'settle_order'>): boolean {
  const order = reference.orders.get(intent.clientOrderId)
  const instrument = reference.instruments.get(order?.request.instrument ?? '')
  if (order === undefined || instrument === undefined) return false
  const totalFilled = exact(intent.filledQuantity)
  const missing = totalFilled.minus(order.filled)
  if (missing.sign() < 0) return false
  // What is not all filled is not filled, and what has fills was not rejected.
  if (intent.outcome === 'filled' && exact(order.request.quantity).above(totalFilled)) return false
  if (intent.outcome === 'rejected' && !totalFilled.isZero()) return false
  // A confirmed order was not rejected, nor was one that ended otherwise: what is settled has to be over.
  const named = order.venueOrderId !== null && order.status !== 'rejected'
  const confirmed = named || order.status === 'acked' || order.status === 'partially_filled'
  const overOtherwise = order.status === 'filled' || order.status === 'canceled' || order.status === 'expired'
  if (intent.outcome === 'rejected' && (confirmed || overOtherwise)) return false
  if (missing.sign() > 0) {
    if (intent.averagePrice === null) return false
    const value = valueAt(instrument.kind, exact(intent.averagePrice), totalFilled).minus(order.filledFor)
    if (value.sign() <= 0) return false
    const { side, positionSide } = order.request
    const tradeId = `inferred:${intent.clientOrderId}:${textOf(totalFilled)}`
    order.inferred = order.inferred.plus(missing)
    reference.book({ ...inferredOf(instrument, missing, value), order, positionSide, side, tradeId })
  }
  const word = FINAL_WORD[intent.outcome]
  if (word !== null) reference.follow(order, word)
  return true
}

/** A fill of a known worth: its price follows from it, rounded once. */
function inferredOf(instrument: Instrument, quantity: Rational, value: Rational) {
  const price = (instrument.kind === 'inverse' ? quantity.over(value) : value.over(quantity)).rounded()
  return { instrument, price, quantity, value, fee: NOTHING, feeAsset: instrument.settle }
}

function textOf(quantity: Rational): string {
  const digits = `${quantity.decimal()}`.padStart(19, '0')
  const fraction = digits.slice(-18).replace(/0+$/, '')
  return digits.slice(0, -18) + (fraction === '' ? '' : `.${fraction}`)
}

function bookMissedFill(
  reference: Reference,
  { clientOrderId, venueOrderId, instrument, side, positionSide = 'net', fill }: Action<'book_fill'>,
): boolean {
  const order = reference.match({ clientOrderId, venueOrderId })
  if (order !== null) {
    bookFill(reference, order, { instrument, side, fill })
    return true
  }
  // Two ids of two orders: which of them is meant nobody can say.
  if (clientOrderId !== null && reference.orders.has(clientOrderId)) return false
  const traded = reference.instruments.get(instrument)
  if (traded === undefined) return false
  if (reference.fills.has(keyOf(instrument, fill.tradeId, side))) return true
  const [price, quantity] = [exact(fill.price), exact(fill.quantity)]
  const { tradeId, feeAsset } = fill
  const value = valueAt(traded.kind, price, quantity)
  reference.book({ order: null, instrument: traded, positionSide, side, tradeId, price, quantity, value, fee: exact(fill.fee), feeAsset })
  return true
}

function adjustPosition(reference: Reference, intent: Action<'adjust_position'>): boolean {
  const instrument = reference.instruments.get(intent.instrument)
  if (instrument === undefined) return false
  const position = reference.position(intent.instrument, intent.positionSide)
  const { quantity: ours, cost } = position.book
  const venues = exact(intent.quantity)
  const change = venues.minus(ours)
  if (change.isZero()) return false
  const side: Side = change.sign() > 0 ? 'buy' : 'sell'
  const average = intent.averagePrice === null ? null : exact(intent.averagePrice)
  const size = change.size()
  const grows = !ours.isZero() && ours.sign() === change.sign()
  const shrinks = !ours.isZero() && !grows && venues.sign() !== -ours.sign()
  const price = shrinks ? (average ?? reference.marks.get(intent.instrument) ?? null) : average
  if (price === null) return false
  const value = grows ? valueAt(instrument.kind, price, venues.size()).minus(cost.size()) : valueAt(instrument.kind, price, size)
  if (value.sign() <= 0) return false
  const tradeId = adjustmentTradeId(intent.adjustmentId)
  if (reference.fills.has(keyOf(intent.instrument, tradeId, side))) return false
  reference.book({ ...inferredOf(instrument, size, value), order: null, positionSide: intent.positionSide, side, tradeId })
  return true
}

function adjustmentTradeId(adjustmentId: string): string {
  return `adjusted:${adjustmentId}`
}

function assign(reference: Reference, intent: Action<'assign'>): boolean {
  const instrument = reference.instruments.get(intent.instrument)
  if (instrument === undefined) return false
  const position = reference.position(intent.instrument, intent.positionSide)
  const quantity = exact(intent.quantity)
  const { unassigned } = position
  if (quantity.isZero() || quantity.sign() !== unassigned.sign() || quantity.size().above(unassigned.size())) return false
  if (intent.slotId === null) {
    position.quoted = position.quoted.plus(quantity)
  } else if (!assignToSlot(reference, position, { instrument, slotId: intent.slotId, quantity, price: intent.price })) {
    return false
  }
  reference.changeUnassigned(position, quantity.negated())
  reference.closeTrades()
  return true
}

interface Assignment {
  readonly instrument: Instrument
  readonly slotId: string
  readonly quantity: Rational
  readonly price: Decimal | null
}

function assignToSlot(reference: Reference, position: ReferencePosition, { instrument, slotId, quantity, price }: Assignment): boolean {
  if (reference.session?.slotIds.includes(slotId) !== true) return false
  const { kind } = instrument
  const side: Side = quantity.sign() > 0 ? 'buy' : 'sell'
  const size = quantity.size()
  const { positionSide } = position
  const last = reference.slots.get(slotId)
  const open: ReferenceTrade | undefined = last?.closed === false ? last : undefined
  if (open !== undefined && (open.instrument !== position.instrument || open.positionSide !== positionSide)) return false
  const closes = open !== undefined && open.side === opposite(side)
  if (open !== undefined && reference.liveOrdersOf(open).some((order) => order.request.role === 'entry')) return false
  if (closes && (price === null || size.above(open.book.quantity.size()))) return false
  const { quantity: held, cost } = position.book
  // Where slots and the unassigned cancel out there is no average cost to take.
  if (price === null && held.isZero()) return false
  const value = price === null ? cost.size().times(size).over(held.size()).rounded() : valueAt(kind, exact(price), size)
  // Worth nothing is no price.
  if (value.isZero()) return false
  const trade = open ?? reference.openTrade({ slotId, trade: (last?.trade ?? 0) + 1, instrument: instrument.symbol, positionSide, side })
  reference.tradeInSlot(trade, { kind, side, size, value })
  return true
}
