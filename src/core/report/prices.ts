// What assets are worth: at the session's marks, and where those do not say it, at the prices that were stated meanwhile.

import { type Decimal, div, mul, ONE, ZERO } from '../kernel/decimal.ts'
import { type JournalDb, stored } from './stored.ts'
import type { Terms } from './terms.ts'

/** The stated prices of an account, each from the fact that states it on. */
export class StatedPrices {
  readonly #stated: readonly { readonly seq: number; readonly pair: string; readonly price: Decimal }[]

  constructor(stated: readonly { readonly seq: number; readonly pair: string; readonly price: Decimal }[]) {
    this.#stated = stated
  }

  /** What one unit of an asset was worth in another once fact `seq` was written; null where nobody had said. */
  at(seq: number, { asset, quote }: { readonly asset: string; readonly quote: string }): Decimal | null {
    return this.#stated.findLast((row) => row.seq <= seq && row.pair === pairOf(asset, quote))?.price ?? null
  }

  changesAfter(seq: number): boolean {
    return this.#stated.some((row) => row.seq > seq)
  }
}

/** @throws DitaError STORE_DAMAGED */
export async function loadStatedPrices(db: JournalDb, accountId: number, upToSeq: number): Promise<StatedPrices> {
  const rows = await db
    .selectFrom('asset_values')
    .select(['seq', 'asset', 'quote', 'price'])
    .where('account_id', '=', accountId)
    .where('seq', '<=', upToSeq)
    .orderBy('seq')
    .execute()
  return new StatedPrices(rows.map(({ seq, asset, quote, price }) => ({ seq, pair: pairOf(asset, quote), price: stored(price) })))
}

function pairOf(asset: string, quote: string): string {
  return `${asset}|${quote}`
}

/** Values amounts as of one moment: with the mark of one instrument, and what had been stated by then. */
export class Valuer {
  readonly #terms: Terms
  readonly #mark: Decimal
  readonly #stated: StatedPrices
  readonly #seq: number

  constructor(terms: Terms, at: { readonly mark: Decimal; readonly seq: number }, stated: StatedPrices) {
    this.#terms = terms
    this.#mark = at.mark
    this.#seq = at.seq
    this.#stated = stated
  }

  /** In quote, rounded half-even once; null where nobody has said what the asset is worth. */
  inQuote(asset: string, amount: Decimal): Decimal | null {
    if (amount === ZERO) return ZERO
    const price = this.#priceOf(asset)
    return price === null ? null : mul(amount, price)
  }

  /** In the asset the instrument settles in: the quote, or of inverse contracts the base. */
  inSettle(asset: string, amount: Decimal): Decimal | null {
    if (asset === this.#terms.settle) return amount
    const inQuote = this.inQuote(asset, amount)
    if (inQuote === null || this.#terms.kind !== 'inverse') return inQuote
    return this.#mark === ZERO ? null : div(inQuote, this.#mark)
  }

  #priceOf(asset: string): Decimal | null {
    const { base, quote } = this.#terms
    if (asset === quote) return ONE
    return asset === base ? this.#mark : this.#stated.at(this.#seq, { asset, quote })
  }
}
