// Everything the kernel can be told: intents, venue events, and the session's own doings. Types only.

import type { Decimal } from './decimal.ts'
import type { Instrument } from './instrument.ts'

export type Side = 'buy' | 'sell'
export type OrderType = 'limit' | 'market'
/** Good till cancelled, immediate or cancel, fill or kill. */
export type TimeInForce = 'gtc' | 'ioc' | 'fok'
export type Liquidity = 'maker' | 'taker'

/** How an order is to be filled. Price is null exactly for market orders. */
export interface OrderTerms {
  readonly orderType: OrderType
  readonly price: Decimal | null
  readonly timeInForce: TimeInForce
  readonly postOnly: boolean
}

/** What an order is, whoever asks for it. */
export interface OrderShape extends OrderTerms {
  readonly instrument: string
  readonly side: Side
  readonly quantity: Decimal
}

/** Opens a slot: a managed trade with exit legs. */
export interface EnterIntent extends OrderShape {
  readonly type: 'ENTER'
  readonly slotId: string
  readonly leverage: Decimal
  /** The share of the filled quantity each exit leg closes: each in (0, 1], sum exactly 1; empty means one leg. */
  readonly exitRatios: readonly Decimal[]
}

/** Closes the next exit leg of a slot, or with scope `rest` all that is still open. */
export interface ExitIntent extends OrderTerms {
  readonly type: 'EXIT'
  readonly slotId: string
  readonly scope: 'leg' | 'rest'
  /** Why, in a word of the strategy: `target`, `stop`, `time`. Kept with the leg. */
  readonly reason: string
}

export interface QuoteSide {
  readonly price: Decimal
  readonly quantity: Decimal
}

/** The resting orders a market maker wants on an instrument; null means none on that side. */
export interface QuoteIntent {
  readonly type: 'QUOTE'
  readonly instrument: string
  readonly bid: QuoteSide | null
  readonly ask: QuoteSide | null
  readonly postOnly: boolean
}

/** Cancels one order, the live entry or exit orders of a slot, or everything that rests on an instrument. */
export interface CancelIntent {
  readonly type: 'CANCEL'
  readonly target:
    | { readonly kind: 'order'; readonly clientOrderId: string }
    | { readonly kind: 'entry' | 'exit'; readonly slotId: string }
    | { readonly kind: 'instrument'; readonly instrument: string }
}

/** Values open positions: touches unrealised figures only. */
export interface MarkPriceIntent {
  readonly type: 'MARK_PRICE'
  readonly instrument: string
  readonly price: Decimal
}

export type Intent = EnterIntent | ExitIntent | QuoteIntent | CancelIntent | MarkPriceIntent

/** How a venue event names its order: by our id, or by the venue's, whichever it knows. */
export interface OrderReference {
  readonly clientOrderId: string | null
  readonly venueOrderId: string | null
}

export interface VenueFill {
  readonly tradeId: string
  readonly price: Decimal
  /** In base, above zero. */
  readonly quantity: Decimal
  /** Above zero for a cost, below for a rebate. */
  readonly fee: Decimal
  readonly feeAsset: string
  readonly liquidity: Liquidity
}

/** What the venue says. `SNAPSHOT` carries its view as of a time; it never invents fills. */
export type VenueEvent =
  | ({ readonly type: 'ORDER_ACK' } & OrderReference)
  | ({ readonly type: 'ORDER_REJECT'; readonly code: string; readonly reason: string } & OrderReference)
  | ({
      readonly type: 'PARTIAL_FILL' | 'FULL_FILL'
      readonly instrument: string
      readonly side: Side
      readonly fill: VenueFill
    } & OrderReference)
  | ({ readonly type: 'CANCEL_ACK' } & OrderReference)
  | ({ readonly type: 'CANCEL_REJECT'; readonly code: string; readonly reason: string } & OrderReference)
  | ({ readonly type: 'EXPIRED'; readonly reason: string } & OrderReference)
  | ({ readonly type: 'RATE_LIMITED'; readonly retryAfterMs: number | null } & OrderReference)
  | ({ readonly type: 'UNRECOGNISED'; readonly raw: string } & OrderReference)
  | { readonly type: 'SNAPSHOT'; readonly asOfUs: number; readonly openOrders: readonly SnapshotOrder[] }

export interface SnapshotOrder extends OrderReference {
  readonly instrument: string
  readonly side: Side
  readonly filledQuantity: Decimal
}

/** What the session itself did or saw, for the record. */
export type Operation =
  | { readonly type: 'OPEN_SESSION'; readonly session: SessionOpening }
  | { readonly type: 'HALT_SESSION'; readonly reason: string; readonly detail: string | null }
  | { readonly type: 'FLOW_CAPITAL'; readonly asset: string; readonly amount: Decimal; readonly note: string }
  | { readonly type: 'NOTE_SUBMIT'; readonly clientOrderId: string; readonly outcome: 'sent' | 'unknown'; readonly detail: string | null }
  | { readonly type: 'NOTE_CANCEL'; readonly clientOrderId: string; readonly outcome: 'sent' | 'unknown'; readonly detail: string | null }
  | { readonly type: 'OBSERVE_MARKET'; readonly observation: MarketObservation }
  | { readonly type: 'REPORT_FEED'; readonly report: FeedReport }
  | ({ readonly type: 'FLAG_RISK' } & RiskFlag)

export type Severity = 'info' | 'warning' | 'alarm'

export interface RiskFlag {
  readonly code: string
  readonly severity: Severity
  readonly value: string | null
  readonly limit: string | null
  readonly detail: string
}

/** Everything a session starts from, so that a reader of the journal needs no config file. */
export interface SessionOpening {
  readonly sessionId: string
  readonly account: string
  readonly mode: 'paper' | 'demo' | 'live'
  readonly venue: string
  readonly strategy: string
  readonly feedSource: string
  readonly seed: number
  readonly durationUs: number
  readonly tickIntervalUs: number
  readonly instrument: Instrument
  /** Where the instrument came from: `config`, `inferred`, `built-in`. */
  readonly instrumentOrigin: string
  readonly slotIds: readonly string[]
  readonly limits: RiskLimits
  /** How long an order that was not answered may still arrive at the venue. */
  readonly orderValidityUs: number
}

/** The limits in force, journaled at the start. Zero means "no limit". In quote, save where a name says otherwise. */
export interface RiskLimits {
  /** Largest |position × mark| of the instrument's base asset. */
  readonly maxExposure: Decimal
  /** Largest loss of the session, fees and open positions included. */
  readonly maxSessionLoss: Decimal
  /** Largest notional of one order. */
  readonly maxOrderNotional: Decimal
  readonly maxOpenOrders: number
  readonly staleFeedUs: number
}

/** The touch and our place in it at a tick. Prices are null where there was none; distances in bps of the mid. */
export interface MarketObservation {
  readonly instrument: string
  readonly bid: Decimal | null
  readonly ask: Decimal | null
  readonly mark: Decimal | null
  readonly ourBid: Decimal | null
  readonly ourAsk: Decimal | null
  /** (our bid − best bid) × 10⁴ ÷ mid: zero at the touch, below zero behind it. */
  readonly bidDistanceBps: Decimal | null
  /** (best ask − our ask) × 10⁴ ÷ mid: zero at the touch, below zero behind it. */
  readonly askDistanceBps: Decimal | null
}

/** What a feed delivered, counted. */
export interface FeedReport {
  readonly source: string
  /** Lines or messages that were understood, whatever their kind. */
  readonly events: number
  /** Breaks in the venue's sequence numbers. */
  readonly gaps: number
  /** Lines that did not parse. */
  readonly badLines: number
  /** Lines of kinds or symbols that this session has no use for. */
  readonly skipped: number
  readonly firstTimeUs: number | null
  readonly lastTimeUs: number | null
  /** Whether the recording broke off before its end. */
  readonly truncated: boolean
}

/** One input with the time it happened, in microseconds since 1970 (session time, virtual where the feed is). */
export interface Timed<T> {
  readonly timeUs: number
  readonly input: T
}

export type KernelInput = Intent | VenueEvent | Operation
