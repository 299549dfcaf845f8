// The writer's lock: an exclusive SQLite transaction on a file of its own, held for as long as the store is open. The
// operating system drops it with the process, so a crash leaves nothing to clean up. It never touches the store itself.

import { rmSync, writeFileSync } from 'node:fs'
import Database from 'better-sqlite3'
import { storeBusy } from './errors.ts'
import { readHolder } from './holder.ts'
import { ensurePrivateFile, type StorePaths } from './private-files.ts'

/** The process that opens a store: a session, or a command that only works on it for a while. `since` is ISO 8601, UTC. */
export type LockOwner = ({ readonly sessionId: string } | { readonly command: HolderCommand }) & {
  readonly pid: number
  readonly since: string
}

/** As it is typed. */
export type HolderCommand = `dita ${string}`

export interface StoreLock {
  /** May be called again. */
  release(): void
}

/** Takes the lock or throws STORE_BUSY at once. */
export function acquireLock(paths: StorePaths, owner: LockOwner): StoreLock {
  ensurePrivateFile(paths.lock)
  const database = new Database(paths.lock, { timeout: 0 })
  try {
    database.exec('BEGIN EXCLUSIVE')
    nameHolder(paths.lockHolder, owner)
  } catch (error) {
    database.close()
    const busy = error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')
    throw busy ? storeBusy(paths.store, readHolder(paths.lockHolder)) : error
  }
  return {
    release() {
      if (!database.open) return
      try {
        rmSync(paths.lockHolder, { force: true })
      } finally {
        database.close()
      }
    },
  }
}

/** lock.db cannot be read while it is held, so the name stands in a file beside it: for people, never for deciding. */
function nameHolder(path: string, owner: LockOwner): void {
  ensurePrivateFile(path)
  writeFileSync(path, `${JSON.stringify(owner)}\n`)
}
