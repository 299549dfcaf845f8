// Read-only access to a store for summaries and checks. Never takes the writer's lock, never changes the store.

import Database from 'better-sqlite3'
import { Kysely, SqliteDialect, type Transaction } from 'kysely'
import { proveMarked } from './commit-log.ts'
import { storeMissing } from './errors.ts'
import { HighWaterMark } from './high-water-mark.ts'
import { knownLayout } from './migrate.ts'
import { storeKindAt, storePathsOf } from './private-files.ts'
import type { JournalDatabase } from './schema.ts'
import {
  asStoreError,
  assertReadable,
  assertSqliteVersion,
  readHeader,
  SYNCHRONOUS_FULL,
  setPragma,
  sqliteVersionOf,
} from './store-file.ts'

/** Readers only ever wait for a moment: while a crashed writer's WAL is being recovered, or a clean close truncates it. */
const BUSY_TIMEOUT_MS = 2_000

export interface JournalReader {
  readonly db: Kysely<JournalDatabase>
  /** Runs several queries on one state of the store, whatever the writer commits meanwhile. Keep it short. */
  snapshot<T>(work: (db: Transaction<JournalDatabase>) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/**
 * Opens a store for reading; a writer may be running.
 * @throws DitaError STORE_MISSING, STORE_EMPTY, STORE_FOREIGN, STORE_NEWER, STORE_OLDER, STORE_DAMAGED, STORE_BUSY, STORE_UNUSABLE
 */
export function openReader(path: string): JournalReader {
  const database = connectReadable(path)
  const db = new Kysely<JournalDatabase>({ dialect: new SqliteDialect({ database }) })
  // One connection holds one transaction at a time: snapshots wait for one another.
  let busy: Promise<unknown> = Promise.resolve()
  return {
    db,
    snapshot(work) {
      const result = busy.then(() => db.transaction().execute(work))
      busy = Promise.allSettled([result])
      return result
    },
    async close() {
      await db.destroy()
      // Kysely closes only a database that it has queried; closing twice is harmless.
      database.close()
    },
  }
}

/** A connection that cannot write, to a store that can be read exactly as it is and that ends where its mark says. */
export function connectReadable(path: string): Database.Database {
  return connect(path, (database) => {
    const paths = storePathsOf(path)
    const marked = HighWaterMark.peek(paths.mark)
    assertReadable(path, readHeader(database), knownLayout())
    if (marked !== null) proveMarked(database, paths, marked)
  })
}

/** A connection that cannot write, to whatever is at `path`; closed again where `examine` refuses it. */
export function connect(path: string, examine: (database: Database.Database) => void): Database.Database {
  let database: Database.Database | undefined
  try {
    if (storeKindAt(path) === 'missing') throw storeMissing(path)
    database = new Database(path, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS })
    assertSqliteVersion(path, sqliteVersionOf(database))
    setPragma(database, path, SYNCHRONOUS_FULL)
    examine(database)
    return database
  } catch (error) {
    database?.close()
    throw asStoreError(path, error)
  }
}
