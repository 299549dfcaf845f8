// The chain of commits and the high-water mark, which prove together at every start that the store's end is not missing.

import type Database from 'better-sqlite3'
import { commitHash, commitsGenesis } from './chain.ts'
import { storeDamaged } from './errors.ts'
import type { HighWaterMark, Mark } from './high-water-mark.ts'

interface CommittedFacts {
  readonly account: string
  readonly accountId: number
  readonly firstSeq: number
  readonly lastSeq: number
  /** Hex, of the account's chain at `lastSeq`. */
  readonly headHash: string
}

interface CommitRow {
  readonly commit_id: number
  readonly hash: Buffer
}

interface LastCommitRow extends CommitRow {
  readonly account_id: number
  readonly account: string
  readonly first_seq: number
  readonly last_seq: number
}

interface HeadRow {
  readonly seq: number
  readonly hash: Buffer
}

export class CommitLog {
  readonly #mark: HighWaterMark
  readonly #insert: Database.Statement<[number, number, number, number, Buffer]>
  #commitId: number
  #hash: string
  #marked: Mark | null

  private constructor(database: Database.Database, mark: HighWaterMark, end: Mark) {
    this.#mark = mark
    this.#insert = database.prepare('INSERT INTO commits (commit_id, account_id, first_seq, last_seq, hash) VALUES (?, ?, ?, ?, ?)')
    this.#commitId = end.commitId
    this.#hash = end.hash
    this.#marked = end.commitId === 0 ? null : end
  }

  /** The last commit that is durable; null where there is none. */
  get end(): Mark | null {
    return this.#marked
  }

  /**
   * Proves the end of the store and brings the mark up to it. The warnings say what could not be proved.
   * @throws DitaError STORE_DAMAGED
   */
  static open(
    database: Database.Database,
    mark: HighWaterMark,
    paths: { store: string; mark: string },
  ): { log: CommitLog; warnings: string[] } {
    const warnings: string[] = []
    const last = lastCommitOf(database)
    if (last !== undefined) proveLastCommit(database, paths.store, last)
    const marked = mark.read()
    if (marked !== null) proveMark(database, paths, marked, last?.commit_id ?? 0)
    else if (last !== undefined) {
      warnings.push(
        `The high-water mark ${paths.mark} was missing or unreadable, so nobody can tell whether the store once went further than ` +
          `commit ${last.commit_id}. It has been written anew.`,
      )
    }
    const end: Mark =
      last === undefined
        ? { commitId: 0, hash: commitsGenesis(), account: '', seq: 0 }
        : { commitId: last.commit_id, hash: last.hash.toString('hex'), account: last.account, seq: last.last_seq }
    const log = new CommitLog(database, mark, end)
    // After a crash the mark may be a commit behind: the store is the truth.
    if (last !== undefined && marked?.commitId !== last.commit_id) log.mark(last.account, last.last_seq)
    return { log, warnings }
  }

  /** Adds a commit within the running transaction; `mark` follows once it is durable. */
  add(facts: CommittedFacts): void {
    const commitId = this.#commitId + 1
    const hash = commitHash(this.#hash, { ...facts, commitId })
    this.#insert.run(commitId, facts.accountId, facts.firstSeq, facts.lastSeq, Buffer.from(hash, 'hex'))
    this.#commitId = commitId
    this.#hash = hash
  }

  mark(account: string, seq: number): void {
    this.#marked = { commitId: this.#commitId, hash: this.#hash, account, seq }
    this.#mark.write(this.#marked)
  }
}

function lastCommitOf(database: Database.Database): LastCommitRow | undefined {
  return database
    .prepare<[], LastCommitRow>(
      `SELECT commit_id, commits.account_id, name AS account, first_seq, last_seq, hash
       FROM commits JOIN accounts USING (account_id) ORDER BY commit_id DESC LIMIT 1`,
    )
    .get()
}

/** The last commit must follow from the one before it and from the last fact of its account. */
function proveLastCommit(database: Database.Database, path: string, last: LastCommitRow): void {
  const head = database
    .prepare<[number], HeadRow>('SELECT seq, hash FROM journal WHERE account_id = ? ORDER BY seq DESC LIMIT 1')
    .get(last.account_id)
  if (head?.seq !== last.last_seq) {
    throw storeDamaged(
      path,
      `commit ${last.commit_id} wrote fact ${last.last_seq} of account ${last.account}, but its facts end at ${head?.seq ?? 0}`,
    )
  }
  const previous = last.commit_id === 1 ? commitsGenesis() : commitHashAt(database, last.commit_id - 1)
  if (previous === undefined) throw storeDamaged(path, `commit ${last.commit_id - 1} is missing`)
  const commit = { commitId: last.commit_id, account: last.account, firstSeq: last.first_seq, lastSeq: last.last_seq }
  if (commitHash(previous, { ...commit, headHash: head.hash.toString('hex') }) !== last.hash.toString('hex')) {
    throw storeDamaged(
      path,
      `commit ${last.commit_id} does not fit the chain of commits: it, the one before it or its last fact was altered`,
    )
  }
}

/**
 * A store that ends before its mark has lost commits. Who only reads takes the mark first and looks at the store then: a
 * writer commits before it marks.
 * @throws DitaError STORE_DAMAGED
 */
export function proveMarked(database: Database.Database, paths: { store: string; mark: string }, marked: Mark): void {
  const last = database.prepare<[], number | null>('SELECT max(commit_id) FROM commits').pluck().get() ?? 0
  proveMark(database, paths, marked, last)
}

function proveMark(database: Database.Database, paths: { store: string; mark: string }, marked: Mark, lastCommitId: number): void {
  if (marked.commitId > lastCommitId) {
    throw storeDamaged(
      paths.store,
      `it ends at commit ${lastCommitId}, but commit ${marked.commitId} had been written, up to fact ${marked.seq} of account ${marked.account}`,
      {
        next:
          `Go back to a backup that holds commit ${marked.commitId}, or go on without what is missing by moving ${paths.mark} away: ` +
          'compare with the venue before you trade again.',
      },
    )
  }
  if (commitHashAt(database, marked.commitId) !== marked.hash) {
    throw storeDamaged(
      paths.store,
      `commit ${marked.commitId} is not the one that was written there, up to fact ${marked.seq} of account ${marked.account}`,
    )
  }
}

function commitHashAt(database: Database.Database, commitId: number): string | undefined {
  return database.prepare<[number], Buffer>('SELECT hash FROM commits WHERE commit_id = ?').pluck().get(commitId)?.toString('hex')
}
