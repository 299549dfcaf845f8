// What a summary says about the trades of a session's slots, one by one and together. Money is decimal strings; null means "not known",
// never zero. Types only; keys are only ever added.

import type { SlippageSummary, TradeStatistics } from './trade-statistics-view.ts'

/** As they were at the session's end, whatever later sessions did with them. */
export interface TradesSummary {
  /** closed + open + notEntered. */
  readonly count: number
  readonly closed: number
  readonly open: number
  /** Over without anything having been filled at the entry. */
  readonly notEntered: number
  /** Closed with a profit and with a loss, before fees. */
  readonly won: number
  readonly lost: number
  readonly realizedPnl: string
  /** Of the closed ones together. */
  readonly statistics: TradeStatistics
  readonly slippage: SlippageSummary
  /** Newest first, at most 200. */
  readonly list: readonly TradeSummary[]
}

export interface TradeSummary {
  readonly slotId: string
  readonly trade: number
  readonly side: string
  readonly positionSide: string
  readonly stage: string
  /** What the account was worth just before, in quote; null where it could not be valued. */
  readonly equityBefore: string | null
  readonly entryQuantity: string
  /** Prices that were filled; null where nothing was. */
  readonly entryPrice: string | null
  readonly exitPrice: string | null
  readonly openSize: string
  /** What of it was written off, too small to be traded. */
  readonly dustQuantity: string
  /** Before fees. */
  readonly realizedPnl: string
  /** What its fills' fees were worth when they were booked, in the asset profit is in; null where one had no price. */
  readonly fees: string | null
  /** When it was asked for, when its first fill came, and when it was over. */
  readonly openedAtUs: number
  readonly enteredAtUs: number | null
  readonly closedAtUs: number | null
  /**
   * From its first fill until it was over; null while it is open, where nothing was filled, and where a rehearsed account carried it
   * over from an earlier session, which had a time of its own.
   */
  readonly heldUs: number | null
  /** How many bars of the session's tick interval, counted from its start, began meanwhile. */
  readonly barsHeld: number | null
  readonly legs: readonly LegSummary[]
}

export interface LegSummary {
  readonly leg: number
  readonly ratio: string
  readonly filledQuantity: string
  readonly exitPrice: string | null
  readonly reason: string | null
}
