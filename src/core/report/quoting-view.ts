// What a summary says about the quotes of a session: where they stood, how long, what came of them, and what the market did after
// their fills. Formulas and sources are in docs/METRICS.md. Types only; keys are only ever added.

export interface QuotingSummary {
  /** Ticks that were observed. */
  readonly ticks: number
  readonly bid: QuotingSideSummary
  readonly ask: QuotingSideSummary
  readonly upTime: UpTimeSummary
  readonly life: QuoteLifeSummary
  readonly markouts: MarkoutsSummary
  readonly inventory: InventoryCourseSummary
}

/** Distances to the touch in bps of the mid: zero at the touch, below zero behind it. */
export interface QuotingSideSummary {
  /** Ticks with a quote of ours and a touch to compare it with. */
  readonly quotedTicks: number
  /** Of them, those at most 2 bps away. */
  readonly withinTwoBpsTicks: number
  /** The share of those in all ticks, and in the quoted ones, in percent; null where there are none. */
  readonly withinTwoBpsPercent: string | null
  readonly withinTwoBpsPercentOfQuoted: string | null
  readonly meanBps: string | null
  readonly medianBps: string | null
  /** Ticks by |distance|: up to 2, up to 5, up to 10, beyond. */
  readonly histogram: { readonly '0-2': number; readonly '2-5': number; readonly '5-10': number; readonly '10+': number }
  /** Of the quoted ticks, those at the touch or before it: nobody was better than we were. */
  readonly atTouchTicks: number
  /** In percent of all ticks, and of the quoted ones. */
  readonly atTouchPercent: string | null
  readonly atTouchPercentOfQuoted: string | null
}

/** Ticks by the sides that had a quote of ours, whether or not there was a touch; the shares are of all ticks, in percent. */
export interface UpTimeSummary {
  readonly twoSidedTicks: number
  readonly bidOnlyTicks: number
  readonly askOnlyTicks: number
  readonly neitherTicks: number
  readonly twoSidedPercent: string | null
  /** Of at least one side. */
  readonly anyPercent: string | null
}

/** What became of the session's quotes: a quote is an order that the venue did not refuse. */
export interface QuoteLifeSummary {
  readonly both: QuoteFillSummary
  readonly bid: QuoteFillSummary
  readonly ask: QuoteFillSummary
  /** Quotes that the venue refused, as post-only orders are that would cross, or never had; in no other figure. */
  readonly refused: number
  /** Quotes that ended canceled, filled in part or not at all, and that the venue let expire. */
  readonly canceled: number
  readonly expired: number
  /** canceled ÷ filled quotes; null where none was filled. */
  readonly cancelFillRatio: string | null
  /** From the venue's word that a quote rests, or its first fill, until it was over; of `lives` quotes that came to both. */
  readonly lives: number
  readonly meanLifeUs: number | null
  readonly medianLifeUs: number | null
  /** Still resting, or perhaps so, at the session's end. */
  readonly unfinished: number
}

export interface QuoteFillSummary {
  readonly quotes: number
  /** Quotes with at least one fill. */
  readonly filled: number
  /** filled ÷ quotes, in percent. */
  readonly fillPercent: string | null
  /** In the asset that quantities are in. */
  readonly quotedQuantity: string
  readonly filledQuantity: string
  /** filledQuantity ÷ quotedQuantity, in percent. */
  readonly quantityFillPercent: string | null
}

/** What the mid did after the fills of quotes in the session's instrument. */
export interface MarkoutsSummary {
  /** Fills with a mid to start from. */
  readonly fills: number
  /** Not judged: fills that were inferred, whose moment nobody knows, and fills without a fresh mid before them. */
  readonly leftOut: { readonly inferred: number; readonly withoutMidCount: number }
  readonly horizons: readonly MarkoutHorizonSummary[]
}

export interface MarkoutHorizonSummary {
  readonly horizonUs: number
  /** The ticks are further apart than the horizon, so that nothing can be said of it. */
  readonly shorterThanTick: boolean
  /** Fills too near the session's end, and fills after which there was no fresh mid at the horizon: in no figure. */
  readonly tooNearEnd: number
  readonly withoutMidCount: number
  readonly both: MarkoutFigures
  readonly buy: MarkoutFigures
  readonly sell: MarkoutFigures
}

/**
 * In bps of the mid at the fill, weighted by quantity, above zero in our favour. halfSpread = realizedSpread + priceImpact to the
 * last digit, and markout = −priceImpact. Null where no fill counts.
 */
export interface MarkoutFigures {
  /** Fills that have a mid at this horizon, and their quantity. */
  readonly fills: number
  readonly quantity: string
  readonly meanBps: string | null
  readonly medianBps: string | null
  /** How far from the mid we were filled: what a fill earns if the mid stays. */
  readonly halfSpreadBps: string | null
  /** What was left of it at the horizon. */
  readonly realizedSpreadBps: string | null
  /** What the mid took back: adverse selection. */
  readonly priceImpactBps: string | null
}

/** The position in the session's instrument at its ticks. */
export interface InventoryCourseSummary {
  readonly ticks: number
  readonly asset: string
  readonly mean: string | null
  /** Of |position|. */
  readonly meanAbsolute: string | null
  /** The position that was furthest from zero, with its sign. */
  readonly furthest: string | null
  readonly furthestAtUs: number | null
  /** How much of an inventory is left a tick later, on average: the slope of a regression of each position on the one before. */
  readonly persistence: string | null
  /** ln ½ ÷ ln persistence: in how many ticks half of an inventory is gone. */
  readonly halfLifeTicks: string | null
  readonly halfLifeSeconds: string | null
  /** Pairs of ticks, and how many of them it takes; `why` says what is missing, null where the half-life is known. */
  readonly samples: number
  readonly samplesNeeded: number
  readonly why: string | null
}
