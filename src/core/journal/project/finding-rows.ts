// The tables with a row for each thing that reconcile found or did, and for each write-off. They are written once, from the
// fact, and never changed afterwards.

import type Database from 'better-sqlite3'
import type { FactBody } from '../../kernel/facts.ts'
import type { StateView } from '../../kernel/views.ts'
import { aboutClaimed, type Place } from './place.ts'
import { RowBuffer } from './row-buffer.ts'
import { text, textOrNull, whole, wholeOrNull } from './values.ts'

export class FindingRows {
  readonly #actions: RowBuffer<'reconcile_actions'>
  readonly #assignments: RowBuffer<'exposure_assignments'>
  readonly #writeOffs: RowBuffer<'dust_write_offs'>
  readonly #differences: RowBuffer<'position_differences'>

  constructor(database: Database.Database) {
    this.#actions = new RowBuffer(database, 'reconcile_actions')
    this.#assignments = new RowBuffer(database, 'exposure_assignments')
    this.#writeOffs = new RowBuffer(database, 'dust_write_offs')
    this.#differences = new RowBuffer(database, 'position_differences')
  }

  /** Gathers the row of one fact; `state` only names the trade of an order. Other kinds pass. */
  add(place: Place, body: FactBody, state: StateView): void {
    switch (body.type) {
      case 'RECONCILED': {
        const { action, subject, evidence } = body
        const about = aboutClaimed(state, state.orders.has(subject) ? subject : null)
        return this.#actions.add({ ...place, action, subject, evidence, ...about })
      }
      case 'EXPOSURE_ASSIGNED':
        return this.#assignments.add({
          ...place,
          instrument: body.instrument,
          position_side: body.positionSide,
          quantity: text(body.quantity),
          value: text(body.tradeValue),
          slot_id: body.slotId,
          trade: wholeOrNull(body.trade),
          slot_realized_pnl: text(body.slotRealizedPnl),
        })
      case 'DUST_WRITTEN_OFF':
        return this.#writeOffs.add({
          ...place,
          instrument: body.instrument,
          position_side: body.positionSide,
          quantity: text(body.quantity),
          cost: text(body.cost),
          slot_id: body.slotId,
          trade: whole(body.trade),
          reason: body.reason,
        })
      case 'POSITION_DIFFERED':
        return this.#differences.add({
          ...place,
          instrument: body.instrument,
          position_side: body.positionSide,
          our_quantity: text(body.ours),
          venue_quantity: text(body.venues),
          venue_average_price: textOrNull(body.averagePrice),
          as_of_us: whole(body.asOfUs),
        })
      default:
        return
    }
  }

  flush(): void {
    this.#actions.flush()
    this.#assignments.flush()
    this.#writeOffs.flush()
    this.#differences.flush()
  }
}
