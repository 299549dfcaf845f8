// The transitions that a summary tells one by one: of trading, into and out of doubt, refusals. They are few among very many, and an
// index holds just them. Reads; explains nothing.

import { type RawBuilder, sql } from 'kysely'
import type { JournalDb, Window } from './stored.ts'

/** The words of the index, or SQLite does not see that it holds what is asked for. */
const NOTES = {
  trading: sql`entity = 'trading'`,
  rejected: sql`entity = 'order' AND to_state = 'rejected'`,
  doubt: sql`entity = 'order' AND (to_state IN ('in_doubt', 'quarantined') OR from_state IN ('in_doubt', 'quarantined'))`,
} as const satisfies Record<string, RawBuilder<unknown>>

export interface TransitionOfNote {
  readonly seq: number
  readonly timeUs: number
  /** The order or the session that moved. */
  readonly id: string
  readonly from: string
  readonly to: string
  readonly cause: string
  readonly reason: string | null
}

/** Of the facts of a window, in their order. */
export async function transitionsOfNote(db: JournalDb, note: keyof typeof NOTES, window: Window): Promise<readonly TransitionOfNote[]> {
  const { accountId, firstSeq, lastSeq } = window
  const { rows } = await sql<TransitionOfNote>`
    SELECT seq, time_us AS "timeUs", entity_id AS id, from_state AS "from", to_state AS "to", cause, reason
    FROM transitions INDEXED BY transitions_of_note
    WHERE account_id = ${accountId} AND seq >= ${firstSeq} AND seq <= ${lastSeq} AND ${NOTES[note]}
    ORDER BY seq`.execute(db)
  return rows
}
