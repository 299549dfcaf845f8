// The port the session and the readers use; nothing here assumes that a store is a file. Types only.

import type { Fact } from '../kernel/facts.ts'
import type { StateView } from '../kernel/views.ts'

/** Where an account's chain of facts stands. `hash` is hex; sequence 0 is the start of a chain. */
export interface JournalHead {
  readonly seq: number
  readonly hash: string
}

/** What only the outside world knows of a run: kept beside the journal, never hashed. */
export interface RunRecord {
  readonly sessionId: string
  readonly pid: number
  readonly host: string
  readonly version: string
  readonly startedWallUs: number
}

/** The one writer's side of a store. All calls are synchronous: a commit is durable when `append` returns. */
export interface JournalWriter {
  /** The account's facts from the first, each checked against the hash chain. Throws STORE_DAMAGED at a break. */
  replay(account: string): IterableIterator<Fact>
  head(account: string): JournalHead
  /**
   * Commits the facts of a tick and their projections in one durable transaction. `state` is the state once all of
   * them are applied. Throws JOURNAL_FAILED; what was committed is then unknown and the session must stop.
   */
  append(account: string, facts: readonly Fact[], state: StateView): JournalHead
  hasSession(sessionId: string): boolean
  recordRun(run: RunRecord): void
  recordRunEnd(sessionId: string, endedWallUs: number): void
  /** Sessions that never wrote a halt: they crashed, or their journal failed. */
  unfinishedSessions(): { readonly sessionId: string; readonly account: string }[]
  /** What failed where an unfinished session ended because its journal did; null of one that crashed, as far as is known. */
  failureOf(sessionId: string): string | null
  /** The ends of all unfinished sessions are written: what was noted of them counts no more. */
  forgetFailure(): void
  close(): Promise<void>
}
