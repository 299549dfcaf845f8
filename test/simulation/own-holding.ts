// Average cost as the auditor understands it, written apart from the kernel's ledger: one holding, signed, with its own cost.

import { add, type Decimal, div, mul, mulDiv, neg, sub, ZERO } from '../../src/core/kernel/decimal.ts'
import type { Side } from '../../src/core/kernel/inputs.ts'
import type { Instrument, InstrumentKind } from '../../src/core/kernel/instrument.ts'

export const magnitude = (value: Decimal): Decimal => (value < ZERO ? neg(value) : value)
export const signed = (side: Side, amount: Decimal): Decimal => (side === 'buy' ? amount : neg(amount))

/** What a quantity costs at a price, in the settle asset. */
export function worth({ kind }: Pick<Instrument, 'kind'>, quantity: Decimal, price: Decimal): Decimal {
  return kind === 'inverse' ? div(quantity, price) : mul(quantity, price)
}

/** What a quantity comes to at a price, in the quote. */
export function notional({ kind }: Pick<Instrument, 'kind'>, quantity: Decimal, price: Decimal): Decimal {
  return kind === 'inverse' ? quantity : mul(quantity, price)
}

export class OwnHolding {
  quantity = ZERO
  cost = ZERO
  /** Both when it last grew: what is left costs its share of that, however it got there. */
  #basisQuantity = ZERO
  #basisCost = ZERO
  readonly #kind: InstrumentKind

  constructor(kind: InstrumentKind) {
    this.#kind = kind
  }

  get basis(): { readonly quantity: Decimal; readonly cost: Decimal } {
    return { quantity: this.#basisQuantity, cost: this.#basisCost }
  }

  /** Takes a signed quantity that cost `value` (unsigned), and gives what is realised by it. */
  take(change: Decimal, value: Decimal): Decimal {
    const after = add(this.quantity, change)
    const signedValue = change > ZERO ? value : neg(value)
    if (this.quantity === ZERO || this.quantity > ZERO === change > ZERO) {
      this.#settle(after, add(this.cost, signedValue))
      return ZERO
    }
    const flips = after !== ZERO && after > ZERO !== this.quantity > ZERO
    const closing = flips ? mulDiv(signedValue, neg(this.quantity), change) : signedValue
    const left = flips || after === ZERO ? ZERO : mulDiv(this.#basisCost, after, this.#basisQuantity)
    // A long is sold: what comes in is minus the signed value. Of inverse contracts the coins run the other way.
    const gain = sub(neg(closing), sub(this.cost, left))
    if (flips) {
      this.#settle(after, sub(signedValue, closing))
    } else {
      this.quantity = after
      this.cost = left
      if (after === ZERO) this.#settle(ZERO, ZERO)
    }
    return this.#kind === 'inverse' ? neg(gain) : gain
  }

  /** Without a price: what was written off takes its cost along. */
  drop(): void {
    this.#settle(ZERO, ZERO)
  }

  #settle(quantity: Decimal, cost: Decimal): void {
    this.quantity = quantity
    this.cost = cost
    this.#basisQuantity = quantity
    this.#basisCost = cost
  }
}
