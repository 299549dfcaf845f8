// Reads an account's facts back in order, each proved against the hash chain. Reads in pages, so that memory stays flat
// and no cursor is ever left open. Never writes.

import type Database from 'better-sqlite3'
import { messageOf } from '../errors.ts'
import { decodeFactBody } from '../kernel/codec.ts'
import type { Fact, FactBody } from '../kernel/facts.ts'
import { accountGenesis, factHash } from './chain.ts'
import { storeDamaged } from './errors.ts'
import { asStoreError } from './store-file.ts'

const PAGE_FACTS = 1_000

type JournalRow = readonly [seq: number, timeUs: number, sessionId: string, type: string, body: string, hash: Buffer]

/** How far an account's chain is proved. `hash` is hex; sequence 0 is the start. */
export interface ProvedTo {
  readonly account: string
  readonly accountId: number
  readonly seq: number
  readonly hash: string
}

/** The start of an account's chain, at which nothing is proved yet. */
export function chainStart(account: string, accountId: number): ProvedTo {
  return { account, accountId, seq: 0, hash: accountGenesis(account) }
}

/** @throws DitaError STORE_DAMAGED naming the first fact that is missing or altered. */
export function* replayAccount(database: Database.Database, path: string, account: string): IterableIterator<Fact> {
  const pages = asStoreErrors(path, () => startOf(database, path, account))
  if (pages === null) return
  let { end } = pages
  for (;;) {
    const page = asStoreErrors(path, () => pages.following.next())
    if (page.done === true) break
    yield* page.value.facts
    end = page.value.end
  }
  asStoreErrors(path, () => proveEnd(database, path, end))
}

function startOf(database: Database.Database, path: string, account: string) {
  const accountId = accountIdOf(database, account)
  if (accountId === null) return null
  const end = chainStart(account, accountId)
  return { end, following: provedPages(database, path, end) }
}

/** What whoever takes the facts throws is not the store's: only what reading them throws is put into words here. */
function asStoreErrors<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw asStoreError(path, error)
  }
}

/**
 * The facts that follow `from`, a page at a time, with where the chain stands after each. It reads what is there: the end
 * of the account is for `proveEnd` to prove.
 * @throws DitaError STORE_DAMAGED naming the first fact that is missing or altered; the page of facts before it comes first.
 */
export function* provedPages(
  database: Database.Database,
  path: string,
  from: ProvedTo,
): IterableIterator<{ readonly facts: readonly Fact[]; readonly end: ProvedTo }> {
  const { account, accountId } = from
  const page = database
    .prepare<[number, number, number], JournalRow>(
      'SELECT seq, time_us, session_id, type, body, hash FROM journal WHERE account_id = ? AND seq > ? ORDER BY seq LIMIT ?',
    )
    .raw()
  let { seq, hash } = from
  for (;;) {
    const rows = page.all(accountId, seq, PAGE_FACTS)
    const facts: Fact[] = []
    let failure: unknown
    for (const row of rows) {
      try {
        if (row[0] !== seq + 1) throw broken(path, account, seq + 1, `it is missing: fact ${row[0]} follows fact ${seq}`)
        facts.push(proveFact(path, account, hash, row))
      } catch (error) {
        failure = error
        break
      }
      seq = row[0]
      hash = row[5].toString('hex')
    }
    if (facts.length > 0) yield { facts, end: { account, accountId, seq, hash } }
    if (failure !== undefined) throw failure
    if (rows.length < PAGE_FACTS) return
  }
}

export function accountIdOf(database: Database.Database, account: string): number | null {
  return database.prepare<[string], number>('SELECT account_id FROM accounts WHERE name = ?').pluck().get(account) ?? null
}

function proveFact(path: string, account: string, previous: string, row: JournalRow): Fact {
  const [seq, timeUs, sessionId, type, text, hash] = row
  if (factHash(previous, { seq, timeUs, type, sessionId, body: text }) !== hash.toString('hex')) {
    throw broken(path, account, seq, 'its text and its hash do not belong together')
  }
  let body: FactBody
  try {
    body = decodeFactBody(text)
  } catch (error) {
    throw broken(path, account, seq, `its text cannot be read (${messageOf(error)})`, error)
  }
  return { seq, timeUs, body }
}

/**
 * The chain cannot tell that its own end is missing; the account's last commit can.
 * @throws DitaError STORE_DAMAGED
 */
export function proveEnd(database: Database.Database, path: string, at: ProvedTo): void {
  const last = database
    .prepare<[number], number>('SELECT last_seq FROM commits WHERE account_id = ? ORDER BY commit_id DESC LIMIT 1')
    .pluck()
    .get(at.accountId)
  if (last === at.seq) return
  throw storeDamaged(path, `the facts of account ${at.account} end at ${at.seq}, but its last commit ended at ${last ?? 0}`)
}

function broken(path: string, account: string, seq: number, what: string, cause?: unknown): Error {
  return storeDamaged(path, `fact ${seq} of account ${account} does not fit the hash chain; ${what}`, { cause })
}
