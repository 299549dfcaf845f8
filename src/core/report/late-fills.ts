// How many fills of a session were booked later than they happened, so that they are judged at a mark of another time. Reads only.

import { inWindow, type JournalDb, type Window } from './stored.ts'

/** Between what reconcile says that it books and the fill itself there is at most the binding of its order, and a fee without a price. */
const MOST_FACTS_BETWEEN = 3

/**
 * Those that reconcile found or inferred, and those that were told before the session's first mark: they happened while nobody
 * listened. Of the others the stream told at once, as far as anybody knows.
 */
export async function countLateFills(db: JournalDb, mode: string, window: Window): Promise<number> {
  // A paper venue is in this process: nothing happens behind its back.
  if (mode === 'paper') return 0
  const first = await db.selectFrom('market_snapshots').select('seq').where(inWindow(window)).orderBy('seq').limit(1).executeTakeFirst()
  const firstMarkSeq = first?.seq ?? window.lastSeq + 1
  const { count } = await db
    .selectFrom('fills')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('fills.account_id', '=', window.accountId)
    .where('fills.seq', '>=', window.firstSeq)
    .where('fills.seq', '<=', window.lastSeq)
    .where(({ eb, exists, or, selectFrom }) => {
      const booked = selectFrom('reconcile_actions as done')
        .select('done.seq')
        .whereRef('done.account_id', '=', 'fills.account_id')
        .where('done.action', '=', 'book_fill')
        .whereRef('done.seq', '<', 'fills.seq')
        .where((inner) => inner('done.seq', '>=', inner('fills.seq', '-', MOST_FACTS_BETWEEN)))
        .whereRef('done.client_order_id', 'is not distinct from', 'fills.client_order_id')
      return or([eb('fills.inferred', '=', 1), eb('fills.seq', '<', firstMarkSeq), exists(booked)])
    })
    .executeTakeFirstOrThrow()
  return count
}
