// Which orders were in doubt and how that ended, from their moves; and what a session's start found at the venue. Reads only.

import type { DoubtEntry, DoubtSummary, FindingEntry, FindingsSummary } from './doubt-view.ts'
import type { JournalDb, Window } from './stored.ts'

const MOST_SHOWN = 20
const DOUBTED: readonly string[] = ['in_doubt', 'quarantined']

interface Move {
  readonly seq: number
  readonly timeUs: number
  readonly id: string
  readonly to: string
  readonly reason: string | null
}

/** One stay in doubt, from the move that began it to the one that ended it. */
interface Spell {
  readonly start: Move
  last: Move
  wasQuarantined: boolean
}

/** Those that began in the session and those that it found; `endUs` is the time of its last fact. */
export async function loadDoubt(db: JournalDb, window: Window, endUs: number): Promise<DoubtSummary> {
  const settled = await loadSettled(db, window)
  const spells = spellsOf(await loadMoves(db, window), window)
  const entries = spells.map((spell) => entryOf(spell, { endUs, settled }))
  const resolved = entries.filter(({ by }) => by !== null)
  const count = (list: readonly DoubtEntry[], is: (entry: DoubtEntry) => boolean): number => list.filter(is).length
  const open = entries.filter(({ by }) => by === null)
  const became = new Map<string, number>()
  for (const entry of resolved) became.set(entry.became, (became.get(entry.became) ?? 0) + 1)
  return {
    orders: new Set(entries.map(({ clientOrderId }) => clientOrderId)).size,
    count: entries.length,
    resolved: resolved.length,
    open: {
      inDoubt: count(open, (entry) => entry.became === 'in_doubt'),
      quarantined: count(open, (entry) => entry.became === 'quarantined'),
    },
    by: {
      word: count(resolved, ({ by }) => by === 'word'),
      reconcile: count(resolved, ({ by }) => by === 'reconcile'),
      absence: count(resolved, ({ by }) => by === 'absence'),
    },
    becameByStatus: Object.fromEntries([...became].sort(([a], [b]) => (a < b ? -1 : 1))),
    longestUs: entries.length === 0 ? null : entries.reduce((longest, { heldUs }) => Math.max(longest, heldUs), 0),
    list: [...open.reverse(), ...resolved.reverse()].slice(0, MOST_SHOWN),
  }
}

/** Every move into doubt, within it and out of it, up to the session's end: older sessions may have left some. */
function loadMoves(db: JournalDb, { accountId, lastSeq }: Window): Promise<Move[]> {
  return db
    .selectFrom('transitions')
    .select(['seq', 'time_us as timeUs', 'entity_id as id', 'to_state as to', 'reason'])
    .where('account_id', '=', accountId)
    .where('seq', '<=', lastSeq)
    .where('entity', '=', 'order')
    .where((row) => row.or([row('to_state', 'in', DOUBTED), row('from_state', 'in', DOUBTED)]))
    .orderBy('seq')
    .execute()
}

/** When reconcile settled an order or booked a fill of it: a move of the same moment is its doing. */
async function loadSettled(db: JournalDb, { accountId, firstSeq, lastSeq }: Window): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom('reconcile_actions')
    .select(['time_us', 'client_order_id'])
    .where('account_id', '=', accountId)
    .where('seq', '>=', firstSeq)
    .where('seq', '<=', lastSeq)
    .where('action', 'in', ['settle_order', 'book_fill'])
    .where('client_order_id', 'is not', null)
    .execute()
  return new Set(rows.map((row) => settledKey(row.client_order_id as string, row.time_us)))
}

const settledKey = (clientOrderId: string, timeUs: number): string => `${timeUs} ${clientOrderId}`

function spellsOf(moves: readonly Move[], { firstSeq }: Window): Spell[] {
  const open = new Map<string, Spell>()
  const inSession: Spell[] = []
  for (const move of moves) {
    const isDoubted = DOUBTED.includes(move.to)
    const known = open.get(move.id)
    const spell = known ?? { start: move, last: move, wasQuarantined: false }
    spell.last = move
    spell.wasQuarantined ||= move.to === 'quarantined'
    if (isDoubted) {
      open.set(move.id, spell)
      continue
    }
    open.delete(move.id)
    if (move.seq >= firstSeq) inSession.push(spell)
  }
  return [...inSession, ...open.values()].sort((a, b) => a.start.seq - b.start.seq)
}

function entryOf(
  { start, last, wasQuarantined }: Spell,
  { endUs, settled }: { readonly endUs: number; readonly settled: ReadonlySet<string> },
): DoubtEntry {
  const isOpen = DOUBTED.includes(last.to)
  const untilUs = isOpen ? null : last.timeUs
  const byReconcile = settled.has(settledKey(last.id, last.timeUs))
  return {
    clientOrderId: start.id,
    fromUs: start.timeUs,
    untilUs,
    heldUs: Math.max(0, (untilUs ?? endUs) - start.timeUs),
    reason: start.reason,
    wasQuarantined,
    became: last.to,
    by: isOpen ? null : last.to === 'absent' ? 'absence' : byReconcile ? 'reconcile' : 'word',
  }
}

export async function loadFindings(db: JournalDb, sessionId: string): Promise<FindingsSummary> {
  const kinds = await db
    .selectFrom('reconcile_findings')
    .select(({ fn }) => ['kind', fn.countAll<number>().as('count'), fn.sum<number>('resolved').as('resolved')])
    .where('session_id', '=', sessionId)
    .groupBy('kind')
    .orderBy('count', 'desc')
    .orderBy('kind')
    .execute()
  const rows = await db
    .selectFrom('reconcile_findings')
    .select(['wall_us', 'kind', 'evidence', 'action', 'resolved'])
    .where('session_id', '=', sessionId)
    .orderBy('resolved')
    .orderBy('finding_id')
    .limit(MOST_SHOWN)
    .execute()
  const count = kinds.reduce((sum, kind) => sum + kind.count, 0)
  const resolved = kinds.reduce((sum, kind) => sum + kind.resolved, 0)
  return {
    count,
    resolved,
    remaining: count - resolved,
    byKind: kinds.map((kind) => ({ kind: kind.kind, count: kind.count, remaining: kind.count - kind.resolved })),
    list: rows.map((row) => ({
      wallUs: row.wall_us,
      kind: row.kind,
      ...evidenceOf(row.evidence),
      action: row.action,
      resolved: row.resolved === 1,
    })),
  }
}

/** Findings prove nothing that a total rests on: one that cannot be read is shown as it stands. */
function evidenceOf(json: string): Pick<FindingEntry, 'subject' | 'ours' | 'venues' | 'sinceUs'> {
  const unread = { subject: json, ours: '', venues: '', sinceUs: null }
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
  return { subject: text('subject'), ours: text('ours'), venues: text('venues'), sinceUs: typeof sinceUs === 'number' ? sinceUs : null }
}
