// Brings an account to where its session can begin: closes crashed sessions, replays, and ends what its paper exchange
// took with it. Trades nothing.

import type { JournalWriter } from '../journal/port.ts'
import type { Fact } from '../kernel/facts.ts'
import { Engine } from './engine.ts'

/** Writes the end of every session that died without one. Nobody else runs: the store's lock is ours. */
export function closeCrashedSessions(journal: JournalWriter): string[] {
  const closed: string[] = []
  for (const { sessionId, account } of journal.unfinishedSessions()) {
    const engine = replayed(account, journal, () => undefined)
    if (engine.view.session?.venue === 'paper') expireOrphansOfPaper(engine, engine.lastFactUs)
    engine.handle(engine.lastFactUs, { type: 'HALT_SESSION', reason: 'crashed', detail: 'the process ended without writing a halt' })
    engine.commit()
    closed.push(sessionId)
  }
  return closed
}

/** The account's engine, with everything that was ever journaled applied. */
export function replayed(account: string, journal: JournalWriter, onFact: (fact: Fact) => void): Engine {
  const engine = new Engine({ account, journal, onFact })
  engine.replay()
  return engine
}

/** The orders a crash left: their paper exchange lived in the process that died, so that none of them rests any more. */
export function expireOrphansOfPaper(engine: Engine, nowUs: number): void {
  for (const clientOrderId of [...engine.view.liveOrders.keys()]) {
    const reason = 'the paper exchange ended with the process that ran it'
    engine.handle(nowUs, { type: 'EXPIRED', clientOrderId, venueOrderId: null, reason })
  }
}
