// How much was at stake, and for how long: the worth of each instrument's position between one fact and the next.

import { abs, add, type Decimal, dec, formatDecimal, mulDiv, ZERO } from '../kernel/decimal.ts'
import { notionalOf } from '../kernel/instrument.ts'
import { signedBy } from '../kernel/ledger.ts'
import type { ExposureSummary, InstrumentExposure } from './account-view.ts'
import type { ProfitInputs } from './money.ts'
import type { Terms, TermsBook } from './terms.ts'
import type { Fill, Tick, TickSink } from './tick-pass.ts'

const HUNDRED = dec('100')
/** One, as a whole number and not as a decimal: it scales nothing. */
const UNIT = 1n as Decimal

/**
 * Between two facts exposure is |position| × mark, of inverse contracts |position|; a long and a short of one instrument count
 * against each other. What happens before an instrument's first mark only says what is held when it comes.
 */
export class Exposure implements TickSink {
  readonly #terms: TermsBook
  readonly #clocks = new Map<string, ExposureClock>()

  constructor({ own, positions, terms }: ProfitInputs & { readonly terms: TermsBook }) {
    this.#terms = terms
    this.#clocks.set(own.symbol, new ExposureClock(own))
    for (const { terms, side, before } of positions) {
      if (before.quantity !== ZERO) this.#clockOf(terms.symbol).hold(side, before.quantity)
    }
  }

  onTick({ timeUs, instrument, mark }: Tick): void {
    if (mark !== null) this.#clockOf(instrument).price(timeUs, mark)
  }

  onFill({ timeUs, instrument, positionSide, side, quantity }: Fill): void {
    this.#clockOf(instrument).fill(timeUs, positionSide, signedBy(side, quantity))
  }

  /** `endUs` is when the session's last fact was. */
  summary(endUs: number): ExposureSummary {
    const instruments = [...this.#clocks.values()].map((clock) => clock.summary(endUs))
    return { why: instruments.some(({ mean }) => mean !== null) ? null : 'The session saw no mark for any time.', instruments }
  }

  #clockOf(instrument: string): ExposureClock {
    const known = this.#clocks.get(instrument) ?? new ExposureClock(this.#terms.of(instrument))
    this.#clocks.set(instrument, known)
    return known
  }
}

type PositionSide = Fill['positionSide']

/** One instrument's exposure, weighted by time from its first mark on. */
class ExposureClock {
  readonly #terms: Terms
  readonly #held = new Map<PositionSide, Decimal>()
  #mark: Decimal | null = null
  #sinceUs = 0
  #observedUs = 0
  #flatUs = 0
  #exposure = ZERO
  /** Σ exposure × microseconds. */
  #weighted = 0n
  #maximum = ZERO
  #maximumAtUs: number | null = null

  constructor(terms: Terms) {
    this.#terms = terms
  }

  hold(side: PositionSide, change: Decimal): void {
    this.#held.set(side, add(this.#held.get(side) ?? ZERO, change))
  }

  fill(timeUs: number, side: PositionSide, change: Decimal): void {
    this.#pass(timeUs)
    this.hold(side, change)
    this.#measure(timeUs)
  }

  price(timeUs: number, mark: Decimal): void {
    if (this.#mark === null) this.#sinceUs = timeUs
    this.#pass(timeUs)
    if (mark === this.#mark) return
    this.#mark = mark
    this.#measure(timeUs)
  }

  summary(endUs: number): InstrumentExposure {
    this.#pass(endUs)
    const { symbol, quote } = this.#terms
    const observed = BigInt(this.#observedUs) as Decimal
    const isKnown = this.#mark !== null
    return {
      instrument: symbol,
      asset: quote,
      observedUs: this.#observedUs,
      mean: this.#observedUs === 0 ? null : formatDecimal(mulDiv(this.#weighted as Decimal, UNIT, observed)),
      maximum: isKnown ? formatDecimal(this.#maximum) : null,
      maximumAtUs: this.#maximumAtUs,
      end: isKnown ? formatDecimal(this.#exposure) : null,
      flatPercent: this.#observedUs === 0 ? null : formatDecimal(mulDiv(HUNDRED, BigInt(this.#flatUs) as Decimal, observed)),
    }
  }

  #pass(timeUs: number): void {
    if (this.#mark === null) return
    const elapsedUs = Math.max(0, timeUs - this.#sinceUs)
    this.#sinceUs += elapsedUs
    this.#observedUs += elapsedUs
    if (this.#isFlat()) this.#flatUs += elapsedUs
    else this.#weighted += this.#exposure * BigInt(elapsedUs)
  }

  #measure(timeUs: number): void {
    if (this.#mark === null) return
    const quantity = [...this.#held.values()].reduce(add, ZERO)
    this.#exposure = quantity === ZERO ? ZERO : abs(notionalOf(this.#terms.kind, quantity, this.#mark))
    if (this.#exposure <= this.#maximum && this.#maximumAtUs !== null) return
    this.#maximum = this.#exposure
    this.#maximumAtUs = timeUs
  }

  #isFlat(): boolean {
    return [...this.#held.values()].every((quantity) => quantity === ZERO)
  }
}
