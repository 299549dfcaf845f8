// What the capital that a session moved was worth at the moment it moved. From then on its price moves are the session's result, as
// those of the coins that were there before.

import type { Decimal } from '../kernel/decimal.ts'
import type { CapitalPosting, Ledger } from './ledger.ts'
import { loadMarkAt, type Marks } from './marks.ts'
import { type StatedPrices, Valuer } from './prices.ts'
import type { JournalDb, Window } from './stored.ts'
import type { Terms } from './terms.ts'

export interface ValuedFlow extends CapitalPosting {
  /** In the settle asset, rounded once; null where its asset had no price up to the session's end. */
  readonly worth: Decimal | null
}

interface Prices {
  readonly own: Terms
  /** Of the session's instrument; null where it saw none, and nothing can be valued. */
  readonly marks: Marks | null
  readonly stated: StatedPrices
}

/**
 * The capital moved after the session's first mark, at the mark and the prices of then; what had no price, at the first that is
 * stated afterwards: until then it is in no figure.
 * @throws DitaError STORE_DAMAGED
 */
export async function valueFlows(db: JournalDb, window: Window, prices: Prices, { flows }: Ledger): Promise<ValuedFlow[]> {
  const valued: ValuedFlow[] = []
  for (const flow of flows) valued.push({ ...flow, worth: await worthAt(db, window, prices, flow) })
  return valued
}

async function worthAt(db: JournalDb, window: Window, prices: Prices, { seq, asset, amount }: CapitalPosting): Promise<Decimal | null> {
  const { own, marks, stated } = prices
  if (marks === null) return null
  const at = async (seq: number): Promise<Decimal | null> => {
    const mark = await loadMarkAt(db, { window, instrument: own.symbol, marks }, seq)
    return new Valuer(own, { mark, seq }, stated).inSettle(asset, amount)
  }
  const worth = await at(seq)
  if (worth !== null) return worth
  const pricedAt = stated.firstAfter(seq, { asset, quote: own.quote })
  return pricedAt === null || pricedAt > window.lastSeq ? null : at(pricedAt)
}
