// Brings an account to where its session can begin: closes crashed sessions, replays, and ends what its paper exchange
// took with it. Trades nothing.

import type { HaltReason } from '../halt-reasons.ts'
import type { JournalWriter } from '../journal/port.ts'
import type { OrderStatus } from '../kernel/order-table.ts'
import type { StateView } from '../kernel/views.ts'
import { timeText } from '../recovery/words.ts'
import { Engine, type EngineOptions } from './engine.ts'

/**
 * Writes the end of every session that died without one. Nobody else runs: the store's lock is ours.
 * @param told hears of each, in a whole sentence
 */
export function closeCrashedSessions(journal: JournalWriter, told: (text: string) => void = () => undefined): string[] {
  const closed: string[] = []
  for (const { sessionId, account } of journal.unfinishedSessions()) {
    const engine = replayed(account, journal)
    const found = foundText(engine.view)
    const failure = journal.failureOf(sessionId)
    const ended = failure === null ? 'crashed' : `ended because its journal failed (${failure})`
    told(
      `The session ${sessionId} before this one ${ended}; the last that is known of it is from ${timeText(engine.lastFactUs)}. Found: ${found}.`,
    )
    if (engine.view.session?.mode === 'paper') expireOrphansOfPaper(engine, engine.lastFactUs)
    engine.handle(engine.lastFactUs, { type: 'HALT_SESSION', ...endOf(failure, found) })
    engine.commit()
    closed.push(sessionId)
  }
  journal.forgetFailure()
  return closed
}

/** The end that a session could not write itself. */
function endOf(failure: string | null, found: string): { readonly reason: HaltReason; readonly detail: string } {
  if (failure === null) return { reason: 'crashed', detail: `the process ended without writing a halt; ${found}` }
  return { reason: 'journal_failure', detail: `${failure}; ${found}` }
}

/** What may not have been answered: after a crash what was prepared counts as maybe sent. */
const UNANSWERED: ReadonlySet<OrderStatus> = new Set(['prepared', 'submitting', 'in_doubt', 'quarantined'])

/** What the crash left, as far as we know by ourselves: `3 orders were live, 1 of them in doubt`. */
function foundText({ liveOrders, session }: StateView): string {
  const live = [...liveOrders.values()]
  if (live.length === 0) return 'no order was live'
  const orders = live.length === 1 ? '1 order was live' : `${live.length} orders were live`
  // A paper exchange ends with its process: there is nobody left to doubt.
  if (session?.mode === 'paper') return orders
  const doubted = live.filter(({ status }) => UNANSWERED.has(status)).length
  if (live.length === 1) return doubted === 0 ? orders : `${orders} and in doubt`
  return `${orders}, ${doubted === 0 ? 'none' : doubted} of them in doubt`
}

/** The account's engine, with everything that was ever journaled applied. */
export function replayed(
  account: string,
  journal: JournalWriter,
  hears: Partial<Pick<EngineOptions, 'onFact' | 'onApplied' | 'onCommitted'>> = {},
): Engine {
  const engine = new Engine({ account, journal, onFact: () => undefined, ...hears })
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
