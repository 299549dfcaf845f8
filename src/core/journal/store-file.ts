// What makes a file a store of ours, and how SQLite's complaints about it are put into words. Never writes.

import Database from 'better-sqlite3'
import { DitaError, troubleOf } from '../errors.ts'
import { storeDamaged, storeEmpty, storeForeign, storeLocked, storeNewer, storeOlder, storeUnusable } from './errors.ts'

/** `dita` in ASCII, in SQLite's application_id. */
export const APPLICATION_ID = 0x64697461

/** Older ones can corrupt a WAL that two connections use. */
const OLDEST_SQLITE = [3, 51, 3] as const

interface StoreHeader {
  readonly applicationId: number
  readonly layout: number
  /** Tables, indexes, views and triggers. */
  readonly objects: number
}

export function readHeader(database: Database.Database): StoreHeader {
  return {
    applicationId: pragmaNumber(database, 'application_id'),
    layout: pragmaNumber(database, 'user_version'),
    objects: database.prepare<[], number>('SELECT count(*) FROM sqlite_schema').pluck().get() ?? 0,
  }
}

/** A file that SQLite takes for a database and in which nobody has put anything yet. */
export function isBlank(header: StoreHeader): boolean {
  return header.applicationId === 0 && header.layout === 0 && header.objects === 0
}

/** Refuses a store that is not ours or from a newer version. */
export function assertOurs(path: string, header: StoreHeader, knownLayout: number): void {
  if (header.applicationId !== APPLICATION_ID) throw storeForeign(path, 'it is a SQLite database of another program')
  if (header.layout > knownLayout) throw storeNewer(path, header.layout, knownLayout)
}

/** Refuses a store that cannot be read exactly as it is. */
export function assertReadable(path: string, header: StoreHeader, knownLayout: number): void {
  if (isBlank(header)) throw storeEmpty(path)
  assertOurs(path, header, knownLayout)
  if (header.layout < knownLayout) throw storeOlder(path, header.layout, knownLayout)
}

export function assertSqliteVersion(path: string, version: string): void {
  const parts = version.split('.').map(Number)
  for (const [index, least] of OLDEST_SQLITE.entries()) {
    const part = parts[index] ?? 0
    if (part > least) return
    if (part < least) {
      throw storeUnusable(path, `SQLite ${version} can corrupt a store; ${OLDEST_SQLITE.join('.')} is the oldest that is safe`)
    }
  }
}

export function sqliteVersionOf(database: Database.Database): string {
  return database.prepare<[], string>('SELECT sqlite_version()').pluck().get() ?? '0'
}

/** Sets a pragma and reads it back: a build or a setting that SQLite silently ignores is found here, not after a crash. */
export function setPragma(
  database: Database.Database,
  path: string,
  pragma: { readonly name: string; readonly value: string | number; readonly reads: string | number },
): void {
  database.pragma(`${pragma.name} = ${pragma.value}`)
  const found: unknown = database.pragma(pragma.name, { simple: true })
  if (found !== pragma.reads) throw storeUnusable(path, `SQLite keeps ${pragma.name} at ${String(found)} instead of ${pragma.reads}`)
}

/** What a commit needs to be durable once it returns, for every connection that writes or checkpoints. */
export function setDurable(database: Database.Database, path: string): void {
  setPragma(database, path, SYNCHRONOUS_FULL)
  // Only macOS tells a flush of the disk's own cache from an fsync; elsewhere this changes nothing. Checkpoints follow it.
  setPragma(database, path, { name: 'fullfsync', value: 'ON', reads: 1 })
}

/** SQLite's `synchronous=FULL`: its builds default a WAL to NORMAL, which can lose the last commits. */
export const SYNCHRONOUS_FULL = { name: 'synchronous', value: 'FULL', reads: 2 } as const

/** A change in the old way, without a log, has left its rollback journal: a store is made so, and so is a backup that was gone back to. */
export function isCutShort(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code === 'SQLITE_READONLY_ROLLBACK'
}

/** The error a person should see for whatever SQLite or the file system threw while a store was opened or read. */
export function asStoreError(path: string, thrown: unknown): Error {
  if (thrown instanceof DitaError) return thrown
  if (thrown instanceof Database.SqliteError) return fromSqlite(path, thrown)
  if (thrown instanceof Error && 'code' in thrown && 'syscall' in thrown) return storeUnusable(path, troubleOf(thrown), thrown)
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}

function fromSqlite(path: string, error: InstanceType<typeof Database.SqliteError>): DitaError {
  const code = error.code
  if (code === 'SQLITE_NOTADB') return storeForeign(path, 'it is no SQLite database', error)
  if (code.startsWith('SQLITE_CORRUPT')) return storeDamaged(path, error.message, { cause: error })
  // All statements are ours: one that SQLite does not understand speaks of tables that are no longer as they were made.
  if (code === 'SQLITE_ERROR')
    return storeDamaged(path, `SQLite does not find in it what dita had made (${error.message})`, { cause: error })
  if (code.startsWith('SQLITE_BUSY') || code === 'SQLITE_LOCKED') return storeLocked(path, error)
  if (isCutShort(error)) return storeUnusable(path, 'a crash cut a change to it short, which only the start of a session takes back', error)
  if (code.startsWith('SQLITE_READONLY')) return storeUnusable(path, 'it is read-only', error)
  if (code.startsWith('SQLITE_FULL')) return storeUnusable(path, 'the disk is full', error)
  if (code.startsWith('SQLITE_CANTOPEN')) return storeUnusable(path, 'it cannot be opened', error)
  return storeUnusable(path, `${error.message} (${code})`, error)
}

function pragmaNumber(database: Database.Database, name: string): number {
  return Number(database.pragma(name, { simple: true }))
}
