// The managed trades of a session: those it opened, and those of earlier sessions that it filled. Their figures are summed
// from fills up to the session's end, so that no later session changes what is said of this one.

import { add, formatDecimal, ZERO } from '../kernel/decimal.ts'
import { hasLaterFacts, inWindow, type JournalDb, storedFact, storedText, type Window } from './stored.ts'
import { averagePrice, type Terms, type TermsBook } from './terms.ts'
import { type Filled, type TradeFigures, tradeFigures } from './trade-figures.ts'
import { type ClosedTrade, tradeStatistics } from './trade-statistics.ts'
import type { SlippageSummary } from './trade-statistics-view.ts'
import type { LegSummary, TradeSummary, TradesSummary } from './trades-view.ts'

/** The most that a summary lists one by one. */
export const MOST_TRADES = 200

export interface TradesQuestion {
  readonly sessionId: string
  readonly window: Window
  /** Of the session's own instrument, and of all. */
  readonly own: Terms
  readonly terms: TermsBook
  /** As `slotId#trade`. */
  readonly filledTrades: ReadonlySet<string>
  readonly bars: Bars
  readonly slippage: SlippageSummary
  /** `MOST_TRADES` without. */
  readonly mostListed?: number | undefined
}

/** Bars are counted from the session's start; each is a tick interval long. */
interface Bars {
  readonly startUs: number
  readonly barUs: number
  /** From where on the account's times can be told from one another: a rehearsed session has the time of its own feed. */
  readonly timedFromSeq: number
}

/**
 * Counts and profit of all of them, before fees and in the settle asset; the newest with their exit legs.
 * @throws DitaError STORE_DAMAGED
 */
export async function loadTrades(db: JournalDb, question: TradesQuestion): Promise<TradesSummary> {
  const rows = await loadRows(db, question)
  const { window, own, terms, bars } = question
  const figures = await tradeFigures(db, rows, { window, own, terms })
  const ended: Row[] = []
  let realizedPnl = ZERO
  let [closed, won, lost, notEntered] = [0, 0, 0, 0]
  for (const row of rows) {
    const { stage, entry, realizedPnl: gain } = figures.of(row.key)
    realizedPnl = add(realizedPnl, gain)
    if (stage !== 'closed') continue
    if (entry.quantity === ZERO) {
      notEntered += 1
      continue
    }
    closed += 1
    ended.push(row)
    if (gain > ZERO) won += 1
    if (gain < ZERO) lost += 1
  }
  const shown = rows.slice(-(question.mostListed ?? MOST_TRADES)).reverse()
  const legRows = await loadLegs(db, rows, window)
  const legs = await legsOf(db, shown, legRows, { window, terms, figures })
  const inAsset = ended.filter(({ instrument }) => terms.of(instrument).settle === own.settle)
  const reasons = reasonsByLeg(legRows)
  const closedTrades = inAsset.map((row) => closedTrade(row, figures.of(row.key), { bars, reasons: reasons.get(row.key) ?? new Map() }))
  return {
    count: rows.length,
    closed,
    open: rows.length - closed - notEntered,
    notEntered,
    won,
    lost,
    realizedPnl: formatDecimal(realizedPnl),
    statistics: tradeStatistics(closedTrades, {
      asset: own.settle,
      barUs: bars.barUs,
      inOtherAssets: ended.length - inAsset.length,
    }),
    slippage: question.slippage,
    list: shown.map((row) => tradeSummary(row, { figures: figures.of(row.key), terms, bars, legs: legs.get(row.key) ?? [] })),
  }
}

type Row = Awaited<ReturnType<typeof loadRows>>[number]

interface Told {
  readonly figures: TradeFigures
  readonly terms: TermsBook
  readonly bars: Bars
  readonly legs: readonly LegSummary[]
}

function tradeSummary(row: Row, { figures, terms, bars, legs }: Told): TradeSummary {
  return {
    slotId: row.slot_id,
    trade: row.trade,
    side: row.side,
    positionSide: row.position_side,
    stage: figures.stage,
    equityBefore: row.equity_before === null ? null : storedText(row.equity_before),
    entryQuantity: formatDecimal(figures.entry.quantity),
    entryPrice: averageOf(terms, row, figures.entry),
    exitPrice: averageOf(terms, row, figures.exit),
    openSize: formatDecimal(figures.openSize),
    dustQuantity: formatDecimal(figures.dustQuantity),
    realizedPnl: formatDecimal(figures.realizedPnl),
    fees: figures.fees === null ? null : formatDecimal(figures.fees),
    openedAtUs: row.opened_at_us,
    enteredAtUs: figures.enteredAtUs,
    closedAtUs: figures.closedAtUs,
    ...holdingOf(figures, bars),
    legs,
  }
}

/** From the first fill of the entry to the close, in time and in bars; null where one of them is missing, or where they are of two times. */
function holdingOf({ enteredAtUs, enteredSeq, closedAtUs }: TradeFigures, bars: Bars): { heldUs: number | null; barsHeld: number | null } {
  if (enteredAtUs === null || closedAtUs === null || (enteredSeq ?? 0) < bars.timedFromSeq) return { heldUs: null, barsHeld: null }
  const barOf = (timeUs: number): number => Math.floor((timeUs - bars.startUs) / bars.barUs)
  return { heldUs: closedAtUs - enteredAtUs, barsHeld: barOf(closedAtUs) - barOf(enteredAtUs) }
}

function closedTrade(
  row: Row,
  figures: TradeFigures,
  { bars, reasons }: { readonly bars: Bars; readonly reasons: ReadonlyMap<number, string | null> },
): ClosedTrade {
  const { realizedPnl, fees, closedAtUs, closedSeq, legs } = figures
  return {
    slotId: row.slot_id,
    trade: row.trade,
    side: row.side,
    realizedPnl,
    fees,
    closedAtUs: closedAtUs ?? row.opened_at_us,
    closedSeq: closedSeq ?? 0,
    ...holdingOf(figures, bars),
    legs,
    reasons,
  }
}

/** Null where nothing was filled. */
function averageOf(terms: TermsBook, { instrument }: Pick<Row, 'instrument'>, { quantity, cost }: Filled): string | null {
  return averagePrice(terms.of(instrument), quantity, cost)
}

/** Oldest first; those carried over from earlier sessions before the session's own. `from` is where the trade's facts begin. */
async function loadRows(db: JournalDb, { sessionId, window, filledTrades }: TradesQuestion) {
  const slots = db
    .selectFrom('slots')
    .innerJoin('sessions', 'sessions.session_id', 'slots.session_id')
    .select(['slot_id', 'trade', 'slots.session_id', 'slots.instrument', 'position_side', 'side', 'equity_before', 'opened_at_us'])
    .select('sessions.first_seq as from')
  const own = await slots.where('slots.session_id', '=', sessionId).orderBy('opened_at_us').orderBy('trade').execute()
  const known = new Set(own.map(keyOf))
  const carried: typeof own = []
  for (const key of new Set([...filledTrades, ...(await reconciledTrades(db, window))])) {
    if (known.has(key)) continue
    const at = key.lastIndexOf('#')
    const row = await slots
      .where('slots.account_id', '=', window.accountId)
      .where('slot_id', '=', key.slice(0, at))
      .where('trade', '=', Number(key.slice(at + 1)))
      .executeTakeFirst()
    if (row !== undefined) carried.push(row)
  }
  return [...carried, ...own].map((row) => ({ ...row, key: keyOf(row) }))
}

/** The trades that reconcile or a write-off changed within the session, as `slotId#trade`. */
async function reconciledTrades(db: JournalDb, window: Window): Promise<string[]> {
  const assigned = await db.selectFrom('exposure_assignments').select(['slot_id', 'trade']).where(inWindow(window)).execute()
  const writtenOff = await db.selectFrom('dust_write_offs').select(['slot_id', 'trade']).where(inWindow(window)).execute()
  return [...assigned, ...writtenOff].flatMap(({ slot_id, trade }) =>
    slot_id === null || trade === null ? [] : [keyOf({ slot_id, trade })],
  )
}

function keyOf(row: { readonly slot_id: string; readonly trade: number }): string {
  return `${row.slot_id}#${row.trade}`
}

interface LegContext {
  readonly window: Window
  readonly terms: TermsBook
  readonly figures: { of(key: string): TradeFigures }
}

type LegRow = Awaited<ReturnType<typeof loadLegs>>[number]

/** The exit legs of all trades of the sessions that began one of these, in the order of their numbers. */
async function loadLegs(db: JournalDb, trades: readonly Row[], window: Window) {
  if (trades.length === 0) return []
  return db
    .selectFrom('exit_legs')
    .select(['slot_id', 'trade', 'leg', 'ratio', 'reason'])
    .where('account_id', '=', window.accountId)
    .where('session_id', 'in', [...new Set(trades.map((row) => row.session_id))])
    .orderBy('slot_id')
    .orderBy('trade')
    .orderBy('leg')
    .execute()
}

/** By `slotId#trade` and leg. Of closed trades they are what they were when those closed. */
function reasonsByLeg(rows: readonly LegRow[]): Map<string, Map<number, string | null>> {
  const reasons = new Map<string, Map<number, string | null>>()
  for (const row of rows) {
    const key = keyOf(row)
    const legs = reasons.get(key)
    if (legs === undefined) reasons.set(key, new Map([[row.leg, row.reason]]))
    else legs.set(row.leg, row.reason)
  }
  return reasons
}

async function legsOf(
  db: JournalDb,
  trades: readonly Row[],
  rows: readonly LegRow[],
  { window, terms, figures }: LegContext,
): Promise<Map<string, LegSummary[]>> {
  const legs = new Map<string, LegSummary[]>()
  const shown = new Map(trades.map((row) => [row.key, row]))
  const reasons = await reasonsAtEnd(db, trades, { window, terms, figures })
  for (const row of rows) {
    const key = keyOf(row)
    const trade = shown.get(key)
    if (trade === undefined) continue
    const exit = figures.of(key).legs.get(row.leg)
    const leg = {
      leg: row.leg,
      ratio: storedText(row.ratio),
      filledQuantity: formatDecimal(exit?.quantity ?? ZERO),
      exitPrice: exit === undefined ? null : averageOf(terms, trade, exit),
      reason: reasons.changing.has(key) ? (reasons.found.get(`${key}/${row.leg}`) ?? null) : row.reason,
    }
    const others = legs.get(key)
    if (others === undefined) legs.set(key, [leg])
    else others.push(leg)
  }
  return legs
}

interface Reasons {
  /** Trades whose legs a later session may have given other reasons: those that were still open. */
  readonly changing: ReadonlySet<string>
  /** By `slotId#trade/leg`. */
  readonly found: ReadonlyMap<string, string>
}

/** The table has each leg's latest reason; where a later session may have set it, the journal has the one of then. */
async function reasonsAtEnd(db: JournalDb, trades: readonly Row[], { window, figures }: LegContext): Promise<Reasons> {
  const open = trades.filter((row) => figures.of(row.key).stage !== 'closed')
  const found = new Map<string, string>()
  if (open.length === 0 || !(await hasLaterFacts(db, window))) return { changing: new Set(), found }
  const firstSeq = Math.min(...open.map((row) => row.from))
  const facts = db
    .selectFrom('journal')
    .select(['seq', 'body'])
    .where(inWindow({ ...window, firstSeq }))
    .where('type', '=', 'LEG_OPENED')
    .orderBy('seq')
  for await (const row of facts.stream()) {
    const body = storedFact(row)
    if (body.type === 'LEG_OPENED') found.set(`${body.slotId}#${body.trade}/${body.leg}`, body.reason)
  }
  return { changing: new Set(open.map((row) => row.key)), found }
}
