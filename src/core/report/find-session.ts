// Finds the session somebody means: by id, by a unique prefix, or as `latest`.

import { DitaError, EXIT } from '../errors.ts'
import type { JournalDb } from './stored.ts'

const MOST_CANDIDATES = 8

/** @throws DitaError NO_SESSIONS, UNKNOWN_SESSION or AMBIGUOUS_SESSION (exit 2), naming the candidates */
export async function findSession(db: JournalDb, reference: string): Promise<string> {
  const ids = await newestFirst(db).select('sessions.session_id as id').execute()
  const newest = ids[0]?.id
  if (newest === undefined) {
    throw unusable('NO_SESSIONS', 'This store holds no session yet.', 'Run one with `dita run`, or name another store with --store.')
  }
  if (reference === 'latest') return newest
  if (ids.some(({ id }) => id === reference)) return reference
  const matches = reference === '' ? [] : ids.filter(({ id }) => id.startsWith(reference))
  const [match, other] = matches
  if (match !== undefined && other === undefined) return match.id
  if (match !== undefined) {
    throw unusable(
      'AMBIGUOUS_SESSION',
      `${matches.length} sessions begin with ${JSON.stringify(reference)}: ${listOf(matches)}.`,
      'Give more of the id, or `latest`.',
    )
  }
  throw unknownSession(
    `No session of this store begins with ${JSON.stringify(reference)}. ${ids.length === 1 ? 'The only one is' : 'The newest are'} ${listOf(ids)}.`,
  )
}

function unknownSession(message: string): DitaError {
  return unusable('UNKNOWN_SESSION', message, 'See `dita sessions` for all of them, or give `latest`.')
}

/** Sessions by when they were really started; session time is virtual and says nothing about that. */
export function newestFirst(db: JournalDb) {
  return db
    .selectFrom('sessions')
    .leftJoin('session_runs', 'session_runs.session_id', 'sessions.session_id')
    .orderBy('session_runs.started_wall_us', (order) => order.desc().nullsLast())
    .orderBy('sessions.session_id', 'desc')
}

function listOf(rows: readonly { readonly id: string }[]): string {
  const shown = rows.slice(0, MOST_CANDIDATES).map(({ id }) => id)
  const more = rows.length - shown.length
  return more === 0 ? shown.join(', ') : `${shown.join(', ')} and ${more} more`
}

function unusable(code: string, message: string, next: string): DitaError {
  return new DitaError(code, { fault: 'user', exitCode: EXIT.usage, message, next })
}
