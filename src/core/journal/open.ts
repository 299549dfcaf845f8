// Opens a store for writing: folder, rights, lock, layout and every setting a durable journal stands on, each asserted.
// What was acquired is let go of in reverse when a later step fails.

import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { CommitLog } from './commit-log.ts'
import { storeUnusable } from './errors.ts'
import { FailureNote } from './failure-note.ts'
import { HighWaterMark } from './high-water-mark.ts'
import { acquireLock, type LockOwner, type StoreLock } from './lock.ts'
import { knownLayout, migrate } from './migrate.ts'
import { ensureFolder, ensurePrivateFile, storeKindAt, storePathsOf, tightenFile } from './private-files.ts'
import { checkAtStart, leftBehindAt, type StartCheck } from './start-check.ts'
import {
  asStoreError,
  assertOurs,
  assertSqliteVersion,
  isBlank,
  isCutShort,
  readHeader,
  setDurable,
  setPragma,
  sqliteVersionOf,
} from './store-file.ts'
import { SqliteWriter, type StoreWriter } from './writer.ts'

/** Nobody else writes, so this is only ever waited for behind a reader that recovers the WAL of a crash. */
const BUSY_TIMEOUT_MS = 2_000

/** Pages in the WAL at which a commit starts to move them into the store: the bound on its size, timer or not. */
const WAL_PAGES = 1_000

export interface OpenWriterOptions {
  readonly path: string
  readonly holder: LockOwner
  /** Microseconds since 1970, of the real world. */
  readonly wallUs: () => number
  /** The store's lock, where it is held already: it is still released by who took it. */
  readonly lock?: StoreLock
}

/**
 * Takes the lock of the store at `path` and opens nothing yet: for who has to wait for something before it writes.
 * @throws DitaError STORE_BUSY, STORE_FOREIGN, STORE_NEWER, STORE_UNUSABLE
 */
export function holdStore({ path, holder }: Pick<OpenWriterOptions, 'path' | 'holder'>): StoreLock {
  try {
    refuseForeign(path)
    ensureFolder(dirname(path))
    return acquireLock(storePathsOf(path), holder)
  } catch (error) {
    throw asStoreError(path, error)
  }
}

/**
 * Opens the store at `path` as its one writer, making it where there is none.
 * @throws DitaError STORE_BUSY, STORE_FOREIGN, STORE_NEWER, STORE_DAMAGED, STORE_UNUSABLE
 */
export function openWriter(options: OpenWriterOptions): StoreWriter {
  const acquired: (() => void)[] = []
  try {
    if (options.lock === undefined) {
      const lock = holdStore(options)
      acquired.push(() => lock.release())
    }
    const paths = storePathsOf(options.path)
    const mark = HighWaterMark.open(paths.mark)
    acquired.push(() => mark.close())
    const leftBehind = leftBehindAt(paths.store)
    const database = openDatabase(paths.store)
    acquired.push(() => database.close())
    const startCheck = prepareStore(database, paths.store, { leftBehind, wallUs: options.wallUs })
    const { log, warnings } = CommitLog.open(database, mark, paths)
    const release = () => releaseAll(acquired)
    const { holder, wallUs } = options
    const note = new FailureNote(paths.store, 'sessionId' in holder ? holder.sessionId : null)
    return new SqliteWriter({ path: paths.store, database, commits: log, warnings, startCheck, note, wallUs, release })
  } catch (error) {
    const failure = asStoreError(options.path, error)
    try {
      releaseAll(acquired)
    } catch (releasing) {
      failure.cause = new AggregateError([failure.cause, releasing], 'and not everything could be let go of')
    }
    throw failure
  }
}

/** Calls every function, the last acquired first, whatever the others do; then throws what went wrong first. */
function releaseAll(acquired: (() => void)[]): void {
  const failures: unknown[] = []
  for (let release = acquired.pop(); release !== undefined; release = acquired.pop()) {
    try {
      release()
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
}

/** Looks before anything is made beside or changed in a file that may be somebody else's. */
function refuseForeign(path: string): void {
  if (storeKindAt(path) === 'missing') return
  const database = new Database(path, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS })
  try {
    const header = readHeader(database)
    if (!isBlank(header)) assertOurs(path, header, knownLayout())
  } catch (error) {
    // A change that a crash cut short: who only reads cannot take it back. Opening for writing does, and looks then.
    if (!isCutShort(error)) throw error
  } finally {
    database.close()
  }
}

function openDatabase(path: string): Database.Database {
  ensurePrivateFile(path)
  tightenFile(`${path}-wal`)
  tightenFile(`${path}-shm`)
  return new Database(path, { fileMustExist: true, timeout: BUSY_TIMEOUT_MS })
}

function prepareStore(
  database: Database.Database,
  path: string,
  given: { readonly leftBehind: string | null; readonly wallUs: () => number },
): StartCheck {
  assertSqliteVersion(path, sqliteVersionOf(database))
  const header = readHeader(database)
  if (!isBlank(header)) assertOurs(path, header, knownLayout())
  const startCheck = checkAtStart(database, path, { ...given, isBlank: isBlank(header) })
  setPragma(database, path, { name: 'journal_mode', value: 'WAL', reads: 'wal' })
  setDurable(database, path)
  setPragma(database, path, { name: 'foreign_keys', value: 'ON', reads: 1 })
  setPragma(database, path, { name: 'wal_autocheckpoint', value: WAL_PAGES, reads: WAL_PAGES })
  migrate(database)
  const tables = database
    .prepare<[], string>(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%'",
    )
    .pluck()
    .all()
  if (tables.length > 0) throw storeUnusable(path, `its tables are not strict: ${tables.join(', ')}`)
  return startCheck
}
