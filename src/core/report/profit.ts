// Loads what a session's profit is made of: its fills and flows, the positions round it, and the prices it saw.

import { ZERO } from '../kernel/decimal.ts'
import { loadAllMarks } from './marks.ts'
import type { ProfitInputs } from './money.ts'
import { loadPositions } from './positions.ts'
import { loadStatedPrices, type StatedPrices } from './prices.ts'
import type { JournalDb, SessionRow, Window } from './stored.ts'
import { loadTerms, type TermsBook, termsOf } from './terms.ts'
import { loadTrading } from './trading.ts'

export interface Profit extends ProfitInputs {
  readonly terms: TermsBook
  readonly stated: StatedPrices
}

/** @throws DitaError STORE_DAMAGED */
export async function loadProfit(db: JournalDb, session: SessionRow, window: Window): Promise<Profit> {
  const own = termsOf(session)
  const terms = await loadTerms(db, window.accountId, window.lastSeq)
  const stated = await loadStatedPrices(db, window.accountId, window.lastSeq)
  const trading = await loadTrading(db, { own, terms }, window)
  const positions = await loadPositions(db, session, terms, window)
  const held = positions.filter(({ before, end }) => before.quantity !== ZERO || end.quantity !== ZERO).map((each) => each.terms.symbol)
  return { own, terms, stated, trading, positions, marks: await loadAllMarks(db, window, [own.symbol, ...held]) }
}
