// What is journaled: past tense, immutable. A fact carries every number it stands for, so that applying it decides
// nothing and a reader needs no code to check it.

import type { Decimal } from './decimal.ts'
import type { FeedReport, MarketObservation, OrderReference, OrderShape, RiskFlag, SessionOpening, Side, VenueFill } from './inputs.ts'
import type { CancelState, OrderStatus, OrderTrigger } from './order-table.ts'
import type { SlotStage, SlotTrigger } from './slot-table.ts'

/** What an order is for: it decides whom its fills belong to. */
export type OrderRole = 'entry' | 'exit' | 'quote'

/** The exact request, as it will leave for the venue. Immutable: fills are counted elsewhere. */
export interface OrderRequest extends OrderShape {
  readonly clientOrderId: string
  readonly reduceOnly: boolean
  /** After this the venue must not accept it any more. */
  readonly validUntilUs: number
  readonly role: OrderRole
  /** Null exactly for quotes. */
  readonly slotId: string | null
  readonly trade: number | null
  /** The exit leg, counted from 0; null for entries and quotes. */
  readonly leg: number | null
  /** Which intent asked for it (counted per account), and which try this is. */
  readonly intentSeq: number
  readonly attempt: number
}

/**
 * The ledger's accounts. `wallet` is what the account owns; `position` what open contracts stand for; `conversion` the
 * other side of every trade, whose quote balance is the exact cost of what is open; the rest explain changes of equity.
 */
export type LedgerAccount = 'wallet' | 'position' | 'conversion' | 'realized_pnl' | 'fees' | 'capital'

export interface Posting {
  readonly account: LedgerAccount
  readonly asset: string
  /** Per asset, the postings of one fact sum to zero. */
  readonly amount: Decimal
}

export interface FillFact extends VenueFill, OrderReference {
  readonly type: 'FILL_BOOKED'
  readonly instrument: string
  readonly side: Side
  readonly role: OrderRole | null
  readonly slotId: string | null
  readonly trade: number | null
  readonly leg: number | null
  /** Signed base quantity that the slot or the quoted inventory takes, and what nothing explains. */
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

interface OrderMoved extends Move<OrderStatus> {
  readonly clientOrderId: string
  readonly trigger: OrderTrigger
  readonly venueOrderId: string | null
}

/** Two that cannot both be true: what the order is, and what the venue says of it. */
interface EventConflicted {
  readonly clientOrderId: string
  readonly status: OrderStatus
  readonly trigger: OrderTrigger
  readonly detail: string
}

/** One trade id with two sets of numbers, in words: the one that was booked, and the one that was not. */
interface FillConflicted {
  readonly tradeId: string
  readonly clientOrderId: string | null
  readonly booked: string
  readonly received: string
}

interface TradeOpened extends OfTrade {
  readonly instrument: string
  readonly side: Side
  readonly quantity: Decimal
  readonly exitRatios: readonly Decimal[]
}

interface LegOpened extends OfTrade {
  readonly leg: number
  readonly quantity: Decimal
  readonly clientOrderId: string
  readonly reason: string
}

export type FactBody =
  | ({ readonly type: 'SESSION_OPENED' } & SessionOpening)
  | { readonly type: 'SESSION_HALTED'; readonly reason: string; readonly detail: string | null }
  | {
      readonly type: 'CAPITAL_FLOWED'
      readonly asset: string
      readonly amount: Decimal
      readonly note: string
      readonly postings: readonly Posting[]
    }
  | DenialFact
  | { readonly type: 'ORDER_PREPARED'; readonly request: OrderRequest }
  | ({ readonly type: 'ORDER_MOVED' } & OrderMoved)
  | { readonly type: 'ORDER_BOUND'; readonly clientOrderId: string; readonly venueOrderId: string }
  | ({ readonly type: 'CANCEL_MOVED'; readonly clientOrderId: string } & Move<CancelState>)
  | FillFact
  | { readonly type: 'FILL_REPEATED'; readonly tradeId: string; readonly clientOrderId: string | null }
  | ({ readonly type: 'FILL_CONFLICTED' } & FillConflicted)
  | ({ readonly type: 'EVENT_UNMATCHED'; readonly event: string; readonly detail: string } & OrderReference)
  | ({ readonly type: 'EVENT_CONFLICTED' } & EventConflicted)
  | { readonly type: 'ORDER_QUERIED'; readonly clientOrderId: string; readonly why: string }
  | { readonly type: 'RATE_LIMIT_NOTED'; readonly clientOrderId: string | null; readonly retryAfterMs: number; readonly stated: boolean }
  | ({ readonly type: 'SLOT_MOVED'; readonly trigger: SlotTrigger } & OfTrade & Move<SlotStage>)
  | ({ readonly type: 'TRADE_OPENED' } & TradeOpened)
  | ({ readonly type: 'LEG_OPENED' } & LegOpened)
  | ({ readonly type: 'LEG_ENDED'; readonly leg: number; readonly filledQuantity: Decimal; readonly consumed: boolean } & OfTrade)
  | { readonly type: 'MARK_SET'; readonly instrument: string; readonly price: Decimal }
  | {
      readonly type: 'MARKET_OBSERVED'
      readonly observation: MarketObservation
      readonly position: Decimal
      readonly equity: Decimal | null
    }
  | ({ readonly type: 'RISK_FLAGGED' } & RiskFlag)
  | { readonly type: 'FEED_REPORTED'; readonly report: FeedReport }

/** A refused intent: a stable code, the offending field, and the value as text. */
export interface DenialFact {
  readonly type: 'INTENT_DENIED'
  readonly intent: string
  readonly code: string
  readonly field: string
  readonly value: string
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
