// A report on a store that is named by its path: opened for reading, read at one moment, closed again.

import { type RunningSession, runningSession } from '../journal/holder.ts'
import { openReader } from '../journal/read.ts'
import { asStoreError } from '../journal/store-file.ts'
import { findSession } from './find-session.ts'
import { listSessions, type SessionsView } from './sessions.ts'
import type { JournalDb } from './stored.ts'
import { summarizeSession } from './summary.ts'
import type { SummaryView } from './summary-view.ts'

/** @throws DitaError where the store or the session cannot be found or read */
export function summarizeFromStore(storePath: string, reference: string): Promise<SummaryView> {
  return readStore(storePath, async (db, holder) => summarizeSession(db, await findSession(db, reference), holder))
}

/** @throws DitaError where the store cannot be found or read */
export function sessionsOfStore(storePath: string, options: { readonly limit: number }): Promise<SessionsView> {
  return readStore(storePath, (db, holder) => listSessions(db, { ...options, holder }))
}

async function readStore<T>(storePath: string, read: (db: JournalDb, holder: RunningSession | null) => Promise<T>): Promise<T> {
  const reader = openReader(storePath)
  try {
    // Asked first: a session that ends meanwhile has written its end by the time the store is read.
    const holder = runningSession(storePath)
    return await reader.snapshot((db) => read(db, holder))
  } catch (error) {
    throw asStoreError(storePath, error)
  } finally {
    await reader.close()
  }
}
