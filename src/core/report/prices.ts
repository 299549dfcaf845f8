// What assets are worth: at the session's marks, and where those do not say it, at the prices that were stated meanwhile.

import { type Decimal, div, mul, ONE, ZERO } from '../kernel/decimal.ts'
import { type JournalDb, stored } from './stored.ts'
import type { Terms } from './terms.ts'

interface Stated {
  readonly seq: number
  readonly pair: string
  readonly price: Decimal
}

/** The stated prices of an account, each from the fact that states it on. Both of all and of each pair in order. */
export class StatedPrices {
  readonly #stated: readonly Stated[]
  readonly #byPair = new Map<string, Stated[]>()

  constructor(stated: readonly Stated[]) {
    this.#stated = stated
    for (const row of stated) {
      const others = this.#byPair.get(row.pair)
      if (others === undefined) this.#byPair.set(row.pair, [row])
      else others.push(row)
    }
  }

  /** What one unit of an asset was worth in another once fact `seq` was written; null where nobody had said. */
  at(seq: number, { asset, quote }: { readonly asset: string; readonly quote: string }): Decimal | null {
    const rows = this.#byPair.get(pairOf(asset, quote))
    return rows === undefined ? null : (rows[countUpTo(rows, seq) - 1]?.price ?? null)
  }

  /** The first fact after `seq` that says what an asset is worth in another; null where none does. */
  firstAfter(seq: number, { asset, quote }: { readonly asset: string; readonly quote: string }): number | null {
    const rows = this.#byPair.get(pairOf(asset, quote))
    return rows?.[countUpTo(rows, seq)]?.seq ?? null
  }

  /** How many prices had been stated by then: as long as it stays the same, no price has changed. */
  countAt(seq: number): number {
    return countUpTo(this.#stated, seq)
  }

  changesAfter(seq: number): boolean {
    return this.countAt(seq) < this.#stated.length
  }
}

/** How many rows have a `seq` up to this one. */
function countUpTo(rows: readonly Stated[], seq: number): number {
  let [low, high] = [0, rows.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((rows[middle] as Stated).seq <= seq) low = middle + 1
    else high = middle
  }
  return low
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
