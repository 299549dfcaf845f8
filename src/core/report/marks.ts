// The prices a session was valued at, from its own facts, so that a summary says the same however long ago it was.

import type { Decimal } from '../kernel/decimal.ts'
import { inWindow, type JournalDb, stored, storedFact, type Window } from './stored.ts'

export interface Mark {
  readonly seq: number
  readonly price: Decimal
}

export interface Marks {
  readonly first: Mark
  readonly last: Mark
  /** The equity the engine noted last, with the fact it stands in; null where it never knew it. */
  readonly engineEquity: { readonly seq: number; readonly equity: Decimal } | null
}

/**
 * Where the session's figures start and end: the first tick with a mark, when the money is in, and the last mark there
 * was, set by the engine or still standing at a tick. Null where the session had none.
 */
async function loadMarks(db: JournalDb, window: Window, instrument: string): Promise<Marks | null> {
  const first = (await markSeen(db, window, instrument, 'asc')) ?? (await markSet(db, window, instrument, 'asc'))
  if (first === null) return null
  const set = await markSet(db, window, instrument, 'desc')
  const seen = await markSeen(db, window, instrument, 'desc')
  const noted = await snapshots(db, window, instrument)
    .select(['seq', 'equity'])
    .where('equity', 'is not', null)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  const equity = noted?.equity ?? null
  return {
    first,
    last: later(set, seen) ?? first,
    engineEquity: noted === undefined || equity === null ? null : { seq: noted.seq, equity: stored(equity) },
  }
}

/** Of the session's own instrument, and of the others that it held. */
export async function loadAllMarks(db: JournalDb, window: Window, instruments: Iterable<string>): Promise<Map<string, Marks>> {
  const found = new Map<string, Marks>()
  for (const instrument of new Set(instruments)) {
    const marks = await loadMarks(db, window, instrument)
    if (marks !== null) found.set(instrument, marks)
  }
  return found
}

interface Seen {
  readonly window: Window
  readonly instrument: string
  readonly marks: Marks
}

/** The mark at a fact: that of the last tick with one before it; before the first of them the first, and from the last on the last. */
export async function loadMarkAt(db: JournalDb, { window, instrument, marks }: Seen, seq: number): Promise<Decimal> {
  if (seq >= marks.last.seq) return marks.last.price
  const seen = await markSeen(db, { ...window, lastSeq: seq }, instrument, 'desc')
  return seen?.price ?? marks.first.price
}

function later(a: Mark | null, b: Mark | null): Mark | null {
  return a !== null && (b === null || a.seq > b.seq) ? a : b
}

/** The first or last mark that positions were valued at: one is set only when it changes. */
async function markSet(db: JournalDb, window: Window, instrument: string, direction: 'asc' | 'desc'): Promise<Mark | null> {
  const rows = db
    .selectFrom('journal')
    .select(['seq', 'body'])
    .where(inWindow(window))
    .where('type', '=', 'MARK_SET')
    .orderBy('seq', direction)
  for await (const row of rows.stream()) {
    const body = storedFact(row)
    if (body.type === 'MARK_SET' && body.instrument === instrument) return { seq: row.seq, price: body.price }
  }
  return null
}

/** The end of the marks that ticks saw, for a session that never set one. */
async function markSeen(db: JournalDb, window: Window, instrument: string, direction: 'asc' | 'desc'): Promise<Mark | null> {
  const row = await snapshots(db, window, instrument)
    .select(['seq', 'mark'])
    .where('mark', 'is not', null)
    .orderBy('seq', direction)
    .limit(1)
    .executeTakeFirst()
  return row === undefined || row.mark === null ? null : { seq: row.seq, price: stored(row.mark) }
}

function snapshots(db: JournalDb, window: Window, instrument: string) {
  return db.selectFrom('market_snapshots').where(inWindow(window)).where('instrument', '=', instrument)
}
