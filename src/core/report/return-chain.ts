// The time-weighted return of a session: the growth of equity between its capital flows, chained into an index. Exact until it is shown.

import { type Decimal, dec, mulDiv, ONE, sub, ZERO } from '../kernel/decimal.ts'

/** One stretch between two flows: the index in it is equity × numerator ÷ denominator, a fraction of whole numbers. */
export interface IndexFactor {
  readonly numerator: bigint
  readonly denominator: bigint
}

/** The index at a moment, 1 at the start: what one unit of money that was there all the time had become. */
export interface IndexPoint {
  /** Equity, with the capital that was moved. */
  readonly held: Decimal
  /** One object a stretch. */
  readonly factor: IndexFactor
}

const HUNDRED = dec('100')

/**
 * Π equity just before a flow ÷ equity just after the one before it, as one fraction of whole numbers, so that what happens in no
 * time, such as money that comes and goes, leaves nothing behind. A sub-period in which equity did not move counts as none.
 */
export class ReturnChain {
  readonly start: Decimal
  /** As `at` has it. */
  readonly startIndex: IndexPoint | null
  #periodStart: Decimal
  #numerator = 1n
  #denominator = 1n
  #factor: IndexFactor | null
  #end: Decimal | null = null
  #why: string | null = null
  #hadEquity = false
  #isLost = false
  periods = 1

  constructor(start: Decimal) {
    this.start = start
    this.#periodStart = start
    this.#factor = this.#factorOf(start)
    this.startIndex = this.at(start)
  }

  get why(): string | null {
    return this.#why
  }

  /** Capital was moved: what was owned just before and just after. */
  flow(before: Decimal, after: Decimal): void {
    this.#close(before)
    this.periods += 1
    this.#periodStart = after
    this.#factor = this.#factorOf(after)
  }

  /** Capital was moved in an asset without a price: from then on nobody knows what there is to return something on. */
  unpricedFlow(asset: string): void {
    this.periods += 1
    this.#why ??= `Nobody has said what ${asset} is worth, which was moved as capital.`
  }

  end(equity: Decimal): void {
    this.#end = equity
    this.#close(equity)
    if (!this.#hadEquity) this.#why ??= 'Equity was never above zero, so that there was nothing to return something on.'
  }

  /** Where the index stands with so much equity; null while nothing is there to return something on. */
  at(held: Decimal): IndexPoint | null {
    return this.#factor === null ? null : { held, factor: this.#factor }
  }

  /** In percent, rounded once; null where `why` says so. */
  timeWeighted(): Decimal | null {
    if (this.#why !== null) return null
    return mulDiv(HUNDRED, (this.#numerator - this.#denominator) as Decimal, this.#denominator as Decimal)
  }

  /** Of equity at the start, in percent; null where capital was moved since, or where nothing was there. */
  simple(): Decimal | null {
    if (this.periods > 1 || this.#end === null || this.start <= ZERO) return null
    return mulDiv(HUNDRED, sub(this.#end, this.start), this.start)
  }

  #factorOf(periodStart: Decimal): IndexFactor | null {
    return periodStart <= ZERO ? null : { numerator: this.#numerator, denominator: this.#denominator * periodStart }
  }

  #close(equity: Decimal): void {
    if (this.#isLost) this.#why ??= 'Equity fell below zero before capital was moved: what follows is a return on nothing.'
    this.#hadEquity ||= this.#periodStart > ZERO
    this.#isLost ||= equity < ZERO
    if (equity === this.#periodStart) return
    if (this.#periodStart <= ZERO) this.#why ??= 'Equity was not above zero when it began to change.'
    this.#numerator *= equity
    this.#denominator *= this.#periodStart
  }
}

/** The growth of the index from one moment to another, rounded once; the index must be above zero at the first. */
export function growthOf(from: IndexPoint, to: IndexPoint): Decimal {
  if (from.factor === to.factor) return mulDiv(ONE, sub(to.held, from.held), from.held)
  const before = from.held * from.factor.numerator * to.factor.denominator
  const after = to.held * to.factor.numerator * from.factor.denominator
  return mulDiv(ONE, (after - before) as Decimal, before as Decimal)
}

/** The largest 1 − index ÷ highest index so far; of two alike the first. Exact until it is shown. */
export class IndexFall {
  #peak: { readonly point: IndexPoint; readonly timeUs: number } | null = null
  /** The peak in the money of the present stretch, as a fraction: the index is as high there when equity is so high. */
  #level = { factor: null as IndexFactor | null, numerator: 0n, denominator: 1n }
  #deepest = { numerator: 0n, denominator: 1n, peakAtUs: null as number | null, troughAtUs: null as number | null }

  note(timeUs: number, point: IndexPoint): void {
    if (this.#level.factor !== point.factor) this.#carryOver(point.factor)
    const { numerator, denominator } = this.#level
    const stands = point.held * denominator
    if (this.#peak === null || stands >= numerator) {
      this.#peak = { point, timeUs }
      this.#level = { factor: point.factor, numerator: point.held, denominator: 1n }
      return
    }
    const depth = numerator - stands
    if (depth * this.#deepest.denominator <= this.#deepest.numerator * numerator) return
    this.#deepest = { numerator: depth, denominator: numerator, peakAtUs: this.#peak.timeUs, troughAtUs: timeUs }
  }

  /** When it was: null where the index never fell. */
  get peakAtUs(): number | null {
    return this.#deepest.peakAtUs
  }
  get troughAtUs(): number | null {
    return this.#deepest.troughAtUs
  }

  /** As a share, or of another unit: `HUNDRED` for percent. Null where no index was ever known. */
  share(unit: Decimal = ONE): Decimal | null {
    if (this.#peak === null) return null
    return mulDiv(unit, this.#deepest.numerator as Decimal, this.#deepest.denominator as Decimal)
  }

  /** Capital was moved: from the peak itself, so that the fraction grows with the flows and not with their square. */
  #carryOver(factor: IndexFactor): void {
    if (this.#peak === null) return
    const { held, factor: of } = this.#peak.point
    this.#level = { factor, numerator: held * of.numerator * factor.denominator, denominator: of.denominator * factor.numerator }
  }
}
