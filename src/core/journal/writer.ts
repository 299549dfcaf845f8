// The one writer of a store: appends facts with their projections, one durable transaction a tick. After a commit that
// failed it takes nothing more: what is on disk is then unknown, and the next start finds out.

import { statSync } from 'node:fs'
import Database from 'better-sqlite3'
import { messageOf } from '../errors.ts'
import { encodeFactBody } from '../kernel/codec.ts'
import type { Fact } from '../kernel/facts.ts'
import type { StateView } from '../kernel/views.ts'
import { fillsSince, recordFindings, type StoredFill, type StoredFinding, sessionsOf } from './account-records.ts'
import { type BackupOutcome, type BackupRequest, backupStore } from './backup.ts'
import { accountGenesis, factHash } from './chain.ts'
import { type CheckpointMode, type CheckpointOutcome, recordCheckpoint, runCheckpoint } from './checkpoint.ts'
import type { CommitLog } from './commit-log.ts'
import { journalFailed, journalRefused, walLeft } from './errors.ts'
import type { FailureNote } from './failure-note.ts'
import type { JournalHead, JournalWriter, RunRecord } from './port.ts'
import { Projector } from './project/projector.ts'
import { RowBuffer } from './project/row-buffer.ts'
import { ValueRefused, whole } from './project/values.ts'
import { accountIdOf, replayAccount } from './replay.ts'
import { recordMetrics, type StoredMetric } from './session-metrics.ts'
import type { StartCheck } from './start-check.ts'
import { asStoreError } from './store-file.ts'

/** A clean close waits this long for readers before it leaves the WAL to the next start. */
const CLOSE_BUSY_TIMEOUT_MS = 250

/** A tick makes a few facts; a commit beyond this is a defect, not a busy market. */
const MOST_FACTS_A_COMMIT = 100_000

/** A writer's store, with what only a session that knows it is a file store asks for. */
export interface StoreWriter extends JournalWriter {
  /** What could not be proved at the start, in whole sentences. */
  readonly warnings: readonly string[]
  /** What SQLite was asked about the store when it was opened. */
  readonly startCheck: StartCheck
  checkpoint(mode: CheckpointMode): CheckpointOutcome
  /** What the WAL holds; null where nobody can say. */
  walBytes(): number | null
  /** Every session of an account, oldest first. */
  sessionsOf(account: string): string[]
  /** What was booked of the venue's fills from a time on. */
  fillsSince(account: string, fromUs: number): StoredFill[]
  recordFindings(account: string, findings: readonly StoredFinding[]): void
  /** What a session measured so far, in place of what it wrote before. Says what went wrong; null where nothing did. */
  recordMetrics(sessionId: string, metrics: readonly StoredMetric[]): string | null
  /**
   * Copies the store as it is now into the folder of its backups. Append nothing until it is done.
   * @throws DitaError BACKUP_FAILED
   */
  backup(request: BackupRequest): Promise<BackupOutcome>
}

interface WriterParts {
  readonly path: string
  readonly database: Database.Database
  readonly commits: CommitLog
  readonly warnings: readonly string[]
  readonly startCheck: StartCheck
  readonly note: Pick<FailureNote, 'left' | 'write' | 'forget'>
  readonly wallUs: () => number
  /** Lets go of everything, in reverse order of how it was acquired. */
  readonly release: () => void
}

/** Where an account's chain ends, and the session its next fact belongs to. */
interface AccountEnd {
  readonly accountId: number | null
  readonly seq: number
  readonly hash: string
  readonly sessionId: string | null
}

export class SqliteWriter implements StoreWriter {
  readonly warnings: readonly string[]
  readonly startCheck: StartCheck
  readonly #parts: WriterParts
  readonly #journal: RowBuffer<'journal'>
  readonly #projector: Projector
  readonly #ends = new Map<string, AccountEnd>()
  readonly #commit: (account: string, facts: readonly Fact[], state: StateView) => AccountEnd
  #failure: unknown
  #open = true

  constructor(parts: WriterParts) {
    const { database } = parts
    this.warnings = parts.warnings
    this.startCheck = parts.startCheck
    this.#parts = parts
    this.#journal = new RowBuffer(database, 'journal')
    this.#projector = new Projector(database)
    this.#commit = database.transaction((account: string, facts: readonly Fact[], state: StateView) =>
      this.#write(account, facts, state),
    ).immediate
  }

  replay(account: string): IterableIterator<Fact> {
    return replayAccount(this.#parts.database, this.#parts.path, account)
  }

  head(account: string): JournalHead {
    const { seq, hash } = this.#read(() => this.#endOf(account))
    return { seq, hash }
  }

  append(account: string, facts: readonly Fact[], state: StateView): JournalHead {
    this.#assertWritable()
    if (facts.length === 0) return this.head(account)
    return this.#guard(() => {
      const end = this.#commit(account, facts, state)
      this.#ends.set(account, end)
      this.#parts.commits.mark(account, end.seq)
      return { seq: end.seq, hash: end.hash }
    })
  }

  sessionsOf(account: string): string[] {
    return sessionsOf(this.#parts.database, account)
  }

  fillsSince(account: string, fromUs: number): StoredFill[] {
    return fillsSince(this.#parts.database, account, fromUs)
  }

  recordFindings(account: string, findings: readonly StoredFinding[]): void {
    this.#assertWritable()
    this.#guard(() => recordFindings(this.#parts.database, account, findings))
  }

  recordMetrics(sessionId: string, metrics: readonly StoredMetric[]): string | null {
    if (!this.#open || this.#failure !== undefined) return 'the journal takes nothing more'
    const { database, wallUs } = this.#parts
    return recordMetrics(database, { sessionId, wallUs: wallUs(), metrics })
  }

  hasSession(sessionId: string): boolean {
    return this.#read((database) => database.prepare('SELECT 1 FROM sessions WHERE session_id = ?').get(sessionId) !== undefined)
  }

  recordRun(run: RunRecord): void {
    this.#assertWritable()
    this.#guard(() =>
      this.#parts.database
        .prepare('INSERT INTO session_runs (session_id, pid, host, version, started_wall_us, ended_wall_us) VALUES (?, ?, ?, ?, ?, NULL)')
        .run(run.sessionId, whole(run.pid), run.host, run.version, whole(run.startedWallUs)),
    )
  }

  recordRunEnd(sessionId: string, endedWallUs: number): void {
    this.#assertWritable()
    this.#guard(() =>
      this.#parts.database.prepare('UPDATE session_runs SET ended_wall_us = ? WHERE session_id = ?').run(whole(endedWallUs), sessionId),
    )
  }

  unfinishedSessions(): { readonly sessionId: string; readonly account: string }[] {
    return this.#read((database) =>
      database
        .prepare<[], { sessionId: string; account: string }>(
          `SELECT session_id AS sessionId, name AS account FROM sessions JOIN accounts USING (account_id)
           WHERE halt_reason IS NULL ORDER BY started_at_us, session_id`,
        )
        .all(),
    )
  }

  failureOf(sessionId: string): string | null {
    const { left } = this.#parts.note
    return left?.sessionId === sessionId ? left.detail : null
  }

  forgetFailure(): void {
    this.#parts.note.forget()
  }

  checkpoint(mode: CheckpointMode): CheckpointOutcome {
    return recordCheckpoint(this.#parts.database, mode, this.#parts.wallUs)
  }

  walBytes(): number | null {
    // Asks for its size and never opens it: closing a file of the store would drop SQLite's locks.
    return statSync(`${this.#parts.path}-wal`, { throwIfNoEntry: false })?.size ?? null
  }

  async backup(request: BackupRequest): Promise<BackupOutcome> {
    this.#assertWritable()
    const { path, database, commits, wallUs } = this.#parts
    return await backupStore({ database, path, end: commits.end, wallUs }, request)
  }

  /** Leaves an empty WAL where no reader is in the way. Whatever fails, everything is let go of; closing twice is fine. */
  async close(): Promise<void> {
    if (!this.#open) return
    this.#open = false
    const failures: unknown[] = []
    for (const step of [() => this.#emptyWal(), this.#parts.release]) {
      try {
        step()
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw asStoreError(this.#parts.path, failures[0])
  }

  /** Readers in the way are no failure: the next start does it. After a failed commit the WAL is left as it is. */
  #emptyWal(): void {
    if (this.#failure !== undefined) return
    const { path, database, wallUs } = this.#parts
    database.pragma(`busy_timeout = ${CLOSE_BUSY_TIMEOUT_MS}`)
    const { error } = runCheckpoint(database, 'TRUNCATE', wallUs)
    if (error !== null) throw walLeft(path, error)
  }

  #read<T>(work: (database: Database.Database) => T): T {
    try {
      return work(this.#parts.database)
    } catch (error) {
      throw asStoreError(this.#parts.path, error)
    }
  }

  #assertWritable(): void {
    if (!this.#open) throw journalRefused('the journal is closed')
    if (this.#failure !== undefined) throw journalFailed(this.#parts.path, this.#failure)
  }

  /** Any failure closes the way for good: the state in memory is ahead of the journal from here on. */
  #guard<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      this.#failure = error
      this.#parts.note.write(messageOf(error))
      throw isRefusal(error) ? journalRefused(messageOf(error), error) : journalFailed(this.#parts.path, error)
    }
  }

  #endOf(account: string): AccountEnd {
    const known = this.#ends.get(account)
    if (known !== undefined) return known
    const { database } = this.#parts
    const accountId = accountIdOf(database, account)
    const last = database
      .prepare<[number | null], { seq: number; hash: Buffer; session_id: string }>(
        'SELECT seq, hash, session_id FROM journal WHERE account_id = ? ORDER BY seq DESC LIMIT 1',
      )
      .get(accountId)
    const end: AccountEnd =
      last === undefined
        ? { accountId, seq: 0, hash: accountGenesis(account), sessionId: null }
        : { accountId, seq: last.seq, hash: last.hash.toString('hex'), sessionId: last.session_id }
    this.#ends.set(account, end)
    return end
  }

  #write(account: string, facts: readonly Fact[], state: StateView): AccountEnd {
    const start = this.#endOf(account)
    if (facts.length > MOST_FACTS_A_COMMIT) throw new ValueRefused(`${facts.length} facts are more than a commit may hold`)
    const accountId = start.accountId ?? this.#createAccount(account)
    let { hash, sessionId } = start
    let seq = start.seq
    this.#projector.begin()
    for (const fact of facts) {
      if (fact.seq !== seq + 1) throw new ValueRefused(`fact ${fact.seq} cannot follow fact ${seq} of account ${account}`)
      const { body } = fact
      const before = { sessionId, lastSeq: seq }
      if (body.type === 'SESSION_OPENED') {
        if (body.sessionId.includes('\n')) throw new ValueRefused('a session id cannot hold a line feed')
        if (body.account !== account) throw new ValueRefused(`session ${body.sessionId} is on account ${body.account}, not on ${account}`)
        sessionId = body.sessionId
      }
      if (sessionId === null) throw new ValueRefused(`fact ${fact.seq} of account ${account} stands before any session`)
      seq = fact.seq
      const encoded = encodeFactBody(body)
      const timeUs = whole(fact.timeUs)
      hash = factHash(hash, { seq, timeUs, type: body.type, sessionId, body: encoded })
      const place = { account_id: accountId, seq, session_id: sessionId, time_us: timeUs }
      this.#journal.add({ ...place, type: body.type, body: encoded, hash: Buffer.from(hash, 'hex') })
      this.#projector.add(place, body, before, state)
    }
    this.#journal.flush()
    this.#projector.flush(accountId, { sessionId, lastSeq: seq }, state)
    this.#parts.commits.add({ account, accountId, firstSeq: start.seq + 1, lastSeq: seq, headHash: hash })
    return { accountId, seq, hash, sessionId }
  }

  #createAccount(account: string): number {
    const { database, wallUs } = this.#parts
    return Number(database.prepare('INSERT INTO accounts (name, created_wall_us) VALUES (?, ?)').run(account, wallUs()).lastInsertRowid)
  }
}

/** Whether the facts were at fault, found out before the commit; anything else leaves open what is on disk. */
function isRefusal(error: unknown): boolean {
  if (error instanceof Database.SqliteError) return error.code.startsWith('SQLITE_CONSTRAINT') || error.code === 'SQLITE_MISMATCH'
  return error instanceof ValueRefused || error instanceof TypeError || error instanceof RangeError
}
