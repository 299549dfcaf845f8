// What must be true in the end: every message has arrived, every question was answered, the reconciler has run to its end.
// Then our books are the venue's.

import { add, type Decimal, formatDecimal, max, min, sub, ZERO } from '../../src/core/kernel/decimal.ts'
import type { Instrument } from '../../src/core/kernel/instrument.ts'
import { CANCEL_PENDING, ORDER_LIVE, type OrderStatus } from '../../src/core/kernel/order-table.ts'
import type { KernelState } from '../../src/core/kernel/state.ts'
import type { OrderView } from '../../src/core/kernel/views.ts'
import type { Auditor } from './auditor.ts'
import type { ModelVenue } from './model-venue.ts'
import { magnitude, worth } from './own-holding.ts'
import type { VenueOrder } from './venue-words.ts'
import { must, same } from './violation.ts'

export function judgeAgreement(state: KernelState, venue: ModelVenue, auditor: Auditor): void {
  for (const [id, order] of state.orders) judgeOrder(id, order, venue, auditor)
  for (const [id, { status }] of venue.orders) {
    must(state.orders.has(id), `order ${id} of the venue was forgotten`)
    must(status !== 'open' || state.liveOrders.has(id), `order ${id} is open at the venue and not live here`)
  }
  judgeSlots(state)
  for (const { instrument, positionSide, quantity } of state.positions.values()) {
    same(`our position in ${instrument} ${positionSide} and the venue's`, quantity, venue.holdings.quantity(instrument, positionSide))
  }
  for (const { instrument, fundingId } of venue.fundings) {
    must(state.fundings.has(`${instrument}|${fundingId}`), `funding ${fundingId} of ${instrument} was never booked`)
  }
}

/** Nothing is left open in any slot, save where an order is quarantined and freezes it. */
export function judgeFlat(state: KernelState): void {
  for (const { slotId, trade, openSize, stage } of state.trades.values()) {
    const frozen = [...state.liveOrders.values()].some(
      ({ request, status }) => request.slotId === slotId && request.trade === trade && status === 'quarantined',
    )
    must(openSize === ZERO || frozen, `${formatDecimal(openSize)} of ${slotId}#${trade} (${stage}) cannot be closed`)
  }
}

function judgeOrder(id: string, order: OrderView, venue: ModelVenue, auditor: Auditor): void {
  const truth = venue.orders.get(id)
  const { status, filledQuantity } = order
  same(`filled quantity of order ${id} (${status}) and the venue's`, filledQuantity, truth?.filledQuantity ?? ZERO)
  const said = `order ${id} is ${status}, at the venue ${truth?.status ?? 'unknown'}`
  must(status !== 'in_doubt', `${said}${auditor.asked.has(id) ? '' : ', and nobody asked'}`)
  must(agrees(status, truth), said)
  must(status === 'quarantined' || !CANCEL_PENDING[order.cancel], `${said}, and its cancel is ${order.cancel} for ever`)
  if (truth === undefined) return
  judgeFills(id, order, truth, auditor)
}

/** Every trade of an order is booked, or is a part of what was inferred; and it cost what the venue says. */
function judgeFills(id: string, order: OrderView, truth: VenueOrder, auditor: Auditor): void {
  let unseen = ZERO
  let cost = ZERO
  const instrument = auditor.books.instrument(order.request.instrument)
  for (const { tradeId, side, price, quantity } of truth.trades) {
    if (!auditor.booked.has(`${instrument.symbol}|${tradeId}|${side}`)) unseen = add(unseen, quantity)
    cost = add(cost, worth(instrument, quantity, price))
  }
  same(`the fills of order ${id} that nobody reported and what was inferred of it`, unseen, order.inferredQuantity)
  const off = magnitude(sub(order.filledCost, cost))
  const said = `order ${id} cost ${formatDecimal(order.filledCost)}, at the venue ${formatDecimal(cost)}`
  must(off === ZERO || (auditor.inferred.has(id) && off <= inexactness(truth, instrument, cost)), said)
}

/**
 * By how much an order may be off of which something was inferred: an average is rounded by the venue, and a fill may have been
 * taken for the one that was inferred before it, where both are of one size; then their prices differ.
 */
function inexactness({ trades, filledQuantity }: VenueOrder, instrument: Instrument, cost: Decimal): Decimal {
  const values = trades.map(({ price }) => worth(instrument, filledQuantity, price))
  const spread = sub(values.reduce(max), values.reduce(min))
  return add(spread, (magnitude(cost) / 10n ** 12n) as Decimal)
}

/** Whether what we say of an order may stand beside what the venue knows. `canceled` and `expired` may be confused: both are over. */
function agrees(status: OrderStatus, truth: VenueOrder | undefined): boolean {
  if (status === 'quarantined') return true
  // Never taken for absent or refused while the venue has it. What arrived too late, did nothing and is gone again nobody saw.
  if (status === 'absent') return truth === undefined || (truth.late && truth.status !== 'open' && truth.filledQuantity === ZERO)
  if (truth === undefined) return !ORDER_LIVE[status] && status !== 'filled'
  if (truth.status === 'open') return status === 'acked' || status === 'partially_filled'
  if (truth.status === 'filled') return status === 'filled'
  return status === 'canceled' || status === 'expired' || status === 'rejected'
}

function judgeSlots(state: KernelState): void {
  for (const slot of state.trades.values()) {
    for (const leg of slot.legs) {
      const alive = leg.clientOrderId !== null && state.liveOrders.has(leg.clientOrderId)
      must(!leg.working || alive || slot.stage === 'closed', `leg ${leg.leg} of ${slot.slotId}#${slot.trade} works without a live order`)
    }
  }
}
