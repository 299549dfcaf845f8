// How deep equity fell below its peak, in money less the capital that was moved and as a share by the return index, and for how long.
// Fed tick by tick; keeps the extremes only.

import { type Decimal, dec, formatDecimal, sub } from '../kernel/decimal.ts'
import type { DrawdownSummary } from './account-view.ts'
import type { EquitySink } from './equity-course.ts'
import { IndexFall, type IndexPoint } from './return-chain.ts'

const HUNDRED = dec('100')

interface Point {
  readonly timeUs: number
  readonly equity: Decimal
}

/**
 * The deepest fall is the largest amount; of two alike the first counts. Under water is from the peak, last stood at, until it is
 * reached again. The share is of the index of returns, since a share of money that came or went meanwhile says nothing: it may be
 * the deepest at another time.
 */
export class Drawdown implements EquitySink {
  #peak: Point | null = null
  #last: Point | null = null
  #deepest: { readonly peak: Point; readonly trough: Point } | null = null
  #longestUs = 0
  readonly #share = new IndexFall()

  onEquity(timeUs: number, equity: Decimal, index: IndexPoint | null): void {
    if (index !== null) this.#share.note(timeUs, index)
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

  /** `why` is what keeps equity from being known, a sentence; `indexWhy` what keeps the return from it. */
  summary(asset: string, { why, indexWhy }: { readonly why: string | null; readonly indexWhy: string | null }): DrawdownSummary {
    if (why !== null || this.#peak === null || this.#last === null) return { ...UNKNOWN, asset, why: why ?? 'No tick knew the equity.' }
    const { peak, trough } = this.#deepest ?? { peak: this.#peak, trough: this.#peak }
    const amount = sub(peak.equity, trough.equity)
    const share = indexWhy === null ? this.#share.share(HUNDRED) : null
    return {
      why: null,
      asset,
      amount: formatDecimal(amount),
      percent: share === null ? null : formatDecimal(share),
      percentPeakAtUs: share === null ? null : this.#share.peakAtUs,
      percentTroughAtUs: share === null ? null : this.#share.troughAtUs,
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
  percentPeakAtUs: null,
  percentTroughAtUs: null,
  peakEquity: null,
  troughEquity: null,
  peakAtUs: null,
  troughAtUs: null,
  longestUnderWaterUs: null,
  endAmount: null,
  endUnderWaterUs: null,
} as const
