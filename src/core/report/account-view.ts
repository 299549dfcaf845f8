// What a summary says about the money of a session: where its result came from, what it returned, how deep it fell and how much
// was at stake. Money is decimal strings; null means "not known", never zero. Types only; keys are only ever added.

/** Figures that may not be known: `why` is a sentence that says what is missing, null where all is known. */
interface Known {
  readonly why: string | null
}

/**
 * Where the change of equity came from, in `asset`:
 * equityChange − netCapitalFlow = spreadCapture + revaluation + holdings − fees − networkFees + funding + residual.
 */
export interface AttributionSummary extends Known {
  readonly asset: string
  /** From the first tick with a mark to the last mark; capital moved until that tick belongs to the start. */
  readonly equityChange: string | null
  /** What the capital moved after the start was worth when it moved. */
  readonly netCapitalFlow: string | null
  /** equityChange − netCapitalFlow, from postings alone: known also where only the worth of a deposit is not. */
  readonly result: string | null
  /** What fills were better than the mark that stood when they came: Σ worth of the quantity at the mark − what was paid for it. */
  readonly spreadCapture: string | null
  /** What every move of the mark did to the worth of the positions that were open. */
  readonly revaluation: string | null
  /** The same for what is held beside positions, from when it came, and for coins that went as a fee until then. */
  readonly holdings: string | null
  /** At the price stated when they were booked; below zero for rebates. */
  readonly fees: string | null
  /** What a chain took for transactions: no venue books any yet, so that the ledger has no account for it. */
  readonly networkFees: string | null
  /** Received (above zero) and paid. */
  readonly funding: string | null
  /** What the parts leave unexplained. Anything but zero is a finding of the checks. */
  readonly residual: string | null
  /** Every instrument that was filled, held or funded, the session's own first. */
  readonly byInstrument: readonly InstrumentResult[]
  /** By what the orders were for, under the session's strategy. */
  readonly byStrategy: { readonly strategy: string; readonly roles: readonly RoleResult[] }
  readonly feesByKind: readonly FeeKindSummary[]
}

/** total = spreadCapture + revaluation − fees + funding; the totals of all instruments and `holdings` make the result. */
export interface InstrumentResult {
  readonly instrument: string
  readonly fills: number
  /** Σ realised profit of the fills, before fees, in `settle`. */
  readonly realized: string
  readonly settle: string
  readonly spreadCapture: string | null
  readonly revaluation: string | null
  readonly fees: string | null
  readonly funding: string | null
  readonly total: string | null
}

export interface RoleResult {
  /** `other` is a fill of no order of ours. */
  readonly role: 'entry' | 'exit' | 'quote' | 'other'
  readonly fills: number
  readonly spreadCapture: string | null
  readonly fees: string | null
}

export interface FeeKindSummary {
  /** `unknown`: the venue did not say, or the fill was inferred. */
  readonly liquidity: 'maker' | 'taker' | 'unknown'
  readonly asset: string
  /** In `asset`; below zero for a rebate. */
  readonly amount: string
  /** In the asset profit is in, as they were booked; null where one of them had no price. */
  readonly value: string | null
}

/** Percent, rounded half-even once at the 18th decimal. */
export interface ReturnsSummary extends Known {
  /** Π equity just before a capital flow ÷ equity just after the one before it, less one: capital moved is no return. */
  readonly timeWeightedPercent: string | null
  /** Equity change ÷ equity at the start; null where capital was moved after the start, as it would count as profit. */
  readonly simplePercent: string | null
  /** Sub-periods: one more than the moments at which capital was moved after the start. */
  readonly periods: number
}

/**
 * At the start, at every tick and at the end: in money of equity less the capital moved, at its worth when it moved, so that a deposit
 * neither hides a fall nor looks like a rise; in percent of the index of time-weighted returns, so that none dilutes it.
 */
export interface DrawdownSummary extends Known {
  readonly asset: string
  /** The deepest fall from a peak; zero where equity never fell. */
  readonly amount: string | null
  /**
   * 1 − index ÷ its highest so far, at the largest, which may be another fall than the deepest in money; null where the return is not
   * known. From when to when: null where it never fell.
   */
  readonly percent: string | null
  readonly percentPeakAtUs: number | null
  readonly percentTroughAtUs: number | null
  readonly peakEquity: string | null
  readonly troughEquity: string | null
  readonly peakAtUs: number | null
  readonly troughAtUs: number | null
  /** The longest time from the last moment a peak stood to the last point below it. */
  readonly longestUnderWaterUs: number | null
  /** How far equity was below its peak at the last tick, and since when it had been. */
  readonly endAmount: string | null
  readonly endUnderWaterUs: number | null
}

/** What was at stake, weighted by how long: from the first mark to the session's last fact. */
export interface ExposureSummary extends Known {
  readonly instruments: readonly InstrumentExposure[]
}

/** The worth of the position at the mark, unsigned, in `asset`, the quote; of inverse contracts their face value. */
export interface InstrumentExposure {
  readonly instrument: string
  readonly asset: string
  readonly observedUs: number
  readonly mean: string | null
  readonly maximum: string | null
  readonly maximumAtUs: number | null
  readonly end: string | null
  /** The share of the time in which nothing was held. */
  readonly flatPercent: string | null
}

/** The engine's own inventory and value against the tables, as the session's end found them. */
export interface ShutdownSummary {
  /** The largest difference; zero where all agree, null where nobody compared: the session runs, crashed, or could not. */
  readonly inventoryDrift: string | null
  /** What differed, in sentences. */
  readonly detail: string | null
}

/**
 * What was booked on the account between the session before and this one, by reconcile or by hand: in the figures of neither, and in
 * what this one begins with. By asset; empty where nothing was.
 */
export interface BetweenSummary {
  /** Null for the account's first session. */
  readonly sessionBefore: string | null
  readonly fills: number
  /** Σ realised profit of the fills, before fees. */
  readonly realizedByAsset: Readonly<Record<string, string>>
  readonly feesByAsset: Readonly<Record<string, string>>
  readonly fundingByAsset: Readonly<Record<string, string>>
  /** Deposits less withdrawals. */
  readonly capitalByAsset: Readonly<Record<string, string>>
}
