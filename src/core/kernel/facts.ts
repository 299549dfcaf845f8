// What is journaled: past tense, immutable. A fact carries every number it stands for, so that applying it decides
// nothing and a reader needs no code to check it.

import type { Decimal } from './decimal.ts'
import type * as inputs from './inputs.ts'
import type { Instrument } from './instrument.ts'
import type { CancelState, OrderStatus, OrderTrigger } from './order-table.ts'
import type { SlotStage, SlotTrigger } from './slot-table.ts'
import type { TradingState } from './trading-table.ts'

/** What an order is for: it decides whom its fills belong to. */
export type OrderRole = 'entry' | 'exit' | 'quote'

/** The exact request, as it will leave for the venue. Immutable: fills are counted elsewhere. */
export interface OrderRequest extends inputs.OrderShape {
  readonly clientOrderId: string
  /** The position it opens or closes; what its fills are booked on. */
  readonly positionSide: inputs.PositionSide
  readonly reduceOnly: boolean
  /** After this the venue must not accept it any more. */
  readonly validUntilUs: number
  readonly role: OrderRole
  /** Null exactly for quotes. */
  readonly slotId: string | null
  readonly trade: number | null
  /** The exit leg, counted from 0; null for entries and quotes. */
  readonly leg: number | null
  /** Which order of the account this is, counted as they are asked for (one intent may ask for two); and which try. */
  readonly intentSeq: number
  readonly attempt: number
}

/**
 * The ledger's accounts. `wallet` is what the account owns; `position` what open contracts stand for; `conversion` the
 * other side of every trade, whose settle balance is the exact cost of what is open (negated for inverse contracts); the rest
 * explain changes of equity.
 */
export type LedgerAccount = 'wallet' | 'position' | 'conversion' | 'realized_pnl' | 'fees' | 'funding' | 'capital'

export interface Posting {
  readonly account: LedgerAccount
  readonly asset: string
  /** Per asset, the postings of one fact sum to zero. */
  readonly amount: Decimal
}

export interface FillFact extends inputs.VenueFill, inputs.OrderReference {
  readonly type: 'FILL_BOOKED'
  readonly instrument: string
  readonly side: inputs.Side
  readonly positionSide: inputs.PositionSide
  /** Unsigned exact worth in the settle asset: price × quantity, of inverse contracts quantity ÷ price. */
  readonly tradeValue: Decimal
  /** What one unit of the fee asset was worth in the quote; null where nobody had said. */
  readonly feePrice: Decimal | null
  /** Whether reconcile worked it out from totals, and the venue never reported it as such. */
  readonly inferred: boolean
  readonly role: OrderRole | null
  readonly slotId: string | null
  readonly trade: number | null
  readonly leg: number | null
  /** Signed: what the slot or the quoted inventory takes of the quantity, and what nothing explains. */
  readonly assigned: Decimal
  readonly unassigned: Decimal
  /** Realised profit of this fill on the instrument's position, before fees, in the settle asset. */
  readonly realizedPnl: Decimal
  /** Realised profit of this fill within its slot's trade, before fees; zero for entries and quotes. */
  readonly slotRealizedPnl: Decimal
  /** The order's filled quantity and the instrument's signed position and signed cost once this fill is booked. */
  readonly filledQuantity: Decimal
  readonly positionAfter: Decimal
  readonly costAfter: Decimal
  readonly postings: readonly Posting[]
}

/** Which trade of which slot a fact is about. */
interface OfTrade {
  readonly slotId: string
  readonly trade: number
}

interface Move<State> {
  /** The state that was truly left. */
  readonly from: State
  readonly to: State
  readonly reason: string | null
}

/** What each kind of fact carries. A fact's body is one of these with its `type`. */
interface FactFields {
  SESSION_OPENED: inputs.SessionOpening
  SESSION_HALTED: { readonly reason: string; readonly detail: string | null }
  INSTRUMENT_LISTED: { readonly instrument: Instrument }
  TRADING_MOVED: Move<TradingState> & { readonly action: string }
  CAPITAL_FLOWED: inputs.Flow & { readonly note: string; readonly postings: readonly Posting[] }
  ASSET_VALUED: inputs.AssetValue
  FUNDING_BOOKED: Omit<inputs.FundingEvent, 'type'> & { readonly postings: readonly Posting[] }
  INTENT_DENIED: Omit<DenialFact, 'type'>
  ORDER_PREPARED: { readonly request: OrderRequest }
  ORDER_MOVED: inputs.OfOrder & Move<OrderStatus> & { readonly trigger: OrderTrigger; readonly venueOrderId: string | null }
  ORDER_BOUND: inputs.OfOrder & { readonly venueOrderId: string }
  CANCEL_MOVED: inputs.OfOrder & Move<CancelState>
  FILL_BOOKED: Omit<FillFact, 'type'>
  /** Said again with the same numbers: a trade, or a funding, whose id then stands as the trade's. */
  FILL_REPEATED: { readonly tradeId: string; readonly clientOrderId: string | null }
  /** The venue reports what had been inferred before: nothing is booked twice, save the fee, which nobody knew. */
  FILL_CONFIRMED: inputs.OfOrder &
    inputs.VenueFill & {
      readonly instrument: string
      readonly side: inputs.Side
      readonly tradeValue: Decimal
      readonly feePrice: Decimal | null
      readonly postings: readonly Posting[]
    }
  /** One trade id with two sets of numbers, in words: the one that was booked, and the one that was not. */
  FILL_CONFLICTED: { readonly tradeId: string; readonly clientOrderId: string | null; readonly booked: string; readonly received: string }
  EVENT_UNMATCHED: inputs.OrderReference & { readonly event: string; readonly detail: string }
  /** Two that cannot both be true: what the order is, and what the venue says of it. */
  EVENT_CONFLICTED: inputs.OfOrder & { readonly status: OrderStatus; readonly trigger: OrderTrigger; readonly detail: string }
  /** A question about the order: it leaves for the venue with the commit of this. */
  ORDER_QUERIED: inputs.OfOrder & { readonly why: string }
  RATE_LIMIT_NOTED: { readonly clientOrderId: string | null; readonly retryAfterMs: number; readonly stated: boolean }
  SLOT_MOVED: OfTrade & Move<SlotStage> & { readonly trigger: SlotTrigger }
  TRADE_OPENED: OfTrade & {
    readonly instrument: string
    readonly side: inputs.Side
    readonly positionSide: inputs.PositionSide
    readonly quantity: Decimal
    readonly exitRatios: readonly Decimal[]
    /** What the account was worth just before, in the instrument's quote; null where it cannot be valued. */
    readonly equityBefore: Decimal | null
  }
  LEG_OPENED: OfTrade & inputs.OfOrder & { readonly leg: number; readonly quantity: Decimal; readonly reason: string }
  LEG_ENDED: OfTrade & { readonly leg: number; readonly filledQuantity: Decimal; readonly consumed: boolean }
  /** Too small to be traded: it leaves the slot at its cost, and stays in the position as unassigned dust. */
  DUST_WRITTEN_OFF: OfTrade & inputs.OfPosition & { readonly quantity: Decimal; readonly cost: Decimal; readonly reason: string }
  RECONCILED: { readonly action: string; readonly subject: string; readonly evidence: string }
  /** The venue's position is another than ours: a finding. Only reconcile may change what we hold. */
  POSITION_DIFFERED: inputs.OfPosition & {
    readonly ours: Decimal
    readonly venues: Decimal
    readonly averagePrice: Decimal | null
    readonly asOfUs: number
  }
  /** The venue's position is ours again. */
  POSITION_AGREED: inputs.OfPosition & { readonly quantity: Decimal; readonly asOfUs: number }
  /** Signed; taken out of the unassigned and given to a slot's trade, or with no slot to the quoted inventory. */
  EXPOSURE_ASSIGNED: inputs.OfPosition & {
    readonly quantity: Decimal
    readonly slotId: string | null
    readonly trade: number | null
    readonly tradeValue: Decimal
    readonly slotRealizedPnl: Decimal
  }
  MARK_SET: { readonly instrument: string; readonly price: Decimal; readonly mid: Decimal | null; readonly asOfUs: number | null }
  MARKET_OBSERVED: { readonly observation: inputs.MarketObservation; readonly position: Decimal; readonly equity: Decimal | null }
  RISK_FLAGGED: inputs.RiskFlag
  FEED_REPORTED: { readonly report: inputs.FeedReport }
}

export type FactType = keyof FactFields
export type FactOf<Type extends FactType> = { readonly type: Type } & FactFields[Type]
export type FactBody = { [Type in FactType]: FactOf<Type> }[FactType]

/** A refused input, an intent as a rule: a stable code, the offending field, its value as text, and the figures it was judged by. */
export interface DenialFact {
  readonly type: 'INTENT_DENIED'
  readonly intent: string
  readonly code: string
  readonly field: string
  readonly value: string
  /** `key=value` pairs, parted by blanks; empty where the value says it all. */
  readonly context: string
  readonly detail: string
  readonly slotId: string | null
  readonly clientOrderId: string | null
}

/** A fact in its place: sequence number within the account (from 1), and time. */
export interface Fact {
  readonly seq: number
  readonly timeUs: number
  readonly body: FactBody
}
