// Which orders were in doubt and how that ended, from their moves. Reads only.

import type { DoubtEntry, DoubtSummary } from './doubt-view.ts'
import type { JournalDb, Window } from './stored.ts'
import { type TransitionOfNote, transitionsOfNote } from './transitions-of-note.ts'

const MOST_SHOWN = 20
const DOUBTED: readonly string[] = ['in_doubt', 'quarantined']

type Move = TransitionOfNote

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
    nowByStatus: await statusesNow(db, window, new Set(resolved.map(({ clientOrderId }) => clientOrderId))),
    longestUs: entries.length === 0 ? null : entries.reduce((longest, { heldUs }) => Math.max(longest, heldUs), 0),
    list: [...open.reverse(), ...resolved.reverse()].slice(0, MOST_SHOWN),
  }
}

/** An order that was partly filled when it came out of doubt may be filled by now: a person asks for the end of it. */
async function statusesNow(db: JournalDb, { accountId }: Window, ids: ReadonlySet<string>): Promise<Record<string, number>> {
  const counts = new Map<string, number>()
  for (const ofSome of inPieces([...ids])) {
    const rows = await db
      .selectFrom('orders')
      .select('status')
      .where('account_id', '=', accountId)
      .where('client_order_id', 'in', ofSome)
      .execute()
    for (const { status } of rows) counts.set(status, (counts.get(status) ?? 0) + 1)
  }
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** SQLite takes a bounded number of values in a query. */
const MOST_VALUES = 500

function* inPieces(ids: readonly string[]): Generator<readonly string[]> {
  for (let from = 0; from < ids.length; from += MOST_VALUES) yield ids.slice(from, from + MOST_VALUES)
}

/** Every move into doubt, within it and out of it, up to the session's end: older sessions may have left some. */
function loadMoves(db: JournalDb, window: Window): Promise<readonly Move[]> {
  return transitionsOfNote(db, 'doubt', { ...window, firstSeq: 1 })
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
