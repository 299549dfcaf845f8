// Puts a session's summary together from the projections. Reads only; decides nothing; believes no running total.

import { sql } from 'kysely'
import type { RunningSession } from '../journal/holder.ts'
import { AccountCourse } from './account-course.ts'
import { loadDenials, loadOrders, loadRisk, loadTradingState } from './activity.ts'
import { recountCosts } from './average-cost.ts'
import { loadBetween } from './between.ts'
import { checkTotals, loadInventoryLedger } from './checks.ts'
import { loadDoubt } from './doubt.ts'
import type { EquitySink } from './equity-course.ts'
import { loadDust, loadReconcile } from './findings.ts'
import { loadFindings } from './found.ts'
import { countLateFills } from './late-fills.ts'
import { loadLimits } from './limits.ts'
import { loadMoney } from './load-money.ts'
import { endValueOf, equitySummary, inventorySummary, pnlSummary } from './money.ts'
import { loadOperation } from './operation.ts'
import { positionSummary } from './positions.ts'
import { Quoting } from './quoting.ts'
import { Ratios } from './ratios.ts'
import { loadShutdown } from './shutdown-check.ts'
import { loadSlotOrders, Slippage } from './slippage.ts'
import { damaged, type JournalDb, type SessionRow, storedText, type Window, windowOf } from './stored.ts'
import type { FeedSummary, InstrumentSummary, JournalSummary, SummaryView, TimeSummary } from './summary-view.ts'
import { quantityAssetOf, termsOf } from './terms.ts'
import { passTicks, type TickSink } from './tick-pass.ts'
import { loadTrades, type TradesQuestion } from './trades.ts'

/** What is followed, for who listens on the way: one instrument, from the session's start to its last fact. */
export interface Followed {
  readonly instrument: string
  readonly startUs: number
  readonly endUs: number
  readonly tickIntervalUs: number
}

export interface SummaryOptions {
  /** Makes what listens with the summary to the session's course, in drawing it or writing it down. */
  readonly follow?: (followed: Followed) => TickSink & EquitySink
  /** The most trades that are listed one by one; 200 without. */
  readonly mostTrades?: number
}

/**
 * The summary of a session that is in the store, of what is committed at the moment of reading; hand in a snapshot while a
 * writer runs. `holder` is who uses the store meanwhile.
 * @throws DitaError STORE_DAMAGED where the session or a figure of it cannot be read
 */
export async function summarizeSession(
  db: JournalDb,
  sessionId: string,
  holder: RunningSession | null,
  { follow, mostTrades }: SummaryOptions = {},
): Promise<SummaryView> {
  const session = await loadSession(db, sessionId)
  const pid = session.halt_reason === null && holder?.sessionId === sessionId ? holder.pid : null
  const window = windowOf(session)
  const inputs = await loadMoney(db, session, window)
  const { own, trading, positions, terms } = inputs
  const pnl = pnlSummary(inputs)
  const head = await loadHead(db, window)
  const series = { instrument: session.instrument, tickIntervalUs: session.tick_interval_us }
  const quoting = new Quoting(series, quantityAssetOf(own))
  const slippage = new Slippage(series, await loadSlotOrders(db, sessionId))
  const ratios = new Ratios()
  const course = new AccountCourse(inputs)
  course.listen(ratios)
  const follower = follow?.({ ...series, startUs: session.started_at_us, endUs: head.timeUs })
  if (follower !== undefined) course.listen(follower)
  await passTicks(db, window, [...course.sinks, ...quoting.sinks, slippage, ...(follower === undefined ? [] : [follower])])
  const shutdown = await loadShutdown(db, window)
  const account = course.summary({ strategy: session.strategy, endUs: head.timeUs })
  return {
    sessionId,
    mode: session.mode,
    venue: session.venue,
    account: session.account,
    strategy: session.strategy,
    seed: session.seed,
    instrument: instrumentSummary(session),
    time: timeSummary(session, head.timeUs),
    running: pid !== null,
    pid,
    haltReason: session.halt_reason,
    haltDetail: session.halt_detail,
    feed: feedSummary(session),
    orders: await loadOrders(db, { sessionId, mode: session.mode, timeUs: head.timeUs }, window),
    fills: { ...trading.fills, late: await countLateFills(db, session.mode, window) },
    pnl,
    equity: equitySummary(inputs, pnl),
    ...account,
    between: await loadBetween(db, { own, terms }, window),
    position: positionSummary(positions, session.instrument, endValueOf(inputs)),
    inventory: inventorySummary(inputs),
    trades: await loadTrades(db, {
      sessionId,
      window,
      own,
      terms,
      filledTrades: trading.filledTrades,
      bars: barsOf(session),
      slippage: slippage.summary(own),
      mostListed: mostTrades,
    }),
    quoting: await quoting.summary(db, sessionId, window),
    ratios: ratios.summary(account.attribution.why ?? account.returns.why),
    denials: await loadDenials(db, window),
    tradingState: await loadTradingState(db, window),
    reconcile: await loadReconcile(db, window),
    doubt: await loadDoubt(db, window, head.timeUs),
    findings: await loadFindings(db, sessionId, window),
    dust: await loadDust(db, window),
    risk: await loadRisk(db, window),
    operation: await loadOperation(db, runOf(session)),
    limits: await loadLimits(db, session, window),
    journal: head.journal,
    shutdown,
    checks: checkTotals(inputs, {
      inventoryLedger: await loadInventoryLedger(db, window),
      costs: await recountCosts(db, positions, terms, window),
      attribution: account.attribution,
      shutdown,
      net: pnl.net,
    }),
  }
}

function runOf(session: LoadedSession): Parameters<typeof loadOperation>[1] {
  const { session_id: sessionId, mode, started_wall_us: startedWallUs, ended_wall_us: endedWallUs } = session
  return { sessionId, mode, startedWallUs, endedWallUs }
}

function barsOf(session: SessionRow): TradesQuestion['bars'] {
  const timedFromSeq = session.mode === 'paper' ? session.first_seq : 0
  return { startUs: session.started_at_us, barUs: session.tick_interval_us, timedFromSeq }
}

type LoadedSession = SessionRow & {
  readonly account: string
  readonly started_wall_us: number | null
  readonly ended_wall_us: number | null
}

async function loadSession(db: JournalDb, sessionId: string): Promise<LoadedSession> {
  const row = await db
    .selectFrom('sessions')
    .innerJoin('accounts', 'accounts.account_id', 'sessions.account_id')
    .leftJoin('session_runs', 'session_runs.session_id', 'sessions.session_id')
    .selectAll('sessions')
    .select(['accounts.name as account', 'session_runs.started_wall_us', 'session_runs.ended_wall_us'])
    .where('sessions.session_id', '=', sessionId)
    .executeTakeFirst()
  if (row !== undefined) return row
  throw await unreadableSession(db, sessionId)
}

/** The session is listed and yet not found: SQLite says what is broken, if it can. */
async function unreadableSession(db: JournalDb, sessionId: string): Promise<Error> {
  const { rows } = await sql<{ quick_check: string }>`PRAGMA quick_check(1)`.execute(db)
  const found = rows[0]?.quick_check ?? 'ok'
  const what = found === 'ok' ? 'the rows that belong to it are missing' : found.replace(/\s+/g, ' ').replace(/\.$/, '')
  return damaged(`The store lists session ${sessionId}, but cannot read it: ${what}.`)
}

/** The end of the session in the journal: its chain hash and its time. */
async function loadHead(db: JournalDb, window: Window): Promise<{ journal: JournalSummary; timeUs: number }> {
  const row = await db
    .selectFrom('journal')
    .select(['time_us', 'hash'])
    .where('account_id', '=', window.accountId)
    .where('seq', '=', window.lastSeq)
    .executeTakeFirst()
  if (row === undefined) throw damaged(`The journal has no fact ${window.lastSeq}, and the session ends with it.`)
  return { journal: { firstSeq: window.firstSeq, lastSeq: window.lastSeq, hash: row.hash.toString('hex') }, timeUs: row.time_us }
}

function instrumentSummary(session: SessionRow): InstrumentSummary {
  return {
    symbol: session.instrument,
    kind: session.instrument_kind,
    base: session.base,
    quote: session.quote,
    settle: session.settle,
    quantityAsset: quantityAssetOf(termsOf(session)),
    positionMode: session.position_mode,
    tickSize: storedText(session.tick_size),
    lotSize: storedText(session.lot_size),
    origin: session.instrument_origin,
  }
}

function timeSummary(session: LoadedSession, lastFactUs: number): TimeSummary {
  return {
    startedAtUs: session.started_at_us,
    endedAtUs: session.ended_at_us,
    durationUs: session.duration_us,
    ranUs: Math.max(0, (session.ended_at_us ?? lastFactUs) - session.started_at_us),
    tickIntervalUs: session.tick_interval_us,
    startedWallUs: session.started_wall_us,
    endedWallUs: session.ended_wall_us,
  }
}

function feedSummary(session: SessionRow): FeedSummary {
  return {
    source: session.feed_source,
    events: session.feed_events,
    gaps: session.feed_gaps,
    badLines: session.feed_bad_lines,
    skipped: session.feed_skipped,
    firstTimeUs: session.feed_first_us,
    lastTimeUs: session.feed_last_us,
    truncated: session.feed_truncated === null ? null : session.feed_truncated === 1,
  }
}
