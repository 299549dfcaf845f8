// How far an account's equity is below its peak, deposits and withdrawals aside. Fed with every fact of the account, those of older
// sessions too, so that a restart forgets no peak. It decides nothing.

import { add, type Decimal, mul, sub, ZERO } from '../kernel/decimal.ts'
import type { Fact } from '../kernel/facts.ts'
import type { Instrument } from '../kernel/instrument.ts'
import { equityOf, priceOf } from '../kernel/valuation.ts'
import type { StateView } from '../kernel/views.ts'

/** In the instrument's quote. */
export interface Fall {
  readonly peak: Decimal
  readonly peakAtUs: number
  /** Zero at the peak itself. */
  readonly amount: Decimal
}

/**
 * Equity is looked at with every mark: of all assets that have a price, so that a coin that nobody prices blinds no gate. Capital that
 * moves is taken out at its worth at that moment. Where an asset comes to have a price or loses it, or another instrument values all
 * otherwise, equity goes on from where it was, as if nothing had happened meanwhile.
 */
export class DrawdownWatch {
  readonly #sinceUs: number
  #instrument: Instrument | null = null
  /** What capital has moved equity by. */
  #moved = ZERO
  /** The last equity seen, capital included. */
  #last: Decimal | null = null
  #isUnvalued = false
  /** Owned, and without a price at the last look. */
  #leftOut: readonly string[] = []
  #peak: { readonly equity: Decimal; readonly atUs: number } | null = null

  /** @param sinceUs peaks before it do not count; null: all do */
  constructor(sinceUs: number | null) {
    this.#sinceUs = sinceUs ?? Number.NEGATIVE_INFINITY
  }

  /** `view` is the state once the fact is applied. */
  onFact({ body, timeUs }: Fact, view: StateView): void {
    switch (body.type) {
      case 'SESSION_OPENED':
        if (this.#instrument?.symbol !== body.instrument.symbol) this.#isUnvalued = this.#last !== null
        this.#instrument = body.instrument
        return
      case 'CAPITAL_FLOWED':
        return this.#onFlow(body.asset, body.amount, view)
      case 'MARK_SET':
        return this.#onMark(timeUs, view)
    }
  }

  /** Null before the first look that counts. */
  get fall(): Fall | null {
    if (this.#peak === null || this.#last === null) return null
    const { equity: peak, atUs: peakAtUs } = this.#peak
    return { peak, peakAtUs, amount: sub(peak, sub(this.#last, this.#moved)) }
  }

  /** What is owned and not watched, since nobody has said what it is worth. */
  get leftOut(): readonly string[] {
    return this.#leftOut
  }

  #onFlow(asset: string, amount: Decimal, view: StateView): void {
    // What came before the first look is what the account began with.
    if (this.#last === null || this.#instrument === null) return
    const price = priceOf(asset, this.#instrument, markOf(view, this.#instrument), view.assetPrices)
    // It is in no equity that was looked at, and in none until it has a price.
    if (price === null) return
    const worth = mul(amount, price)
    this.#moved = add(this.#moved, worth)
    this.#last = add(this.#last, worth)
  }

  #onMark(timeUs: number, view: StateView): void {
    if (this.#instrument === null) return
    const mark = markOf(view, this.#instrument)
    if (mark === null) return
    const { equity, leftOut } = watched(view, this.#instrument, mark)
    const isOther = this.#isUnvalued || leftOut.join() !== this.#leftOut.join()
    this.#leftOut = leftOut
    if (isOther && this.#last !== null) this.#moved = add(this.#moved, sub(equity, this.#last))
    this.#isUnvalued = false
    this.#last = equity
    if (timeUs < this.#sinceUs) return
    const own = sub(equity, this.#moved)
    if (this.#peak === null || own >= this.#peak.equity) this.#peak = { equity: own, atUs: timeUs }
  }
}

/** What the account owns of all that has a price, and what it owns beside that. */
function watched({ balances, assetPrices }: StateView, instrument: Instrument, mark: Decimal) {
  const whole = equityOf(balances, instrument, mark, assetPrices)
  if (whole !== null) return { equity: whole, leftOut: [] }
  const leftOut = new Set<string>()
  const priced = new Map<string, Decimal>()
  for (const [key, amount] of balances) {
    const [account, asset = ''] = key.split('|', 2)
    if (priceOf(asset, instrument, mark, assetPrices) !== null) priced.set(key, amount)
    else if (amount !== ZERO && (account === 'wallet' || account === 'position')) leftOut.add(asset)
  }
  return { equity: equityOf(priced, instrument, mark, assetPrices) ?? ZERO, leftOut: [...leftOut].sort() }
}

function markOf({ markets }: StateView, { symbol }: Instrument): Decimal | null {
  return markets.get(symbol)?.mark ?? null
}
