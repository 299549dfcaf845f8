// Everything the kernel can be told: intents, venue events, and the session's own doings. Types only.

import type { Decimal } from './decimal.ts'
import type { Instrument } from './instrument.ts'
import type { ControlAction } from './trading-table.ts'

export type Side = 'buy' | 'sell'
/** Which position an order is about: the one there is (`net`), or in hedge mode the long or the short one. */
export type PositionSide = 'net' | 'long' | 'short'
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

/** What an order is, whoever asks for it. Quantities of inverse contracts are in quote, all others in base. */
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
  /** Whether it may only lower the position there is: then it is denied where it would open or grow one. */
  readonly reduceOnly?: boolean
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

/**
 * Closes at market whatever is open in a slot, from every stage that can hold size: takes back its other orders, closes
 * what they do not cover, and writes off what is too small to be traded. Ask again until the slot is closed.
 */
export type ExitResidualIntent = { readonly type: 'EXIT_RESIDUAL'; readonly slotId: string; readonly reason: string }

export type QuoteSide = { readonly price: Decimal; readonly quantity: Decimal }

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

/** Values open positions: touches unrealised figures only. The mid and its time are what new orders are judged by. */
export interface MarkPriceIntent {
  readonly type: 'MARK_PRICE'
  readonly instrument: string
  readonly price: Decimal
  readonly mid?: Decimal | null
  /** When the market data is from; null or left out where nobody knows. */
  readonly asOfUs?: number | null
}

/** What an operator or a strategy wants of trading as a whole: see the table of trading states. */
export type ControlIntent = { readonly type: 'CONTROL'; readonly action: ControlAction; readonly reason: string }

/** How an order ended, where the venue or a person says so long after: with what it had filled, in all. */
export type SettledOutcome = 'filled' | 'canceled' | 'expired' | 'rejected'

/** What reconcile found, and what is to be done about it. Nothing here is guessed: each carries what it rests on. */
export type ReconcileAction =
  /** The venue does not have the order: its time when asked last, and when we asked and it found nothing. */
  | ({ readonly action: 'mark_absent'; readonly venueTimeUs: number; readonly askedAtUs: readonly number[] } & OfOrder)
  /** Nobody can say: a person has to decide. */
  | ({ readonly action: 'quarantine' } & OfOrder)
  /** The order is over. What is missing of its fills is inferred from the venue's total and average price. */
  | ({ readonly action: 'settle_order'; readonly outcome: SettledOutcome; readonly filledQuantity: Decimal } & OfOrder & AveragePriced)
  /** A fill that we missed: of an order of ours, or of one that we never sent. */
  | ({ readonly action: 'book_fill' } & FillReport & OrderReference)
  /** The venue's position is another than ours, and no fill explains it: the difference is inferred, as unassigned. */
  | ({ readonly action: 'adjust_position'; readonly adjustmentId: string; readonly quantity: Decimal } & OfPosition & AveragePriced)
  /** Unassigned exposure (or a part of it) is given to a slot, or with no slot to the quoted inventory. */
  | ({ readonly action: 'assign'; readonly quantity: Decimal; readonly slotId: string | null; readonly price: Decimal | null } & OfPosition)

export type OfOrder = { readonly clientOrderId: string }
export type OfPosition = { readonly instrument: string; readonly positionSide: PositionSide }
type AveragePriced = { readonly averagePrice: Decimal | null }

export type ReconcileIntent = { readonly type: 'RECONCILE'; readonly evidence: string } & ReconcileAction

export type Intent =
  | EnterIntent
  | ExitIntent
  | ExitResidualIntent
  | QuoteIntent
  | CancelIntent
  | MarkPriceIntent
  | ControlIntent
  | ReconcileIntent

/** How a venue event names its order: by our id, or by the venue's, whichever it knows. */
export type OrderReference = { readonly clientOrderId: string | null; readonly venueOrderId: string | null }

/** An answer about an order, with how much of it is filled in all, where the venue says so. */
export type OrderWord = OrderReference & { readonly totalFilled?: Decimal | null }

export interface VenueFill {
  readonly tradeId: string
  readonly price: Decimal
  /** Above zero. */
  readonly quantity: Decimal
  /** Above zero for a cost, below for a rebate. */
  readonly fee: Decimal
  readonly feeAsset: string
  /** Null where nobody says. */
  readonly liquidity: Liquidity | null
}

export interface FillReport {
  readonly instrument: string
  readonly side: Side
  /** Only needed for a fill that matches no order of ours. */
  readonly positionSide?: PositionSide
  readonly fill: VenueFill
}

/** What the venue says. `SNAPSHOT` carries its view as of a time; it never invents fills. */
export type VenueEvent =
  | ({ readonly type: 'ORDER_ACK' } & OrderWord)
  | ({ readonly type: 'ORDER_REJECT'; readonly code: string; readonly reason: string } & OrderReference)
  | ({ readonly type: 'PARTIAL_FILL' | 'FULL_FILL' } & FillReport & OrderWord)
  | ({ readonly type: 'CANCEL_ACK' } & OrderWord)
  | ({ readonly type: 'CANCEL_REJECT'; readonly code: string; readonly reason: string } & OrderReference)
  | ({ readonly type: 'EXPIRED'; readonly reason: string } & OrderWord)
  | ({ readonly type: 'RATE_LIMITED'; readonly retryAfterMs: number | null } & OrderReference)
  | ({ readonly type: 'UNRECOGNISED'; readonly raw: string } & OrderReference)
  | SnapshotEvent
  | FundingEvent

/** A payment between longs and shorts of a perpetual: above zero was received. */
export interface FundingEvent extends Flow {
  readonly type: 'FUNDING'
  readonly instrument: string
  /** The venue's own id of the payment: it is booked once. */
  readonly fundingId: string
}

/** An amount of an asset: above zero comes in. */
export type Flow = { readonly asset: string; readonly amount: Decimal }

export interface SnapshotEvent {
  readonly type: 'SNAPSHOT'
  readonly asOfUs: number
  readonly openOrders: readonly SnapshotOrder[]
  /** Whether `openOrders` is all that the venue has, so that one of ours that is missing is asked about. */
  readonly complete?: boolean
  /** All positions that are not flat; null or left out where the query failed, which is not the same as flat. */
  readonly positions?: readonly SnapshotPosition[] | null
}

export type SnapshotOrder = OrderReference & { readonly instrument: string; readonly side: Side; readonly filledQuantity: Decimal }

/** Signed: above zero long. */
export type SnapshotPosition = OfPosition & AveragePriced & { readonly quantity: Decimal }

/** What the session itself did or saw, for the record. */
export type Operation =
  | { readonly type: 'OPEN_SESSION'; readonly session: SessionOpening }
  /** One more instrument to trade beside the session's own, or new limits of one. */
  | { readonly type: 'LIST_INSTRUMENT'; readonly instrument: Instrument }
  | { readonly type: 'HALT_SESSION'; readonly reason: string; readonly detail: string | null }
  | ({ readonly type: 'FLOW_CAPITAL'; readonly note: string } & Flow)
  /** What one unit of an asset is worth in another, and who says so: fees and balances in it are valued by that. */
  | ({ readonly type: 'VALUE_ASSET' } & AssetValue)
  /** Whether an order or a cancel left us, whatever the venue will say to it. */
  | ({ readonly type: 'NOTE_SUBMIT' } & SendNote)
  | ({ readonly type: 'NOTE_CANCEL' } & SendNote)
  | { readonly type: 'OBSERVE_MARKET'; readonly observation: MarketObservation }
  | { readonly type: 'REPORT_FEED'; readonly report: FeedReport }
  | ({ readonly type: 'FLAG_RISK' } & RiskFlag)

type SendNote = OfOrder & { readonly outcome: 'sent' | 'unknown'; readonly detail: string | null }

export type AssetValue = { readonly asset: string; readonly quote: string; readonly price: Decimal; readonly source: string }

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
  /**
   * Mixed into the ids of the session's orders, so that a session of the same name in another store makes others. Left out where
   * nobody else can trade the account.
   */
  readonly orderSalt?: string
  /** One position an instrument, or in hedge mode a long and a short one beside each other (perpetuals only). */
  readonly positionMode: 'one_way' | 'hedge'
  readonly limits: RiskLimits
  /** How long an order that was not answered may still arrive at the venue. */
  readonly orderValidityUs: number
  /** An order is absent at the earliest so long after its validity, and after two queries this far apart. */
  readonly absenceMarginUs: number
  readonly querySpacingUs: number
}

/** The limits in force, journaled at the start. Zero means "no limit". In quote, save where a name says otherwise. */
export interface RiskLimits {
  /** Largest |exposure| in one base asset, over all its instruments, at their marks. */
  readonly maxExposure: Decimal
  /** Largest |position| of one instrument, in units of its orders. */
  readonly maxPosition: Decimal
  /** Largest loss of the session, fees and open positions included. */
  readonly maxSessionLoss: Decimal
  /** Largest notional of one order. */
  readonly maxOrderNotional: Decimal
  /** Largest leverage, beside the instrument's own cap: margin is counted with the lower of the two. */
  readonly maxLeverage: Decimal
  /** How far from the mid an order may be priced, in bps. */
  readonly priceCollarBps: Decimal
  readonly maxOpenOrders: number
  readonly maxOrdersPerSecond: number
  readonly maxCancelsPerSecond: number
  readonly staleFeedUs: number
}

/**
 * The touch, the mark and our best quotes at a tick; null where there was none. Distances in bps of the mid, zero at the touch and
 * below zero behind it: (our bid − best bid) × 10⁴ ÷ mid and (best ask − our ask) × 10⁴ ÷ mid.
 */
export type MarketObservation = { readonly instrument: string } & Readonly<
  Record<'bid' | 'ask' | 'mark' | 'ourBid' | 'ourAsk' | 'bidDistanceBps' | 'askDistanceBps', Decimal | null>
>

/** What a feed delivered: messages understood, breaks in the venue's numbering, lines that did not parse, and lines of no use. */
export interface FeedReport extends Readonly<Record<'events' | 'gaps' | 'badLines' | 'skipped', number>> {
  readonly source: string
  readonly firstTimeUs: number | null
  readonly lastTimeUs: number | null
  /** Whether the recording broke off before its end. */
  readonly truncated: boolean
}

/** One input with the time it happened, in microseconds since 1970 (session time, virtual where the feed is). */
export type Timed<T> = { readonly timeUs: number; readonly input: T }

export type KernelInput = Intent | VenueEvent | Operation
