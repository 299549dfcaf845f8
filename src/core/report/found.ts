// What reconcile found at a session's start and after it, each thing once, and what became of it by all that the store knows. Reads only.

import { ORDER_LIVE, type OrderStatus } from '../kernel/order-table.ts'
import type { FindingEntry, FindingsSummary } from './doubt-view.ts'
import { timeText } from './format.ts'
import type { JournalDb, Window } from './stored.ts'

const MOST_SHOWN = 20

interface Row {
  readonly findingId: number
  readonly sessionId: string | null
  readonly wallUs: number
  readonly kind: string
  readonly evidence: string
  readonly action: string
  readonly resolved: number
}

type Found = Omit<FindingEntry, 'later'> & { readonly findingId: number }

export async function loadFindings(db: JournalDb, sessionId: string, window: Window): Promise<FindingsSummary> {
  const found = eachOnce(await rowsOf(db, window, sessionId))
  const entries: FindingEntry[] = []
  for (const { findingId, ...entry } of found) {
    const later = entry.resolved ? null : await laterOf(db, { ...entry, findingId }, sessionId, window)
    entries.push({ ...entry, resolved: entry.resolved || later !== null, later })
  }
  const remaining = entries.filter(({ resolved }) => !resolved)
  const kinds = new Map<string, { count: number; remaining: number }>()
  for (const { kind, resolved } of entries) {
    const known = kinds.get(kind) ?? { count: 0, remaining: 0 }
    kinds.set(kind, { count: known.count + 1, remaining: known.remaining + (resolved ? 0 : 1) })
  }
  const byKind = [...kinds].map(([kind, counts]) => ({ kind, ...counts }))
  return {
    count: entries.length,
    resolved: entries.length - remaining.length,
    remaining: remaining.length,
    byKind: byKind.sort((a, b) => b.count - a.count || (a.kind < b.kind ? -1 : 1)),
    list: [...remaining, ...entries.filter(({ resolved }) => resolved)].slice(0, MOST_SHOWN),
  }
}

function rowsOf(db: JournalDb, { accountId }: Window, sessionId: string): Promise<Row[]> {
  return db
    .selectFrom('reconcile_findings')
    .select(['finding_id as findingId', 'session_id as sessionId', 'wall_us as wallUs', 'kind', 'evidence', 'action', 'resolved'])
    .where('account_id', '=', accountId)
    .where('session_id', '=', sessionId)
    .orderBy('finding_id')
    .execute()
}

/** One that was seen again is the same one: when it was first seen, and how it last stood. */
function eachOnce(rows: readonly Row[]): Found[] {
  const known = new Map<string, Found>()
  for (const { findingId, wallUs, kind, evidence, action, resolved } of rows) {
    const { foundBy, ...sides } = evidenceOf(evidence)
    const key = `${kind}|${sides.subject}`
    const first = known.get(key)
    const since = { wallUs: first?.wallUs ?? wallUs, foundBy: first?.foundBy ?? foundBy }
    known.set(key, { findingId, kind, action, resolved: resolved === 1, ...sides, ...since })
  }
  return [...known.values()]
}

/** Sessions and reconciles that came later, and the books themselves, know what became of it; null where none of them does. */
async function laterOf(db: JournalDb, found: Found, sessionId: string, window: Window): Promise<string | null> {
  const { accountId } = window
  const rows = await db
    .selectFrom('reconcile_findings')
    .select(['session_id as sessionId', 'wall_us as wallUs', 'evidence', 'action', 'resolved'])
    .where('account_id', '=', accountId)
    .where('kind', '=', found.kind)
    .where('finding_id', '>', found.findingId)
    .where((row) => row.or([row('session_id', '!=', sessionId), row('session_id', 'is', null)]))
    .orderBy('finding_id', 'desc')
    .execute()
  const last = rows.find(({ evidence }) => evidenceOf(evidence).subject === found.subject)
  if (last !== undefined) {
    if (last.resolved !== 1) return null
    const by = evidenceOf(last.evidence).foundBy === 'start' ? `the start of session ${last.sessionId ?? 'unknown'}` : 'a later reconcile'
    return `resolved by ${by}, ${last.action} at ${timeText(last.wallUs)}`
  }
  const order = await db
    .selectFrom('orders')
    .select('status')
    .where('account_id', '=', accountId)
    .where('client_order_id', '=', found.subject)
    .executeTakeFirst()
  if (order !== undefined && !ORDER_LIVE[order.status as OrderStatus]) return `resolved since: the order is ${order.status}`
  const next = await nextThatTraded(db, window)
  return next === null ? null : `no longer found by the start of session ${next}`
}

/** A session reconciles before its first mark: one that has a mark has looked, and went on. */
async function nextThatTraded(db: JournalDb, { accountId, lastSeq }: Window): Promise<string | null> {
  const row = await db
    .selectFrom('market_snapshots')
    .select('session_id')
    .where('account_id', '=', accountId)
    .where('seq', '>', lastSeq)
    .orderBy('seq')
    .limit(1)
    .executeTakeFirst()
  return row?.session_id ?? null
}

type Evidence = Pick<FindingEntry, 'subject' | 'ours' | 'venues' | 'sinceUs' | 'foundBy'>

/** Findings prove nothing that a total rests on: one that cannot be read is shown as it stands. */
function evidenceOf(json: string): Evidence {
  const unread = { subject: json, ours: '', venues: '', sinceUs: null, foundBy: 'start' } as const
  let evidence: unknown
  try {
    evidence = JSON.parse(json)
  } catch {
    return unread
  }
  if (typeof evidence !== 'object' || evidence === null) return unread
  const text = (key: string): string => {
    const value: unknown = Reflect.get(evidence, key)
    return typeof value === 'string' ? value : ''
  }
  const sinceUs: unknown = Reflect.get(evidence, 'sinceUs')
  return {
    subject: text('subject'),
    ours: text('ours'),
    venues: text('venues'),
    sinceUs: typeof sinceUs === 'number' ? sinceUs : null,
    foundBy: text('by') === 'reconcile' ? 'reconcile' : 'start',
  }
}
