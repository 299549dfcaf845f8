// What is journaled: past tense, immutable. A fact carries every number it stands for, so that applying it decides
// nothing and a reader needs no code to check it.

import type { Decimal } from './decimal.ts'
import type { FeedReport, Liquidity, MarketObservation, OrderType, SessionOpening, Severity, Side, TimeInForce } from './inputs.ts'
import type { CancelState, OrderStatus, OrderTrigger } from './order-table.ts'
import type { SlotStage, SlotTrigger } from './slot-table.ts'

/** What an order is for: it decides whom its fills belong to. */
export type OrderRole = 'entry' | 'exit' | 'quote'

/** The exact request, as it will leave for the venue. Immutable: fills are counted elsewhere. */
export interface OrderRequest {
  readonly clientOrderId: string
  readonly instrument: string
  readonly side: Side
  readonly orderType: OrderType
  /** Null exactly for market orders. */
  readonly price: Decimal | null
  readonly quantity: Decimal
  readonly timeInForce: TimeInForce
  readonly postOnly: boolean
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

export interface FillFact {
  readonly type: 'FILL_BOOKED'
  readonly clientOrderId: string | null
  readonly venueOrderId: string | null
  readonly tradeId: string
  readonly instrument: string
  readonly side: Side
  readonly price: Decimal
  readonly quantity: Decimal
  readonly fee: Decimal
  readonly feeAsset: string
  readonly liquidity: Liquidity
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
  | {
      readonly type: 'ORDER_MOVED'
      readonly clientOrderId: string
      readonly from: OrderStatus
      readonly to: OrderStatus
      readonly trigger: OrderTrigger
      readonly venueOrderId: string | null
      readonly reason: string | null
    }
  | { readonly type: 'ORDER_BOUND'; readonly clientOrderId: string; readonly venueOrderId: string }
  | {
      readonly type: 'CANCEL_MOVED'
      readonly clientOrderId: string
      readonly from: CancelState
      readonly to: CancelState
      readonly reason: string | null
    }
  | FillFact
  | { readonly type: 'FILL_REPEATED'; readonly tradeId: string; readonly clientOrderId: string | null }
  | {
      readonly type: 'FILL_CONFLICTED'
      readonly tradeId: string
      readonly clientOrderId: string | null
      readonly booked: string
      readonly received: string
    }
  | {
      readonly type: 'EVENT_UNMATCHED'
      readonly event: string
      readonly clientOrderId: string | null
      readonly venueOrderId: string | null
      readonly detail: string
    }
  | {
      readonly type: 'EVENT_CONFLICTED'
      readonly clientOrderId: string
      readonly status: OrderStatus
      readonly trigger: OrderTrigger
      readonly detail: string
    }
  | { readonly type: 'ORDER_QUERIED'; readonly clientOrderId: string; readonly why: string }
  | { readonly type: 'RATE_LIMIT_NOTED'; readonly clientOrderId: string | null; readonly retryAfterMs: number; readonly stated: boolean }
  | {
      readonly type: 'SLOT_MOVED'
      readonly slotId: string
      readonly trade: number
      readonly from: SlotStage
      readonly to: SlotStage
      readonly trigger: SlotTrigger
      readonly reason: string | null
    }
  | {
      readonly type: 'TRADE_OPENED'
      readonly slotId: string
      readonly trade: number
      readonly instrument: string
      readonly side: Side
      readonly quantity: Decimal
      readonly exitRatios: readonly Decimal[]
    }
  | {
      readonly type: 'LEG_OPENED'
      readonly slotId: string
      readonly trade: number
      readonly leg: number
      readonly quantity: Decimal
      readonly clientOrderId: string
      readonly reason: string
    }
  | {
      readonly type: 'LEG_ENDED'
      readonly slotId: string
      readonly trade: number
      readonly leg: number
      readonly filledQuantity: Decimal
      readonly consumed: boolean
    }
  | { readonly type: 'MARK_SET'; readonly instrument: string; readonly price: Decimal }
  | {
      readonly type: 'MARKET_OBSERVED'
      readonly observation: MarketObservation
      readonly position: Decimal
      readonly equity: Decimal | null
    }
  | {
      readonly type: 'RISK_FLAGGED'
      readonly code: string
      readonly severity: Severity
      readonly value: string | null
      readonly limit: string | null
      readonly detail: string
    }
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

export type FactType = FactBody['type']

/** A fact in its place: sequence number within the account (from 1), and time. */
export interface Fact {
  readonly seq: number
  readonly timeUs: number
  readonly body: FactBody
}
