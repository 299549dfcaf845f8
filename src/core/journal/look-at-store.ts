// A quick look at a store and at SQLite itself, for who asks whether a session could start here. Takes no lock and writes nothing; a
// whole proof is `verify-store`.

import Database from 'better-sqlite3'
import { listBackups } from './backup.ts'
import { storeDamaged } from './errors.ts'
import { type RunningSession, runningSession } from './holder.ts'
import { connectReadable } from './read.ts'
import { asStoreError, assertSqliteVersion, sqliteVersionOf } from './store-file.ts'

export interface StoreLook {
  readonly sessions: number
  readonly bytes: number
  readonly backups: number
  /** As it left its name there; the lock itself is not asked for, since a session that starts just now would be refused it. */
  readonly running: RunningSession | null
}

/** @throws DitaError as opening it for reading does, and STORE_DAMAGED where SQLite's quick_check finds something */
export function lookAtStore(path: string): StoreLook {
  const database = connectReadable(path)
  try {
    const found: unknown = database.pragma('quick_check(1)', { simple: true })
    if (found !== 'ok') throw storeDamaged(path, `SQLite's quick_check says: ${String(found)}`)
    const sessions = database.prepare<[], number>('SELECT count(*) FROM sessions').pluck().get() ?? 0
    const bytes = Number(database.pragma('page_count', { simple: true })) * Number(database.pragma('page_size', { simple: true }))
    return { sessions, bytes, backups: listBackups(path).length, running: runningSession(path) }
  } catch (error) {
    throw asStoreError(path, error)
  } finally {
    database.close()
  }
}

/** The version of SQLite that dita brings along. @throws DitaError where it can corrupt a store, and what loading it throws */
export function lookAtSqlite(): string {
  const database = new Database(':memory:')
  try {
    const version = sqliteVersionOf(database)
    assertSqliteVersion('that a session would make', version)
    return version
  } finally {
    database.close()
  }
}
