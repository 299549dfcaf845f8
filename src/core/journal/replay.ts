// Reads an account's facts back in order, each proved against the hash chain. Reads in pages, so that memory stays flat
// and no cursor is ever left open. Never writes.

import type Database from 'better-sqlite3'
import { messageOf } from '../errors.ts'
import { decodeFactBody } from '../kernel/codec.ts'
import type { Fact, FactBody } from '../kernel/facts.ts'
import { accountGenesis, factHash } from './chain.ts'
import { storeDamaged } from './errors.ts'

const PAGE_FACTS = 1_000

type JournalRow = readonly [seq: number, timeUs: number, sessionId: string, type: string, body: string, hash: Buffer]

/** @throws DitaError STORE_DAMAGED naming the first fact that is missing or altered. */
export function* replayAccount(database: Database.Database, path: string, account: string): IterableIterator<Fact> {
  const accountId = accountIdOf(database, account)
  if (accountId === null) return
  const page = database
    .prepare<[number, number, number], JournalRow>(
      'SELECT seq, time_us, session_id, type, body, hash FROM journal WHERE account_id = ? AND seq > ? ORDER BY seq LIMIT ?',
    )
    .raw()
  let seq = 0
  let hash = accountGenesis(account)
  for (;;) {
    const rows = page.all(accountId, seq, PAGE_FACTS)
    for (const row of rows) {
      if (row[0] !== seq + 1) throw broken(path, account, seq + 1, `it is missing: fact ${row[0]} follows fact ${seq}`)
      const fact = proveFact(path, account, hash, row)
      seq = row[0]
      hash = row[5].toString('hex')
      yield fact
    }
    if (rows.length < PAGE_FACTS) break
  }
  proveEnd(database, path, { account, accountId, seq })
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

/** The chain cannot tell that its own end is missing; the account's last commit can. */
function proveEnd(database: Database.Database, path: string, at: { account: string; accountId: number; seq: number }): void {
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
