// What a summary says about how evenly a session earned. Formulas and sources are in docs/METRICS.md. Types only; keys are only
// ever added.

/** Returns of equal periods, of the index of time-weighted returns; nothing here is annualised. */
export interface RatiosSummary {
  /** How long a period is: the longest of a fixed few of which the session has enough, or the shortest where it has not. */
  readonly periodUs: number
  /** Whole periods from the first tick with a mark on, and how many of them it takes. */
  readonly periods: number
  readonly periodsNeeded: number
  /** In percent a period; null where there are too few. */
  readonly meanReturnPercent: string | null
  readonly deviationPercent: string | null
  readonly downsideDeviationPercent: string | null
  readonly sharpe: RatioSummary
  readonly sortino: RatioSummary
  /** Of the whole session: its time-weighted return ÷ the deepest fall of its index. */
  readonly calmar: RatioSummary
}

/** `why` is a sentence that says what is missing, null where the ratio is known. */
export interface RatioSummary {
  readonly value: string | null
  readonly why: string | null
}
