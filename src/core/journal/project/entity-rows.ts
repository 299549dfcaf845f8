// The tables with a row for each order, trade of a slot, exit leg and position. A commit notes which of them its facts
// touched and then writes each of those once, as the state has it now.

import type Database from 'better-sqlite3'
import { sub } from '../../kernel/decimal.ts'
import type { FactBody } from '../../kernel/facts.ts'
import { positionKey, tradeKey } from '../../kernel/state.ts'
import type { OrderView, PositionView, SlotView, StateView } from '../../kernel/views.ts'
import { found } from './place.ts'
import { RowBuffer } from './row-buffer.ts'
import { averagePrice, flag, text, textOrNull, ValueRefused, whole, wholeOrNull } from './values.ts'

type Statement = Database.Statement<(string | number | null)[]>

/** What only the facts know of a trade: the session in force when a commit first touched it, and its equity at the start. */
interface TouchedTrade {
  readonly sessionId: string
  /** Null as well for a trade that an older commit opened: its row has it. */
  readonly equityBefore: string | null
}

const POSITION_SIDES = ['net', 'long', 'short'] as const

export class EntityRows {
  readonly #database: Database.Database
  readonly #newOrders: RowBuffer<'orders'>
  readonly #updateOrder: Statement
  #upsertSlot: Statement | undefined
  #upsertLeg: Statement | undefined
  #upsertPosition: Statement | undefined
  /** By client order id: the session that prepared it in this commit, or null for an older order. */
  readonly #orders = new Map<string, string | null>()
  /** By `slotId#trade`. */
  readonly #trades = new Map<string, TouchedTrade>()
  readonly #positions = new Set<string>()
  /** Those of which every position was touched. */
  readonly #instruments = new Set<string>()

  constructor(database: Database.Database) {
    this.#database = database
    this.#newOrders = new RowBuffer(database, 'orders')
    this.#updateOrder = database.prepare(
      `UPDATE orders SET status = ?, cancel_state = ?, venue_order_id = ?, filled_quantity = ?, filled_cost = ?, inferred_quantity = ?,
         updated_at_us = ? WHERE account_id = ? AND intent_seq = ? AND attempt = ? AND client_order_id = ?`,
    )
  }

  /** Forgets what a commit that failed had touched. */
  begin(): void {
    this.#orders.clear()
    this.#trades.clear()
    this.#positions.clear()
    this.#instruments.clear()
  }

  note(sessionId: string, body: FactBody): void {
    switch (body.type) {
      case 'ORDER_PREPARED':
        this.#orders.set(body.request.clientOrderId, sessionId)
        return
      case 'ORDER_MOVED':
      case 'ORDER_BOUND':
      case 'CANCEL_MOVED':
      case 'FILL_CONFIRMED':
        return this.#touchOrder(body.clientOrderId)
      case 'FILL_BOOKED':
        if (body.clientOrderId !== null) this.#touchOrder(body.clientOrderId)
        return this.#touchHolding(sessionId, body)
      case 'EXPOSURE_ASSIGNED':
      case 'DUST_WRITTEN_OFF':
        return this.#touchHolding(sessionId, body)
      case 'TRADE_OPENED':
        return this.#touchTrade(body, { sessionId, equityBefore: textOrNull(body.equityBefore) })
      case 'SLOT_MOVED':
      case 'LEG_OPENED':
      case 'LEG_ENDED':
        return this.#touchTrade(body, { sessionId, equityBefore: null })
      case 'MARK_SET':
        this.#instruments.add(body.instrument)
        return
      case 'SESSION_OPENED':
      case 'INSTRUMENT_LISTED':
        this.#instruments.add(body.instrument.symbol)
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
    for (const [key, touched] of this.#trades) this.#writeTrade(accountId, touched, found(state.trades.get(key), 'trade', key), state)
    for (const instrument of this.#instruments) {
      for (const side of POSITION_SIDES) {
        const key = positionKey(instrument, side)
        if (state.positions.has(key)) this.#positions.add(key)
      }
    }
    for (const key of this.#positions) this.#writePosition(accountId, found(state.positions.get(key), 'position', key))
  }

  #touchOrder(clientOrderId: string): void {
    if (!this.#orders.has(clientOrderId)) this.#orders.set(clientOrderId, null)
  }

  #touchTrade({ slotId, trade }: { readonly slotId: string; readonly trade: number }, touched: TouchedTrade): void {
    const key = tradeKey(slotId, trade)
    if (!this.#trades.has(key)) this.#trades.set(key, touched)
  }

  #touchHolding(sessionId: string, { slotId, trade, instrument, positionSide }: OfHolding): void {
    if (slotId !== null && trade !== null) this.#touchTrade({ slotId, trade }, { sessionId, equityBefore: null })
    this.#positions.add(positionKey(instrument, positionSide))
  }

  #insert(accountId: number, sessionId: string, order: OrderView): void {
    const request = order.request
    this.#newOrders.add({
      account_id: accountId,
      client_order_id: request.clientOrderId,
      session_id: sessionId,
      instrument: request.instrument,
      position_side: request.positionSide,
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
      inferred_quantity: text(order.inferredQuantity),
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
      text(order.inferredQuantity),
      whole(order.updatedAtUs),
      accountId,
      order.request.intentSeq,
      order.request.attempt,
      order.request.clientOrderId,
    )
    if (changes !== 1) throw new ValueRefused(`order ${order.request.clientOrderId} was never prepared in this store`)
  }

  #writeTrade(accountId: number, { sessionId, equityBefore }: TouchedTrade, slot: SlotView, state: StateView): void {
    const symbol = slot.instrument ?? '(none)'
    const { kind } = found(state.instruments.get(symbol), 'instrument', symbol)
    this.#upsertSlot ??= this.#database.prepare(UPSERT_SLOT)
    this.#upsertSlot.run(
      accountId,
      slot.slotId,
      whole(slot.trade),
      sessionId,
      slot.instrument,
      slot.positionSide,
      slot.side,
      slot.stage,
      equityBefore,
      text(slot.requestedQuantity),
      text(slot.entryQuantity),
      text(slot.entryCost),
      averagePrice(kind, slot.entryCost, slot.entryQuantity),
      text(slot.exitQuantity),
      text(slot.exitCost),
      averagePrice(kind, slot.exitCost, slot.exitQuantity),
      text(slot.openSize),
      text(slot.openCost),
      // What was bought and neither sold nor is still open was written off.
      text(sub(sub(slot.entryQuantity, slot.exitQuantity), slot.openSize)),
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
        averagePrice(kind, leg.filledCost, leg.filledQuantity),
        leg.clientOrderId,
        flag(leg.consumed),
        leg.reason,
      )
    }
  }

  #writePosition(accountId: number, position: PositionView): void {
    this.#upsertPosition ??= this.#database.prepare(UPSERT_POSITION)
    this.#upsertPosition.run(
      accountId,
      position.instrument,
      position.positionSide,
      text(position.quantity),
      text(position.cost),
      text(position.realizedPnl),
      textOrNull(position.mark),
      text(position.inSlots),
      text(position.quoted),
      text(position.unassigned),
      text(position.dust),
    )
  }
}

interface OfHolding {
  readonly slotId: string | null
  readonly trade: number | null
  readonly instrument: string
  readonly positionSide: PositionView['positionSide']
}

/** Not updated is what never changes: the session that opened a trade, and what the account was worth before it. */
const UPSERT_SLOT = `INSERT INTO slots (account_id, slot_id, trade, session_id, instrument, position_side, side, stage, equity_before,
    requested_quantity, entry_quantity, entry_cost, entry_price, exit_quantity, exit_cost, exit_price, open_size, open_cost,
    dust_quantity, realized_pnl, next_leg, opened_at_us, closed_at_us)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET stage = excluded.stage, entry_quantity = excluded.entry_quantity, entry_cost = excluded.entry_cost,
    entry_price = excluded.entry_price, exit_quantity = excluded.exit_quantity, exit_cost = excluded.exit_cost,
    exit_price = excluded.exit_price, open_size = excluded.open_size, open_cost = excluded.open_cost,
    dust_quantity = excluded.dust_quantity, realized_pnl = excluded.realized_pnl, next_leg = excluded.next_leg,
    closed_at_us = excluded.closed_at_us`

const UPSERT_LEG = `INSERT INTO exit_legs (account_id, slot_id, trade, leg, session_id, ratio, quantity, filled_quantity,
    filled_cost, exit_price, client_order_id, consumed, reason)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET quantity = excluded.quantity, filled_quantity = excluded.filled_quantity,
    filled_cost = excluded.filled_cost, exit_price = excluded.exit_price, client_order_id = excluded.client_order_id,
    consumed = excluded.consumed, reason = excluded.reason`

const UPSERT_POSITION = `INSERT INTO positions (account_id, instrument, position_side, quantity, cost, realized_pnl, mark, in_slots,
    quoted, unassigned, dust)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET quantity = excluded.quantity, cost = excluded.cost, realized_pnl = excluded.realized_pnl,
    mark = excluded.mark, in_slots = excluded.in_slots, quoted = excluded.quoted, unassigned = excluded.unassigned,
    dust = excluded.dust`
