// Fills the projections anew from the facts alone, in a private store that no file name leads to and that goes away when it
// is closed. The facts must come proved, account by account, in order. Never touches the store they come from.

import Database from 'better-sqlite3'
import { apply } from '../kernel/apply.ts'
import { add, type Decimal, formatDecimal, ZERO } from '../kernel/decimal.ts'
import type { Fact, FactBody } from '../kernel/facts.ts'
import { createState, type KernelState } from '../kernel/state.ts'
import { viewOf } from '../kernel/views.ts'
import { migrate } from './migrate.ts'
import { Projector } from './project/projector.ts'
import { ValueRefused } from './project/values.ts'

export interface RebuiltAccount {
  readonly accountId: number
  readonly state: KernelState
  sessionId: string | null
  /** The fact that was last taken in hand: where it fails, if it does. */
  takenSeq: number
}

/** A fact whose postings do not add up to nothing. */
export interface Imbalance {
  readonly seq: number
  readonly asset: string
  /** What is left over, a decimal string. */
  readonly amount: string
}

export class Rebuild {
  readonly database: Database.Database
  readonly #projector: Projector

  constructor() {
    // An empty name is SQLite's own word for a temporary file that is unlinked as soon as it is open.
    this.database = new Database('')
    for (const pragma of ['journal_mode = OFF', 'synchronous = OFF', 'foreign_keys = OFF', 'cache_size = -65536']) {
      this.database.pragma(pragma)
    }
    migrate(this.database)
    this.#projector = new Projector(this.database)
    this.database.exec('BEGIN')
  }

  begin(accountId: number): RebuiltAccount {
    return { accountId, state: createState(), sessionId: null, takenSeq: 0 }
  }

  /** Brings the state up to facts whose rows are there already. */
  skip(account: RebuiltAccount, facts: readonly Fact[]): void {
    for (const fact of facts) {
      apply(account.state, fact)
      if (fact.body.type === 'SESSION_OPENED') account.sessionId = fact.body.sessionId
    }
  }

  /**
   * Writes the rows of facts that follow.
   * @throws whatever shows that the facts, though unaltered, are none that the kernel could have made
   */
  add(account: RebuiltAccount, facts: readonly Fact[]): void {
    const { accountId, state } = account
    const start = { sessionId: account.sessionId, lastSeq: state.seq }
    for (const fact of facts) {
      account.takenSeq = fact.seq
      apply(state, fact)
    }
    const view = viewOf(state)
    let { sessionId, lastSeq } = start
    this.#projector.begin()
    for (const { seq, timeUs, body } of facts) {
      account.takenSeq = seq
      const before = { sessionId, lastSeq }
      if (body.type === 'SESSION_OPENED') sessionId = body.sessionId
      if (sessionId === null) throw new ValueRefused(`fact ${seq} stands before any session`)
      this.#projector.add({ account_id: accountId, seq, session_id: sessionId, time_us: timeUs }, body, before, view)
      lastSeq = seq
    }
    this.#projector.flush(accountId, { sessionId, lastSeq }, view)
    account.sessionId = sessionId
  }

  close(): void {
    this.database.close()
  }
}

/** The first fact whose postings do not sum to zero in every asset; null where all do. */
export function imbalanceOf(facts: readonly Fact[]): Imbalance | null {
  for (const { seq, body } of facts) {
    const totals = totalsOf(body)
    for (const [asset, amount] of totals) if (amount !== ZERO) return { seq, asset, amount: formatDecimal(amount) }
  }
  return null
}

function totalsOf(body: FactBody): ReadonlyMap<string, Decimal> {
  const totals = new Map<string, Decimal>()
  if (!('postings' in body)) return totals
  for (const { asset, amount } of body.postings) totals.set(asset, add(totals.get(asset) ?? ZERO, amount))
  return totals
}
