// From intents to facts: what a strategy or an operator wants becomes orders, cancels, or denials.

import {
  type Candidate,
  countSince,
  exitRatiosFault,
  type OrderWish,
  orderFault,
  positiveFault,
  tradingFault,
  workingOn,
} from './checks.ts'
import { neg, ONE } from './decimal.ts'
import { type Denial, denialFact, denialOf, isDenial } from './denials.ts'
import type { FactBody, OrderRequest } from './facts.ts'
import { clientOrderIdOf } from './ids.ts'
import type {
  CancelIntent,
  ControlIntent,
  EnterIntent,
  MarkPriceIntent,
  QuoteIntent,
  QuoteSide,
  RiskLimits,
  SessionOpening,
  Side,
} from './inputs.ts'
import type { Instrument } from './instrument.ts'
import { cancelLive, cancelMoved } from './moves.ts'
import { CANCEL_PENDING, ORDER_LIVE } from './order-table.ts'
import { SLOT_TABLE } from './slot-table.ts'
import { isDoubtful, isHedged, type KernelState, type Order, type Position, positionKey, type Slot } from './state.ts'
import { TRADING_TABLE } from './trading-table.ts'
import { equityOf } from './valuation.ts'

/** The kernel never tries again by itself: what is asked for again is another order. */
const FIRST_ATTEMPT = 1

/** What an order of a known instrument wants, with all that it is judged by. */
export function candidateOf(state: KernelState, wish: OrderWish, timeUs: number, more: Partial<Candidate> = {}): Candidate {
  const instrument = state.instruments.get(wish.instrument) as Instrument
  const position = state.positions.get(positionKey(wish.instrument, wish.positionSide)) as Position
  const { isExit = false, leaving = null, prepared = 0 } = more
  return { state, wish, instrument, position, limits: state.limits as RiskLimits, timeUs, isExit, leaving, prepared }
}

/** The instrument of a new order: what an older session of the account traded can only be closed. */
function listedInstrument(state: KernelState, symbol: string): Instrument | Denial {
  const instrument = state.listed.has(symbol) ? state.instruments.get(symbol) : undefined
  return instrument ?? denialOf('INSTRUMENT_UNKNOWN', 'instrument', symbol)
}

export function decideEnter(state: KernelState, intent: EnterIntent, facts: FactBody[], timeUs: number): void {
  const { slotId, side, quantity, exitRatios } = intent
  const candidate = entryOf(state, intent, timeUs)
  if (isDenial(candidate)) {
    facts.push(denialFact('ENTER', candidate, { slotId }))
    return
  }
  const { instrument, position, wish } = candidate
  const { positionSide } = wish
  const trade = (state.slots.get(slotId) as Slot).trade + 1
  const equityBefore = equityOf(state.balances, instrument, position.mark, state.assetPrices)
  const ratios = exitRatios.length === 0 ? [ONE] : [...exitRatios]
  const reduceOnly = wish.reduceOnly && instrument.kind !== 'spot'
  facts.push(
    { type: 'TRADE_OPENED', slotId, trade, instrument: wish.instrument, side, positionSide, quantity, exitRatios: ratios, equityBefore },
    { type: 'SLOT_MOVED', slotId, trade, from: 'idle', to: SLOT_TABLE.idle.enter, trigger: 'enter', reason: null },
    { type: 'ORDER_PREPARED', request: requestOf(state, wish, timeUs, { role: 'entry', slotId, trade, leg: null, reduceOnly, offset: 1 }) },
  )
}

function entryOf(state: KernelState, intent: EnterIntent, timeUs: number): Candidate | Denial {
  const halt = tradingFault({ state })
  if (halt !== null) return halt
  const slot = state.slots.get(intent.slotId)
  if (slot === undefined || state.session?.slotIds.includes(slot.slotId) !== true) return denialOf('SLOT_UNKNOWN', 'slotId', intent.slotId)
  if (slot.stage !== 'idle' && slot.stage !== 'closed') return denialOf('SLOT_BUSY', 'slotId', slot.stage)
  // Of an older trade an entry may be alive, or in doubt, that was said to be gone: a new one could double it.
  const alive = [...state.liveOrders.values()].find(({ request }) => request.role === 'entry' && request.slotId === slot.slotId)
  if (alive !== undefined) return denialOf('ORDER_IN_DOUBT', 'clientOrderId', alive.request.clientOrderId)
  const instrument = listedInstrument(state, intent.instrument)
  if (isDenial(instrument)) return instrument
  const positionSide = !isHedged(state, instrument) ? 'net' : intent.side === 'buy' ? 'long' : 'short'
  const wish: OrderWish = { ...intent, positionSide, reduceOnly: intent.reduceOnly === true, path: '' }
  const candidate = candidateOf(state, wish, timeUs)
  const { unassigned, dust } = candidate.position
  if (unassigned !== dust) return denialOf('UNASSIGNED_EXPOSURE', 'unassigned', unassigned)
  return orderFault(candidate) ?? exitRatiosFault(intent.exitRatios) ?? candidate
}

export function decideQuote(state: KernelState, intent: QuoteIntent, facts: FactBody[], timeUs: number): void {
  const deny = (denial: Denial) => facts.push(denialFact('QUOTE', denial))
  const instrument = listedInstrument(state, intent.instrument)
  if (isDenial(instrument)) return void deny(instrument)
  if (isHedged(state, instrument)) return void deny(denialOf('QUOTE_IN_HEDGE_MODE', 'instrument', instrument.symbol))
  const bid = quoteWish(intent, 'buy', intent.bid ?? null)
  const ask = quoteWish(intent, 'sell', intent.ask ?? null)
  if (typeof bid?.price === 'bigint' && typeof ask?.price === 'bigint' && bid.price >= ask.price) {
    return void deny(denialOf('QUOTE_CROSSED', 'bid.price', bid.price))
  }
  const leaving = new Set<Order>()
  const sides = [reviewSide(state, instrument.symbol, 'buy', bid, leaving), reviewSide(state, instrument.symbol, 'sell', ask, leaving)]
  // Taking quotes back is never refused; replacing them is held to the rate.
  const tooMany = bid === null && ask === null ? null : cancelRateFault(state, leaving.size, timeUs)
  if (tooMany !== null) return void deny(tooMany)
  // Cancels leave first, so that what they free is free when the new orders arrive.
  for (const order of leaving) facts.push(cancelMoved(order, 'requested', null))
  let prepared = 0
  for (const { wish, blocked } of sides) {
    if (wish === null) continue
    const denial = tradingFault({ state }) ?? blocked ?? orderFault(candidateOf(state, wish, timeUs, { leaving, prepared }))
    if (denial !== null) {
      deny(denial)
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
    if (isDoubtful(order)) {
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

function quoteWish({ instrument, postOnly }: QuoteIntent, side: Side, wanted: QuoteSide | null): OrderWish | null {
  if (wanted === null) return null
  const { price, quantity } = wanted
  return {
    instrument,
    side,
    orderType: 'limit',
    price,
    quantity,
    timeInForce: 'gtc',
    postOnly,
    positionSide: 'net',
    reduceOnly: false,
    leverage: null,
    path: side === 'buy' ? 'bid.' : 'ask.',
  }
}

export function decideCancel(state: KernelState, { target }: CancelIntent, facts: FactBody[], timeUs: number): void {
  switch (target?.kind) {
    case 'order':
      return cancelOrder(state, target.clientOrderId, facts, timeUs)
    case 'entry':
    case 'exit':
      return cancelSlotOrders(state, target.kind, target.slotId, facts, timeUs)
    case 'instrument':
      // Everything at once is the way out: no rate holds it up.
      return cancelLive(state, ({ request }) => request.instrument === target.instrument, facts)
    default:
      facts.push(denialFact('CANCEL', denialOf('FIELD_INVALID', 'target.kind', (target as { kind?: unknown } | null | undefined)?.kind)))
  }
}

function cancelRateFault(state: KernelState, wanted: number, timeUs: number): Denial | null {
  const limit = state.limits?.maxCancelsPerSecond ?? 0
  if (limit === 0 || wanted === 0) return null
  const count = countSince(state.cancelTimesUs, timeUs) + wanted
  return count > limit ? denialOf('CANCEL_RATE_ABOVE_LIMIT', 'cancels', count, { limit }) : null
}

function cancelOrder(state: KernelState, clientOrderId: string, facts: FactBody[], timeUs: number): void {
  const order = state.orders.get(clientOrderId)
  const denial =
    order === undefined
      ? denialOf('ORDER_UNKNOWN', 'clientOrderId', clientOrderId)
      : !ORDER_LIVE[order.status]
        ? denialOf('ORDER_FINAL', 'clientOrderId', order.status)
        : CANCEL_PENDING[order.cancel]
          ? denialOf('CANCEL_PENDING', 'clientOrderId', order.cancel)
          : cancelRateFault(state, 1, timeUs)
  facts.push(denial === null ? cancelMoved(order as Order, 'requested', null) : denialFact('CANCEL', denial, { clientOrderId }))
}

function cancelSlotOrders(state: KernelState, role: 'entry' | 'exit', slotId: string, facts: FactBody[], timeUs: number): void {
  const live = [...state.liveOrders.values()].filter((order) => order.request.role === role && order.request.slotId === slotId)
  const open = live.filter((order) => !CANCEL_PENDING[order.cancel])
  const entry = role === 'entry'
  const denial = !state.slots.has(slotId)
    ? denialOf('SLOT_UNKNOWN', 'slotId', slotId)
    : live.length === 0
      ? denialOf(entry ? 'NO_ACTIVE_ENTRY_ORDER' : 'NO_ACTIVE_EXIT_ORDER', 'slotId', slotId)
      : open.length === 0
        ? denialOf(entry ? 'ENTRY_NOT_CANCELLABLE' : 'EXIT_NOT_CANCELLABLE', 'slotId', slotId)
        : cancelRateFault(state, open.length, timeUs)
  if (denial !== null) facts.push(denialFact('CANCEL', denial, { slotId }))
  else for (const order of open) facts.push(cancelMoved(order, 'requested', null))
}

export function decideMark(state: KernelState, intent: MarkPriceIntent, facts: FactBody[]): void {
  const { instrument, price, mid = null } = intent
  // A time that nobody gives does not make old data new.
  const asOfUs = intent.asOfUs ?? state.markets.get(instrument)?.asOfUs ?? null
  const fault = state.instruments.has(instrument)
    ? (positiveFault(price, 'price', 'PRICE_NOT_POSITIVE') ?? (mid === null ? null : positiveFault(mid, 'mid', 'PRICE_NOT_POSITIVE')))
    : denialOf('INSTRUMENT_UNKNOWN', 'instrument', instrument)
  if (fault !== null) return void facts.push(denialFact('MARK_PRICE', fault))
  const known = state.markets.get(instrument)
  if (known?.mark === price && known.mid === mid && known.asOfUs === asOfUs) return
  facts.push({ type: 'MARK_SET', instrument, price, mid, asOfUs })
}

export function decideControl(state: KernelState, { action, reason }: ControlIntent, facts: FactBody[]): void {
  const from = state.trading
  const to = Object.hasOwn(TRADING_TABLE[from], action) ? TRADING_TABLE[from][action] : null
  const denial =
    state.halted || state.stopping
      ? tradingFault({ state })
      : to === null
        ? denialOf('FIELD_INVALID', 'action', action)
        : to === 'same'
          ? denialOf('CONTROL_REFUSED', 'action', action)
          : null
  if (denial !== null) return void facts.push(denialFact('CONTROL', denial))
  facts.push({ type: 'TRADING_MOVED', from, to: to as typeof from, reason, action })
  // What could still open something is taken back; what closes may stay.
  if (action !== 'resume') cancelLive(state, (order) => mayOpen(state, order), facts)
}

/** An exit only closes where it is reduce-only at the venue, or where what works on its side is no more than what is held. */
function mayOpen(state: KernelState, { request: { role, reduceOnly, instrument, positionSide, side } }: Order): boolean {
  if (role !== 'exit' || reduceOnly) return role !== 'exit'
  const position = state.positions.get(positionKey(instrument, positionSide)) as Position
  return workingOn(state, position, side, null) > (side === 'sell' ? position.quantity : neg(position.quantity))
}

/** What an order is for; `offset` counts the orders of one intent, from 1. */
type Purpose = Pick<OrderRequest, 'role' | 'slotId' | 'trade' | 'leg' | 'reduceOnly'> & { readonly offset: number }

export function requestOf(state: KernelState, wish: OrderWish, timeUs: number, purpose: Purpose): OrderRequest {
  const session = state.session as SessionOpening
  const { instrument, side, positionSide, orderType, price, quantity, timeInForce, postOnly } = wish
  const { role, slotId, trade, leg, reduceOnly, offset } = purpose
  const intentSeq = state.intentSeq + offset
  // Written out, field by field: many orders a second are made here.
  return {
    clientOrderId: clientOrderIdOf(state.orderPrefix, session.sessionId, intentSeq, FIRST_ATTEMPT),
    instrument,
    side,
    positionSide,
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
