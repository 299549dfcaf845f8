// The auditor's own record of orders and of what trading is held to: what was prepared, sent, filled, and under which rules.

import { add, type Decimal, ZERO } from '../../src/core/kernel/decimal.ts'
import type { FactBody, FactOf, OrderRequest } from '../../src/core/kernel/facts.ts'
import type { RiskLimits, SessionOpening } from '../../src/core/kernel/inputs.ts'
import { type CancelState, ORDER_LIVE, ORDER_TABLE, type OrderStatus } from '../../src/core/kernel/order-table.ts'
import type { SlotStage } from '../../src/core/kernel/slot-table.ts'
import { TRADING_TABLE, type TradingState } from '../../src/core/kernel/trading-table.ts'
import { must, same } from './violation.ts'

export interface OwnOrder {
  readonly request: OrderRequest
  status: OrderStatus
  cancel: CancelState
  venueOrderId: string | null
  filled: Decimal
  inferred: Decimal
}

const STAGES: readonly SlotStage[] = [
  'idle',
  'entry_requested',
  'entry_sent',
  'entry_working',
  'position_open',
  'exit_requested',
  'exit_sent',
  'exit_working',
  'position_partially_closed',
  'closed',
]

export class OwnOrders {
  readonly orders = new Map<string, OwnOrder>()
  readonly live = new Map<string, OwnOrder>()
  readonly stages = new Map<string, SlotStage>()
  readonly listed = new Set<string>()
  session: SessionOpening | null = null
  limits: RiskLimits | null = null
  trading: TradingState = 'halted'
  /** Nothing but the end follows: the session is over, or the operator asked for it. */
  over = true
  waitUntilUs = 0
  /** When orders were prepared and cancels asked for, in this session. */
  readonly preparedUs: number[] = []
  readonly canceledUs: number[] = []
  readonly markets = new Map<string, FactOf<'MARK_SET'>>()
  readonly #venueIds = new Map<string, string>()

  apply(body: FactBody, timeUs: number): void {
    switch (body.type) {
      case 'SESSION_OPENED':
        return this.#openSession(body)
      case 'SESSION_HALTED':
        this.over = true
        return
      case 'INSTRUMENT_LISTED':
        this.listed.add(body.instrument.symbol)
        return
      case 'TRADING_MOVED':
        return this.#moveTrading(body)
      case 'MARK_SET':
        this.markets.set(body.instrument, body)
        return
      case 'RATE_LIMIT_NOTED':
        this.waitUntilUs = Math.max(this.waitUntilUs, timeUs + body.retryAfterMs * 1_000)
        return
      case 'ORDER_PREPARED':
        return this.#prepare(body.request, timeUs)
      case 'ORDER_MOVED':
        return this.#move(body)
      case 'ORDER_BOUND':
        return this.#bind(body.clientOrderId, body.venueOrderId)
      case 'CANCEL_MOVED':
        return this.#moveCancel(body, timeUs)
      case 'FILL_BOOKED':
        return this.#fill(body)
      case 'FILL_CONFIRMED':
        return this.#confirm(body)
      case 'TRADE_OPENED':
        this.stages.set(`${body.slotId}#${body.trade}`, 'idle')
        return
      case 'SLOT_MOVED':
        return this.#moveSlot(body)
      default:
    }
  }

  /** The live orders of a trade. */
  ofTrade(slotId: string | null, trade: number | null): OwnOrder[] {
    return [...this.live.values()].filter(({ request }) => request.slotId === slotId && request.trade === trade)
  }

  order(clientOrderId: string): OwnOrder {
    const order = this.orders.get(clientOrderId)
    must(order !== undefined, `the facts speak of order ${clientOrderId}, which was never prepared`)
    return order
  }

  #openSession({ type: _, ...session }: FactOf<'SESSION_OPENED'>): void {
    this.session = session
    this.limits = session.limits
    this.trading = 'active'
    this.over = false
    this.preparedUs.length = 0
    this.canceledUs.length = 0
    this.listed.clear()
    this.listed.add(session.instrument.symbol)
  }

  #moveTrading({ from, to, action }: FactOf<'TRADING_MOVED'>): void {
    must(!this.over, `trading moved to ${to} after the end`)
    must(from === this.trading, `trading was ${this.trading}, and is said to have left ${from}`)
    const cell: string = TRADING_TABLE[from][action as keyof (typeof TRADING_TABLE)[TradingState]]
    must(cell === to, `trading went from ${from} to ${to} by ${action}`)
    this.trading = to
    if (action === 'halt') this.over = true
  }

  #prepare(request: OrderRequest, timeUs: number): void {
    const { clientOrderId, intentSeq } = request
    must(!this.orders.has(clientOrderId), `client order id ${clientOrderId} was given twice`)
    for (const other of this.orders.values()) {
      const over = other.status === 'absent' || other.status === 'rejected'
      must(other.request.intentSeq !== intentSeq || over, `intent ${intentSeq} has two attempts, and the first is ${other.status}`)
    }
    const order: OwnOrder = { request, status: 'prepared', cancel: 'none', venueOrderId: null, filled: ZERO, inferred: ZERO }
    this.orders.set(clientOrderId, order)
    this.live.set(clientOrderId, order)
    this.preparedUs.push(timeUs)
  }

  #move({ clientOrderId, from, to, trigger, venueOrderId }: FactOf<'ORDER_MOVED'>): void {
    const order = this.order(clientOrderId)
    must(from === order.status && from !== to, `order ${clientOrderId} is ${order.status}, and moves from ${from} to ${to}`)
    const cell: string = ORDER_TABLE[from][trigger]
    // What has fills was accepted, and so was what the venue named: it is never acked again, nor refused.
    const named = order.venueOrderId === null ? undefined : { rejected: 'in_doubt' }[cell]
    const instead = order.filled > ZERO ? { acked: 'partially_filled', rejected: 'in_doubt' }[cell] : named
    must(to === (instead ?? cell), `order ${clientOrderId} went from ${from} to ${to} by ${trigger}`)
    order.status = to
    if (venueOrderId !== null) this.#bind(clientOrderId, venueOrderId)
    if (ORDER_LIVE[to]) {
      this.live.set(clientOrderId, order)
    } else {
      this.live.delete(clientOrderId)
      order.cancel = 'none'
    }
  }

  #bind(clientOrderId: string, venueOrderId: string): void {
    const order = this.order(clientOrderId)
    must(order.venueOrderId === null, `order ${clientOrderId} is bound to ${order.venueOrderId}, and again to ${venueOrderId}`)
    const owner = this.#venueIds.get(venueOrderId)
    must(owner === undefined, `venue order ${venueOrderId} belongs to ${owner} and to ${clientOrderId}`)
    order.venueOrderId = venueOrderId
    this.#venueIds.set(venueOrderId, clientOrderId)
  }

  #moveCancel({ clientOrderId, from, to }: FactOf<'CANCEL_MOVED'>, timeUs: number): void {
    const order = this.order(clientOrderId)
    must(from === order.cancel, `the cancel of ${clientOrderId} is ${order.cancel}, not ${from}`)
    must(ORDER_LIVE[order.status], `the cancel of ${clientOrderId} is ${to}, and the order ${order.status}`)
    order.cancel = to
    if (to === 'requested') this.canceledUs.push(timeUs)
  }

  #fill(fill: FactOf<'FILL_BOOKED'>): void {
    if (fill.clientOrderId === null) return
    const order = this.order(fill.clientOrderId)
    const { instrument, side, positionSide, role, slotId, trade } = order.request
    const fits = fill.instrument === instrument && fill.side === side && fill.positionSide === positionSide
    must(fits && fill.role === role && fill.slotId === slotId && fill.trade === trade, `fill ${fill.tradeId} is not its order's`)
    order.filled = add(order.filled, fill.quantity)
    if (fill.inferred) order.inferred = add(order.inferred, fill.quantity)
    same(`what is filled of ${fill.clientOrderId} after fill ${fill.tradeId}`, fill.filledQuantity, order.filled)
  }

  #confirm({ clientOrderId, tradeId, quantity }: FactOf<'FILL_CONFIRMED'>): void {
    const order = this.order(clientOrderId)
    must(quantity <= order.inferred, `fill ${tradeId} confirms more than was inferred of ${clientOrderId}`)
    order.inferred = (order.inferred - quantity) as Decimal
  }

  #moveSlot({ slotId, trade, from, to }: FactOf<'SLOT_MOVED'>): void {
    const key = `${slotId}#${trade}`
    const stage = this.stages.get(key)
    must(stage === from, `slot ${key} is ${stage}, and is said to have left ${from}`)
    must(STAGES.indexOf(to) > STAGES.indexOf(from), `slot ${key} moved back from ${from} to ${to}`)
    this.stages.set(key, to)
    const entryIsAlive = this.ofTrade(slotId, trade).some(({ request }) => request.role === 'entry')
    must(to !== 'closed' || !entryIsAlive, `slot ${key} is closed, and its entry may still fill`)
  }
}
