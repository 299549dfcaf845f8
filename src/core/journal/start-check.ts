// What SQLite itself is asked about a store before anything is written to it: quick_check after a stop in good order,
// integrity_check after any other. Neither sees what is wrong with the facts: the chains and the mark do.

import { statSync } from 'node:fs'
import type Database from 'better-sqlite3'
import { storeDamaged } from './errors.ts'

/** What a start asked SQLite, and what it took. */
export interface StartCheck {
  readonly name: 'quick_check' | 'integrity_check'
  /** Why the longer one, in words that end a sentence; null for the short one. */
  readonly because: string | null
  readonly elapsedMs: number
}

/** Bytes in the write-ahead log. Only looked up by name: to open it would drop SQLite's locks. */
export function walBytesOf(store: string): number {
  return statSync(`${store}-wal`, { throwIfNoEntry: false })?.size ?? 0
}

/** What a writer that closes in good order does not leave behind, in words; null where nothing is. To be asked before the store is opened. */
export function leftBehindAt(store: string): string | null {
  const walBytes = walBytesOf(store)
  if (walBytes > 0) return `its write-ahead log held ${walBytes} bytes`
  const journal = statSync(`${store}-journal`, { throwIfNoEntry: false })
  return journal === undefined || journal.size === 0 ? null : 'a change to it had been cut short'
}

/**
 * Checks a store of ours that nobody else writes. `leftBehind` is what was found beside it before this process opened it for writing.
 * @throws DitaError STORE_DAMAGED
 */
export function checkAtStart(
  database: Database.Database,
  path: string,
  given: { readonly leftBehind: string | null; readonly isBlank: boolean; readonly wallUs: () => number },
): StartCheck {
  const startedUs = given.wallUs()
  const because = uncleanStop(database, given)
  const name = because === null ? 'quick_check' : 'integrity_check'
  const found: unknown = database.pragma(`${name}(1)`, { simple: true })
  if (found !== 'ok') throw storeDamaged(path, `SQLite's ${name} says: ${String(found)}`)
  return { name, because, elapsedMs: (given.wallUs() - startedUs) / 1_000 }
}

/** Beside what is left behind, every session that a writer ran has an end. */
function uncleanStop(database: Database.Database, given: { readonly leftBehind: string | null; readonly isBlank: boolean }): string | null {
  if (given.leftBehind !== null || given.isBlank) return given.leftBehind
  const sessionId = database.prepare<[], string>('SELECT session_id FROM sessions WHERE halt_reason IS NULL LIMIT 1').pluck().get()
  return sessionId === undefined ? null : `session ${sessionId} has no end`
}
