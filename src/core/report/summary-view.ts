// What a summary says about a session: plain data, ready for JSON. Money is decimal strings; null means "not known",
// never zero. Types only; keys are only ever added.

import type {
  AttributionSummary,
  BetweenSummary,
  DrawdownSummary,
  ExposureSummary,
  ReturnsSummary,
  ShutdownSummary,
} from './account-view.ts'
import type { DoubtSummary, FindingsSummary } from './doubt-view.ts'
import type { LimitsSummary } from './limits-view.ts'
import type { OperationSummary } from './operation-view.ts'
import type { QuotingSummary } from './quoting-view.ts'
import type { RatiosSummary } from './ratios-view.ts'
import type { TradesSummary } from './trades-view.ts'

export interface SummaryView {
  readonly sessionId: string
  readonly mode: string
  readonly venue: string
  readonly account: string
  readonly strategy: string
  readonly seed: number
  readonly instrument: InstrumentSummary
  readonly time: TimeSummary
  /** A process that lives is in this session; `pid` is its number, null where none is. */
  readonly running: boolean
  readonly pid: number | null
  /** From the taxonomy; null for a session that wrote no end: it still runs, or it crashed. */
  readonly haltReason: string | null
  readonly haltDetail: string | null
  readonly feed: FeedSummary
  readonly orders: OrdersSummary
  readonly fills: FillsSummary
  readonly pnl: PnlSummary
  readonly equity: EquitySummary
  readonly attribution: AttributionSummary
  readonly returns: ReturnsSummary
  readonly drawdown: DrawdownSummary
  readonly exposure: ExposureSummary
  readonly between: BetweenSummary
  readonly position: PositionSummary
  readonly inventory: readonly InventorySummary[]
  readonly trades: TradesSummary
  readonly quoting: QuotingSummary
  readonly ratios: RatiosSummary
  readonly denials: readonly DenialSummary[]
  readonly tradingState: TradingStateSummary
  readonly reconcile: ReconcileSummary
  readonly doubt: DoubtSummary
  readonly findings: FindingsSummary
  readonly dust: DustSummary
  readonly risk: RiskSummary
  readonly operation: OperationSummary
  readonly limits: LimitsSummary
  readonly journal: JournalSummary
  readonly shutdown: ShutdownSummary
  readonly checks: ChecksSummary
}

export interface InstrumentSummary {
  readonly symbol: string
  readonly kind: string
  readonly base: string
  readonly quote: string
  readonly settle: string
  /** The asset that quantities are in: the base, or of inverse contracts the quote. Values and costs are in `settle`. */
  readonly quantityAsset: string
  readonly positionMode: string
  readonly tickSize: string
  readonly lotSize: string
  /** Where its numbers came from: `config`, `inferred`, `built-in`. */
  readonly origin: string
}

/** Microseconds. `started`, `ended` and `ran` are session time, which is virtual where the feed is. */
export interface TimeSummary {
  readonly startedAtUs: number
  readonly endedAtUs: number | null
  readonly durationUs: number
  readonly ranUs: number
  readonly tickIntervalUs: number
  readonly startedWallUs: number | null
  readonly endedWallUs: number | null
}

/** Counts are null until the feed has reported. */
export interface FeedSummary {
  readonly source: string
  readonly events: number | null
  readonly gaps: number | null
  readonly badLines: number | null
  readonly skipped: number | null
  readonly firstTimeUs: number | null
  readonly lastTimeUs: number | null
  readonly truncated: boolean | null
}

export interface OrdersSummary {
  /** Orders that left for the venue, or may have. */
  readonly sent: number
  readonly prepared: number
  /** By the status they had at the session's end. */
  readonly byStatus: Readonly<Record<string, number>>
  /**
   * Orders of this session and of those before it on the account that the books hold as live now, by their newest facts: where no
   * session runs, nobody watches them. Zero for paper, whose exchange ends with its session.
   */
  readonly liveNow: number
  /** Rejections within the session by the venue's code, the most frequent first. */
  readonly rejections: readonly { readonly code: string; readonly count: number }[]
  readonly cancels: { readonly requested: number; readonly refused: number; readonly inDoubt: number }
}

export interface FillsSummary {
  /** maker + taker + inferred. */
  readonly count: number
  readonly maker: number
  readonly taker: number
  /** Those that reconcile worked out from totals; and how many fills of the venue have confirmed such since. */
  readonly inferred: number
  readonly confirmed: number
  /**
   * Booked later than they happened: inferred, booked by reconcile, or told before the session's first mark. What they earned is judged
   * at the mark of their booking.
   */
  readonly late: number
  readonly bought: FillSideSummary
  readonly sold: FillSideSummary
}

export interface FillSideSummary {
  readonly count: number
  /** In the instrument's `quantityAsset`. */
  readonly quantity: string
  /** Σ price × quantity, in the settle asset; of inverse contracts Σ quantity ÷ price. */
  readonly value: string
  /** In quote per base; null where nothing was traded. */
  readonly averagePrice: string | null
}

export interface PnlSummary {
  /** The asset all figures are in: what the instrument settles in. */
  readonly asset: string
  /** Σ of the session's fills, before fees. */
  readonly realized: string
  /** The same of every instrument that was filled, by the asset it settles in. */
  readonly realizedByAsset: Readonly<Record<string, string>>
  /** What closing the positions at the session's end would realise at the last mark; null without one. */
  readonly unrealized: string | null
  /** The same of what the account already held when the session started, at the first mark seen; zero when it held nothing. */
  readonly unrealizedBefore: string | null
  /** Fees paid in `asset`; below zero for a rebate. */
  readonly fees: string
  readonly feesByAsset: Readonly<Record<string, string>>
  /** The worth of each in `asset`, at the price stated when it was booked; null where one of them had none. */
  readonly feeValuesByAsset: Readonly<Record<string, string | null>>
  /** Their sum; null where one is not known. */
  readonly feesValued: string | null
  /** Received (above zero) and paid between longs and shorts, in `asset`. */
  readonly funding: string
  readonly fundingByAsset: Readonly<Record<string, string>>
  /** realized + unrealized − unrealizedBefore − feesValued + funding; null where a part is not known. */
  readonly net: string | null
  readonly mark: string | null
}

/** What the account owns, in `asset`, and what changed it; null where no tick had a mark, or where something has no price. */
export interface EquitySummary {
  readonly asset: string
  /** What it began with at its first tick with a mark, capital moved until then included, and at its end at the last mark. */
  readonly start: string | null
  readonly end: string | null
  /** The sum of the three below, but for the last digit of each worth that is rounded. */
  readonly change: string | null
  /** pnl.net. */
  readonly fromTrading: string | null
  /** What the moves of prices did to the worth of what is held beside positions. */
  readonly fromHoldings: string | null
  /** The assets that did so. */
  readonly heldAssets: readonly string[]
  /** Deposits and withdrawals after the first tick, at their worth when they moved. */
  readonly fromCapital: string | null
}

/** Of the session's instrument: signed quantities, above zero long; in hedge mode the long and the short one together. */
export interface PositionSummary {
  readonly before: string
  readonly end: string
  /** Signed exact cost of `end`, in the settle asset. */
  readonly cost: string
  /** In quote per base; null where nothing is open, or both a long and a short position. */
  readonly averagePrice: string | null
  /** What `end` is worth at the last mark, signed, in quote; null where it is open and has no price. */
  readonly endValue: string | null
  /** What of `end` is held by the trades of slots, by quotes, and by nobody. */
  readonly endInSlots: string
  readonly endQuoted: string
  readonly endUnassigned: string
  /** The part of `endUnassigned` that was written off as too small to be traded. */
  readonly endDust: string
  /** As the account stands now, which is later where other sessions followed. */
  readonly now: string
  readonly nowInSlots: string
  readonly nowQuoted: string
  readonly nowUnassigned: string
  readonly nowDust: string
  /** Each on its own: one that is net, or in hedge mode the long and the short one. */
  readonly sides: readonly PositionSideSummary[]
}

export interface PositionSideSummary {
  readonly side: string
  readonly before: string
  readonly end: string
  readonly cost: string
  readonly averagePrice: string | null
  readonly endInSlots: string
  readonly endQuoted: string
  readonly endUnassigned: string
  readonly endDust: string
}

/** What the session's fills, fees and capital flows did to what is held of an asset. */
export interface InventorySummary {
  readonly asset: string
  readonly before: string
  readonly fromFills: string
  readonly fromFees: string
  readonly fromCapital: string
  readonly fromFunding: string
  readonly total: string
}

/** Refused intents of one code, and the last of them with the figures it was judged by. */
export interface DenialSummary {
  readonly code: string
  readonly count: number
  readonly last: {
    readonly timeUs: number
    readonly intent: string
    readonly field: string
    readonly value: string
    /** `key=value` pairs, parted by blanks; empty where the value says it all. */
    readonly context: string
    readonly detail: string
  }
}

/** Whether the session traded: it opens `active`; the last 20 changes of that, oldest first. */
export interface TradingStateSummary {
  readonly end: string
  readonly count: number
  readonly changes: readonly {
    readonly timeUs: number
    readonly from: string
    readonly to: string
    readonly action: string
    readonly reason: string | null
  }[]
}

/** What reconcile found and did within the session: counts, and the newest 20 of each kind. */
export interface ReconcileSummary {
  readonly actionCount: number
  readonly actions: readonly {
    readonly timeUs: number
    readonly action: string
    readonly subject: string
    readonly evidence: string
  }[]
  readonly differenceCount: number
  /** Where the venue had another position than ours. */
  readonly differences: readonly {
    readonly timeUs: number
    readonly instrument: string
    readonly positionSide: string
    readonly ours: string
    readonly venues: string
    readonly averagePrice: string | null
  }[]
  readonly assignmentCount: number
  /** Exposure that nothing had explained, given to a slot, or with none to the quotes. */
  readonly assignments: readonly {
    readonly timeUs: number
    readonly instrument: string
    readonly positionSide: string
    readonly quantity: string
    readonly slotId: string | null
    readonly trade: number | null
  }[]
}

/** What was left of trades and too small to be traded: the newest 20 write-offs. */
export interface DustSummary {
  readonly count: number
  readonly writeOffs: readonly {
    readonly timeUs: number
    readonly slotId: string
    readonly trade: number
    readonly instrument: string
    readonly quantity: string
    readonly cost: string
    readonly reason: string
  }[]
}

export interface RiskSummary {
  readonly counts: readonly { readonly code: string; readonly severity: string; readonly count: number }[]
  /** Warnings and alarms, newest first, at most 20. */
  readonly events: readonly RiskEventSummary[]
}

export interface RiskEventSummary {
  readonly timeUs: number
  readonly code: string
  readonly severity: string
  readonly value: string | null
  readonly limit: string | null
  readonly detail: string
}

export interface JournalSummary {
  readonly firstSeq: number
  readonly lastSeq: number
  /** Of the chain at `lastSeq`, hex. */
  readonly hash: string
}

/** Totals that were computed twice, in two ways, and differ. */
export interface ChecksSummary {
  readonly drift: boolean
  readonly findings: readonly DriftFinding[]
  /** Checks that could not be made, and why. */
  readonly leftOut: readonly { readonly what: string; readonly why: string }[]
}

export interface DriftFinding {
  readonly what: string
  readonly expected: string
  readonly found: string
}
