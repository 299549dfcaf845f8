// How evenly a session earned: Sharpe, Sortino and Calmar of the return index over equal periods. With too few periods it says so instead
// of a figure, and annualises nothing. Formulas and sources are in docs/METRICS.md.

import { type Decimal, dec, div, formatDecimal, min, mul, ZERO } from '../kernel/decimal.ts'
import type { EquitySink } from './equity-course.ts'
import type { RatioSummary, RatiosSummary } from './ratios-view.ts'
import { growthOf, IndexFall, type IndexPoint } from './return-chain.ts'
import { deviationOf, meanOf, rootMeanSquareOf } from './statistics.ts'

const MINUTE_US = 60_000_000
/** Shorter ones show how prices jump from tick to tick, not how a session earned. Each is a multiple of the first. */
const SHORTEST_US = 5 * MINUTE_US
const PERIODS = [
  { periodUs: SHORTEST_US, words: '5 minutes' },
  { periodUs: 15 * MINUTE_US, words: '15 minutes' },
  { periodUs: 60 * MINUTE_US, words: 'an hour' },
  { periodUs: 240 * MINUTE_US, words: '4 hours' },
  { periodUs: 1440 * MINUTE_US, words: 'a day' },
] as const
const PERIODS_NEEDED = 30
const HUNDRED = dec('100')

/** Keeps the index at the end of each of the shortest periods, and its deepest fall. */
export class Ratios implements EquitySink {
  /** The first, and then what was last known at the end of each period that is over. */
  readonly #ends: IndexPoint[] = []
  readonly #fall = new IndexFall()
  #nextEndUs = 0
  #last: { readonly timeUs: number; readonly index: IndexPoint } | null = null
  #everWorthless = false

  onEquity(timeUs: number, _equity: Decimal, point: IndexPoint | null): void {
    const index = point ?? WORTHLESS
    this.#everWorthless ||= index.held <= ZERO || index.factor.numerator === 0n
    if (this.#last === null) {
      this.#ends.push(index)
      this.#nextEndUs = timeUs + SHORTEST_US
    }
    const before = this.#last?.index ?? index
    for (; this.#nextEndUs < timeUs; this.#nextEndUs += SHORTEST_US) this.#ends.push(before)
    this.#last = { timeUs, index }
    this.#fall.note(timeUs, index)
  }

  /** `why` is what keeps the return from being known, a sentence; null while it is known. */
  summary(why: string | null): RatiosSummary {
    const { periodUs, words, ends } = this.#periods()
    const periods = Math.max(0, ends.length - 1)
    const few = `Too few: ${periods} ${periods === 1 ? 'period' : 'periods'} of ${words}, and it takes ${PERIODS_NEEDED}.`
    const missing = why ?? (periods < PERIODS_NEEDED ? few : this.#everWorthless ? 'Equity was not above zero all the time.' : null)
    const known = { periodUs, periods, periodsNeeded: PERIODS_NEEDED }
    if (missing !== null || this.#last === null) return noneOf(known, missing ?? few)
    const returns = ends.slice(1).map((end, index) => growthOf(ends[index] as IndexPoint, end))
    const mean = meanOf(returns) ?? ZERO
    const deviation = deviationOf(returns) ?? ZERO
    // Of all periods: one without a loss counts as zero.
    const downside = rootMeanSquareOf(returns.map((each) => min(each, ZERO))) ?? ZERO
    const whole = growthOf(ends[0] as IndexPoint, this.#last.index)
    return {
      ...known,
      meanReturnPercent: percent(mean),
      deviationPercent: percent(deviation),
      downsideDeviationPercent: percent(downside),
      sharpe: ratio(mean, deviation, 'All periods returned the same.'),
      sortino: ratio(mean, downside, 'No period lost.'),
      calmar: ratio(whole, this.#fall.share() ?? ZERO, 'Equity never fell below a peak.'),
    }
  }

  /** The ends of the longest periods of which there are enough; of the shortest where there are not. */
  #periods(): { readonly periodUs: number; readonly words: string; readonly ends: readonly IndexPoint[] } {
    const all = this.#last !== null && this.#last.timeUs === this.#nextEndUs ? [...this.#ends, this.#last.index] : this.#ends
    const countOf = (periodUs: number): number => Math.floor((all.length - 1) / (periodUs / SHORTEST_US))
    const { periodUs, words } = PERIODS.findLast((each) => countOf(each.periodUs) >= PERIODS_NEEDED) ?? PERIODS[0]
    return { periodUs, words, ends: all.filter((_, index) => index % (periodUs / SHORTEST_US) === 0) }
  }
}

/** Nothing was there: no ratio comes of it. */
const WORTHLESS: IndexPoint = { held: ZERO, factor: { numerator: 1n, denominator: 1n } }

const UNKNOWN = { meanReturnPercent: null, deviationPercent: null, downsideDeviationPercent: null } as const

function noneOf(known: Pick<RatiosSummary, 'periodUs' | 'periods' | 'periodsNeeded'>, why: string): RatiosSummary {
  return { ...known, ...UNKNOWN, sharpe: no(why), sortino: no(why), calmar: no(why) }
}

function percent(share: Decimal): string {
  return formatDecimal(mul(HUNDRED, share))
}

function no(why: string): RatioSummary {
  return { value: null, why }
}

function ratio(of: Decimal, per: Decimal, whyNone: string): RatioSummary {
  return per === ZERO ? no(whyNone) : { value: formatDecimal(div(of, per)), why: null }
}
