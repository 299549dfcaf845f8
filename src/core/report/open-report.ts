// A report on a store that is named by its path: opened for reading, read at one moment, closed again.

import { type RunningSession, runningSession } from '../journal/holder.ts'
import { openReader } from '../journal/read.ts'
import { asStoreError } from '../journal/store-file.ts'
import type { StateView } from '../kernel/views.ts'
import { type CapitalView, listAccounts, listCapital } from './capital.ts'
import type { ComparisonView } from './compare.ts'
import type { WriteCsv } from './csv.ts'
import { findSession } from './find-session.ts'
import { listSessions, type SessionsView } from './sessions.ts'
import { compareBooks, type ShutdownCheck } from './shutdown-check.ts'
import type { JournalDb } from './stored.ts'
import { summarizeSession } from './summary.ts'
import type { SummaryView } from './summary-view.ts'
import { MOST_TRADES } from './trades.ts'

/** How what is typed of a flow is kept, for who books one. */
export { writeFlowNote } from './capital-note.ts'

/** @throws DitaError where the store or the session cannot be found or read */
export function summarizeFromStore(storePath: string, reference: string): Promise<SummaryView> {
  return readStore(storePath, async (db, holder) => summarizeSession(db, await findSession(db, reference), holder))
}

/** Two sessions of one store, read at one moment. @throws DitaError where the store or a session cannot be found or read */
export async function compareFromStore(storePath: string, reference: string, other: string): Promise<ComparisonView> {
  const { compareSummaries } = await import('./compare.ts')
  return readStore(storePath, async (db, holder) => {
    const [first, second] = [await findSession(db, reference), await findSession(db, other)]
    return compareSummaries(await summarizeSession(db, first, holder), await summarizeSession(db, second, holder))
  })
}

/**
 * A session as a page of its own, with its drawings, beside the summary that it shows.
 * @throws DitaError where the store or the session cannot be found or read
 */
export async function pageFromStore(storePath: string, reference: string): Promise<{ readonly view: SummaryView; readonly page: string }> {
  const [{ Course }, { summaryPage }, { readChartLibrary }] = await Promise.all([
    import('./html/course.ts'),
    import('./html/page.ts'),
    import('./html/chart-library.ts'),
  ])
  const library = await readChartLibrary()
  return readStore(storePath, async (db, holder) => {
    const course = new Course()
    const view = await summarizeSession(db, await findSession(db, reference), holder, { follow: (followed) => course.begin(followed) })
    return { view, page: summaryPage(view, course.drawing(), library) }
  })
}

/**
 * A session as tables for other programs, handed to `write` piece by piece, beside its summary. The table of trades has all of them.
 * @throws DitaError where the store or the session cannot be found or read, and what `write` throws
 */
export async function exportFromStore(storePath: string, reference: string, write: WriteCsv): Promise<SummaryView> {
  const { CsvTables } = await import('./csv.ts')
  return readStore(storePath, async (db, holder) => {
    const tables = new CsvTables(write)
    const view = await summarizeSession(db, await findSession(db, reference), holder, {
      follow: () => tables,
      mostTrades: Number.MAX_SAFE_INTEGER,
    })
    tables.finish(view)
    return { ...view, trades: { ...view.trades, list: view.trades.list.slice(0, MOST_TRADES) } }
  })
}

/** @throws DitaError where the store cannot be found or read */
export function sessionsOfStore(storePath: string, options: { readonly limit: number }): Promise<SessionsView> {
  return readStore(storePath, (db, holder) => listSessions(db, { ...options, holder }))
}

/** By name. @throws DitaError where the store cannot be found or read */
export function accountsOfStore(storePath: string): Promise<readonly string[]> {
  return readStore(storePath, listAccounts)
}

/** Of one account, or with null of all; the newest `limit` flows. @throws DitaError where the store cannot be found or read */
export function capitalOfStore(
  storePath: string,
  options: { readonly account: string | null; readonly limit: number },
): Promise<CapitalView> {
  return readStore(storePath, (db) => listCapital(db, options))
}

/**
 * What an engine holds against what the tables say, once all it decided is committed. May be called in the process that writes the
 * store: it reads on a connection of its own.
 * @throws DitaError where the store cannot be read
 */
export function compareBooksWithStore(storePath: string, sessionId: string, engine: StateView): Promise<ShutdownCheck> {
  return readStore(storePath, (db) => compareBooks(db, sessionId, engine))
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
