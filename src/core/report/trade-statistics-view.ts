// What a summary says about the trades of slots taken together. Formulas and sources are in docs/METRICS.md. Types only; keys are
// only ever added.

/** Of the trades that closed with something entered, and whose profit is in `asset`; in the order in which they closed. */
export interface TradeStatistics {
  readonly trades: number
  readonly asset: string
  /** Closed trades that are in none of this: their profit is in another asset. */
  readonly inOtherAssets: number
  readonly beforeFees: TradeOutcomes
  /** Less the fees of each trade's fills, as they were worth when they were booked; null where one of them had no price. */
  readonly afterFees: TradeOutcomes | null
  /** From the first fill of the entry until the trade was closed. */
  readonly holding: { readonly all: HoldingFigures; readonly won: HoldingFigures; readonly lost: HoldingFigures }
  /** The same in bars: how many bars of `barUs` (the session's tick interval, counted from its start) began meanwhile. */
  readonly barUs: number
  readonly bars: { readonly mean: string | null; readonly median: string | null; readonly most: number | null }
  /** Exits by why they were asked for, those that earned most first, and by the number of the leg. */
  readonly byExitReason: readonly (LegOutcomes & { readonly reason: string | null })[]
  readonly byLeg: readonly (LegOutcomes & { readonly leg: number })[]
  /** What was realised by no exit order: positions that reconcile closed. */
  readonly realizedOutsideLegs: string
}

/** Profits and losses; a trade that came out at exactly zero is `even`, neither won nor lost. */
export interface TradeOutcomes {
  readonly won: number
  readonly lost: number
  readonly even: number
  /** won ÷ all, in percent. */
  readonly winPercent: string | null
  readonly grossProfit: string
  /** Unsigned. */
  readonly grossLoss: string
  readonly total: string
  /** grossProfit ÷ grossLoss; null where nothing was lost. */
  readonly profitFactor: string | null
  /** What a trade made on average. */
  readonly expectancy: string | null
  readonly averageWin: string | null
  /** Below zero. */
  readonly averageLoss: string | null
  readonly largestWin: TradeExtreme | null
  readonly largestLoss: TradeExtreme | null
  /** Of all trades, whether they won or lost; of two alike the earlier. */
  readonly best: TradeExtreme | null
  readonly worst: TradeExtreme | null
  /** The most wins, and losses, in a row; an even one ends both. */
  readonly longestWinStreak: number
  readonly longestLossStreak: number
}

export interface TradeExtreme {
  readonly slotId: string
  readonly trade: number
  readonly side: string
  readonly result: string
  readonly closedAtUs: number
}

/** Null of no trades. */
export interface HoldingFigures {
  readonly trades: number
  readonly meanUs: number | null
  readonly medianUs: number | null
  readonly longestUs: number | null
}

/** Exit legs that were filled, before fees. */
export interface LegOutcomes {
  readonly legs: number
  readonly won: number
  readonly lost: number
  readonly quantity: string
  readonly realizedPnl: string
  readonly averagePnl: string | null
}

/** How much worse entries and exits in the session's instrument were filled than was intended; `cost` is in `asset`, the quote. */
export interface SlippageSummary {
  readonly asset: string
  readonly rows: readonly SlippageRow[]
  /** Fills that were inferred, that belong to orders of earlier sessions, or whose order was asked for without a fresh mid. */
  readonly leftOut: { readonly inferred: number; readonly earlierOrders: number; readonly withoutMidCount: number }
}

/** Above zero is worse than intended, below zero better. */
export interface SlippageRow {
  readonly role: 'entry' | 'exit'
  readonly orderType: string
  /** What fills are compared with: the order's limit price, or the mid at the tick at which it was asked for. */
  readonly reference: 'limit' | 'mid'
  readonly orders: number
  readonly fills: number
  readonly quantity: string
  /** (price − reference) × 10⁴ ÷ reference, of sales negated, weighted by quantity. */
  readonly meanBps: string | null
  readonly worstBps: string | null
  /** The same in money. */
  readonly cost: string
}
