// All projections of a store in one hand: what a writer fills in the commit of the facts, and what a check fills anew from
// the facts alone. Both go through here, so that a table cannot be forgotten by one of them. Begins and ends no transaction.

import type Database from 'better-sqlite3'
import type { FactBody } from '../../kernel/facts.ts'
import type { StateView } from '../../kernel/views.ts'
import { EntityRows } from './entity-rows.ts'
import { EventRows } from './event-rows.ts'
import { FindingRows } from './finding-rows.ts'
import { MoneyRows } from './money-rows.ts'
import type { Place } from './place.ts'
import { SessionRows } from './session-rows.ts'

/** The session that is in force before a fact, and the last fact so far. */
interface Before {
  readonly sessionId: string | null
  readonly lastSeq: number
}

export class Projector {
  readonly #events: EventRows
  readonly #money: MoneyRows
  readonly #findings: FindingRows
  readonly #entities: EntityRows
  readonly #sessions: SessionRows

  constructor(database: Database.Database) {
    this.#events = new EventRows(database)
    this.#money = new MoneyRows(database)
    this.#findings = new FindingRows(database)
    this.#entities = new EntityRows(database)
    this.#sessions = new SessionRows(database)
  }

  /** Forgets what a batch that failed had touched. */
  begin(): void {
    this.#entities.begin()
  }

  /** Takes one fact. `state` is the state once the whole batch is applied. */
  add(place: Place, body: FactBody, before: Before, state: StateView): void {
    if (body.type === 'SESSION_OPENED' && before.sessionId !== null) {
      this.#sessions.advance(place.account_id, { sessionId: before.sessionId, lastSeq: before.lastSeq }, state)
    }
    this.#sessions.add(place, body)
    this.#events.add(place, body, state)
    this.#money.add(place, body, state)
    this.#findings.add(place, body, state)
    this.#entities.note(place.session_id, body)
  }

  /** Writes what the batch of an account left to be written; `last` is where it ended. */
  flush(accountId: number, last: Before, state: StateView): void {
    this.#events.flush()
    this.#money.flush()
    this.#findings.flush()
    this.#entities.flush(accountId, state)
    if (last.sessionId !== null) this.#sessions.advance(accountId, { sessionId: last.sessionId, lastSeq: last.lastSeq }, state)
  }
}
