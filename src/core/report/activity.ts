// Counts of what a session did and what went wrong: orders, cancels, denials, risk events. SQL counts; nothing is loaded
// that is not shown.

import { sql } from 'kysely'
import { hasLaterFacts, inWindow, type JournalDb, type Window } from './stored.ts'
import type { DenialSummary, OrdersSummary, RiskSummary, TradingStateSummary } from './summary-view.ts'

const MOST_RISK_EVENTS = 20
const MOST_TRADING_CHANGES = 20

/** Where the end of a session lies in its account's time. */
interface SessionEnd {
  readonly sessionId: string
  /** Of the session's last fact. */
  readonly timeUs: number
}

/** The session's orders by their status at its end, why venues rejected some, and its cancels by what became of them. */
export async function loadOrders(db: JournalDb, end: SessionEnd, window: Window): Promise<OrdersSummary> {
  const counts = await countStatuses(db, end, window)
  const moves = await db
    .selectFrom('transitions')
    .select(({ fn }) => ['entity', 'to_state', rejectionCode.as('code'), fn.countAll<number>().as('count')])
    .where(inWindow(window))
    .where((row) => row.or([row('entity', '=', 'cancel'), row.and([row('entity', '=', 'order'), row('to_state', '=', 'rejected')])]))
    .groupBy(['entity', 'to_state', 'code'])
    .orderBy('count', 'desc')
    .orderBy('code')
    .execute()
  const cancelCount = (state: string): number => moves.find((row) => row.entity === 'cancel' && row.to_state === state)?.count ?? 0
  const prepared = [...counts.values()].reduce((sum, count) => sum + count, 0)
  return {
    sent: prepared - (counts.get('prepared') ?? 0),
    prepared,
    byStatus: Object.fromEntries([...counts].filter(([, count]) => count > 0).sort(([a], [b]) => (a < b ? -1 : 1))),
    rejections: moves.filter((row) => row.entity === 'order').map(({ code, count }) => ({ code: code ?? UNNAMED, count })),
    cancels: { requested: cancelCount('requested'), refused: cancelCount('refused'), inDoubt: cancelCount('in_doubt') },
  }
}

/** A rejection that came without a code. */
const UNNAMED = 'UNKNOWN'

/** The code in `CODE: text`, of orders only: cancels are counted by their state. */
const rejectionCode = sql<
  string | null
>`CASE WHEN entity = 'order' AND instr(reason, ':') > 1 THEN substr(reason, 1, instr(reason, ':') - 1) END`

/** Orders have their present status; for those that moved on after the session, its last one within the session. */
async function countStatuses(db: JournalDb, end: SessionEnd, window: Window): Promise<Map<string, number>> {
  const statuses = await db
    .selectFrom('orders')
    .select(({ fn }) => ['status', fn.countAll<number>().as('count')])
    .where('session_id', '=', end.sessionId)
    .groupBy('status')
    .execute()
  const counts = new Map<string, number>(statuses.map(({ status, count }) => [status, count]))
  if (!(await hasLaterFacts(db, window))) return counts
  const moved = await db
    .selectFrom('orders')
    .select(['client_order_id as id', 'status'])
    .where('session_id', '=', end.sessionId)
    .where('updated_at_us', '>=', end.timeUs)
    .execute()
  if (moved.length === 0) return counts
  const atEnd = await lastStatuses(db, new Set(moved.map(({ id }) => id)), window)
  for (const { id, status } of moved) {
    counts.set(status, (counts.get(status) ?? 0) - 1)
    const then = atEnd.get(id) ?? 'prepared'
    counts.set(then, (counts.get(then) ?? 0) + 1)
  }
  return counts
}

async function lastStatuses(db: JournalDb, ids: ReadonlySet<string>, window: Window): Promise<Map<string, string>> {
  const rows = db
    .selectFrom('transitions')
    .select(['entity_id', 'to_state'])
    .where(inWindow(window))
    .where('entity', '=', 'order')
    .orderBy('seq', 'desc')
  const found = new Map<string, string>()
  for await (const row of rows.stream()) {
    if (ids.has(row.entity_id) && !found.has(row.entity_id)) found.set(row.entity_id, row.to_state)
    if (found.size === ids.size) break
  }
  return found
}

/** How many inputs were denied, by code, the most frequent first, each with the last of them. */
export async function loadDenials(db: JournalDb, window: Window): Promise<DenialSummary[]> {
  const codes = await db
    .selectFrom('denials')
    .select(({ fn }) => ['code', fn.countAll<number>().as('count'), fn.max('seq').as('lastSeq')])
    .where(inWindow(window))
    .groupBy('code')
    .orderBy('count', 'desc')
    .orderBy('code')
    .execute()
  const found: DenialSummary[] = []
  for (const { code, count, lastSeq } of codes) {
    const last = await db
      .selectFrom('denials')
      .select(['time_us as timeUs', 'intent', 'field', 'value', 'context', 'detail'])
      .where('account_id', '=', window.accountId)
      .where('seq', '=', lastSeq)
      .executeTakeFirstOrThrow()
    found.push({ code, count, last })
  }
  return found
}

/** The state trading was in at the session's end, and every change of it. */
export async function loadTradingState(db: JournalDb, window: Window): Promise<TradingStateSummary> {
  const changes = await db
    .selectFrom('transitions')
    .select(['time_us as timeUs', 'from_state as from', 'to_state as to', 'cause as action', 'reason'])
    .where(inWindow(window))
    .where('entity', '=', 'trading')
    .orderBy('seq')
    .execute()
  return { end: changes.at(-1)?.to ?? 'active', count: changes.length, changes: changes.slice(-MOST_TRADING_CHANGES) }
}

/** Risk events counted by code and severity; warnings and alarms themselves, newest first, at most 20. */
export async function loadRisk(db: JournalDb, window: Window): Promise<RiskSummary> {
  const events = db.selectFrom('risk_events').where(inWindow(window))
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
