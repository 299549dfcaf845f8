// From intents to facts: what a strategy or an operator wants becomes orders, cancels, or denials.

import { decimalFault, exitRatiosFault, leverageFault, type OrderWish, riskFault, shapeFault } from './checks.ts'
import { type Decimal, formatDecimal, ONE, ZERO } from './decimal.ts'
import { type Denial, denialFact, denialOf } from './denials.ts'
import { exitSizeOf } from './exit-size.ts'
import type { FactBody, OrderRequest } from './facts.ts'
import { clientOrderIdOf } from './ids.ts'
import type { CancelIntent, EnterIntent, ExitIntent, Intent, MarkPriceIntent, QuoteIntent, QuoteSide, Side } from './inputs.ts'
import { CANCEL_PENDING, ORDER_LIVE } from './order-table.ts'
import { SLOT_TABLE } from './slot-table.ts'
import type { KernelState, Order, Slot } from './state.ts'

/** The first try of an intent; another one exists only once this one is known to be absent or rejected. */
const FIRST_ATTEMPT = 1

export function decideIntent(state: KernelState, intent: Intent, timeUs: number, facts: FactBody[]): void {
  switch (intent.type) {
    case 'ENTER':
      return decideEnter(state, intent, timeUs, facts)
    case 'EXIT':
      return decideExit(state, intent, timeUs, facts)
    case 'QUOTE':
      return decideQuote(state, intent, timeUs, facts)
    case 'CANCEL':
      return decideCancel(state, intent, facts)
    case 'MARK_PRICE':
      return decideMark(state, intent, facts)
  }
}

function decideEnter(state: KernelState, intent: EnterIntent, timeUs: number, facts: FactBody[]): void {
  const slot = state.slots.get(intent.slotId)
  const wish: OrderWish = { ...intent, path: '' }
  const denial = enterFault(state, intent, slot, wish, timeUs)
  if (denial !== null || slot === undefined) {
    facts.push(denialFact('ENTER', denial ?? denialOf('SLOT_UNKNOWN', 'slotId', intent.slotId), { slotId: intent.slotId }))
    return
  }
  const trade = slot.trade + 1
  const request = requestOf(state, wish, timeUs, { role: 'entry', slotId: slot.slotId, trade, leg: null, reduceOnly: false, offset: 1 })
  facts.push(
    {
      type: 'TRADE_OPENED',
      slotId: slot.slotId,
      trade,
      instrument: intent.instrument,
      side: intent.side,
      quantity: intent.quantity,
      exitRatios: intent.exitRatios.length === 0 ? [ONE] : [...intent.exitRatios],
    },
    { type: 'SLOT_MOVED', slotId: slot.slotId, trade, from: 'idle', to: SLOT_TABLE.idle.enter, trigger: 'enter', reason: null },
    { type: 'ORDER_PREPARED', request },
  )
}

function enterFault(state: KernelState, intent: EnterIntent, slot: Slot | undefined, wish: OrderWish, timeUs: number): Denial | null {
  if (state.halted) return denialOf('SESSION_HALTED', 'session', state.session?.sessionId ?? 'none')
  if (slot === undefined) return denialOf('SLOT_UNKNOWN', 'slotId', String(intent.slotId))
  if (slot.stage !== 'idle' && slot.stage !== 'closed') return denialOf('SLOT_BUSY', 'slotId', slot.stage)
  const instrument = state.instruments.get(intent.instrument)
  const position = state.positions.get(intent.instrument)
  if (instrument === undefined || position === undefined) return denialOf('INSTRUMENT_UNKNOWN', 'instrument', String(intent.instrument))
  if (position.unassigned !== ZERO) return denialOf('UNASSIGNED_EXPOSURE', 'unassigned', formatDecimal(position.unassigned))
  return (
    shapeFault(instrument, wish, position.mark) ??
    leverageFault(instrument, intent.leverage) ??
    exitRatiosFault(intent.exitRatios) ??
    riskFault(state, wish, timeUs, false)
  )
}

function decideExit(state: KernelState, intent: ExitIntent, timeUs: number, facts: FactBody[]): void {
  const about = { slotId: intent.slotId }
  const slot = state.slots.get(intent.slotId)
  if (slot === undefined) {
    facts.push(denialFact('EXIT', denialOf('SLOT_UNKNOWN', 'slotId', String(intent.slotId)), about))
    return
  }
  if (state.halted) {
    facts.push(denialFact('EXIT', denialOf('SESSION_HALTED', 'session', state.session?.sessionId ?? 'none'), about))
    return
  }
  const next = SLOT_TABLE[slot.stage].exit
  const instrument = slot.instrument === null ? undefined : state.instruments.get(slot.instrument)
  if (next === 'refused' || instrument === undefined || slot.side === null) {
    facts.push(denialFact('EXIT', denialOf('EXIT_NOT_ALLOWED', 'slotId', slot.stage), about))
    return
  }
  const exit = exitSizeOf(slot, intent.scope, instrument.lotSize)
  if (exit === null) {
    facts.push(denialFact('EXIT', denialOf('NOTHING_TO_EXIT', 'openSize', formatDecimal(slot.openSize)), about))
    return
  }
  const side: Side = slot.side === 'buy' ? 'sell' : 'buy'
  const wish: OrderWish = { ...intent, instrument: instrument.symbol, side, quantity: exit.quantity, path: '' }
  const denial = shapeFault(instrument, wish, state.positions.get(instrument.symbol)?.mark ?? null) ?? riskFault(state, wish, timeUs, true)
  if (denial !== null) {
    facts.push(denialFact('EXIT', denial, about))
    return
  }
  // Spot has no positions to reduce: a sale is a sale.
  const reduceOnly = instrument.kind !== 'spot'
  const request = requestOf(state, wish, timeUs, {
    role: 'exit',
    slotId: slot.slotId,
    trade: slot.trade,
    leg: exit.leg,
    reduceOnly,
    offset: 1,
  })
  for (const leg of exit.skipped) {
    facts.push({
      type: 'LEG_ENDED',
      slotId: slot.slotId,
      trade: slot.trade,
      leg: leg.leg,
      filledQuantity: leg.filledQuantity,
      consumed: true,
    })
  }
  if (next !== 'same') {
    facts.push({
      type: 'SLOT_MOVED',
      slotId: slot.slotId,
      trade: slot.trade,
      from: slot.stage,
      to: next,
      trigger: 'exit',
      reason: intent.reason,
    })
  }
  facts.push(
    { type: 'ORDER_PREPARED', request },
    {
      type: 'LEG_OPENED',
      slotId: slot.slotId,
      trade: slot.trade,
      leg: exit.leg,
      quantity: exit.quantity,
      clientOrderId: request.clientOrderId,
      reason: intent.reason,
    },
  )
}

function decideQuote(state: KernelState, intent: QuoteIntent, timeUs: number, facts: FactBody[]): void {
  const instrument = state.instruments.get(intent.instrument)
  if (instrument === undefined) {
    facts.push(denialFact('QUOTE', denialOf('INSTRUMENT_UNKNOWN', 'instrument', String(intent.instrument))))
    return
  }
  const { bid, ask } = intent
  if (bid !== null && ask !== null && bid.price >= ask.price) {
    facts.push(denialFact('QUOTE', denialOf('QUOTE_CROSSED', 'bid.price', formatDecimal(bid.price))))
    return
  }
  const prepared: FactBody[] = []
  quoteSide(state, intent, 'buy', bid, timeUs, facts, prepared)
  quoteSide(state, intent, 'sell', ask, timeUs, facts, prepared)
  // Cancels leave first, so that what they free is free when the new orders arrive.
  facts.push(...prepared)
}

function quoteSide(
  state: KernelState,
  intent: QuoteIntent,
  side: Side,
  wanted: QuoteSide | null,
  timeUs: number,
  facts: FactBody[],
  prepared: FactBody[],
): void {
  const name = side === 'buy' ? 'bid' : 'ask'
  let blocked: Denial | null = null
  let kept = false
  for (const order of state.liveOrders.values()) {
    const { role, instrument, side: orderSide, price, quantity } = order.request
    if (role !== 'quote' || instrument !== intent.instrument || orderSide !== side) continue
    if (order.status === 'in_doubt' || order.status === 'quarantined') {
      blocked = denialOf('QUOTE_SIDE_IN_DOUBT', name, order.request.clientOrderId)
    } else if (CANCEL_PENDING[order.cancel]) {
      blocked ??= denialOf('QUOTE_SIDE_PENDING', name, order.request.clientOrderId)
    } else if (wanted !== null && price === wanted.price && quantity === wanted.quantity && !kept) {
      kept = true
    } else {
      facts.push(cancelRequested(order))
    }
  }
  if (wanted === null || kept) return
  const denial = state.halted
    ? denialOf('SESSION_HALTED', 'session', state.session?.sessionId ?? 'none')
    : (blocked ?? quoteFault(state, intent, side, wanted, timeUs))
  if (denial !== null) {
    prepared.push(denialFact('QUOTE', denial))
    return
  }
  const wish = quoteWish(intent, side, wanted)
  const offset = 1 + prepared.filter((fact) => fact.type === 'ORDER_PREPARED').length
  prepared.push({
    type: 'ORDER_PREPARED',
    request: requestOf(state, wish, timeUs, { role: 'quote', slotId: null, trade: null, leg: null, reduceOnly: false, offset }),
  })
}

function quoteFault(state: KernelState, intent: QuoteIntent, side: Side, wanted: QuoteSide, timeUs: number): Denial | null {
  const instrument = state.instruments.get(intent.instrument)
  if (instrument === undefined) return denialOf('INSTRUMENT_UNKNOWN', 'instrument', intent.instrument)
  const wish = quoteWish(intent, side, wanted)
  return shapeFault(instrument, wish, null) ?? riskFault(state, wish, timeUs, false)
}

function quoteWish(intent: QuoteIntent, side: Side, wanted: QuoteSide): OrderWish {
  return {
    instrument: intent.instrument,
    side,
    orderType: 'limit',
    price: wanted.price,
    quantity: wanted.quantity,
    timeInForce: 'gtc',
    postOnly: intent.postOnly,
    path: side === 'buy' ? 'bid.' : 'ask.',
  }
}

function decideCancel(state: KernelState, intent: CancelIntent, facts: FactBody[]): void {
  const { target } = intent
  if (target.kind === 'order') {
    const order = state.orders.get(target.clientOrderId)
    const about = { clientOrderId: target.clientOrderId }
    if (order === undefined) facts.push(denialFact('CANCEL', denialOf('ORDER_UNKNOWN', 'clientOrderId', target.clientOrderId), about))
    else if (!ORDER_LIVE[order.status]) facts.push(denialFact('CANCEL', denialOf('ORDER_FINAL', 'clientOrderId', order.status), about))
    else if (CANCEL_PENDING[order.cancel])
      facts.push(denialFact('CANCEL', denialOf('CANCEL_PENDING', 'clientOrderId', order.cancel), about))
    else facts.push(cancelRequested(order))
    return
  }
  if (target.kind === 'instrument') {
    for (const order of state.liveOrders.values()) {
      if (order.request.instrument === target.instrument && !CANCEL_PENDING[order.cancel]) facts.push(cancelRequested(order))
    }
    return
  }
  cancelSlotOrders(state, target.kind, target.slotId, facts)
}

function cancelSlotOrders(state: KernelState, role: 'entry' | 'exit', slotId: string, facts: FactBody[]): void {
  const about = { slotId }
  if (!state.slots.has(slotId)) {
    facts.push(denialFact('CANCEL', denialOf('SLOT_UNKNOWN', 'slotId', slotId), about))
    return
  }
  const live = [...state.liveOrders.values()].filter((order) => order.request.role === role && order.request.slotId === slotId)
  if (live.length === 0) {
    const code = role === 'entry' ? 'NO_ACTIVE_ENTRY_ORDER' : 'NO_ACTIVE_EXIT_ORDER'
    facts.push(denialFact('CANCEL', denialOf(code, 'slotId', slotId), about))
    return
  }
  const open = live.filter((order) => !CANCEL_PENDING[order.cancel])
  if (open.length === 0) {
    const code = role === 'entry' ? 'ENTRY_NOT_CANCELLABLE' : 'EXIT_NOT_CANCELLABLE'
    facts.push(denialFact('CANCEL', denialOf(code, 'slotId', slotId), about))
  }
  for (const order of open) facts.push(cancelRequested(order))
}

function cancelRequested(order: Order): FactBody {
  return { type: 'CANCEL_MOVED', clientOrderId: order.request.clientOrderId, from: order.cancel, to: 'requested', reason: null }
}

function decideMark(state: KernelState, intent: MarkPriceIntent, facts: FactBody[]): void {
  const position = state.positions.get(intent.instrument)
  const denial =
    position === undefined
      ? denialOf('INSTRUMENT_UNKNOWN', 'instrument', String(intent.instrument))
      : (decimalFault(intent.price, 'price') ??
        (intent.price <= ZERO ? denialOf('PRICE_NOT_POSITIVE', 'price', formatDecimal(intent.price)) : null))
  if (denial !== null) facts.push(denialFact('MARK_PRICE', denial))
  else if (position?.mark !== intent.price) facts.push({ type: 'MARK_SET', instrument: intent.instrument, price: intent.price })
}

interface Purpose {
  readonly role: OrderRequest['role']
  readonly slotId: string | null
  readonly trade: number | null
  readonly leg: number | null
  readonly reduceOnly: boolean
  /** Counts the orders of one intent, from 1. */
  readonly offset: number
}

function requestOf(state: KernelState, wish: OrderWish, timeUs: number, purpose: Purpose): OrderRequest {
  const { session } = state
  if (session === null) throw new RangeError('an order needs an open session')
  const intentSeq = state.intentSeq + purpose.offset
  return {
    clientOrderId: clientOrderIdOf(state.orderPrefix, session.sessionId, intentSeq, FIRST_ATTEMPT),
    instrument: wish.instrument,
    side: wish.side,
    orderType: wish.orderType,
    price: wish.price as Decimal | null,
    quantity: wish.quantity,
    timeInForce: wish.timeInForce,
    postOnly: wish.postOnly,
    reduceOnly: purpose.reduceOnly,
    validUntilUs: timeUs + session.orderValidityUs,
    role: purpose.role,
    slotId: purpose.slotId,
    trade: purpose.trade,
    leg: purpose.leg,
    intentSeq,
    attempt: FIRST_ATTEMPT,
  }
}
