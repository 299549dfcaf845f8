// The tables with a row for each fact of a kind, save those of money and of reconcile: moves, ticks, denials, risk events.
// They are written once, from the fact, and never changed afterwards.

import type Database from 'better-sqlite3'
import { abs, type Decimal, dec } from '../../kernel/decimal.ts'
import type { FactBody } from '../../kernel/facts.ts'
import type { CancelState } from '../../kernel/order-table.ts'
import type { StateView } from '../../kernel/views.ts'
import { aboutClaimed, aboutOrder, type Body, type Place } from './place.ts'
import { RowBuffer } from './row-buffer.ts'
import { text, textOrNull, whole } from './values.ts'

/** A cancel's move carries no trigger: what caused it is told by where it led. */
const CANCEL_CAUSE = {
  none: 'over',
  requested: 'intent',
  sent: 'sent',
  in_doubt: 'unknown',
  refused: 'reject',
} as const satisfies Record<CancelState, string>

const NO_ORDER = { client_order_id: null, slot_id: null, trade: null } as const
const NEAR_TOUCH_BPS = dec('2')

export class EventRows {
  readonly #transitions: RowBuffer<'transitions'>
  readonly #marketSnapshots: RowBuffer<'market_snapshots'>
  readonly #riskEvents: RowBuffer<'risk_events'>
  readonly #denials: RowBuffer<'denials'>

  constructor(database: Database.Database) {
    this.#transitions = new RowBuffer(database, 'transitions')
    this.#marketSnapshots = new RowBuffer(database, 'market_snapshots')
    this.#riskEvents = new RowBuffer(database, 'risk_events')
    this.#denials = new RowBuffer(database, 'denials')
  }

  /** Gathers the rows of one fact; of `state` it takes only what no later fact changes. Kinds without a table here pass. */
  add(place: Place, body: FactBody, state: StateView): void {
    switch (body.type) {
      case 'ORDER_MOVED':
        return this.#moved(place, 'order', aboutOrder(state, body.clientOrderId), body, body.trigger)
      case 'CANCEL_MOVED':
        return this.#moved(place, 'cancel', aboutOrder(state, body.clientOrderId), body, CANCEL_CAUSE[body.to])
      case 'SLOT_MOVED': {
        const about = { client_order_id: null, slot_id: body.slotId, trade: whole(body.trade) }
        return this.#moved(place, 'slot', about, body, body.trigger)
      }
      case 'TRADING_MOVED':
        return this.#moved(place, 'trading', NO_ORDER, body, body.action)
      case 'MARKET_OBSERVED':
        return this.#marketObserved(place, body)
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
          ...NO_ORDER,
        })
      case 'FILL_CONFLICTED':
      case 'EVENT_CONFLICTED':
      case 'EVENT_UNMATCHED':
        return this.#anomaly(place, body, state)
      default:
        return
    }
  }

  flush(): void {
    this.#transitions.flush()
    this.#marketSnapshots.flush()
    this.#riskEvents.flush()
    this.#denials.flush()
  }

  #moved(
    place: Place,
    entity: 'order' | 'cancel' | 'slot' | 'trading',
    about: ReturnType<typeof aboutOrder>,
    move: { readonly from: string; readonly to: string; readonly reason: string | null },
    cause: string,
  ): void {
    this.#transitions.add({ ...place, entity, ...about, from_state: move.from, to_state: move.to, cause, reason: move.reason })
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

  #denied(place: Place, body: Body<'INTENT_DENIED'>): void {
    this.#denials.add({
      ...place,
      intent: body.intent,
      code: body.code,
      field: body.field,
      value: body.value,
      context: body.context,
      detail: body.detail,
      slot_id: body.slotId,
      client_order_id: body.clientOrderId,
    })
  }

  /** What should not have happened at the venue, told beside the risk events, under the name of its fact. */
  #anomaly(place: Place, body: Anomaly, state: StateView): void {
    const severity = body.type === 'EVENT_UNMATCHED' ? 'warning' : 'alarm'
    const about = aboutClaimed(state, body.clientOrderId)
    this.#riskEvents.add({ ...place, code: body.type, severity, value: null, limit_value: null, detail: anomalyDetail(body), ...about })
  }
}

type Anomaly = Body<'FILL_CONFLICTED' | 'EVENT_CONFLICTED' | 'EVENT_UNMATCHED'>

function anomalyDetail(body: Anomaly): string {
  switch (body.type) {
    case 'FILL_CONFLICTED':
      return `trade ${body.tradeId} is booked as ${body.booked}, and came again as ${body.received}`
    case 'EVENT_CONFLICTED':
      return `${body.trigger} for order ${body.clientOrderId}, which is ${body.status}: ${body.detail}`
    case 'EVENT_UNMATCHED':
      return `${body.event} for client order id ${body.clientOrderId ?? '(none)'}, venue order id ${body.venueOrderId ?? '(none)'}: ${body.detail}`
  }
}

/** Within 2 bps of the touch, on either side of it; null where there is no quote or no touch. */
function nearTouch(distanceBps: Decimal | null): 0 | 1 | null {
  if (distanceBps === null) return null
  return abs(distanceBps) <= NEAR_TOUCH_BPS ? 1 : 0
}
