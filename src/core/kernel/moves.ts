// How an order's move is looked up in its table and followed into the slot and the leg it belongs to.

import { type Decimal, formatDecimal, ZERO } from './decimal.ts'
import type { FactBody } from './facts.ts'
import { CANCEL_PENDING, type CancelState, ORDER_LIVE, ORDER_TABLE, type OrderStatus, type OrderTrigger } from './order-table.ts'
import { SLOT_TABLE, type SlotStage, type SlotTrigger } from './slot-table.ts'
import { type KernelState, type Leg, type Order, type Slot, tradeKey } from './state.ts'

export interface MoveContext {
  readonly venueOrderId: string | null
  readonly reason: string | null
}

/** The facts of a trigger other than a fill: the order's move, and what follows for its slot and leg. */
export function followOrder(
  state: KernelState,
  order: Order,
  trigger: OrderTrigger,
  facts: FactBody[],
  context: MoveContext,
  slot = slotOfOrder(state, order),
): void {
  const { status, request } = order
  const { clientOrderId, role } = request
  const { venueOrderId, reason } = context
  const to = moved(order, trigger, order.filledQuantity)
  if (to === 'conflict') {
    const detail = reason ?? 'the venue says what cannot be true of this order'
    facts.push({ type: 'EVENT_CONFLICTED', clientOrderId, status, trigger, detail })
    return
  }
  if (order.cancel === 'in_doubt' && (trigger === 'ack' || trigger === 'found') && ORDER_LIVE[to]) {
    // The cancel did not do its work, and may be asked for again: otherwise nobody ever could.
    facts.push(cancelMoved(order, 'refused', 'the venue still has the order'))
  }
  if (to === status) {
    bindIfNew(order, venueOrderId, facts)
    if (trigger === 'unknown' && ORDER_LIVE[status]) facts.push(queried(order, reason ?? 'no readable answer'))
    return
  }
  const newId = order.venueOrderId === null ? venueOrderId : null
  facts.push({ type: 'ORDER_MOVED', clientOrderId, from: status, to, trigger, venueOrderId: newId, reason })
  noteOddMove(order, to, trigger, reason, facts)
  if (slot === undefined) return
  if (role === 'entry') followEntry(state, slot, order, to, facts)
  else followExit(slot, order, to, facts)
}

/** What a person, or the venue, has to be told of a move. */
export function noteOddMove(order: Order, to: OrderStatus, trigger: OrderTrigger, reason: string | null, facts: FactBody[]): void {
  // The venue has an order that it had refused, or that it had said it did not have: another attempt may be under way.
  if (order.status === 'absent' || order.status === 'rejected') {
    facts.push(
      alarm('ORDER_ARRIVED_LATE', order.request.clientOrderId, `The order was ${order.status}, and the venue speaks of it after all.`),
    )
  }
  if (to === 'in_doubt') facts.push(queried(order, reason ?? `${trigger} on ${order.status}`))
}

/**
 * The status a trigger leads to; an acked order that has fills reads partially_filled. One that has fills, or an id of the
 * venue's, was accepted, so that no refusal ends it, however often it is repeated: it is in doubt until the venue says what
 * became of it.
 */
export function moved({ status, venueOrderId }: Order, trigger: OrderTrigger, filledQuantity: Decimal): OrderStatus | 'conflict' {
  const cell = ORDER_TABLE[status][trigger]
  if (cell === 'same') return status
  if (cell === 'rejected' && (filledQuantity !== ZERO || venueOrderId !== null)) return 'in_doubt'
  return cell === 'acked' && filledQuantity !== ZERO ? 'partially_filled' : cell
}

/** The trade an order was for, while it is not closed. A closed trade takes nothing any more. */
export function slotOfOrder(state: KernelState, order: Order): Slot | undefined {
  const { slotId, trade } = order.request
  if (slotId === null || trade === null) return undefined
  const slot = state.trades.get(tradeKey(slotId, trade))
  return slot === undefined || slot.stage === 'closed' ? undefined : slot
}

function followEntry(state: KernelState, slot: Slot, order: Order, to: OrderStatus, facts: FactBody[]): void {
  const trigger = SLOT_TRIGGER[to].entry
  if (trigger === null) return
  const outcome = trigger === 'entryOver' && order.filledQuantity === ZERO ? 'entryFailed' : trigger
  const stage = moveSlot(slot, slot.stage, outcome, outcome === 'entryFailed' ? to : null, facts)
  // All that was bought had been sold while the entry was still alive: only now is the trade over.
  if (outcome === 'entryOver' && slot.openSize === ZERO && slot.entryQuantity > ZERO)
    closeFlat(state, { ...slot, stage }, null, facts, { ...order, status: to })
}

/** Ends a trade of which nothing is open: exits that still work would open what they close on nobody's behalf. */
export function closeFlat(state: KernelState, slot: Slot, reason: string | null, facts: FactBody[], last?: Order): SlotStage {
  const { slotId, trade, stage } = slot
  const to = moveSlot(slot, stage, 'flat', reason, facts)
  const lastId = last?.request.clientOrderId
  const isOther = ({ request }: Order) => request.slotId === slotId && request.trade === trade && request.clientOrderId !== lastId
  cancelLive(state, isOther, facts)
  // The order whose fill it was is not in its new status yet.
  if (last !== undefined && ORDER_LIVE[last.status] && !CANCEL_PENDING[last.cancel]) facts.push(cancelMoved(last, 'requested', null))
  return to
}

/** Whether an entry of the trade may still fill: then being flat does not end it. */
export function entryIsAlive(state: KernelState, { slotId, trade }: Slot): boolean {
  for (const { request } of state.liveOrders.values()) {
    if (request.role === 'entry' && request.slotId === slotId && request.trade === trade) return true
  }
  return false
}

function followExit(slot: Slot, order: Order, to: OrderStatus, facts: FactBody[]): void {
  const trigger = SLOT_TRIGGER[to].exit
  if (trigger === null) return
  if (trigger === 'exitFailed') endLeg(slot, order, order.filledQuantity, facts)
  moveSlot(slot, slot.stage, trigger, trigger === 'exitFailed' ? to : null, facts)
}

/** What the status its order comes to means for a slot; `entryOver` where something was bought, else the entry failed. */
const SLOT_TRIGGER = {
  prepared: { entry: null, exit: null },
  submitting: { entry: 'entrySent', exit: 'exitSent' },
  acked: { entry: 'entryAck', exit: 'exitAck' },
  partially_filled: { entry: 'entryAck', exit: 'exitAck' },
  filled: { entry: 'entryOver', exit: null /* its fills have said it */ },
  canceled: { entry: 'entryOver', exit: 'exitFailed' },
  expired: { entry: 'entryOver', exit: 'exitFailed' },
  rejected: { entry: 'entryOver', exit: 'exitFailed' },
  absent: { entry: 'entryOver', exit: 'exitFailed' },
  in_doubt: { entry: null, exit: null },
  quarantined: { entry: null, exit: null },
} as const satisfies Record<OrderStatus, Record<'entry' | 'exit', SlotTrigger | null>>

/** Pushes the slot's move, if there is one, and returns the stage it then has. */
export function moveSlot(slot: Slot, from: SlotStage, trigger: SlotTrigger, reason: string | null, facts: FactBody[]): SlotStage {
  const cell = SLOT_TABLE[from][trigger]
  if (cell === 'same' || cell === 'refused') return from
  facts.push({ type: 'SLOT_MOVED', slotId: slot.slotId, trade: slot.trade, from, to: cell, trigger, reason })
  return cell
}

/** A leg's order is over: the leg is consumed if all that it asked for was filled, else it may be asked for again. */
export function endLeg(slot: Slot, order: Order, filledQuantity: Decimal, facts: FactBody[]): void {
  const { quantity, clientOrderId } = order.request
  // An exit always has one.
  const leg = order.request.leg as number
  const { working, clientOrderId: last } = slot.legs[leg] as Leg
  if (!working || last !== clientOrderId) return
  facts.push({ type: 'LEG_ENDED', slotId: slot.slotId, trade: slot.trade, leg, filledQuantity, consumed: filledQuantity >= quantity })
}

export function cancelMoved(order: Order, to: CancelState, reason: string | null): FactBody {
  return { type: 'CANCEL_MOVED', clientOrderId: order.request.clientOrderId, from: order.cancel, to, reason }
}

/** Cancels all live orders of a kind, save those that are being cancelled already. */
export function cancelLive(state: KernelState, concerns: (order: Order) => boolean, facts: FactBody[]): void {
  for (const order of state.liveOrders.values()) {
    if (concerns(order) && !CANCEL_PENDING[order.cancel]) facts.push(cancelMoved(order, 'requested', null))
  }
}

export function queried(order: Order, why: string): FactBody {
  return { type: 'ORDER_QUERIED', clientOrderId: order.request.clientOrderId, why }
}

export function alarm(code: string, value: string | null, detail: string): FactBody {
  return { type: 'RISK_FLAGGED', code, severity: 'alarm', value, limit: null, detail }
}

/** The answer to a cancel was none: whether it did its work is asked about. */
export function doubtCancel(order: Order, why: string, facts: FactBody[]): void {
  if (order.cancel !== 'in_doubt') facts.push(cancelMoved(order, 'in_doubt', why))
  facts.push(queried(order, `cancel: ${why}`))
}

/** The venue counts more filled than we have booked: what it says is not believed before the fills are here. */
export function behindWord(order: Order, totalFilled: Decimal, booked = order.filledQuantity): string | null {
  if (totalFilled <= booked) return null
  return `the venue counts ${formatDecimal(totalFilled)} filled, we ${formatDecimal(booked)}`
}

export function bindIfNew(order: Order, venueOrderId: string | null, facts: FactBody[]): void {
  if (venueOrderId !== null && order.venueOrderId === null) {
    facts.push({ type: 'ORDER_BOUND', clientOrderId: order.request.clientOrderId, venueOrderId })
  }
}
