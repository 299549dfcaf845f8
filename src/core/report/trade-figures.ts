// What trades of slots had come to at a moment: sums over their fills up to then and over what reconcile and write-offs did,
// and the stage they had reached.

import { abs, add, type Decimal, sub, ZERO } from '../kernel/decimal.ts'
import { shareOfValue } from '../kernel/ledger.ts'
import { feeValueOf } from './fee-value.ts'
import { inWindow, type JournalDb, stored, type Window } from './stored.ts'
import type { Terms, TermsBook } from './terms.ts'

/** What was filled, and its exact value in the settle asset. */
export interface Filled {
  quantity: Decimal
  cost: Decimal
}

export interface LegFigures extends Filled {
  realizedPnl: Decimal
}

export interface TradeFigures {
  readonly entry: Filled
  readonly exit: Filled
  /** By leg, of those that were filled. */
  readonly legs: Map<number, LegFigures>
  openSize: Decimal
  dustQuantity: Decimal
  realizedPnl: Decimal
  /** What its fees were worth when they were booked, in the asset the session's profit is in; null where one had no price. */
  fees: Decimal | null
  stage: string
  /** The first fill of its entry, or what reconcile gave it first, and the fact that says so. */
  enteredAtUs: number | null
  enteredSeq: number | null
  /** When it was closed, and the fact that says so. */
  closedAtUs: number | null
  closedSeq: number | null
}

interface Trade {
  readonly key: string
  /** Of its entry. */
  readonly side: string
  /** A fact that is no later than the trade's first. */
  readonly from: number
}

export interface FigureContext {
  readonly window: Window
  /** Of the session's own instrument, and of all. */
  readonly own: Terms
  readonly terms: TermsBook
}

/**
 * The figures of trades, by `slotId#trade`, as of the window's last fact.
 * @throws DitaError STORE_DAMAGED
 */
export async function tradeFigures(
  db: JournalDb,
  trades: readonly Trade[],
  context: FigureContext,
): Promise<{ of(key: string): TradeFigures }> {
  const { window } = context
  const figures = new Map(trades.map(({ key }) => [key, untouched()]))
  if (trades.length > 0) {
    const upToEnd = { ...window, firstSeq: trades.reduce((least, { from }) => Math.min(least, from), window.firstSeq) }
    await addFills(db, figures, { ...context, window: upToEnd })
    await addConfirmedFees(db, figures, { ...context, window: upToEnd })
    await addAssignments(db, figures, upToEnd, new Map(trades.map(({ key, side }) => [key, side])))
    await addWriteOffs(db, figures, upToEnd)
    await addStages(db, figures, upToEnd)
  }
  return { of: (key) => figures.get(key) ?? untouched() }
}

function untouched(): TradeFigures {
  return {
    entry: { quantity: ZERO, cost: ZERO },
    exit: { quantity: ZERO, cost: ZERO },
    legs: new Map(),
    openSize: ZERO,
    dustQuantity: ZERO,
    realizedPnl: ZERO,
    fees: ZERO,
    stage: 'idle',
    enteredAtUs: null,
    enteredSeq: null,
    closedAtUs: null,
    closedSeq: null,
  }
}

type FiguresByKey = ReadonlyMap<string, TradeFigures>

const FEE_COLUMNS = ['slot_id', 'trade', 'instrument', 'price', 'fee', 'fee_asset', 'fee_price'] as const

async function addFills(db: JournalDb, figures: FiguresByKey, context: FigureContext): Promise<void> {
  const fills = await db
    .selectFrom('fills')
    .select([...FEE_COLUMNS, 'seq', 'time_us', 'leg', 'role', 'quantity', 'value', 'assigned', 'slot_realized_pnl'])
    .where(inWindow(context.window))
    .where('slot_id', 'is not', null)
    .orderBy('seq')
    .execute()
  for (const fill of fills) {
    const trade = figures.get(`${fill.slot_id}#${fill.trade}`)
    const size = abs(stored(fill.assigned))
    if (trade === undefined || size === ZERO) continue
    const quantity = stored(fill.quantity)
    const value = shareOfValue(stored(fill.value), size, quantity)
    // Of a fill that a trade took in part it bears a part of the fee.
    pay(trade, feeOf(fill, context), (fee) => shareOfValue(fee, size, quantity))
    if (fill.role === 'entry') {
      enter(trade, size, value, fill)
      continue
    }
    const gain = stored(fill.slot_realized_pnl)
    exit(trade, size, value, gain)
    if (fill.leg === null) continue
    const leg = trade.legs.get(fill.leg) ?? { quantity: ZERO, cost: ZERO, realizedPnl: ZERO }
    grow(leg, size, value)
    leg.realizedPnl = add(leg.realizedPnl, gain)
    trade.legs.set(fill.leg, leg)
  }
}

/** The fees of fills that had been inferred before. */
async function addConfirmedFees(db: JournalDb, figures: FiguresByKey, context: FigureContext): Promise<void> {
  const rows = await db
    .selectFrom('fill_confirmations')
    .select(FEE_COLUMNS)
    .where(inWindow(context.window))
    .where('slot_id', 'is not', null)
    .execute()
  for (const row of rows) {
    const trade = figures.get(`${row.slot_id}#${row.trade}`)
    if (trade !== undefined) pay(trade, feeOf(row, context), (fee) => fee)
  }
}

interface FeeRow {
  readonly instrument: string
  readonly price: string
  readonly fee: string
  readonly fee_asset: string
  readonly fee_price: string | null
}

function feeOf(row: FeeRow, { own, terms }: FigureContext): Decimal | null {
  const feePrice = row.fee_price === null ? null : stored(row.fee_price)
  const booked = { asset: row.fee_asset, fee: stored(row.fee), feePrice, price: stored(row.price) }
  return feeValueOf(booked, own, terms.of(row.instrument))
}

function pay(trade: TradeFigures, fee: Decimal | null, shareOf: (fee: Decimal) => Decimal): void {
  trade.fees = trade.fees === null || fee === null ? null : add(trade.fees, shareOf(fee))
}

/** What reconcile gave to a trade: more of the same side as at its entry, or the other side, which closes. */
async function addAssignments(db: JournalDb, figures: FiguresByKey, window: Window, sides: ReadonlyMap<string, string>): Promise<void> {
  const assignments = await db
    .selectFrom('exposure_assignments')
    .select(['seq', 'slot_id', 'trade', 'time_us', 'quantity', 'value', 'slot_realized_pnl'])
    .where(inWindow(window))
    .where('slot_id', 'is not', null)
    .execute()
  for (const { slot_id, trade: count, ...row } of assignments) {
    const key = `${slot_id}#${count}`
    const trade = figures.get(key)
    if (trade === undefined) continue
    const [quantity, value] = [stored(row.quantity), stored(row.value)]
    if ((sides.get(key) === 'buy') === quantity > ZERO) enter(trade, abs(quantity), value, row)
    else exit(trade, abs(quantity), value, stored(row.slot_realized_pnl))
  }
}

async function addWriteOffs(db: JournalDb, figures: FiguresByKey, window: Window): Promise<void> {
  const rows = await db.selectFrom('dust_write_offs').select(['slot_id', 'trade', 'quantity']).where(inWindow(window)).execute()
  for (const row of rows) {
    const trade = figures.get(`${row.slot_id}#${row.trade}`)
    if (trade === undefined) continue
    const size = abs(stored(row.quantity))
    trade.openSize = sub(trade.openSize, size)
    trade.dustQuantity = add(trade.dustQuantity, size)
  }
}

function enter(
  trade: TradeFigures,
  size: Decimal,
  value: Decimal,
  { seq, time_us }: { readonly seq: number; readonly time_us: number },
): void {
  if (trade.enteredSeq === null || seq < trade.enteredSeq) {
    trade.enteredSeq = seq
    trade.enteredAtUs = time_us
  }
  grow(trade.entry, size, value)
  trade.openSize = add(trade.openSize, size)
}

function exit(trade: TradeFigures, size: Decimal, value: Decimal, gain: Decimal): void {
  grow(trade.exit, size, value)
  trade.openSize = sub(trade.openSize, size)
  trade.realizedPnl = add(trade.realizedPnl, gain)
}

function grow(filled: Filled, quantity: Decimal, cost: Decimal): void {
  filled.quantity = add(filled.quantity, quantity)
  filled.cost = add(filled.cost, cost)
}

async function addStages(db: JournalDb, figures: FiguresByKey, window: Window): Promise<void> {
  const moves = await db
    .selectFrom('transitions')
    .select(['seq', 'entity_id', 'trade', 'to_state', 'time_us'])
    .where(inWindow(window))
    .where('entity', '=', 'slot')
    .orderBy('seq')
    .execute()
  for (const move of moves) {
    const trade = figures.get(`${move.entity_id}#${move.trade}`)
    if (trade === undefined) continue
    trade.stage = move.to_state
    if (move.to_state !== 'closed') continue
    trade.closedAtUs = move.time_us
    trade.closedSeq = move.seq
  }
}
