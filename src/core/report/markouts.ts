// What the mid did after the fills of our quotes: markouts, and the half-spread they earned against adverse selection. Formulas
// and sources are in docs/METRICS.md. Computes; reads nothing.

import { add, type Decimal, dec, formatDecimal, mulDiv, neg, sub, ZERO } from '../kernel/decimal.ts'
import type { MarkoutFigures, MarkoutHorizonSummary, MarkoutsSummary } from './quoting-view.ts'
import { meanOfProducts, textOrNull, weightedMedianOf } from './statistics.ts'
import type { Fill, Tick, TickSink } from './tick-pass.ts'

const SECOND_US = 1_000_000
const HORIZONS_S = [1, 5, 30, 60, 300] as const
/** A mid counts as that of a moment for so many tick intervals: beyond, the ticks were interrupted. */
export const FRESH_TICKS = 2
const BPS = dec('10000')

export interface TickSeries {
  /** Of the instrument that the session is about. */
  readonly instrument: string
  readonly tickIntervalUs: number
}

/** A fill that is judged. */
interface Judged {
  readonly timeUs: number
  readonly side: 'buy' | 'sell'
  readonly quantity: Decimal
  /** At the fill, in quote per base. */
  readonly mid: Decimal
  /** In bps of that mid, above zero in our favour. */
  readonly halfSpread: Decimal
}

/** Follows the fills of quotes until each horizon has passed. */
export class Markouts implements TickSink {
  readonly #series: TickSeries
  readonly #fills: Judged[] = []
  readonly #horizons: Horizon[]
  readonly #leftOut = { inferred: 0, withoutMidCount: 0 }
  #last: { readonly timeUs: number; readonly mid: Decimal | null } | null = null

  constructor(series: TickSeries) {
    this.#series = series
    this.#horizons = HORIZONS_S.map((seconds) => new Horizon(seconds * SECOND_US, series.tickIntervalUs, this.#fills))
  }

  onTick(tick: Tick): void {
    if (tick.instrument !== this.#series.instrument) return
    const { timeUs, mid } = tick
    for (const horizon of this.#horizons) horizon.pass(timeUs, mid)
    this.#last = { timeUs, mid }
  }

  onFill(fill: Fill): void {
    if (fill.role !== 'quote' || fill.instrument !== this.#series.instrument) return
    if (fill.inferred) {
      this.#leftOut.inferred += 1
      return
    }
    const { timeUs, side, price, quantity } = fill
    const mid = this.#last === null || timeUs - this.#last.timeUs > FRESH_TICKS * this.#series.tickIntervalUs ? null : this.#last.mid
    if (mid === null || mid <= ZERO) this.#leftOut.withoutMidCount += 1
    else this.#fills.push({ timeUs, side, quantity, mid, halfSpread: inFavour(side, sub(mid, price), mid) })
  }

  summary(): MarkoutsSummary {
    return { fills: this.#fills.length, leftOut: { ...this.#leftOut }, horizons: this.#horizons.map((horizon) => horizon.summary()) }
  }
}

/** One horizon. Fills come in the order of time, and so do the ticks at which each has been reached. */
class Horizon {
  readonly #horizonUs: number
  readonly #tickIntervalUs: number
  readonly #fills: readonly Judged[]
  /** Of each fill whose horizon has been reached, in bps; null where nobody knows. */
  readonly #markouts: (Decimal | null)[] = []

  constructor(horizonUs: number, tickIntervalUs: number, fills: readonly Judged[]) {
    this.#horizonUs = horizonUs
    this.#tickIntervalUs = tickIntervalUs
    this.#fills = fills
  }

  /** The first tick that is no earlier than the horizon decides. */
  pass(timeUs: number, mid: Decimal | null): void {
    for (let fill = this.#fills[this.#markouts.length]; fill !== undefined; fill = this.#fills[this.#markouts.length]) {
      const lateUs = timeUs - fill.timeUs - this.#horizonUs
      if (lateUs < 0) return
      const isKnown = mid !== null && lateUs <= FRESH_TICKS * this.#tickIntervalUs
      this.#markouts.push(isKnown ? inFavour(fill.side, sub(mid, fill.mid), fill.mid) : null)
    }
  }

  summary(): MarkoutHorizonSummary {
    const shorterThanTick = this.#horizonUs < this.#tickIntervalUs
    const [bought, sold] = [new Outcomes(), new Outcomes()]
    let withoutMidCount = 0
    for (const [index, markout] of this.#markouts.entries()) {
      const fill = this.#fills[index] as Judged
      if (markout === null) withoutMidCount += 1
      else if (!shorterThanTick) (fill.side === 'buy' ? bought : sold).add(fill, markout)
    }
    return {
      horizonUs: this.#horizonUs,
      shorterThanTick,
      tooNearEnd: this.#fills.length - this.#markouts.length,
      withoutMidCount,
      both: figuresOf(bought, sold),
      buy: figuresOf(bought),
      sell: figuresOf(sold),
    }
  }
}

/** The fills of a side that count; their sums are exact, and divided once. */
class Outcomes {
  readonly markouts: Decimal[] = []
  readonly quantities: Decimal[] = []
  /** Σ quantity, Σ quantity × markout and Σ quantity × half-spread. */
  readonly sums = { quantity: 0n, markout: 0n, halfSpread: 0n }

  add({ halfSpread, quantity }: Judged, markout: Decimal): void {
    this.markouts.push(markout)
    this.quantities.push(quantity)
    this.sums.quantity += quantity
    this.sums.markout += quantity * markout
    this.sums.halfSpread += quantity * halfSpread
  }
}

/** An amount in quote per base as bps of the mid: for what was bought a rise is in our favour, for what was sold a fall. */
function inFavour(side: 'buy' | 'sell', amount: Decimal, mid: Decimal): Decimal {
  return mulDiv(side === 'buy' ? amount : neg(amount), BPS, mid)
}

function figuresOf(...sides: readonly Outcomes[]): MarkoutFigures {
  const sumOf = (figure: keyof Outcomes['sums']): bigint => sides.reduce((sum, { sums }) => sum + sums[figure], 0n)
  const quantity = sumOf('quantity') as Decimal
  const mean = meanOfProducts(sumOf('markout'), quantity)
  const halfSpread = meanOfProducts(sumOf('halfSpread'), quantity)
  const weights = sides.flatMap(({ quantities }) => quantities)
  const median = weightedMedianOf({ values: sides.flatMap(({ markouts }) => markouts), weights })
  return {
    fills: weights.length,
    quantity: formatDecimal(quantity),
    meanBps: textOrNull(mean),
    medianBps: textOrNull(median),
    halfSpreadBps: textOrNull(halfSpread),
    // What was earned at the fill and what the mid gave or took since.
    realizedSpreadBps: mean === null || halfSpread === null ? null : formatDecimal(add(halfSpread, mean)),
    priceImpactBps: mean === null ? null : formatDecimal(neg(mean)),
  }
}
