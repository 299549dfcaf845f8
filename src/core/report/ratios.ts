// How evenly a session earned: Sharpe, Sortino and Calmar of the returns of equal periods. With too few periods it says so instead
// of a figure, and annualises nothing. Formulas and sources are in docs/METRICS.md.

import { type Decimal, dec, div, formatDecimal, min, mul, sub, ZERO } from '../kernel/decimal.ts'
import type { EquitySink } from './equity-course.ts'
import type { RatioSummary, RatiosSummary } from './ratios-view.ts'
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

/** Keeps equity at the end of each of the shortest periods, and the deepest fall as a share of its peak. */
export class Ratios implements EquitySink {
  /** The first equity, and then what was last known at the end of each period that is over. */
  readonly #ends: Decimal[] = []
  readonly #fall = new DeepestFall()
  #nextEndUs = 0
  #last = { timeUs: 0, equity: ZERO }
  #everWorthless = false

  onEquity(timeUs: number, equity: Decimal): void {
    if (this.#ends.length === 0) {
      this.#ends.push(equity)
      this.#nextEndUs = timeUs + SHORTEST_US
    }
    for (; this.#nextEndUs < timeUs; this.#nextEndUs += SHORTEST_US) this.#ends.push(this.#last.equity)
    this.#last = { timeUs, equity }
    this.#everWorthless ||= equity <= ZERO
    this.#fall.note(equity)
  }

  /** `why` is what keeps equity from being known, a sentence; null while it is known. */
  summary(why: string | null): RatiosSummary {
    const { periodUs, words, ends } = this.#periods()
    const periods = Math.max(0, ends.length - 1)
    const few = `Too few: ${periods} ${periods === 1 ? 'period' : 'periods'} of ${words}, and it takes ${PERIODS_NEEDED}.`
    const missing = why ?? (periods < PERIODS_NEEDED ? few : this.#everWorthless ? 'Equity was not above zero all the time.' : null)
    const known = { periodUs, periods, periodsNeeded: PERIODS_NEEDED }
    if (missing !== null) return { ...known, ...UNKNOWN, sharpe: no(missing), sortino: no(missing), calmar: no(missing) }
    const returns = ends.slice(1).map((end, index) => growth(ends[index] as Decimal, end))
    const mean = meanOf(returns) ?? ZERO
    const deviation = deviationOf(returns) ?? ZERO
    // Of all periods: one without a loss counts as zero.
    const downside = rootMeanSquareOf(returns.map((each) => min(each, ZERO))) ?? ZERO
    const whole = growth(ends[0] as Decimal, this.#last.equity)
    return {
      ...known,
      meanReturnPercent: percent(mean),
      deviationPercent: percent(deviation),
      downsideDeviationPercent: percent(downside),
      sharpe: ratio(mean, deviation, 'All periods returned the same.'),
      sortino: ratio(mean, downside, 'No period lost.'),
      calmar: ratio(whole, this.#fall.share(), 'Equity never fell below a peak.'),
    }
  }

  /** The ends of the longest periods of which there are enough; of the shortest where there are not. */
  #periods(): { readonly periodUs: number; readonly words: string; readonly ends: readonly Decimal[] } {
    const all = this.#last.timeUs === this.#nextEndUs && this.#ends.length > 0 ? [...this.#ends, this.#last.equity] : this.#ends
    const countOf = (periodUs: number): number => Math.floor((all.length - 1) / (periodUs / SHORTEST_US))
    const { periodUs, words } = PERIODS.findLast((each) => countOf(each.periodUs) >= PERIODS_NEEDED) ?? PERIODS[0]
    return { periodUs, words, ends: all.filter((_, index) => index % (periodUs / SHORTEST_US) === 0) }
  }
}

const UNKNOWN = { meanReturnPercent: null, deviationPercent: null, downsideDeviationPercent: null } as const

function growth(from: Decimal, to: Decimal): Decimal {
  return div(sub(to, from), from)
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

/** The largest (peak − equity) ÷ peak; two shares are compared without dividing. */
class DeepestFall {
  #peak = ZERO
  #depth = ZERO
  #depthPeak = ZERO

  note(equity: Decimal): void {
    if (equity > this.#peak) this.#peak = equity
    const depth = sub(this.#peak, equity)
    const deeper = this.#depthPeak === ZERO ? depth > ZERO : depth * this.#depthPeak > this.#depth * this.#peak
    if (!deeper) return
    this.#depth = depth
    this.#depthPeak = this.#peak
  }

  share(): Decimal {
    return this.#depthPeak === ZERO ? ZERO : div(this.#depth, this.#depthPeak)
  }
}
