// What was booked on an account between two of its sessions, by reconcile or by hand: in neither of them, and in the account. Reads only.

import type { BetweenSummary } from './account-view.ts'
import type { JournalDb, Window } from './stored.ts'
import { loadTrading, type TradingContext } from './trading.ts'

/**
 * From the end of the session before to the begin of this one.
 * @throws DitaError STORE_DAMAGED
 */
export async function loadBetween(db: JournalDb, context: TradingContext, { accountId, firstSeq }: Window): Promise<BetweenSummary> {
  const before = await db
    .selectFrom('sessions')
    .select(['session_id as sessionId', 'last_seq as lastSeq'])
    .where('account_id', '=', accountId)
    .where('last_seq', '<', firstSeq)
    .orderBy('last_seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  const window = { accountId, firstSeq: (before?.lastSeq ?? 0) + 1, lastSeq: firstSeq - 1 }
  const { fills, realized, fees, fromCapital, fromFunding } = await loadTrading(db, context, window)
  return {
    sessionBefore: before?.sessionId ?? null,
    fills: fills.count,
    realizedByAsset: realized.texts(),
    feesByAsset: fees.texts(),
    fundingByAsset: fromFunding.texts(),
    capitalByAsset: fromCapital.texts(),
  }
}
