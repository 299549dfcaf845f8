// The list of sessions in a store, newest first. The money of each is summed from its own fills.

import { DitaError } from '../errors.ts'
import type { RunningSession } from '../journal/holder.ts'
import { newestFirst } from './find-session.ts'
import { pnlSummary } from './money.ts'
import { loadProfit } from './profit.ts'
import { inWindow, type JournalDb, type SessionRow, windowOf } from './stored.ts'

export interface SessionsView {
  /** How many the store holds in all. */
  readonly count: number
  /** Newest first. */
  readonly sessions: readonly SessionLine[]
}

export interface SessionLine {
  readonly sessionId: string
  readonly mode: string
  readonly venue: string
  readonly account: string
  readonly strategy: string
  readonly instrument: string
  readonly feedSource: string
  /** Of the real world; null where it was not recorded. */
  readonly startedWallUs: number | null
  /** Session time. */
  readonly startedAtUs: number
  readonly ranUs: number
  /** Figures are null where the store cannot give them: `trouble` says why. */
  readonly fills: number | null
  /** Fills that were booked on its account after it and before the next session: in the figures of no session. */
  readonly fillsAfter: number
  readonly pnl: { readonly asset: string; readonly realized: string | null; readonly net: string | null }
  /** A process that lives is in this session. */
  readonly running: boolean
  /** Null for a session that wrote no end: it still runs, or it crashed. */
  readonly haltReason: string | null
  /** Who ended it, or with which numbers; null where there is nothing to add. */
  readonly haltDetail: string | null
  /** What stands in the way of the session's figures, a sentence; null where nothing does. */
  readonly trouble: string | null
}

/** The newest `limit` sessions. One that cannot be read is a line that says so: the others are as good as they were. */
export async function listSessions(
  db: JournalDb,
  options: { readonly limit: number; readonly holder: RunningSession | null },
): Promise<SessionsView> {
  const { count } = await db
    .selectFrom('sessions')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  const rows = await newestFirst(db)
    .innerJoin('accounts', 'accounts.account_id', 'sessions.account_id')
    .selectAll('sessions')
    .select(['accounts.name as account', 'session_runs.started_wall_us as startedWallUs'])
    .limit(options.limit)
    .execute()
  const sessions: SessionLine[] = []
  for (const row of rows) sessions.push(await sessionLine(db, row, options.holder))
  return { count, sessions }
}

type ListedRow = SessionRow & { readonly account: string; readonly startedWallUs: number | null }

async function sessionLine(db: JournalDb, session: ListedRow, holder: RunningSession | null): Promise<SessionLine> {
  const figures = await sessionFigures(db, session).catch(unreadable)
  return {
    sessionId: session.session_id,
    mode: session.mode,
    venue: session.venue,
    account: session.account,
    strategy: session.strategy,
    instrument: session.instrument,
    feedSource: session.feed_source,
    startedWallUs: session.startedWallUs,
    startedAtUs: session.started_at_us,
    ranUs: await ranUsOf(db, session),
    fills: figures.fills,
    fillsAfter: await fillsAfter(db, session),
    pnl: { asset: session.settle, realized: figures.realized, net: figures.net },
    running: session.halt_reason === null && holder?.sessionId === session.session_id,
    haltReason: session.halt_reason,
    haltDetail: session.halt_detail,
    trouble: figures.trouble,
  }
}

type SessionFigures = Pick<SessionLine, 'fills' | 'trouble'> & Pick<SessionLine['pnl'], 'realized' | 'net'>

async function sessionFigures(db: JournalDb, session: SessionRow): Promise<SessionFigures> {
  const profit = await loadProfit(db, session, windowOf(session))
  const { realized, net } = pnlSummary(profit)
  return { fills: profit.trading.fills.count, realized, net, trouble: null }
}

/** What is damaged in a session's rows is that session's trouble; a file that SQLite itself cannot read is everybody's. */
function unreadable(thrown: unknown): SessionFigures {
  if (!(thrown instanceof DitaError && thrown.code === 'STORE_DAMAGED')) throw thrown
  return { fills: null, realized: null, net: null, trouble: thrown.message }
}

async function fillsAfter(db: JournalDb, { account_id, last_seq }: SessionRow): Promise<number> {
  const next = await db
    .selectFrom('sessions')
    .select(({ fn }) => fn.min<number | null>('first_seq').as('firstSeq'))
    .where('account_id', '=', account_id)
    .where('first_seq', '>', last_seq)
    .executeTakeFirst()
  const { count } = await db
    .selectFrom('fills')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where(inWindow({ accountId: account_id, firstSeq: last_seq + 1, lastSeq: (next?.firstSeq ?? Number.MAX_SAFE_INTEGER) - 1 }))
    .executeTakeFirstOrThrow()
  return count
}

/** Up to the halt, or to the last fact of a session that wrote none. */
async function ranUsOf(db: JournalDb, session: SessionRow): Promise<number> {
  if (session.ended_at_us !== null) return Math.max(0, session.ended_at_us - session.started_at_us)
  const last = await db
    .selectFrom('journal')
    .select('time_us')
    .where('account_id', '=', session.account_id)
    .where('seq', '=', session.last_seq)
    .executeTakeFirst()
  return Math.max(0, (last?.time_us ?? session.started_at_us) - session.started_at_us)
}
