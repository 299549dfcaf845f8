// The tables with a row for each fact that moves or values money: fills, postings, capital, funding, stated prices. They are
// written once, from the fact, and never changed afterwards.

import type Database from 'better-sqlite3'
import { neg } from '../../kernel/decimal.ts'
import type { FactBody, FillFact, Posting } from '../../kernel/facts.ts'
import type { StateView } from '../../kernel/views.ts'
import { aboutOrder, type Body, found, type Place } from './place.ts'
import { RowBuffer } from './row-buffer.ts'
import { flag, text, textOrNull, wholeOrNull } from './values.ts'

export class MoneyRows {
  readonly #fills: RowBuffer<'fills'>
  readonly #confirmations: RowBuffer<'fill_confirmations'>
  readonly #postings: RowBuffer<'postings'>
  readonly #capitalEvents: RowBuffer<'capital_events'>
  readonly #funding: RowBuffer<'funding_payments'>
  readonly #assetValues: RowBuffer<'asset_values'>
  readonly #inventory: RowBuffer<'inventory_ledger'>

  constructor(database: Database.Database) {
    this.#fills = new RowBuffer(database, 'fills')
    this.#confirmations = new RowBuffer(database, 'fill_confirmations')
    this.#postings = new RowBuffer(database, 'postings')
    this.#capitalEvents = new RowBuffer(database, 'capital_events')
    this.#funding = new RowBuffer(database, 'funding_payments')
    this.#assetValues = new RowBuffer(database, 'asset_values')
    this.#inventory = new RowBuffer(database, 'inventory_ledger')
  }

  /** Gathers the rows of one fact; `state` only names the instrument's assets and the order's trade. Other kinds pass. */
  add(place: Place, body: FactBody, state: StateView): void {
    switch (body.type) {
      case 'FILL_BOOKED':
        return this.#fillBooked(place, body, state)
      case 'FILL_CONFIRMED':
        return this.#fillConfirmed(place, body, state)
      case 'CAPITAL_FLOWED': {
        const { asset, note } = body
        const amount = text(body.amount)
        this.#capitalEvents.add({ ...place, asset, amount, note })
        this.#inventory.add({ ...place, asset, source: 'capital', change: amount, position_after: null })
        return this.#post(place, body.postings)
      }
      case 'FUNDING_BOOKED': {
        const { instrument, fundingId, asset } = body
        const amount = text(body.amount)
        this.#funding.add({ ...place, instrument, funding_id: fundingId, asset, amount })
        this.#inventory.add({ ...place, asset, source: 'funding', change: amount, position_after: null })
        return this.#post(place, body.postings)
      }
      case 'ASSET_VALUED':
        return this.#assetValues.add({ ...place, asset: body.asset, quote: body.quote, price: text(body.price), source: body.source })
      default:
        return
    }
  }

  flush(): void {
    this.#fills.flush()
    this.#confirmations.flush()
    this.#postings.flush()
    this.#capitalEvents.flush()
    this.#funding.flush()
    this.#assetValues.flush()
    this.#inventory.flush()
  }

  #fillBooked(place: Place, body: FillFact, state: StateView): void {
    const instrument = found(state.instruments.get(body.instrument), 'instrument', body.instrument)
    this.#fills.add({
      ...place,
      trade_id: body.tradeId,
      client_order_id: body.clientOrderId,
      venue_order_id: body.venueOrderId,
      instrument: body.instrument,
      position_side: body.positionSide,
      side: body.side,
      price: text(body.price),
      quantity: text(body.quantity),
      value: text(body.tradeValue),
      fee: text(body.fee),
      fee_asset: body.feeAsset,
      fee_price: textOrNull(body.feePrice),
      liquidity: body.liquidity,
      inferred: flag(body.inferred),
      role: body.role,
      slot_id: body.slotId,
      trade: wholeOrNull(body.trade),
      leg: wholeOrNull(body.leg),
      assigned: text(body.assigned),
      unassigned: text(body.unassigned),
      realized_pnl: text(body.realizedPnl),
      slot_realized_pnl: text(body.slotRealizedPnl),
      position_after: text(body.positionAfter),
      cost_after: text(body.costAfter),
    })
    this.#inventory.add({
      ...place,
      asset: instrument.kind === 'inverse' ? instrument.quote : instrument.base,
      source: 'fill',
      change: text(body.side === 'buy' ? body.quantity : neg(body.quantity)),
      position_after: text(body.positionAfter),
    })
    this.#post(place, body.postings)
  }

  #fillConfirmed(place: Place, body: Body<'FILL_CONFIRMED'>, state: StateView): void {
    this.#confirmations.add({
      ...place,
      trade_id: body.tradeId,
      instrument: body.instrument,
      side: body.side,
      price: text(body.price),
      quantity: text(body.quantity),
      fee: text(body.fee),
      fee_asset: body.feeAsset,
      fee_price: textOrNull(body.feePrice),
      liquidity: body.liquidity,
      ...aboutOrder(state, body.clientOrderId),
      client_order_id: body.clientOrderId,
    })
    this.#post(place, body.postings)
  }

  #post(place: Place, postings: readonly Posting[]): void {
    for (const [line, posting] of postings.entries()) {
      this.#postings.add({ ...place, line, ledger_account: posting.account, asset: posting.asset, amount: text(posting.amount) })
    }
  }
}
