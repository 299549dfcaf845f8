// Loads all that a session's money is reckoned from: its profit, its postings, its prices, and what its capital was worth.

import { valueFlows } from './flow-worth.ts'
import { loadLedger } from './ledger.ts'
import type { MoneyInputs } from './money.ts'
import { loadProfit } from './profit.ts'
import type { JournalDb, SessionRow, Window } from './stored.ts'

/** @throws DitaError STORE_DAMAGED */
export async function loadMoney(db: JournalDb, session: SessionRow, window: Window): Promise<MoneyInputs> {
  const profit = await loadProfit(db, session, window)
  const { own, stated } = profit
  const marks = profit.marks.get(session.instrument) ?? null
  const ledger = await loadLedger(db, window, marks?.first.seq ?? 0)
  return { ...profit, ledger, flows: await valueFlows(db, window, { own, marks, stated }, ledger), lastSeq: window.lastSeq }
}
