// Proves a store, whole: what SQLite, the chains, the mark and a replay say of it. Works beside a running session and on a
// store that nobody has open. Never writes to the store, never takes its lock; says where damage begins, and what to go back to.

import type Database from 'better-sqlite3'
import { DitaError, messageOf } from '../errors.ts'
import { listBackups, restoreCommand } from './backup.ts'
import { proveMarked } from './commit-log.ts'
import { compareTables } from './compare-tables.ts'
import { HighWaterMark, type Mark } from './high-water-mark.ts'
import { type RunningSession, runningSession } from './holder.ts'
import { knownLayout } from './migrate.ts'
import { pathsIfThere, type StorePaths } from './private-files.ts'
import { connect } from './read.ts'
import { asStoreError, assertReadable, readHeader } from './store-file.ts'
import { type FaultyPlace, isBlamed, StoreProof } from './store-proof.ts'

export type CheckName = 'integrity' | 'layout' | 'facts' | 'commits' | 'high_water_mark' | 'postings' | 'projections' | 'sessions'

export interface StoreCheck {
  readonly name: CheckName
  readonly ok: boolean
  /** One or more whole sentences or phrases, for people. */
  readonly detail: string
}

/** `unproved`: nothing is wrong as far as can be told, and something could not be told. */
export type Verdict = 'sound' | 'unproved' | 'damaged'

export interface OpenSession {
  readonly sessionId: string
  readonly account: string
  readonly state: 'running' | 'crashed'
}

export interface GoodBackup {
  readonly path: string
  readonly sessionId: string
  /** UTC, ISO 8601. */
  readonly madeAt: string
  readonly facts: number
  readonly commits: number
  /** What to type to go back to it, with nobody using the store. */
  readonly command: string
}

export interface Verification {
  readonly store: string
  readonly verdict: Verdict
  readonly checks: readonly StoreCheck[]
  readonly accounts: number
  readonly facts: number
  readonly commits: number
  /** Sessions without an end. */
  readonly openSessions: readonly OpenSession[]
  /** Where damage begins, as far as it can be told; null where none was found. */
  readonly firstFault: FaultyPlace | null
  /** Looked for only where there is damage; null then means that there is none. */
  readonly backup: GoodBackup | null
  readonly elapsedMs: number
}

export interface VerifyOptions {
  readonly path: string
  readonly wallUs: () => number
}

type Findings = Pick<Verification, 'checks' | 'accounts' | 'facts' | 'commits' | 'openSessions' | 'firstFault'>

/** How many backups are looked at for one that is good, newest first. */
const MOST_BACKUPS = 100

/** @throws DitaError where there is no store, none of ours, one of another version, or one that is locked */
export function verifyStore(options: VerifyOptions): Verification {
  const startedUs = options.wallUs()
  const paths = pathsIfThere(options.path)
  const findings = examine(paths)
  const verdict = verdictOf(findings)
  return {
    store: paths.store,
    verdict,
    ...findings,
    backup: verdict === 'damaged' ? newestGoodBackup(paths.store) : null,
    elapsedMs: (options.wallUs() - startedUs) / 1_000,
  }
}

/** Only a mark that is missing leaves open whether the store is whole; everything else that fails is damage. */
function verdictOf(findings: Findings): Verdict {
  const failed = findings.checks.filter(({ ok }) => !ok)
  if (failed.length === 0) return 'sound'
  return failed.every(({ name }) => name === 'high_water_mark') && findings.firstFault === null ? 'unproved' : 'damaged'
}

function newestGoodBackup(store: string): GoodBackup | null {
  for (const backup of listBackups(store).slice(0, MOST_BACKUPS)) {
    try {
      const findings = examine(pathsIfThere(backup.path))
      if (verdictOf(findings) !== 'sound') continue
      return { ...backup, facts: findings.facts, commits: findings.commits, command: restoreCommand(store, backup) }
    } catch (error) {
      // One that cannot even be opened is not good; the next older one may be.
      if (!(error instanceof DitaError)) throw error
    }
  }
  return null
}

function examine(paths: StorePaths): Findings {
  // A writer commits before it marks, and a session that ends has written its end: both are asked before the store.
  const holder = runningSession(paths.store)
  const marked = HighWaterMark.peek(paths.mark)
  let database: Database.Database
  try {
    database = connect(paths.store, (opened) => assertReadable(paths.store, readHeader(opened), knownLayout()))
  } catch (error) {
    return unreadable(error, marked)
  }
  try {
    return examineOpen(database, paths, { holder, marked })
  } catch (error) {
    throw asStoreError(paths.store, error)
  } finally {
    database.close()
  }
}

const LOST: readonly string[] = ['STORE_MISSING', 'STORE_EMPTY', 'STORE_FOREIGN']

/** A mark is the proof that there was a store: without one, what cannot be read is simply none of ours. */
function unreadable(error: unknown, marked: Mark | null): Findings {
  const isLost = error instanceof DitaError && LOST.includes(error.code) && marked !== null
  const isDamaged = error instanceof DitaError && error.code === 'STORE_DAMAGED'
  if (!isLost && !isDamaged) throw error
  const written =
    marked === null ? '' : ` Commit ${marked.commitId} had been written, up to fact ${marked.seq} of account ${marked.account}.`
  const what = `${messageOf(error)}${written}`
  return {
    checks: [{ name: 'integrity', ok: false, detail: what }],
    accounts: 0,
    facts: 0,
    commits: 0,
    openSessions: [],
    firstFault: { account: null, seq: null, what },
  }
}

interface Circumstances {
  readonly holder: RunningSession | null
  readonly marked: Mark | null
}

function examineOpen(database: Database.Database, paths: StorePaths, { holder, marked }: Circumstances): Findings {
  const integrity = checkIntegrity(database)
  const proof = new StoreProof(database, paths.store, { isDamaged: !integrity.ok })
  try {
    // Beside a session everything is read first, a page at a time, so that the snapshot is held only for what is new and
    // for the comparison: a log cannot be emptied beyond the oldest snapshot.
    if (holder !== null) proof.advance()
    return onSnapshot(database, () => {
      proof.advance()
      proof.finish()
      const sessions = attempt('sessions', !integrity.ok, () => checkSessions(database, holder))
      const projections = attempt('projections', !integrity.ok, () => checkProjections(database, proof))
      const checks: StoreCheck[] = [
        integrity,
        attempt('layout', !integrity.ok, () => checkLayout(database, proof.rebuild.database)),
        { name: 'facts', ok: proof.factsFault === null, detail: proof.factsFault?.what ?? factsDetail(proof) },
        {
          name: 'commits',
          ok: proof.commitsFault === null,
          detail: proof.commitsFault?.what ?? `${proof.counts.commits} commits follow one another.`,
        },
        attempt('high_water_mark', !integrity.ok, () => checkMark(database, paths, marked, proof)),
        checkPostings(proof),
        projections,
        sessions,
      ]
      return {
        checks,
        ...proof.counts,
        openSessions: sessions.found ?? [],
        firstFault: firstFaultOf(checks, proof, { marked, difference: projections.found }),
      }
    })
  } finally {
    proof.close()
  }
}

type Checked<T> = StoreCheck & { readonly found?: T }

/** A check that the store itself makes fail is a check that failed, not a defect of ours. */
function attempt<T>(name: CheckName, isDamaged: boolean, check: () => Omit<Checked<T>, 'name'>): Checked<T> {
  try {
    return { name, ...check() }
  } catch (error) {
    if (!isBlamed(error, isDamaged)) throw error
    return { name, ok: false, detail: messageOf(error) }
  }
}

function onSnapshot<T>(database: Database.Database, work: () => T): T {
  database.exec('BEGIN')
  try {
    return work()
  } finally {
    // SQLite ends a transaction by itself where it finds a file that it cannot read.
    if (database.inTransaction) database.exec('ROLLBACK')
  }
}

function checkIntegrity(database: Database.Database): StoreCheck {
  return attempt('integrity', true, () => {
    const found = database.pragma('integrity_check(5)') as { readonly integrity_check: string }[]
    const texts = found.map((row) => row.integrity_check)
    const ok = texts.length === 1 && texts[0] === 'ok'
    return { ok, detail: ok ? "SQLite's integrity_check finds nothing." : `SQLite's integrity_check says: ${texts.join('; ')}.` }
  })
}

/** Tables, indexes and their rules are text in the store like everything else, and can be altered like it. */
function checkLayout(stored: Database.Database, due: Database.Database): Omit<StoreCheck, 'name'> {
  const sql = 'SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name'
  const here = new Set(
    stored
      .prepare(sql)
      .all()
      .map((row) => JSON.stringify(row)),
  )
  const expected = due.prepare<[], { type: string; name: string }>(sql).all()
  const altered = expected.find((row) => !here.has(JSON.stringify(row)))
  if (altered === undefined)
    return { ok: true, detail: `All ${expected.length} tables and indexes are as layout ${knownLayout()} has them.` }
  return { ok: false, detail: `The ${altered.type} ${altered.name} is missing or not as layout ${knownLayout()} has it.` }
}

function factsDetail(proof: StoreProof): string {
  const { facts, accounts } = proof.counts
  return `${facts} facts in ${accounts} ${accounts === 1 ? 'account' : 'accounts'}: each fits the hash chain.`
}

function checkMark(database: Database.Database, paths: StorePaths, marked: Mark | null, proof: StoreProof): Omit<StoreCheck, 'name'> {
  if (marked !== null) {
    proveMarked(database, paths, marked)
    return { ok: true, detail: `The store holds commit ${marked.commitId}, the last one marked, or more.` }
  }
  if (proof.counts.commits === 0) return { ok: true, detail: 'Nothing was committed yet, and nothing is marked.' }
  return { ok: false, detail: `${paths.mark} is missing or unreadable, so nobody can tell whether the store once went further.` }
}

function checkPostings(proof: StoreProof): StoreCheck {
  const { imbalance, factsFault } = proof
  if (imbalance !== null) {
    const { seq, account, asset, amount } = imbalance
    return { name: 'postings', ok: false, detail: `The postings of fact ${seq} of account ${account} leave ${amount} ${asset} over.` }
  }
  const far = factsFault === null ? '' : ', as far as the facts could be read'
  return { name: 'postings', ok: true, detail: `The postings of every fact sum to zero in every asset${far}.` }
}

function checkProjections(database: Database.Database, proof: StoreProof): Omit<Checked<FaultyPlace>, 'name'> {
  const { replayFault, factsFault } = proof
  if (replayFault !== null)
    return { ok: false, detail: `From fact ${replayFault.seq} of account ${replayFault.account} on, ${replayFault.what}.` }
  if (factsFault !== null) return { ok: false, detail: 'Not compared: the facts they would have to be compared with are damaged.' }
  const { rows, differences } = compareTables(database, proof.rebuild.database)
  const [first] = differences
  if (first === undefined) return { ok: true, detail: `${rows} rows are what a replay of the facts gives.` }
  const account = first.accountId === null ? null : proof.accountName(first.accountId)
  const others =
    differences.length === 1
      ? ''
      : ` So do ${differences.length - 1} more: ${differences
          .slice(1)
          .map(({ table }) => table)
          .join(', ')}.`
  const whose = account === null ? '' : ` (account ${account})`
  return {
    ok: false,
    detail: `The table ${first.table} differs from a replay of the facts: ${first.what}${whose}.${others}`,
    found: { account, seq: first.seq, what: first.what },
  }
}

function checkSessions(database: Database.Database, holder: RunningSession | null): Omit<Checked<OpenSession[]>, 'name'> {
  const open = database
    .prepare<[], { sessionId: string; account: string }>(
      `SELECT session_id AS sessionId, name AS account FROM sessions JOIN accounts USING (account_id)
       WHERE halt_reason IS NULL ORDER BY started_at_us, session_id`,
    )
    .all()
    .map((row): OpenSession => ({ ...row, state: row.sessionId === holder?.sessionId ? 'running' : 'crashed' }))
  const detail = open.map(
    ({ sessionId, state }) => `${sessionId} ${state === 'running' ? 'is running' : 'crashed: the next session writes its end'}`,
  )
  return { ok: true, detail: open.length === 0 ? 'Every session has an end.' : `Without an end: ${detail.join('; ')}.`, found: open }
}

function firstFaultOf(
  checks: readonly StoreCheck[],
  proof: StoreProof,
  { marked, difference }: { readonly marked: Mark | null; readonly difference: FaultyPlace | undefined },
): FaultyPlace | null {
  const { factsFault, commitsFault, replayFault, imbalance } = proof
  const unbalanced = imbalance && { account: imbalance.account, seq: imbalance.seq, what: 'its postings do not sum to zero' }
  const lost = marked === null ? undefined : checks.find(({ ok, name }) => !ok && name === 'high_water_mark')
  const unmarked = lost && { account: marked?.account ?? null, seq: null, what: lost.detail }
  const place = factsFault ?? commitsFault ?? unmarked ?? unbalanced ?? replayFault ?? difference
  if (place !== null && place !== undefined) return place
  const failed = checks.find(({ ok, name }) => !ok && name !== 'high_water_mark')
  return failed === undefined ? null : { account: null, seq: null, what: failed.detail }
}
