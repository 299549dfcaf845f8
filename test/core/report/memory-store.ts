// A store in memory, for tests that need thousands of sessions: the real writer, projections and summary on a real SQLite, without
// a file, and so without a mark beside it.

import Database from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'
import { CommitLog } from '../../../src/core/journal/commit-log.ts'
import type { HighWaterMark } from '../../../src/core/journal/high-water-mark.ts'
import { migrate } from '../../../src/core/journal/migrate.ts'
import type { JournalDatabase } from '../../../src/core/journal/schema.ts'
import { SqliteWriter } from '../../../src/core/journal/writer.ts'
import type { StateView } from '../../../src/core/kernel/views.ts'
import { compareBooks, type ShutdownCheck } from '../../../src/core/report/shutdown-check.ts'
import type { JournalDb } from '../../../src/core/report/stored.ts'
import { summarizeSession } from '../../../src/core/report/summary.ts'
import type { SummaryView } from '../../../src/core/report/summary-view.ts'
import { START_US } from './recorded-store.ts'

export interface MemoryStore {
  readonly database: Database.Database
  readonly journal: SqliteWriter
  readonly db: JournalDb
  summarize(sessionId: string): Promise<SummaryView>
  compare(sessionId: string, engine: StateView): Promise<ShutdownCheck>
  close(): void
}

export function memoryStore(): MemoryStore {
  const database = new Database(':memory:')
  migrate(database)
  const mark = { read: () => null, write: () => undefined } as unknown as HighWaterMark
  const { log: commits } = CommitLog.open(database, mark, { store: ':memory:', mark: 'none' })
  const journal = new SqliteWriter({
    path: ':memory:',
    database,
    commits,
    warnings: [],
    startCheck: { name: 'quick_check', because: null, elapsedMs: 0 },
    note: { left: null, write: () => undefined, forget: () => undefined },
    wallUs: () => START_US,
    release: () => undefined,
  })
  // The same few questions are asked of every session: each is prepared once.
  const prepared = new Map<string, Database.Statement>()
  const prepare = (sql: string): Database.Statement => {
    const statement = prepared.get(sql) ?? database.prepare(sql)
    prepared.set(sql, statement)
    return statement
  }
  const db = new Kysely<JournalDatabase>({ dialect: new SqliteDialect({ database: { close: () => database.close(), prepare } }) })
  return {
    database,
    journal,
    db,
    summarize: (sessionId) => summarizeSession(db, sessionId, null),
    compare: (sessionId, engine) => compareBooks(db, sessionId, engine),
    close: () => void database.close(),
  }
}
