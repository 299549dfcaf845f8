// The double entry. Turns a fill or a capital flow into balanced postings; holds no balances itself.

import { abs, add, type Decimal, max, min, mul, mulDiv, neg, sub, ZERO } from './decimal.ts'
import type { LedgerAccount, Posting } from './facts.ts'
import type { Instrument } from './instrument.ts'
import type { FillNumbers } from './state.ts'

export interface PositionChange {
  readonly quantity: Decimal
  /** Signed exact cost of what is open afterwards. */
  readonly cost: Decimal
  readonly realizedPnl: Decimal
}

/**
 * Average cost: a fill on the position's side adds its exact value to the cost; one against it takes out the closed
 * share of the cost, rounded half-even once, and realises the difference. The last share takes all of the cost, so that
 * Σ realised = Σ proceeds − Σ cost holds to the last digit. A fill beyond flat opens the other side at its price.
 */
export function changePosition(quantity: Decimal, cost: Decimal, fill: FillNumbers): PositionChange {
  const signed = fill.side === 'buy' ? fill.quantity : neg(fill.quantity)
  if (quantity === ZERO || quantity > ZERO === signed > ZERO) {
    return { quantity: add(quantity, signed), cost: add(cost, mul(signed, fill.price)), realizedPnl: ZERO }
  }
  const closing = signed > ZERO ? min(signed, neg(quantity)) : max(signed, neg(quantity))
  const costRemoved = abs(closing) === abs(quantity) ? cost : mulDiv(cost, abs(closing), abs(quantity))
  const closingValue = mul(closing, fill.price)
  // By subtraction, so that the two parts are the value that is posted, whatever its rounding.
  const openingValue = sub(mul(signed, fill.price), closingValue)
  return {
    quantity: add(quantity, signed),
    cost: add(sub(cost, costRemoved), openingValue),
    realizedPnl: neg(add(closingValue, costRemoved)),
  }
}

/**
 * The postings of a fill. Spot: the wallet swaps base for quote against `conversion`. Perpetuals: `position` takes both
 * legs, and what is realised is paid into the wallet. Either way the quote balance of `conversion` is the exact cost of
 * what is open, because realised profit is moved out of it at once. Fees leave the wallet in their own asset.
 */
export function fillPostings(instrument: Instrument, fill: FillNumbers, realizedPnl: Decimal): Posting[] {
  const signed = fill.side === 'buy' ? fill.quantity : neg(fill.quantity)
  const value = mul(signed, fill.price)
  const held: LedgerAccount = instrument.kind === 'spot' ? 'wallet' : 'position'
  const postings: Posting[] = [
    { account: held, asset: instrument.base, amount: signed },
    { account: 'conversion', asset: instrument.base, amount: neg(signed) },
    { account: held, asset: instrument.quote, amount: neg(value) },
    { account: 'conversion', asset: instrument.quote, amount: value },
  ]
  if (realizedPnl !== ZERO) {
    postings.push(
      { account: 'conversion', asset: instrument.quote, amount: realizedPnl },
      { account: 'realized_pnl', asset: instrument.quote, amount: neg(realizedPnl) },
    )
    if (held === 'position') {
      postings.push(
        { account: 'wallet', asset: instrument.settle, amount: realizedPnl },
        { account: 'position', asset: instrument.settle, amount: neg(realizedPnl) },
      )
    }
  }
  if (fill.fee !== ZERO) {
    postings.push(
      { account: 'wallet', asset: fill.feeAsset, amount: neg(fill.fee) },
      { account: 'fees', asset: fill.feeAsset, amount: fill.fee },
    )
  }
  return postings
}

/** A deposit (above zero) or a withdrawal (below): equity, and never profit. */
export function capitalPostings(asset: string, amount: Decimal): Posting[] {
  return [
    { account: 'wallet', asset, amount },
    { account: 'capital', asset, amount: neg(amount) },
  ]
}
