// Amounts of assets and what each is worth at the prices of the moment. Keeps sums; knows neither prices nor journals.

import { add, type Decimal, sub, ZERO } from '../kernel/decimal.ts'

interface Entry {
  readonly asset: string
  amount: Decimal
  worth: Decimal
}

/**
 * Each amount is valued by itself and rounded by itself, so that every change of the total is the exact difference of two
 * totals, however often prices and amounts move on the way.
 */
export class ValuedAmounts {
  readonly #entries = new Map<string, Entry>()
  readonly #value: (asset: string, amount: Decimal) => Decimal
  #total = ZERO

  constructor(value: (asset: string, amount: Decimal) => Decimal) {
    this.#value = value
  }

  get total(): Decimal {
    return this.#total
  }

  /** Adds to an amount; returns what that does to the total. */
  move(key: string, asset: string, change: Decimal): Decimal {
    const entry = this.#entries.get(key) ?? { asset, amount: ZERO, worth: ZERO }
    this.#entries.set(key, entry)
    entry.amount = add(entry.amount, change)
    return this.#revalue(entry)
  }

  /** Values everything anew, once prices have moved; tells of each amount whose worth did, and returns the change of the total. */
  reprice(changed?: (key: string, change: Decimal) => void): Decimal {
    const before = this.#total
    for (const [key, entry] of this.#entries) {
      if (entry.amount === ZERO) continue
      const change = this.#revalue(entry)
      if (change !== ZERO) changed?.(key, change)
    }
    return sub(this.#total, before)
  }

  #revalue(entry: Entry): Decimal {
    const worth = this.#value(entry.asset, entry.amount)
    const change = sub(worth, entry.worth)
    entry.worth = worth
    this.#total = add(this.#total, change)
    return change
  }
}
