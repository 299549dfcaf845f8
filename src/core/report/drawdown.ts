// How deep equity less capital flows fell below its peak, and for how long. Fed tick by tick; keeps the extremes only.

import { type Decimal, dec, formatDecimal, mulDiv, sub, ZERO } from '../kernel/decimal.ts'
import type { DrawdownSummary } from './account-view.ts'
import type { EquitySink } from './equity-course.ts'

const HUNDRED = dec('100')

interface Point {
  readonly timeUs: number
  readonly equity: Decimal
}

/** The deepest fall is the largest amount; of two alike the first counts. Under water is from the peak, last stood at, until it is reached again. */
export class Drawdown implements EquitySink {
  #peak: Point | null = null
  #last: Point | null = null
  #deepest: { readonly peak: Point; readonly trough: Point } | null = null
  #longestUs = 0

  onEquity(timeUs: number, equity: Decimal): void {
    const point = { timeUs, equity }
    this.#last = point
    if (this.#peak === null || equity >= this.#peak.equity) {
      this.#peak = point
      return
    }
    this.#longestUs = Math.max(this.#longestUs, timeUs - this.#peak.timeUs)
    const depth = sub(this.#peak.equity, equity)
    if (this.#deepest === null || depth > sub(this.#deepest.peak.equity, this.#deepest.trough.equity)) {
      this.#deepest = { peak: this.#peak, trough: point }
    }
  }

  summary(asset: string, why: string | null): DrawdownSummary {
    if (why !== null || this.#peak === null || this.#last === null) return { ...UNKNOWN, asset, why: why ?? 'No tick knew the equity.' }
    const { peak, trough } = this.#deepest ?? { peak: this.#peak, trough: this.#peak }
    const amount = sub(peak.equity, trough.equity)
    return {
      why: null,
      asset,
      amount: formatDecimal(amount),
      percent: peak.equity > ZERO ? formatDecimal(mulDiv(HUNDRED, amount, peak.equity)) : null,
      peakEquity: formatDecimal(peak.equity),
      troughEquity: formatDecimal(trough.equity),
      peakAtUs: peak.timeUs,
      troughAtUs: trough.timeUs,
      longestUnderWaterUs: this.#longestUs,
      endAmount: formatDecimal(sub(this.#peak.equity, this.#last.equity)),
      endUnderWaterUs: this.#last.timeUs - this.#peak.timeUs,
    }
  }
}

const UNKNOWN = {
  amount: null,
  percent: null,
  peakEquity: null,
  troughEquity: null,
  peakAtUs: null,
  troughAtUs: null,
  longestUnderWaterUs: null,
  endAmount: null,
  endUnderWaterUs: null,
} as const
