// Whether anybody works on a store just now. Asks for the lock itself, because the name beside it can be missing, stale or
// of another machine's numbering; lets go of it at once.

import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { DitaError } from '../../errors.ts'
import { readHolder } from '../../journal/holder.ts'
import { acquireLock } from '../../journal/lock.ts'
import { storePathsOf } from '../../journal/private-files.ts'
import { asStoreError } from '../../journal/store-file.ts'

/** Who holds a store, as far as it left its name: a session, or a command that will let go of it soon. */
export interface StoreHolder {
  readonly sessionId: string | null
  readonly command: string | null
  readonly pid: number | null
}

/** Who asks, should another start in that very moment and be refused. */
const ASKER = 'dita halt'

/**
 * The holder of the store's lock, nameless where it left no name; null where nobody holds it.
 * @throws DitaError STORE_UNUSABLE and its kin, where the lock cannot be asked for
 */
export function storeHolder(storePath: string, nowMs: number): StoreHolder | null {
  if (!existsSync(dirname(resolve(storePath)))) return null
  const paths = storePathsOf(storePath)
  // Whoever holds a store has made this file.
  if (!existsSync(paths.lock)) return null
  try {
    acquireLock(paths, { command: ASKER, pid: process.pid, since: new Date(nowMs).toISOString() }).release()
    return null
  } catch (thrown) {
    if (thrown instanceof DitaError && thrown.code === 'STORE_BUSY') return readHolder(paths.lockHolder)
    throw asStoreError(storePath, thrown)
  }
}
