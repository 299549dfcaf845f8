// Counts of what a session did and what went wrong: orders, cancels, denials, risk events. SQL counts; nothing is loaded
// that is not shown.

import { sql } from 'kysely'
import { INVENTORY_COMPARED, LIMIT_FLAGS } from '../kernel/flag-codes.ts'
import { ORDER_LIVE } from '../kernel/order-table.ts'
import { hasLaterFacts, inWindow, type JournalDb, type Window } from './stored.ts'
import type { DenialSummary, OrdersSummary, RiskSummary, TradingStateSummary } from './summary-view.ts'
import { type TransitionOfNote, transitionsOfNote } from './transitions-of-note.ts'

const MOST_RISK_EVENTS = 20
const MOST_TRADING_CHANGES = 20
const TOLD_ELSEWHERE: readonly string[] = [INVENTORY_COMPARED, ...Object.values(LIMIT_FLAGS)]

/** Where the end of a session lies in its account's time. */
interface SessionEnd {
  readonly sessionId: string
  readonly mode: string
  /** Of the session's last fact. */
  readonly timeUs: number
}

/** The session's orders by their status at its end, why venues rejected some, and its cancels by what became of them. */
export async function loadOrders(db: JournalDb, end: SessionEnd, window: Window): Promise<OrdersSummary> {
  const counts = await countStatuses(db, end, window)
  const prepared = [...counts.values()].reduce((sum, count) => sum + count, 0)
  return {
    sent: prepared - (counts.get('prepared') ?? 0),
    prepared,
    byStatus: Object.fromEntries([...counts].filter(([, count]) => count > 0).sort(([a], [b]) => (a < b ? -1 : 1))),
    liveNow: end.mode === 'paper' ? 0 : await countLive(db, window),
    rejections: countedByCode(await transitionsOfNote(db, 'rejected', window)),
    cancels: await countCancels(db, window),
  }
}

const LIVE: readonly string[] = Object.entries(ORDER_LIVE).flatMap(([status, isLive]) => (isLive ? [status] : []))

async function countLive(db: JournalDb, { accountId, firstSeq }: Window): Promise<number> {
  const { count } = await db
    .selectFrom('orders')
    .innerJoin('sessions', 'sessions.session_id', 'orders.session_id')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('orders.account_id', '=', accountId)
    .where('orders.status', 'in', LIVE)
    .where('sessions.first_seq', '<=', firstSeq)
    .executeTakeFirstOrThrow()
  return count
}

/** A rejection that came without a code. */
const UNNAMED = 'UNKNOWN'

/** By the code in `CODE: text`, the most frequent first. */
function countedByCode(rejections: readonly TransitionOfNote[]): OrdersSummary['rejections'] {
  const counts = new Map<string, number>()
  for (const { reason } of rejections) {
    const end = reason?.indexOf(':') ?? -1
    const code = end > 0 ? (reason ?? '').slice(0, end) : UNNAMED
    counts.set(code, (counts.get(code) ?? 0) + 1)
  }
  const rows = [...counts].map(([code, count]) => ({ code, count }))
  return rows.sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1))
}

/** Counted in one look at each: a group for every state would have to be sorted. */
async function countCancels(db: JournalDb, window: Window): Promise<OrdersSummary['cancels']> {
  const count = (state: string) => sql<number>`count(CASE WHEN to_state = ${sql.lit(state)} THEN 1 END)`
  return await db
    .selectFrom('transitions')
    .select([count('requested').as('requested'), count('refused').as('refused'), count('in_doubt').as('inDoubt')])
    .where(inWindow(window))
    .where('entity', '=', 'cancel')
    .executeTakeFirstOrThrow()
}

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
  const moves = await transitionsOfNote(db, 'trading', window)
  const changes = moves.map(({ timeUs, from, to, cause, reason }) => ({ timeUs, from, to, action: cause, reason }))
  return { end: changes.at(-1)?.to ?? 'active', count: changes.length, changes: changes.slice(-MOST_TRADING_CHANGES) }
}

/** Risk events counted by code and severity; warnings and alarms themselves, newest first, at most 20. */
export async function loadRisk(db: JournalDb, window: Window): Promise<RiskSummary> {
  // That the books were compared at the end, and agree, is no event: it is told with the checks. So are the limits in force.
  const events = db
    .selectFrom('risk_events')
    .where(inWindow(window))
    .where((row) => row.or([row('code', 'not in', TOLD_ELSEWHERE), row('severity', '!=', 'info')]))
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
