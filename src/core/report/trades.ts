// The managed trades of a session: those it opened, and those of earlier sessions that it filled.

import { add, formatDecimal, ZERO } from '../kernel/decimal.ts'
import { type JournalDb, stored } from './stored.ts'
import type { LegSummary, TradeSummary, TradesSummary } from './summary-view.ts'

const MOST_TRADES = 200

const SLOT_COLUMNS = [
  'slot_id',
  'trade',
  'session_id',
  'side',
  'stage',
  'entry_quantity',
  'entry_price',
  'exit_price',
  'open_size',
  'realized_pnl',
  'opened_at_us',
  'closed_at_us',
] as const

export interface TradesQuestion {
  readonly sessionId: string
  readonly accountId: number
  /** As `slotId#trade`. */
  readonly filledTrades: ReadonlySet<string>
}

export async function loadTrades(db: JournalDb, question: TradesQuestion): Promise<TradesSummary> {
  const rows = await loadRows(db, question)
  let realizedPnl = ZERO
  let [closed, won, lost] = [0, 0, 0]
  for (const row of rows) {
    const gain = stored(row.realized_pnl)
    realizedPnl = add(realizedPnl, gain)
    if (row.stage !== 'closed') continue
    closed += 1
    if (gain > ZERO) won += 1
    if (gain < ZERO) lost += 1
  }
  const shown = rows.slice(-MOST_TRADES).reverse()
  const legs = await loadLegs(db, question.accountId, new Set(shown.map((row) => row.session_id)))
  return {
    count: rows.length,
    closed,
    open: rows.length - closed,
    won,
    lost,
    realizedPnl: formatDecimal(realizedPnl),
    list: shown.map((row) => tradeSummary(row, legs.get(`${row.slot_id}#${row.trade}`) ?? [])),
  }
}

type SlotColumns = Awaited<ReturnType<typeof loadRows>>[number]

function tradeSummary(row: SlotColumns, legs: readonly LegSummary[]): TradeSummary {
  return {
    slotId: row.slot_id,
    trade: row.trade,
    side: row.side,
    stage: row.stage,
    entryQuantity: row.entry_quantity,
    entryPrice: row.entry_price,
    exitPrice: row.exit_price,
    openSize: row.open_size,
    realizedPnl: row.realized_pnl,
    openedAtUs: row.opened_at_us,
    closedAtUs: row.closed_at_us,
    legs,
  }
}

/** Oldest first; those carried over from earlier sessions before the session's own. */
async function loadRows(db: JournalDb, question: TradesQuestion) {
  const own = await db
    .selectFrom('slots')
    .select(SLOT_COLUMNS)
    .where('session_id', '=', question.sessionId)
    .orderBy('opened_at_us')
    .orderBy('trade')
    .execute()
  const known = new Set(own.map((row) => `${row.slot_id}#${row.trade}`))
  const carried: typeof own = []
  for (const key of question.filledTrades) {
    if (known.has(key)) continue
    const at = key.lastIndexOf('#')
    const row = await db
      .selectFrom('slots')
      .select(SLOT_COLUMNS)
      .where('account_id', '=', question.accountId)
      .where('slot_id', '=', key.slice(0, at))
      .where('trade', '=', Number(key.slice(at + 1)))
      .executeTakeFirst()
    if (row !== undefined) carried.push(row)
  }
  return [...carried, ...own]
}

async function loadLegs(db: JournalDb, accountId: number, sessionIds: ReadonlySet<string>): Promise<Map<string, LegSummary[]>> {
  const legs = new Map<string, LegSummary[]>()
  if (sessionIds.size === 0) return legs
  const rows = await db
    .selectFrom('exit_legs')
    .select(['slot_id', 'trade', 'leg', 'ratio', 'filled_quantity', 'exit_price', 'reason'])
    .where('account_id', '=', accountId)
    .where('session_id', 'in', [...sessionIds])
    .orderBy('slot_id')
    .orderBy('trade')
    .orderBy('leg')
    .execute()
  for (const row of rows) {
    const key = `${row.slot_id}#${row.trade}`
    const leg = { leg: row.leg, ratio: row.ratio, filledQuantity: row.filled_quantity, exitPrice: row.exit_price, reason: row.reason }
    const known = legs.get(key)
    if (known === undefined) legs.set(key, [leg])
    else known.push(leg)
  }
  return legs
}
