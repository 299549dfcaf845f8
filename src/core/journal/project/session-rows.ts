// The tables with a row for each session, for each account's engine, and for each instrument that one of them may trade.

import type Database from 'better-sqlite3'
import type { FactBody } from '../../kernel/facts.ts'
import { INVENTORY_COMPARED } from '../../kernel/flag-codes.ts'
import type { FeedReport, SessionOpening } from '../../kernel/inputs.ts'
import type { Instrument } from '../../kernel/instrument.ts'
import type { StateView } from '../../kernel/views.ts'
import type { Place } from './place.ts'
import { RowBuffer } from './row-buffer.ts'
import { flag, text, whole, wholeOrNull } from './values.ts'

type Statement = Database.Statement<(string | number | null)[]>

export class SessionRows {
  readonly #sessions: RowBuffer<'sessions'>
  readonly #instruments: RowBuffer<'instruments'>
  readonly #startEngine: Statement
  readonly #stopEngine: Statement
  readonly #haltSession: Statement
  readonly #reportFeed: Statement
  readonly #advanceEngine: Statement
  readonly #advanceSession: Statement
  readonly #sealSession: Statement
  readonly #noteDrift: Statement

  constructor(database: Database.Database) {
    this.#sessions = new RowBuffer(database, 'sessions')
    this.#instruments = new RowBuffer(database, 'instruments')
    // A fresh start clears the halt of the session before it.
    this.#startEngine = database.prepare(
      `INSERT INTO engine_state (account_id, session_id, running, trading_state, last_seq, halt_reason, halt_detail)
       VALUES (?, ?, 1, 'active', ?, NULL, NULL)
       ON CONFLICT DO UPDATE SET session_id = excluded.session_id, running = 1, halt_reason = NULL, halt_detail = NULL,
         inventory_drift_at_shutdown = NULL`,
    )
    this.#stopEngine = database.prepare('UPDATE engine_state SET running = 0, halt_reason = ?, halt_detail = ? WHERE account_id = ?')
    this.#haltSession = database.prepare('UPDATE sessions SET ended_at_us = ?, halt_reason = ?, halt_detail = ? WHERE session_id = ?')
    this.#reportFeed = database.prepare(
      `UPDATE sessions SET feed_events = ?, feed_gaps = ?, feed_bad_lines = ?, feed_skipped = ?, feed_first_us = ?, feed_last_us = ?,
         feed_truncated = ? WHERE session_id = ?`,
    )
    this.#advanceEngine = database.prepare('UPDATE engine_state SET last_seq = ?, trading_state = ? WHERE account_id = ?')
    this.#advanceSession = database.prepare('UPDATE sessions SET last_seq = ? WHERE session_id = ? AND sealed = 0')
    this.#sealSession = database.prepare(
      'UPDATE sessions SET last_seq = ?, sealed = 1 WHERE session_id = ? AND sealed = 0 AND halt_reason IS NOT NULL',
    )
    this.#noteDrift = database.prepare('UPDATE engine_state SET inventory_drift_at_shutdown = ? WHERE account_id = ?')
  }

  /** Writes at once: a session's row must be there before another session's facts in the same commit. */
  add(place: Place, body: FactBody): void {
    switch (body.type) {
      case 'SESSION_OPENED':
        this.#open(place, body)
        this.#list(place, body.instrument)
        this.#startEngine.run(place.account_id, place.session_id, place.seq)
        return
      case 'INSTRUMENT_LISTED':
        return this.#list(place, body.instrument)
      case 'SESSION_HALTED':
        this.#haltSession.run(place.time_us, body.reason, body.detail, place.session_id)
        this.#stopEngine.run(body.reason, body.detail, place.account_id)
        return
      case 'FEED_REPORTED':
        this.#report(place.session_id, body.report)
        return
      case 'CAPITAL_FLOWED':
        // After its halt a session has no part in it: the money is there when the next one starts.
        this.#sealSession.run(place.seq - 1, place.session_id)
        return
      case 'RISK_FLAGGED':
        if (body.code === INVENTORY_COMPARED) this.#noteDrift.run(body.value, place.account_id)
        return
      default:
        return
    }
  }

  /** How far the account and its session have come, and whether it trades now. */
  advance(accountId: number, at: { readonly sessionId: string; readonly lastSeq: number }, state: StateView): void {
    const { sessionId, lastSeq } = at
    this.#advanceEngine.run(lastSeq, state.trading, accountId)
    this.#advanceSession.run(lastSeq, sessionId)
  }

  #open(place: Place, opening: SessionOpening): void {
    const { instrument, limits } = opening
    this.#sessions.add({
      session_id: place.session_id,
      account_id: place.account_id,
      mode: opening.mode,
      venue: opening.venue,
      strategy: opening.strategy,
      instrument: instrument.symbol,
      instrument_kind: instrument.kind,
      instrument_origin: opening.instrumentOrigin,
      base: instrument.base,
      quote: instrument.quote,
      settle: instrument.settle,
      tick_size: text(instrument.tickSize),
      lot_size: text(instrument.lotSize),
      position_mode: opening.positionMode,
      feed_source: opening.feedSource,
      seed: whole(opening.seed),
      duration_us: whole(opening.durationUs),
      tick_interval_us: whole(opening.tickIntervalUs),
      max_exposure: text(limits.maxExposure),
      max_position: text(limits.maxPosition),
      max_session_loss: text(limits.maxSessionLoss),
      max_order_notional: text(limits.maxOrderNotional),
      max_leverage: text(limits.maxLeverage),
      price_collar_bps: text(limits.priceCollarBps),
      max_open_orders: whole(limits.maxOpenOrders),
      max_orders_per_second: whole(limits.maxOrdersPerSecond),
      max_cancels_per_second: whole(limits.maxCancelsPerSecond),
      stale_feed_us: whole(limits.staleFeedUs),
      order_validity_us: whole(opening.orderValidityUs),
      absence_margin_us: whole(opening.absenceMarginUs),
      query_spacing_us: whole(opening.querySpacingUs),
      first_seq: place.seq,
      last_seq: place.seq,
      started_at_us: place.time_us,
      ended_at_us: null,
      halt_reason: null,
      halt_detail: null,
      feed_events: null,
      feed_gaps: null,
      feed_bad_lines: null,
      feed_skipped: null,
      feed_first_us: null,
      feed_last_us: null,
      feed_truncated: null,
      sealed: 0,
    })
    this.#sessions.flush()
  }

  #list(place: Place, instrument: Instrument): void {
    this.#instruments.add({
      ...place,
      symbol: instrument.symbol,
      kind: instrument.kind,
      base: instrument.base,
      quote: instrument.quote,
      settle: instrument.settle,
      tick_size: text(instrument.tickSize),
      lot_size: text(instrument.lotSize),
      min_quantity: text(instrument.minQuantity),
      max_quantity: text(instrument.maxQuantity),
      min_notional: text(instrument.minNotional),
      max_leverage: text(instrument.maxLeverage),
    })
    this.#instruments.flush()
  }

  #report(sessionId: string, report: FeedReport): void {
    this.#reportFeed.run(
      whole(report.events),
      whole(report.gaps),
      whole(report.badLines),
      whole(report.skipped),
      wholeOrNull(report.firstTimeUs),
      wholeOrNull(report.lastTimeUs),
      flag(report.truncated),
      sessionId,
    )
  }
}
