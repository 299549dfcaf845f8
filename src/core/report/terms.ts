// What has to be known of an instrument to read its fills and positions: its kind and its assets.

import { type Decimal, div, formatDecimal, ZERO } from '../kernel/decimal.ts'
import type { InstrumentKind } from '../kernel/instrument.ts'
import { damaged, type JournalDb, type SessionRow } from './stored.ts'

export interface Terms {
  readonly symbol: string
  readonly kind: InstrumentKind
  readonly base: string
  readonly quote: string
  readonly settle: string
}

/** Of every instrument the account could trade up to a fact: a fill may be of another one than the session's own. */
export class TermsBook {
  readonly #terms: ReadonlyMap<string, Terms>
  readonly #contracts: ReadonlyMap<string, InstrumentKind>

  constructor(terms: ReadonlyMap<string, Terms>) {
    this.#terms = terms
    const paidIn = new Set([...terms.values()].map(({ settle }) => settle))
    const contracts = [...terms.values()].filter(({ kind }) => kind !== 'spot').map((each) => [quantityAssetOf(each), each.kind] as const)
    // What contracts are counted in is no asset of theirs where others are paid in it: the balance would hold both.
    this.#contracts = new Map(contracts.filter(([asset]) => !paidIn.has(asset)))
  }

  /** Throws STORE_DAMAGED for an instrument that nobody listed. */
  of(symbol: string): Terms {
    const terms = this.#terms.get(symbol)
    if (terms === undefined) throw damaged(`The store speaks of ${symbol}, an instrument that it never listed.`)
    return terms
  }

  symbols(): readonly string[] {
    return [...this.#terms.keys()]
  }

  /** The kind of the contracts that are counted in an asset; null where it is only ever owned as such. */
  contractsIn(asset: string): InstrumentKind | null {
    return this.#contracts.get(asset) ?? null
  }
}

export async function loadTerms(db: JournalDb, accountId: number, upToSeq: number): Promise<TermsBook> {
  const rows = await db
    .selectFrom('instruments')
    .select(['symbol', 'kind', 'base', 'quote', 'settle'])
    .where('account_id', '=', accountId)
    .where('seq', '<=', upToSeq)
    .orderBy('seq')
    .execute()
  return new TermsBook(new Map(rows.map((terms) => [terms.symbol, terms])))
}

export function termsOf(session: SessionRow): Terms {
  const { instrument: symbol, base, quote, settle } = session
  return { symbol, kind: session.instrument_kind, base, quote, settle }
}

/** The asset that quantities are in: the face value of inverse contracts is in quote, all else is in base. */
export function quantityAssetOf({ kind, base, quote }: Terms): string {
  return kind === 'inverse' ? quote : base
}

/** In quote per base, unsigned; null where nothing was traded. */
export function averagePrice({ kind }: Pick<Terms, 'kind'>, quantity: Decimal, value: Decimal): string | null {
  if (quantity === ZERO || value === ZERO) return null
  return formatDecimal(kind === 'inverse' ? div(quantity, value) : div(value, quantity))
}
