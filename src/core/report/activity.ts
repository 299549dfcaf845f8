// Counts of what a session did and what went wrong: orders, cancels, denials, risk events. SQL counts; nothing is loaded
// that is not shown.

import type { JournalDb, Window } from './stored.ts'
import type { OrdersSummary, RiskSummary, SummaryView } from './summary-view.ts'

const MOST_RISK_EVENTS = 20

export async function loadOrders(db: JournalDb, sessionId: string, window: Window): Promise<OrdersSummary> {
  const statuses = await db
    .selectFrom('orders')
    .select(({ fn }) => ['status', fn.countAll<number>().as('count')])
    .where('session_id', '=', sessionId)
    .groupBy('status')
    .orderBy('status')
    .execute()
  const cancels = await db
    .selectFrom('transitions')
    .select(({ fn }) => ['to_state', fn.countAll<number>().as('count')])
    .where('account_id', '=', window.accountId)
    .where('seq', '>=', window.firstSeq)
    .where('seq', '<=', window.lastSeq)
    .where('entity', '=', 'cancel')
    .groupBy('to_state')
    .execute()
  const cancelCount = (state: string): number => cancels.find((row) => row.to_state === state)?.count ?? 0
  const prepared = statuses.reduce((sum, { count }) => sum + count, 0)
  const kept = statuses.find(({ status }) => status === 'prepared')?.count ?? 0
  return {
    sent: prepared - kept,
    prepared,
    byStatus: Object.fromEntries(statuses.map(({ status, count }) => [status, count])),
    cancels: { requested: cancelCount('requested'), refused: cancelCount('refused'), inDoubt: cancelCount('in_doubt') },
  }
}

export async function loadDenials(db: JournalDb, window: Window): Promise<SummaryView['denials']> {
  return db
    .selectFrom('denials')
    .select(({ fn }) => ['code', fn.countAll<number>().as('count')])
    .where('account_id', '=', window.accountId)
    .where('seq', '>=', window.firstSeq)
    .where('seq', '<=', window.lastSeq)
    .groupBy('code')
    .orderBy('count', 'desc')
    .orderBy('code')
    .execute()
}

export async function loadRisk(db: JournalDb, window: Window): Promise<RiskSummary> {
  const events = db
    .selectFrom('risk_events')
    .where('account_id', '=', window.accountId)
    .where('seq', '>=', window.firstSeq)
    .where('seq', '<=', window.lastSeq)
  const counts = await events
    .select(({ fn }) => ['code', 'severity', fn.countAll<number>().as('count')])
    .groupBy(['code', 'severity'])
    .orderBy('count', 'desc')
    .orderBy('code')
    .execute()
  const shown = await events
    .select(['time_us as timeUs', 'code', 'severity', 'value', 'limit_value as limit', 'detail'])
    .where('severity', '!=', 'info')
    .orderBy('seq', 'desc')
    .limit(MOST_RISK_EVENTS)
    .execute()
  return { counts, events: shown }
}
