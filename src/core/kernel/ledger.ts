// Average cost and the double entry. Turns fills, funding and capital flows into balanced postings; holds no balances.

import { add, type Decimal, mulDiv, neg, signOf, sub, ZERO } from './decimal.ts'
import type { LedgerAccount, Posting } from './facts.ts'
import type { Side } from './inputs.ts'
import type { Instrument, InstrumentKind } from './instrument.ts'
import type { FillNumbers, Slot } from './state.ts'

export const signedBy = (side: Side, amount: Decimal): Decimal => (side === 'buy' ? amount : neg(amount))

/** Something held at average cost: signed for positions, unsigned for slots. `basis` is both when it last grew. */
export interface Held {
  readonly quantity: Decimal
  readonly cost: Decimal
  readonly basisQuantity: Decimal
  readonly basisCost: Decimal
}

/**
 * The cost of what is left of a holding: its share of the cost it had when it last grew, rounded half-even once. Counted
 * from there and not step by step, so that fills that shrink it come to one cost in whatever order they arrive.
 */
export function costLeft({ basisQuantity, basisCost }: Held, quantity: Decimal): Decimal {
  return quantity === ZERO ? ZERO : mulDiv(basisCost, quantity, basisQuantity)
}

/** A slot's open size and cost as a holding. */
export function heldBySlot({ openSize, openCost, basisSize, basisCost }: Slot): Held {
  return { quantity: openSize, cost: openCost, basisQuantity: basisSize, basisCost }
}

/** The worth of a part of a fill. */
export function shareOfValue(value: Decimal, part: Decimal, whole: Decimal): Decimal {
  return part === whole ? value : mulDiv(value, part, whole)
}

/** Profit of closing at `value` what cost `cost`, both signed alike and with the sign of what was held. */
export function gainOf(kind: InstrumentKind, value: Decimal, cost: Decimal): Decimal {
  return kind === 'inverse' ? sub(cost, value) : sub(value, cost)
}

export interface PositionChange {
  readonly quantity: Decimal
  /** Signed exact cost of what is open afterwards. */
  readonly cost: Decimal
  readonly realizedPnl: Decimal
}

/**
 * A fill on the position's side adds its exact value to the cost; one against it takes out the cost of what it closes and
 * realises the difference. The last share takes all of the cost, so that Σ realised = Σ proceeds − Σ cost holds to the last
 * digit. A fill beyond flat closes all and opens the other side with what is left of its value.
 */
export function changePosition(
  kind: InstrumentKind,
  held: Held,
  fill: Pick<FillNumbers, 'side' | 'quantity' | 'tradeValue'>,
): PositionChange {
  const signed = signedBy(fill.side, fill.quantity)
  const value = signedBy(fill.side, fill.tradeValue)
  const quantity = add(held.quantity, signed)
  const side = signOf(held.quantity)
  if (side === 0 || side === signOf(signed)) return { quantity, cost: add(held.cost, value), realizedPnl: ZERO }
  const flips = signOf(quantity) === -side
  const closingValue = flips ? mulDiv(value, neg(held.quantity), signed) : value
  const left = flips ? ZERO : costLeft(held, quantity)
  const realizedPnl = gainOf(kind, neg(closingValue), sub(held.cost, left))
  return { quantity, cost: add(left, sub(value, closingValue)), realizedPnl }
}

/** Two lines that sum to zero, or none for nothing. */
function transfer(asset: string, amount: Decimal, to: LedgerAccount, from: LedgerAccount): Posting[] {
  if (amount === ZERO) return []
  return [
    { account: to, asset, amount },
    { account: from, asset, amount: neg(amount) },
  ]
}

/**
 * The postings of a fill. Spot: the wallet swaps base for quote against `conversion`. Perpetuals: `position` takes both
 * legs, and what is realised is paid into the wallet. Either way the settle balance of `conversion` is the exact cost of
 * what is open (negated for inverse contracts), because realised profit is moved out of it at once.
 */
export function fillPostings({ kind, base, quote, settle }: Instrument, fill: FillNumbers, realizedPnl: Decimal): Posting[] {
  const signed = signedBy(fill.side, fill.quantity)
  const value = signedBy(fill.side, fill.tradeValue)
  const held: LedgerAccount = kind === 'spot' ? 'wallet' : 'position'
  const inverse = kind === 'inverse'
  return [
    ...transfer(base, inverse ? value : signed, held, 'conversion'),
    ...transfer(quote, neg(inverse ? signed : value), held, 'conversion'),
    ...transfer(settle, realizedPnl, 'conversion', 'realized_pnl'),
    ...(held === 'position' ? transfer(settle, realizedPnl, 'wallet', 'position') : []),
    ...feePostings(fill),
  ]
}

/** Fees leave the wallet in their own asset; a rebate comes in. */
export function feePostings({ fee, feeAsset }: Pick<FillNumbers, 'fee' | 'feeAsset'>): Posting[] {
  return transfer(feeAsset, fee, 'fees', 'wallet')
}

export function fundingPostings(asset: string, amount: Decimal): Posting[] {
  return transfer(asset, amount, 'wallet', 'funding')
}

/** A deposit (above zero) or a withdrawal (below): equity, and never profit. */
export function capitalPostings(asset: string, amount: Decimal): Posting[] {
  return transfer(asset, amount, 'wallet', 'capital')
}
