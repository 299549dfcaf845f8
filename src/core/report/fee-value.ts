// What a fee was worth when it was booked, in the asset the session's profit is in.

import { type Decimal, div, mul, ZERO } from '../kernel/decimal.ts'
import type { Terms } from './terms.ts'

export interface BookedFee {
  readonly asset: string
  readonly fee: Decimal
  /** What one unit of the asset was worth in quote; null where nobody had said. */
  readonly feePrice: Decimal | null
  /** Of the fill. */
  readonly price: Decimal
}

/** Null where nobody can say. `own` is the session's instrument, `terms` that of the fill. */
export function feeValueOf({ asset, fee, feePrice, price }: BookedFee, own: Terms, terms: Terms): Decimal | null {
  const { settle } = own
  if (fee === ZERO || asset === settle) return fee
  if (settle !== terms.settle) return null
  const inQuote = asset === terms.quote ? fee : feePrice === null ? null : mul(fee, feePrice)
  if (inQuote === null || terms.kind !== 'inverse') return inQuote
  return price === ZERO ? null : div(inQuote, price)
}
