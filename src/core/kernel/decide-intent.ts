// From intents to facts: what a strategy or an operator wants becomes orders, cancels, or denials.

import { decimalFault, exitRatiosFault, leverageFault, limitFault, type OrderWish, shapeFault, waitFault } from './checks.ts'
import { neg, ONE, ZERO } from './decimal.ts'
import { type Denial, denialFact, denialOf, textOf } from './denials.ts'
import { type ExitSize, exitSizeOf } from './exit-size.ts'
import type { FactBody, OrderRequest } from './facts.ts'
import { clientOrderIdOf } from './ids.ts'
import type { CancelIntent, EnterIntent, ExitIntent, MarkPriceIntent, QuoteIntent, QuoteSide, Side } from './inputs.ts'
import type { Instrument } from './instrument.ts'
import { cancelMoved } from './moves.ts'
import { CANCEL_PENDING, ORDER_LIVE } from './order-table.ts'
import { SLOT_TABLE } from './slot-table.ts'
import type { KernelState, Order, Slot } from './state.ts'

/** The first try of an intent; another one exists only once this one is known to be absent or rejected. */
const FIRST_ATTEMPT = 1

function haltFault(state: KernelState): Denial | null {
  return state.halted ? denialOf('SESSION_HALTED', 'session', state.session?.sessionId ?? 'none') : null
}

/** The instrument of a new order: what an older session of the account traded can only be closed. */
function tradedInstrument(state: KernelState, symbol: string): Instrument | Denial {
  const instrument = state.session?.instrument
  return instrument?.symbol === symbol ? instrument : denialOf('INSTRUMENT_UNKNOWN', 'instrument', symbol)
}

export function decideEnter(state: KernelState, intent: EnterIntent, timeUs: number, facts: FactBody[]): void {
  const { slotId, instrument, side, quantity, exitRatios } = intent
  const wish: OrderWish = { ...intent, path: '' }
  const slot = slotToEnter(state, intent, wish, timeUs)
  if ('code' in slot) {
    facts.push(denialFact('ENTER', slot, { slotId }))
    return
  }
  const trade = slot.trade + 1
  const request = requestOf(state, wish, timeUs, { role: 'entry', slotId, trade, leg: null, reduceOnly: false, offset: 1 })
  facts.push(
    { type: 'TRADE_OPENED', slotId, trade, instrument, side, quantity, exitRatios: exitRatios.length === 0 ? [ONE] : [...exitRatios] },
    { type: 'SLOT_MOVED', slotId, trade, from: 'idle', to: SLOT_TABLE.idle.enter, trigger: 'enter', reason: null },
    { type: 'ORDER_PREPARED', request },
  )
}

function slotToEnter(state: KernelState, intent: EnterIntent, wish: OrderWish, timeUs: number): Slot | Denial {
  const halt = haltFault(state)
  if (halt !== null) return halt
  const slot = state.slots.get(intent.slotId)
  if (slot === undefined || state.session?.slotIds.includes(slot.slotId) !== true) return denialOf('SLOT_UNKNOWN', 'slotId', intent.slotId)
  if (slot.stage !== 'idle' && slot.stage !== 'closed') return denialOf('SLOT_BUSY', 'slotId', slot.stage)
  const instrument = tradedInstrument(state, intent.instrument)
  if ('code' in instrument) return instrument
  const { mark = null, unassigned = ZERO } = state.positions.get(instrument.symbol) ?? {}
  if (unassigned !== ZERO) return denialOf('UNASSIGNED_EXPOSURE', 'unassigned', unassigned)
  return (
    shapeFault(instrument, wish, mark) ??
    leverageFault(instrument, intent.leverage) ??
    exitRatiosFault(intent.exitRatios) ??
    waitFault(state, timeUs) ??
    limitFault(state, wish, new Set(), 0) ??
    slot
  )
}

export function decideExit(state: KernelState, intent: ExitIntent, timeUs: number, facts: FactBody[]): void {
  const exit = exitOf(state, intent, timeUs)
  if ('code' in exit) {
    facts.push(denialFact('EXIT', exit, { slotId: intent.slotId }))
    return
  }
  const { slot, size, wish, reduceOnly } = exit
  const { slotId, trade, stage } = slot
  const { leg, quantity, skipped } = size
  const reason = textOf(intent.reason)
  const request = requestOf(state, wish, timeUs, { role: 'exit', slotId, trade, leg, reduceOnly, offset: 1 })
  for (const { leg: skippedLeg, filledQuantity } of skipped) {
    facts.push({ type: 'LEG_ENDED', slotId, trade, leg: skippedLeg, filledQuantity, consumed: true })
  }
  const to = SLOT_TABLE[stage].exit
  if (to !== 'same' && to !== 'refused') facts.push({ type: 'SLOT_MOVED', slotId, trade, from: stage, to, trigger: 'exit', reason })
  facts.push(
    { type: 'ORDER_PREPARED', request },
    { type: 'LEG_OPENED', slotId, trade, leg, quantity, clientOrderId: request.clientOrderId, reason },
  )
}

interface Exit {
  readonly slot: Slot
  readonly size: ExitSize
  readonly wish: OrderWish
  readonly reduceOnly: boolean
}

function exitOf(state: KernelState, intent: ExitIntent, timeUs: number): Exit | Denial {
  const slot = state.slots.get(intent.slotId)
  if (slot === undefined) return denialOf('SLOT_UNKNOWN', 'slotId', intent.slotId)
  const halt = haltFault(state)
  if (halt !== null) return halt
  if (intent.scope !== 'leg' && intent.scope !== 'rest') return denialOf('FIELD_INVALID', 'scope', intent.scope)
  const instrument = slot.instrument === null ? undefined : state.instruments.get(slot.instrument)
  if (SLOT_TABLE[slot.stage].exit === 'refused' || instrument === undefined) return denialOf('EXIT_NOT_ALLOWED', 'slotId', slot.stage)
  const size = exitSizeOf(state, slot, intent.scope, instrument.lotSize)
  if (size === null) return denialOf('NOTHING_TO_EXIT', 'openSize', slot.openSize)
  const side: Side = slot.side === 'buy' ? 'sell' : 'buy'
  const wish: OrderWish = { ...intent, instrument: instrument.symbol, side, quantity: size.quantity, path: '' }
  const position = state.positions.get(instrument.symbol)
  const fault = shapeFault(instrument, wish, position?.mark ?? null) ?? waitFault(state, timeUs)
  // Spot has no positions to reduce: a sale is a sale. And what is no longer there, because another slot or the quotes hold the
  // opposite, cannot be reduced either: such an exit opens, on the account, what it closes in the slot.
  const held = position === undefined ? ZERO : slot.side === 'buy' ? position.quantity : neg(position.quantity)
  return fault ?? { slot, size, wish, reduceOnly: instrument.kind !== 'spot' && held >= size.quantity }
}

export function decideQuote(state: KernelState, intent: QuoteIntent, timeUs: number, facts: FactBody[]): void {
  const instrument = tradedInstrument(state, intent.instrument)
  if ('code' in instrument) {
    facts.push(denialFact('QUOTE', instrument))
    return
  }
  const bid = quoteWish(intent, 'buy', intent.bid ?? null)
  const ask = quoteWish(intent, 'sell', intent.ask ?? null)
  if (typeof bid?.price === 'bigint' && typeof ask?.price === 'bigint' && bid.price >= ask.price) {
    facts.push(denialFact('QUOTE', denialOf('QUOTE_CROSSED', 'bid.price', bid.price)))
    return
  }
  const leaving = new Set<Order>()
  const sides = [reviewSide(state, instrument.symbol, 'buy', bid, leaving), reviewSide(state, instrument.symbol, 'sell', ask, leaving)]
  // Cancels leave first, so that what they free is free when the new orders arrive.
  for (const order of leaving) facts.push(cancelMoved(order, 'requested', null))
  let prepared = 0
  for (const { wish, blocked } of sides) {
    if (wish === null) continue
    const denial =
      haltFault(state) ??
      blocked ??
      shapeFault(instrument, wish, null) ??
      waitFault(state, timeUs) ??
      limitFault(state, wish, leaving, prepared)
    if (denial !== null) {
      facts.push(denialFact('QUOTE', denial))
      continue
    }
    prepared += 1
    const purpose = { role: 'quote', slotId: null, trade: null, leg: null, reduceOnly: false, offset: prepared } as const
    facts.push({ type: 'ORDER_PREPARED', request: requestOf(state, wish, timeUs, purpose) })
  }
}

interface QuoteReview {
  /** The order to ask for; null where none is wanted, or where it rests already. */
  readonly wish: OrderWish | null
  readonly blocked: Denial | null
}

/** Compares what rests on a side with what is wanted there; what has to go is added to `leaving`. */
function reviewSide(state: KernelState, symbol: string, side: Side, wish: OrderWish | null, leaving: Set<Order>): QuoteReview {
  const name = side === 'buy' ? 'bid' : 'ask'
  let blocked: Denial | null = null
  let kept = false
  for (const order of state.liveOrders.values()) {
    const { role, instrument, side: orderSide, price, quantity, clientOrderId } = order.request
    if (role !== 'quote' || instrument !== symbol || orderSide !== side) continue
    if (order.status === 'in_doubt' || order.status === 'quarantined') {
      blocked = denialOf('QUOTE_SIDE_IN_DOUBT', name, clientOrderId)
    } else if (CANCEL_PENDING[order.cancel]) {
      blocked ??= denialOf('QUOTE_SIDE_PENDING', name, clientOrderId)
    } else if (wish !== null && price === wish.price && quantity === wish.quantity && !kept) {
      kept = true
    } else {
      leaving.add(order)
    }
  }
  return { wish: kept ? null : wish, blocked }
}

function quoteWish(intent: QuoteIntent, side: Side, wanted: QuoteSide | null): OrderWish | null {
  if (wanted === null) return null
  const { price, quantity } = wanted
  const { instrument, postOnly } = intent
  return { instrument, side, orderType: 'limit', price, quantity, timeInForce: 'gtc', postOnly, path: side === 'buy' ? 'bid.' : 'ask.' }
}

export function decideCancel(state: KernelState, { target }: CancelIntent, facts: FactBody[]): void {
  switch (target?.kind) {
    case 'order':
      return cancelOrder(state, target.clientOrderId, facts)
    case 'entry':
    case 'exit':
      return cancelSlotOrders(state, target.kind, target.slotId, facts)
    case 'instrument':
      for (const order of state.liveOrders.values()) {
        if (order.request.instrument === target.instrument && !CANCEL_PENDING[order.cancel])
          facts.push(cancelMoved(order, 'requested', null))
      }
      return
    default:
      facts.push(denialFact('CANCEL', denialOf('FIELD_INVALID', 'target.kind', (target as { kind?: unknown } | null | undefined)?.kind)))
  }
}

function cancelOrder(state: KernelState, clientOrderId: string, facts: FactBody[]): void {
  const order = state.orders.get(clientOrderId)
  const deny = (denial: Denial) => facts.push(denialFact('CANCEL', denial, { clientOrderId }))
  if (order === undefined) deny(denialOf('ORDER_UNKNOWN', 'clientOrderId', clientOrderId))
  else if (!ORDER_LIVE[order.status]) deny(denialOf('ORDER_FINAL', 'clientOrderId', order.status))
  else if (CANCEL_PENDING[order.cancel]) deny(denialOf('CANCEL_PENDING', 'clientOrderId', order.cancel))
  else facts.push(cancelMoved(order, 'requested', null))
}

function cancelSlotOrders(state: KernelState, role: 'entry' | 'exit', slotId: string, facts: FactBody[]): void {
  const deny = (denial: Denial) => facts.push(denialFact('CANCEL', denial, { slotId }))
  const live = [...state.liveOrders.values()].filter((order) => order.request.role === role && order.request.slotId === slotId)
  const open = live.filter((order) => !CANCEL_PENDING[order.cancel])
  if (!state.slots.has(slotId)) deny(denialOf('SLOT_UNKNOWN', 'slotId', slotId))
  else if (live.length === 0) deny(denialOf(role === 'entry' ? 'NO_ACTIVE_ENTRY_ORDER' : 'NO_ACTIVE_EXIT_ORDER', 'slotId', slotId))
  else if (open.length === 0) deny(denialOf(role === 'entry' ? 'ENTRY_NOT_CANCELLABLE' : 'EXIT_NOT_CANCELLABLE', 'slotId', slotId))
  for (const order of open) facts.push(cancelMoved(order, 'requested', null))
}

export function decideMark(state: KernelState, { instrument, price }: MarkPriceIntent, facts: FactBody[]): void {
  const position = state.positions.get(instrument)
  const denial =
    position === undefined
      ? denialOf('INSTRUMENT_UNKNOWN', 'instrument', instrument)
      : (decimalFault(price, 'price') ?? (price <= ZERO ? denialOf('PRICE_NOT_POSITIVE', 'price', price) : null))
  if (denial !== null) facts.push(denialFact('MARK_PRICE', denial))
  else if (position?.mark !== price) facts.push({ type: 'MARK_SET', instrument, price })
}

/** What an order is for; `offset` counts the orders of one intent, from 1. */
type Purpose = Pick<OrderRequest, 'role' | 'slotId' | 'trade' | 'leg' | 'reduceOnly'> & { readonly offset: number }

function requestOf(state: KernelState, wish: OrderWish, timeUs: number, purpose: Purpose): OrderRequest {
  const { session } = state
  if (session === null) throw new RangeError('an order needs an open session')
  const { instrument, side, orderType, price, quantity, timeInForce, postOnly } = wish
  const { role, slotId, trade, leg, reduceOnly, offset } = purpose
  const intentSeq = state.intentSeq + offset
  return {
    clientOrderId: clientOrderIdOf(state.orderPrefix, session.sessionId, intentSeq, FIRST_ATTEMPT),
    instrument,
    side,
    orderType,
    price,
    quantity,
    timeInForce,
    postOnly,
    reduceOnly,
    validUntilUs: timeUs + session.orderValidityUs,
    role,
    slotId,
    trade,
    leg,
    intentSeq,
    attempt: FIRST_ATTEMPT,
  }
}
