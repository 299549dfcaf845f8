// What a truth log says, record by record: every order, fill, payment, cancel and query a rehearsed exchange ever saw. Types only.

import type { Liquidity, Side, TimeInForce } from '../kernel/inputs.ts'
import type { Instrument } from '../kernel/instrument.ts'

/** How an order was asked for. Money is decimal text; `clientOrderId` as the venue keeps it, empty where none was given. */
export interface TruthOrderTerms {
  readonly clientOrderId: string
  readonly side: Side
  readonly type: 'LIMIT' | 'MARKET'
  readonly price: string | null
  readonly quantity: string
  readonly timeInForce: TimeInForce
  readonly postOnly: boolean
  readonly reduceOnly: boolean
}

export interface TruthFill {
  readonly kind: 'fill'
  readonly orderId: string
  readonly clientOrderId: string
  readonly tradeId: string
  readonly side: Side
  readonly price: string
  readonly quantity: string
  /** Above zero for a cost. */
  readonly fee: string
  readonly liquidity: Liquidity
}

/** A payment between longs and shorts: above zero the account received it. */
export interface TruthFunding {
  readonly kind: 'funding'
  readonly fundingId: string
  readonly amount: string
}

/** The instrument that is traded, its numbers as decimal text. */
export type TruthInstrument = { readonly [Key in Exclude<keyof Instrument, 'kind'>]: string }

export interface TruthOpening {
  readonly kind: 'opened'
  readonly version: 1
  readonly instrument: TruthInstrument
  readonly balance: string
  readonly makerFeeRate: string
  readonly takerFeeRate: string
  readonly leverage: string
}

/** What happened. */
export type TruthEntry =
  | TruthOpening
  /** Built anew from this file; so many bytes of a torn last line were thrown away. */
  | { readonly kind: 'restarted'; readonly orders: number; readonly fills: number; readonly tornBytes: number }
  | { readonly kind: 'stopped' }
  | ({ readonly kind: 'order_accepted'; readonly orderId: string; readonly source: 'api' | 'control' } & TruthOrderTerms)
  | {
      readonly kind: 'order_refused'
      readonly clientOrderId: string
      readonly code: number
      readonly message: string
      /** Whether the id counts as used from now on. */
      readonly burnsId: boolean
    }
  | TruthFill
  | {
      readonly kind: 'order_closed'
      readonly orderId: string
      readonly clientOrderId: string
      readonly outcome: 'canceled' | 'expired'
      readonly reason: string
    }
  /** A cancel was asked for; `orderId` is null where it met no order, `code` 0 where it was accepted. */
  | { readonly kind: 'cancel'; readonly orderId: string | null; readonly clientOrderId: string; readonly code: number }
  | { readonly kind: 'query'; readonly endpoint: string; readonly orderId: string; readonly clientOrderId: string; readonly code: number }
  | TruthFunding
  | { readonly kind: 'leverage'; readonly leverage: string }
  /** All open orders are cancelled at this time; null: not any more. */
  | { readonly kind: 'cancel_all_after'; readonly atUs: number | null }
  | { readonly kind: 'fault'; readonly fault: string; readonly rule: number; readonly where: string; readonly detail: string }
  | { readonly kind: 'control'; readonly action: string; readonly detail: string }

/** One line: what happened, which in the count of all, and when on the exchange's clock. */
export type TruthRecord = TruthEntry & { readonly seq: number; readonly timeUs: number }
