// Proves the facts of a store in one pass: each account's chain, the chain of commits, the balance of the postings, and with
// them what the projections have to be. It can be called again for what was committed meanwhile. Reads only.

import Database from 'better-sqlite3'
import { DitaError, messageOf } from '../errors.ts'
import type { Fact } from '../kernel/facts.ts'
import { commitHash, commitsGenesis } from './chain.ts'
import { verifyFailed } from './errors.ts'
import { type Imbalance, imbalanceOf, Rebuild, type RebuiltAccount } from './rebuild.ts'
import { chainStart, type ProvedTo, provedPages } from './replay.ts'

const PAGE_COMMITS = 1_000

/** Where something begins to be wrong. */
export interface FaultyPlace {
  readonly account: string | null
  /** Of the first fact that is altered, missing or without meaning; null where the fault is in no fact. */
  readonly seq: number | null
  readonly what: string
}

interface CommitRow {
  readonly commit_id: number
  readonly account_id: number
  readonly first_seq: number
  readonly last_seq: number
  readonly hash: Buffer
  readonly account: string | null
  readonly head: Buffer | null
}

interface AccountsNow {
  /** Names by account id. */
  readonly accounts: ReadonlyMap<number, string>
  /** Those with a session that has no end. */
  readonly growing: ReadonlySet<number>
}

export class StoreProof {
  readonly rebuild = new Rebuild()
  readonly #database: Database.Database
  readonly #path: string
  /** SQLite itself found damage: then nothing that fails is a defect of ours. */
  readonly #isDamaged: boolean
  readonly #ends = new Map<number, ProvedTo>()
  /** The states of accounts that may still grow, by account. */
  readonly #states = new Map<number, RebuiltAccount>()
  readonly #committed = new Map<number, number>()
  #commit: { readonly commitId: number; readonly hash: string } = { commitId: 0, hash: commitsGenesis() }
  #factsFault: FaultyPlace | null = null
  #commitsFault: FaultyPlace | null = null
  #replayFault: FaultyPlace | null = null
  #imbalance: (Imbalance & { readonly account: string }) | null = null

  constructor(database: Database.Database, path: string, given: { readonly isDamaged: boolean }) {
    this.#database = database
    this.#path = path
    this.#isDamaged = given.isDamaged
  }

  /** In the facts themselves. */
  get factsFault(): FaultyPlace | null {
    return this.#factsFault
  }

  get commitsFault(): FaultyPlace | null {
    return this.#commitsFault
  }

  /** In what the facts, unaltered as they are, lead to: the kernel or a projection cannot take them. */
  get replayFault(): FaultyPlace | null {
    return this.#replayFault
  }

  get imbalance(): (Imbalance & { readonly account: string }) | null {
    return this.#imbalance
  }

  get counts(): { readonly accounts: number; readonly facts: number; readonly commits: number } {
    let facts = 0
    for (const { seq } of this.#ends.values()) facts += seq
    return { accounts: this.#ends.size, facts, commits: this.#commit.commitId }
  }

  accountName(accountId: number): string | null {
    return this.#ends.get(accountId)?.account ?? null
  }

  /** Proves what was committed since the last call. Holds no lock of SQLite's between its pages, unless the caller does. */
  advance(): void {
    const { accounts, growing } =
      this.#try(
        (fault) => (this.#factsFault ??= fault),
        () => this.#accounts(),
      ) ?? NOTHING
    for (const [accountId, account] of accounts) {
      if (this.#factsFault !== null) return
      const start = this.#ends.get(accountId) ?? chainStart(account, accountId)
      this.#ends.set(accountId, start)
      this.#try(
        (fault) => {
          this.#factsFault = { ...fault, account, seq: (this.#ends.get(accountId)?.seq ?? 0) + 1 }
        },
        () => this.#proveAccount(start),
      )
      if (!growing.has(accountId)) this.#states.delete(accountId)
    }
    this.#try(
      (fault) => (this.#commitsFault ??= fault),
      () => this.#proveCommits(),
    )
  }

  /** What only shows once everything is read: the ends of accounts, and facts of nobody. To be asked on a snapshot. */
  finish(): void {
    this.#try(
      (fault) => (this.#factsFault ??= fault),
      () => this.#proveEnds(),
    )
  }

  close(): void {
    this.rebuild.close()
  }

  #accounts(): AccountsNow {
    const rows = this.#database.prepare<[], [number, string]>('SELECT account_id, name FROM accounts ORDER BY account_id').raw().all()
    const growing = this.#database.prepare<[], number>('SELECT account_id FROM sessions WHERE halt_reason IS NULL').pluck().all()
    return { accounts: new Map(rows), growing: new Set(growing) }
  }

  #proveAccount(from: ProvedTo): void {
    // As far as it goes now: a writer that is faster than this must not keep it reading for ever.
    const goal =
      this.#database.prepare<[number], number>('SELECT max(seq) FROM journal WHERE account_id = ?').pluck().get(from.accountId) ?? 0
    for (const { facts, end } of provedPages(this.#database, this.#path, from)) {
      this.#ends.set(end.accountId, end)
      const imbalance = imbalanceOf(facts)
      if (imbalance !== null) this.#imbalance ??= { ...imbalance, account: end.account }
      if (this.#replayFault === null) this.#replay(facts, end)
      if (end.seq >= goal) return
    }
  }

  #replay(facts: readonly Fact[], end: ProvedTo): void {
    let rebuilt: RebuiltAccount | undefined
    try {
      rebuilt = this.#states.get(end.accountId) ?? this.#revive(end, (facts[0]?.seq ?? 1) - 1)
      this.#states.set(end.accountId, rebuilt)
      this.rebuild.add(rebuilt, facts)
    } catch (error) {
      if (isTroubleOfRebuild(error)) throw verifyFailed(this.#path, error)
      // The text of these facts is what was written: whatever cannot take them, they are where it begins.
      this.#replayFault = {
        account: end.account,
        seq: rebuilt?.takenSeq ?? null,
        what: `what was written cannot be replayed (${messageOf(error)})`,
      }
    }
  }

  /** The state of an account whose first `seq` facts have their rows already. */
  #revive(end: ProvedTo, seq: number): RebuiltAccount {
    const rebuilt = this.rebuild.begin(end.accountId)
    if (seq === 0) return rebuilt
    for (const { facts } of provedPages(this.#database, this.#path, chainStart(end.account, end.accountId))) {
      this.rebuild.skip(
        rebuilt,
        facts.filter((fact) => fact.seq <= seq),
      )
      if (rebuilt.state.seq >= seq) break
    }
    return rebuilt
  }

  #proveCommits(): void {
    const page = this.#database.prepare<[number, number], CommitRow>(
      `SELECT commit_id, commits.account_id, first_seq, last_seq, commits.hash, accounts.name AS account, journal.hash AS head
       FROM commits LEFT JOIN accounts USING (account_id)
         LEFT JOIN journal ON journal.account_id = commits.account_id AND journal.seq = last_seq
       WHERE commit_id > ? ORDER BY commit_id LIMIT ?`,
    )
    const goal = this.#database.prepare<[], number>('SELECT max(commit_id) FROM commits').pluck().get() ?? 0
    while (this.#commit.commitId < goal) {
      const rows = page.all(this.#commit.commitId, PAGE_COMMITS)
      for (const row of rows) {
        const what = this.#faultOf(row)
        if (what !== null) {
          this.#commitsFault ??= { account: row.account, seq: row.first_seq, what }
          return
        }
        this.#committed.set(row.account_id, row.last_seq)
        this.#commit = { commitId: row.commit_id, hash: row.hash.toString('hex') }
      }
      if (rows.length < PAGE_COMMITS) return
    }
  }

  #faultOf(row: CommitRow): string | null {
    const { commit_id: commitId, first_seq: firstSeq, last_seq: lastSeq, account, head } = row
    const previous = this.#commit
    if (commitId !== previous.commitId + 1) return `commit ${previous.commitId + 1} is missing: commit ${commitId} comes next`
    if (account === null) return `commit ${commitId} is of an account that the store does not have`
    if (head === null) return `fact ${lastSeq} of account ${account}, with which commit ${commitId} ends, is missing`
    const before = this.#committed.get(row.account_id) ?? 0
    const hash = commitHash(previous.hash, { commitId, account, firstSeq, lastSeq, headHash: head.toString('hex') })
    if (firstSeq === before + 1 && hash === row.hash.toString('hex')) return null
    return `commit ${commitId} of account ${account} does not fit the chain of commits: it, the one before it or its last fact was altered`
  }

  #proveEnds(): void {
    for (const { accountId, account, seq } of this.#ends.values()) {
      const committed = this.#committed.get(accountId) ?? 0
      if (this.#factsFault !== null || this.#commitsFault !== null || committed === seq) continue
      const what = `the facts of account ${account} end at ${seq}, but its last commit ended at ${committed}`
      this.#factsFault = { account, seq: Math.min(seq, committed) + 1, what }
    }
    if (this.#factsFault !== null) return
    const stored = this.#database.prepare<[], number>('SELECT count(*) FROM journal').pluck().get() ?? 0
    const { facts } = this.counts
    if (stored !== facts) this.#factsFault = { account: null, seq: null, what: `the journal has ${stored} rows, but its accounts ${facts}` }
  }

  /** What the store is to blame for becomes a fault; anything else is a defect of ours, unless SQLite found damage. */
  #try<T>(blame: (fault: FaultyPlace) => void, work: () => T): T | undefined {
    try {
      return work()
    } catch (error) {
      if (!isBlamed(error, this.#isDamaged)) throw error
      blame({ account: null, seq: null, what: messageOf(error) })
      return undefined
    }
  }
}

const NOTHING: AccountsNow = { accounts: new Map(), growing: new Set() }

/** What SQLite says when it is kept from its work, and what says nothing of the store. */
const KEPT_FROM_WORK = ['BUSY', 'LOCKED', 'NOMEM', 'INTERRUPT', 'CANTOPEN', 'FULL'] as const

/** Whether the store is to blame for what was thrown. Where SQLite found damage, it is for whatever the code stumbles over. */
export function isBlamed(error: unknown, isDamaged: boolean): boolean {
  if (!(error instanceof Database.SqliteError)) return error instanceof DitaError ? error.code === 'STORE_DAMAGED' : isDamaged
  return !KEPT_FROM_WORK.some((what) => error.code.startsWith(`SQLITE_${what}`))
}

/** What SQLite says of values that a table cannot hold. */
const REFUSED = ['CONSTRAINT', 'MISMATCH', 'TOOBIG', 'RANGE'] as const

/** The private store has no room, or cannot be written: that says nothing of the facts. */
function isTroubleOfRebuild(error: unknown): boolean {
  return error instanceof Database.SqliteError && !REFUSED.some((what) => error.code.startsWith(`SQLITE_${what}`))
}
