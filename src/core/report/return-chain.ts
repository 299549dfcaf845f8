// The time-weighted return of a session: the growth of equity between its capital flows, chained. Exact until it is shown.

import { add, type Decimal, dec, mulDiv, sub, ZERO } from '../kernel/decimal.ts'

/** Equity with so much of each asset that was moved since the start; null where something of it has no price. */
export type EquityWith = (flowed: ReadonlyMap<string, Decimal>) => Decimal | null

const HUNDRED = dec('100')

/**
 * Π equity just before a flow ÷ equity just after the one before it, as one fraction of whole numbers, so that what happens in no
 * time, such as money that comes and goes, leaves nothing behind. A sub-period in which equity did not move counts as none.
 */
export class ReturnChain {
  readonly #flowed = new Map<string, Decimal>()
  readonly #start: Decimal
  #periodStart: Decimal
  #numerator = 1n
  #denominator = 1n
  #end: Decimal | null = null
  #why: string | null = null
  #hadEquity = false
  #isLost = false
  periods = 1

  constructor(start: Decimal) {
    this.#start = start
    this.#periodStart = start
  }

  get why(): string | null {
    return this.#why
  }

  /** Equity at the end, with the capital that was moved. */
  get equityAtEnd(): Decimal | null {
    return this.#end
  }

  flow({ asset, amount }: { readonly asset: string; readonly amount: Decimal }, equityWith: EquityWith): void {
    this.#close(equityWith(this.#flowed))
    this.#flowed.set(asset, add(this.#flowed.get(asset) ?? ZERO, amount))
    this.periods += 1
    const after = equityWith(this.#flowed)
    if (after === null) this.#why ??= `Nobody has said what ${asset} is worth, which was moved as capital.`
    else this.#periodStart = after
  }

  end(equityWith: EquityWith): void {
    this.#end = equityWith(this.#flowed)
    this.#close(this.#end)
    if (!this.#hadEquity) this.#why ??= 'Equity was never above zero, so that there was nothing to return something on.'
  }

  /** In percent, rounded once; null where `why` says so. */
  timeWeighted(): Decimal | null {
    if (this.#why !== null) return null
    return mulDiv(HUNDRED, (this.#numerator - this.#denominator) as Decimal, this.#denominator as Decimal)
  }

  /** Of equity at the start, in percent; null where capital was moved since, or where nothing was there. */
  simple(): Decimal | null {
    if (this.periods > 1 || this.#end === null || this.#start <= ZERO) return null
    return mulDiv(HUNDRED, sub(this.#end, this.#start), this.#start)
  }

  #close(equity: Decimal | null): void {
    if (this.#isLost) this.#why ??= 'Equity fell below zero before capital was moved: what follows is a return on nothing.'
    if (equity === null) this.#why ??= 'Capital was moved in an asset that nobody has priced.'
    if (equity === null) return
    this.#hadEquity ||= this.#periodStart > ZERO
    this.#isLost ||= equity < ZERO
    if (equity === this.#periodStart) return
    if (this.#periodStart <= ZERO) this.#why ??= 'Equity was not above zero when it began to change.'
    this.#numerator *= equity
    this.#denominator *= this.#periodStart
  }
}
