// The tables with a row for each fact of a kind: fills, postings, transitions and the like. They are written once, from
// the fact, and never changed afterwards.

import type Database from 'better-sqlite3'
import { abs, type Decimal, dec, neg } from '../../kernel/decimal.ts'
import type { FactBody, FillFact, Posting } from '../../kernel/facts.ts'
import type { CancelState } from '../../kernel/order-table.ts'
import type { StateView } from '../../kernel/views.ts'
import { RowBuffer } from './row-buffer.ts'
import { text, textOrNull, ValueRefused, whole, wholeOrNull } from './values.ts'

type Body<Type extends FactBody['type']> = Extract<FactBody, { type: Type }>

/** Where a fact stands: the columns that all its rows share. */
export interface Place {
  readonly account_id: number
  readonly seq: number
  readonly session_id: string
  readonly time_us: number
}

/** A cancel's move carries no trigger: what caused it is told by where it led. */
const CANCEL_CAUSE = {
  none: 'over',
  requested: 'intent',
  sent: 'sent',
  in_doubt: 'unknown',
  refused: 'reject',
} as const satisfies Record<CancelState, string>

const NEAR_TOUCH_BPS = dec('2')

export class EventRows {
  readonly #fills: RowBuffer<'fills'>
  readonly #transitions: RowBuffer<'transitions'>
  readonly #postings: RowBuffer<'postings'>
  readonly #capitalEvents: RowBuffer<'capital_events'>
  readonly #inventory: RowBuffer<'inventory_ledger'>
  readonly #marketSnapshots: RowBuffer<'market_snapshots'>
  readonly #riskEvents: RowBuffer<'risk_events'>
  readonly #denials: RowBuffer<'denials'>

  constructor(database: Database.Database) {
    this.#fills = new RowBuffer(database, 'fills')
    this.#transitions = new RowBuffer(database, 'transitions')
    this.#postings = new RowBuffer(database, 'postings')
    this.#capitalEvents = new RowBuffer(database, 'capital_events')
    this.#inventory = new RowBuffer(database, 'inventory_ledger')
    this.#marketSnapshots = new RowBuffer(database, 'market_snapshots')
    this.#riskEvents = new RowBuffer(database, 'risk_events')
    this.#denials = new RowBuffer(database, 'denials')
  }

  /** Gathers the rows of one fact; `state` only names the instrument's assets. Kinds without a table of their own pass. */
  add(place: Place, body: FactBody, state: StateView): void {
    switch (body.type) {
      case 'ORDER_MOVED':
        return this.#orderMoved(place, body)
      case 'CANCEL_MOVED':
        return this.#cancelMoved(place, body)
      case 'SLOT_MOVED':
        return this.#slotMoved(place, body)
      case 'MARKET_OBSERVED':
        return this.#marketObserved(place, body)
      case 'FILL_BOOKED':
        return this.#fillBooked(place, body, state)
      case 'CAPITAL_FLOWED':
        return this.#capitalFlowed(place, body)
      case 'INTENT_DENIED':
        return this.#denied(place, body)
      case 'RISK_FLAGGED':
        return this.#riskEvents.add({
          ...place,
          code: body.code,
          severity: body.severity,
          value: body.value,
          limit_value: body.limit,
          detail: body.detail,
        })
      case 'FILL_CONFLICTED':
        return this.#anomaly(
          place,
          body.type,
          'alarm',
          `trade ${body.tradeId} is booked as ${body.booked}, and came again as ${body.received}`,
        )
      case 'EVENT_CONFLICTED':
        return this.#anomaly(
          place,
          body.type,
          'alarm',
          `${body.trigger} for order ${body.clientOrderId}, which is ${body.status}: ${body.detail}`,
        )
      case 'EVENT_UNMATCHED':
        return this.#anomaly(place, body.type, 'warning', unmatchedDetail(body))
      default:
        return
    }
  }

  flush(): void {
    this.#fills.flush()
    this.#transitions.flush()
    this.#postings.flush()
    this.#capitalEvents.flush()
    this.#inventory.flush()
    this.#marketSnapshots.flush()
    this.#riskEvents.flush()
    this.#denials.flush()
  }

  #orderMoved(place: Place, body: Body<'ORDER_MOVED'>): void {
    this.#transitions.add({
      ...place,
      entity: 'order',
      entity_id: body.clientOrderId,
      trade: null,
      from_state: body.from,
      to_state: body.to,
      cause: body.trigger,
      reason: body.reason,
    })
  }

  #cancelMoved(place: Place, body: Body<'CANCEL_MOVED'>): void {
    this.#transitions.add({
      ...place,
      entity: 'cancel',
      entity_id: body.clientOrderId,
      trade: null,
      from_state: body.from,
      to_state: body.to,
      cause: CANCEL_CAUSE[body.to],
      reason: body.reason,
    })
  }

  #slotMoved(place: Place, body: Body<'SLOT_MOVED'>): void {
    this.#transitions.add({
      ...place,
      entity: 'slot',
      entity_id: body.slotId,
      trade: whole(body.trade),
      from_state: body.from,
      to_state: body.to,
      cause: body.trigger,
      reason: body.reason,
    })
  }

  #marketObserved(place: Place, body: Body<'MARKET_OBSERVED'>): void {
    const seen = body.observation
    this.#marketSnapshots.add({
      ...place,
      instrument: seen.instrument,
      bid: textOrNull(seen.bid),
      ask: textOrNull(seen.ask),
      mark: textOrNull(seen.mark),
      our_bid: textOrNull(seen.ourBid),
      our_ask: textOrNull(seen.ourAsk),
      bid_distance_bps: textOrNull(seen.bidDistanceBps),
      ask_distance_bps: textOrNull(seen.askDistanceBps),
      bid_within_2_bps: nearTouch(seen.bidDistanceBps),
      ask_within_2_bps: nearTouch(seen.askDistanceBps),
      position: text(body.position),
      equity: textOrNull(body.equity),
    })
  }

  #fillBooked(place: Place, body: FillFact, state: StateView): void {
    const instrument = state.instruments.get(body.instrument)
    if (instrument === undefined) throw new ValueRefused(`a fill is on ${body.instrument}, an instrument that nobody opened`)
    this.#fills.add({
      ...place,
      trade_id: body.tradeId,
      client_order_id: body.clientOrderId,
      venue_order_id: body.venueOrderId,
      instrument: body.instrument,
      side: body.side,
      price: text(body.price),
      quantity: text(body.quantity),
      fee: text(body.fee),
      fee_asset: body.feeAsset,
      liquidity: body.liquidity,
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
      asset: instrument.base,
      source: 'fill',
      change: text(body.side === 'buy' ? body.quantity : neg(body.quantity)),
      position_after: text(body.positionAfter),
    })
    this.#post(place, body.postings)
  }

  #capitalFlowed(place: Place, body: Body<'CAPITAL_FLOWED'>): void {
    const amount = text(body.amount)
    this.#capitalEvents.add({ ...place, asset: body.asset, amount, note: body.note })
    this.#inventory.add({ ...place, asset: body.asset, source: 'capital', change: amount, position_after: null })
    this.#post(place, body.postings)
  }

  #post(place: Place, postings: readonly Posting[]): void {
    for (const [line, posting] of postings.entries()) {
      this.#postings.add({ ...place, line, ledger_account: posting.account, asset: posting.asset, amount: text(posting.amount) })
    }
  }

  #denied(place: Place, body: Body<'INTENT_DENIED'>): void {
    this.#denials.add({
      ...place,
      intent: body.intent,
      code: body.code,
      field: body.field,
      value: body.value,
      detail: body.detail,
      slot_id: body.slotId,
      client_order_id: body.clientOrderId,
    })
  }

  /** What should not have happened at the venue, told beside the risk events, under the name of its fact. */
  #anomaly(place: Place, code: string, severity: 'warning' | 'alarm', detail: string): void {
    this.#riskEvents.add({ ...place, code, severity, value: null, limit_value: null, detail })
  }
}

function unmatchedDetail(body: Body<'EVENT_UNMATCHED'>): string {
  return `${body.event} for client order id ${body.clientOrderId ?? '(none)'}, venue order id ${body.venueOrderId ?? '(none)'}: ${body.detail}`
}

/** Within 2 bps of the touch, on either side of it; null where there is no quote or no touch. */
function nearTouch(distanceBps: Decimal | null): 0 | 1 | null {
  if (distanceBps === null) return null
  return abs(distanceBps) <= NEAR_TOUCH_BPS ? 1 : 0
}
