// What passes between the engine and the model venue, and what the venue knows of orders and trades. Types only.

import type { Decimal } from '../../src/core/kernel/decimal.ts'
import type { OrderRequest } from '../../src/core/kernel/facts.ts'
import type { FundingEvent, Side, SnapshotPosition, VenueEvent, VenueFill } from '../../src/core/kernel/inputs.ts'

export type VenueRequest =
  /** Late: underway for so long that nobody counts on it any more, and accepted all the same. */
  | { readonly kind: 'submit'; readonly request: OrderRequest; readonly late?: boolean }
  | { readonly kind: 'cancel'; readonly clientOrderId: string }
  | { readonly kind: 'query'; readonly clientOrderId: string; readonly askedAtUs: number }
  | { readonly kind: 'open_orders' }
  | { readonly kind: 'account' }

export type FillEvent = Extract<VenueEvent, { type: 'PARTIAL_FILL' | 'FULL_FILL' }>

export interface VenueTrade extends VenueFill {
  readonly side: Side
  readonly timeUs: number
  /** From when on the venue's list of trades has it: some come late, some never, and then only totals tell of them. */
  listedFromUs: number
}

export interface VenueOrder {
  readonly request: OrderRequest
  /** False for what somebody else placed on the same account, by hand. */
  readonly own: boolean
  readonly venueOrderId: string
  readonly acceptedAtUs: number
  readonly trades: VenueTrade[]
  status: 'open' | 'filled' | 'canceled' | 'expired'
  filledQuantity: Decimal
  closedAtUs: number
  /** Whether it was refused in words, and accepted all the same. */
  refused: boolean
  /** Whether it arrived when nobody counted on it any more. */
  late: boolean
}

/** An order as the venue saw it at some time; null where it found none. */
export interface OrderReport {
  readonly type: 'ORDER_REPORT'
  readonly clientOrderId: string
  readonly askedAtUs: number
  readonly venueTimeUs: number
  readonly order: ReportedOrder | null
}

export interface ReportedOrder {
  readonly status: VenueOrder['status']
  readonly filledQuantity: Decimal
  readonly averagePrice: Decimal | null
  readonly fills: readonly FillEvent[]
  /** The word that goes with the status, as an event; null where its fills say all. */
  readonly word: VenueEvent | null
}

/** The account as the venue saw it at some time. No positions means that this part of the query failed. */
export interface AccountReport {
  readonly type: 'ACCOUNT_REPORT'
  readonly asOfUs: number
  readonly fills: readonly FillEvent[]
  readonly fundings: readonly FundingEvent[]
  readonly totals: ReadonlyMap<string, Decimal>
  readonly positions: readonly SnapshotPosition[] | null
}

export type VenueAnswer = VenueEvent | OrderReport | AccountReport
