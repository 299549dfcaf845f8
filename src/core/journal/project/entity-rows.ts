// The tables with a row for each order, trade of a slot, exit leg and position. A commit notes which of them its facts
// touched and then writes each of those once, as the state has it now.

import type Database from 'better-sqlite3'
import type { FactBody } from '../../kernel/facts.ts'
import type { OrderView, SlotView, StateView } from '../../kernel/views.ts'
import { RowBuffer } from './row-buffer.ts'
import { averagePrice, flag, text, textOrNull, ValueRefused, whole, wholeOrNull } from './values.ts'

type Statement = Database.Statement<(string | number | null)[]>

export class EntityRows {
  readonly #database: Database.Database
  readonly #newOrders: RowBuffer<'orders'>
  readonly #updateOrder: Statement
  #upsertSlot: Statement | undefined
  #upsertLeg: Statement | undefined
  #upsertPosition: Statement | undefined
  /** By client order id: the session that prepared it in this commit, or null for an older order. */
  readonly #orders = new Map<string, string | null>()
  /** By `slotId#trade`: the session in force when this commit first touched it. */
  readonly #trades = new Map<string, string>()
  readonly #positions = new Set<string>()

  constructor(database: Database.Database) {
    this.#database = database
    this.#newOrders = new RowBuffer(database, 'orders')
    this.#updateOrder = database.prepare(
      `UPDATE orders SET status = ?, cancel_state = ?, venue_order_id = ?, filled_quantity = ?, filled_cost = ?, updated_at_us = ?
       WHERE account_id = ? AND intent_seq = ? AND attempt = ? AND client_order_id = ?`,
    )
  }

  /** Forgets what a commit that failed had touched. */
  begin(): void {
    this.#orders.clear()
    this.#trades.clear()
    this.#positions.clear()
  }

  note(sessionId: string, body: FactBody): void {
    switch (body.type) {
      case 'ORDER_PREPARED':
        this.#orders.set(body.request.clientOrderId, sessionId)
        return
      case 'ORDER_MOVED':
      case 'ORDER_BOUND':
      case 'CANCEL_MOVED':
        return this.#touchOrder(body.clientOrderId)
      case 'FILL_BOOKED':
        if (body.clientOrderId !== null) this.#touchOrder(body.clientOrderId)
        if (body.slotId !== null && body.trade !== null) this.#touchTrade(sessionId, body.slotId, body.trade)
        this.#positions.add(body.instrument)
        return
      case 'SLOT_MOVED':
      case 'TRADE_OPENED':
      case 'LEG_OPENED':
      case 'LEG_ENDED':
        return this.#touchTrade(sessionId, body.slotId, body.trade)
      case 'MARK_SET':
        this.#positions.add(body.instrument)
        return
      case 'SESSION_OPENED':
        this.#positions.add(body.instrument.symbol)
        return
      default:
        return
    }
  }

  flush(accountId: number, state: StateView): void {
    for (const [clientOrderId, preparedBy] of this.#orders) {
      const order = found(state.orders.get(clientOrderId), 'order', clientOrderId)
      if (preparedBy === null) this.#update(accountId, order)
      else this.#insert(accountId, preparedBy, order)
    }
    this.#newOrders.flush()
    for (const [key, sessionId] of this.#trades) this.#writeTrade(accountId, sessionId, found(state.trades.get(key), 'trade', key))
    for (const instrument of this.#positions) this.#writePosition(accountId, instrument, state)
  }

  #touchOrder(clientOrderId: string): void {
    if (!this.#orders.has(clientOrderId)) this.#orders.set(clientOrderId, null)
  }

  #touchTrade(sessionId: string, slotId: string, trade: number): void {
    const key = `${slotId}#${trade}`
    if (!this.#trades.has(key)) this.#trades.set(key, sessionId)
  }

  #insert(accountId: number, sessionId: string, order: OrderView): void {
    const request = order.request
    this.#newOrders.add({
      account_id: accountId,
      client_order_id: request.clientOrderId,
      session_id: sessionId,
      instrument: request.instrument,
      side: request.side,
      order_type: request.orderType,
      price: textOrNull(request.price),
      quantity: text(request.quantity),
      time_in_force: request.timeInForce,
      post_only: flag(request.postOnly),
      reduce_only: flag(request.reduceOnly),
      valid_until_us: whole(request.validUntilUs),
      role: request.role,
      slot_id: request.slotId,
      trade: wholeOrNull(request.trade),
      leg: wholeOrNull(request.leg),
      intent_seq: whole(request.intentSeq),
      attempt: whole(request.attempt),
      status: order.status,
      cancel_state: order.cancel,
      venue_order_id: order.venueOrderId,
      filled_quantity: text(order.filledQuantity),
      filled_cost: text(order.filledCost),
      prepared_at_us: whole(order.preparedAtUs),
      updated_at_us: whole(order.updatedAtUs),
    })
  }

  #update(accountId: number, order: OrderView): void {
    const { changes } = this.#updateOrder.run(
      order.status,
      order.cancel,
      order.venueOrderId,
      text(order.filledQuantity),
      text(order.filledCost),
      whole(order.updatedAtUs),
      accountId,
      order.request.intentSeq,
      order.request.attempt,
      order.request.clientOrderId,
    )
    if (changes !== 1) throw new ValueRefused(`order ${order.request.clientOrderId} was never prepared in this store`)
  }

  #writeTrade(accountId: number, sessionId: string, slot: SlotView): void {
    this.#upsertSlot ??= this.#database.prepare(UPSERT_SLOT)
    this.#upsertSlot.run(
      accountId,
      slot.slotId,
      whole(slot.trade),
      sessionId,
      slot.instrument,
      slot.side,
      slot.stage,
      text(slot.requestedQuantity),
      text(slot.entryQuantity),
      text(slot.entryCost),
      averagePrice(slot.entryCost, slot.entryQuantity),
      text(slot.exitQuantity),
      text(slot.exitCost),
      averagePrice(slot.exitCost, slot.exitQuantity),
      text(slot.openSize),
      text(slot.realizedPnl),
      whole(slot.nextLeg),
      wholeOrNull(slot.openedAtUs),
      wholeOrNull(slot.closedAtUs),
    )
    for (const leg of slot.legs) {
      this.#upsertLeg ??= this.#database.prepare(UPSERT_LEG)
      this.#upsertLeg.run(
        accountId,
        slot.slotId,
        slot.trade,
        whole(leg.leg),
        sessionId,
        text(leg.ratio),
        text(leg.quantity),
        text(leg.filledQuantity),
        text(leg.filledCost),
        averagePrice(leg.filledCost, leg.filledQuantity),
        leg.clientOrderId,
        flag(leg.consumed),
        leg.reason,
      )
    }
  }

  #writePosition(accountId: number, instrument: string, state: StateView): void {
    const position = found(state.positions.get(instrument), 'position', instrument)
    this.#upsertPosition ??= this.#database.prepare(UPSERT_POSITION)
    this.#upsertPosition.run(
      accountId,
      instrument,
      text(position.quantity),
      text(position.cost),
      text(position.realizedPnl),
      textOrNull(position.mark),
      text(position.inSlots),
      text(position.quoted),
      text(position.unassigned),
    )
  }
}

/** A trade and its legs belong to the session that opened them, so `session_id` is not among what is updated. */
const UPSERT_SLOT = `INSERT INTO slots (account_id, slot_id, trade, session_id, instrument, side, stage, requested_quantity,
    entry_quantity, entry_cost, entry_price, exit_quantity, exit_cost, exit_price, open_size, realized_pnl, next_leg,
    opened_at_us, closed_at_us)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET stage = excluded.stage, entry_quantity = excluded.entry_quantity, entry_cost = excluded.entry_cost,
    entry_price = excluded.entry_price, exit_quantity = excluded.exit_quantity, exit_cost = excluded.exit_cost,
    exit_price = excluded.exit_price, open_size = excluded.open_size, realized_pnl = excluded.realized_pnl,
    next_leg = excluded.next_leg, closed_at_us = excluded.closed_at_us`

const UPSERT_LEG = `INSERT INTO exit_legs (account_id, slot_id, trade, leg, session_id, ratio, quantity, filled_quantity,
    filled_cost, exit_price, client_order_id, consumed, reason)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET quantity = excluded.quantity, filled_quantity = excluded.filled_quantity,
    filled_cost = excluded.filled_cost, exit_price = excluded.exit_price, client_order_id = excluded.client_order_id,
    consumed = excluded.consumed, reason = excluded.reason`

const UPSERT_POSITION = `INSERT INTO positions (account_id, instrument, quantity, cost, realized_pnl, mark, in_slots, quoted, unassigned)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET quantity = excluded.quantity, cost = excluded.cost, realized_pnl = excluded.realized_pnl,
    mark = excluded.mark, in_slots = excluded.in_slots, quoted = excluded.quoted, unassigned = excluded.unassigned`

function found<T>(entity: T | undefined, kind: string, name: string): T {
  if (entity === undefined) throw new ValueRefused(`a fact speaks of ${kind} ${name}, which the state does not have`)
  return entity
}
