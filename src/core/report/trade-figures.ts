// What trades of slots had come to at a moment: sums over their fills up to then and over what reconcile and write-offs did,
// and the stage they had reached.

import { abs, add, type Decimal, sub, ZERO } from '../kernel/decimal.ts'
import { shareOfValue } from '../kernel/ledger.ts'
import { inWindow, type JournalDb, stored, type Window } from './stored.ts'

/** What was filled, and its exact value in the settle asset. */
export interface Filled {
  quantity: Decimal
  cost: Decimal
}

export interface TradeFigures {
  readonly entry: Filled
  readonly exit: Filled
  /** By leg, of those that were filled. */
  readonly legs: Map<number, Filled>
  openSize: Decimal
  dustQuantity: Decimal
  realizedPnl: Decimal
  stage: string
  closedAtUs: number | null
}

interface Trade {
  readonly key: string
  /** Of its entry. */
  readonly side: string
  /** A fact that is no later than the trade's first. */
  readonly from: number
}

/**
 * The figures of trades, by `slotId#trade`, as of the window's last fact.
 * @throws DitaError STORE_DAMAGED
 */
export async function tradeFigures(db: JournalDb, trades: readonly Trade[], window: Window): Promise<{ of(key: string): TradeFigures }> {
  const figures = new Map(trades.map(({ key }) => [key, untouched()]))
  if (trades.length > 0) {
    const upToEnd = { ...window, firstSeq: trades.reduce((least, { from }) => Math.min(least, from), window.firstSeq) }
    await addFills(db, figures, upToEnd)
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
    stage: 'idle',
    closedAtUs: null,
  }
}

async function addFills(db: JournalDb, figures: ReadonlyMap<string, TradeFigures>, window: Window): Promise<void> {
  const fills = await db
    .selectFrom('fills')
    .select(['slot_id', 'trade', 'leg', 'role', 'quantity', 'value', 'assigned', 'slot_realized_pnl'])
    .where(inWindow(window))
    .where('slot_id', 'is not', null)
    .orderBy('seq')
    .execute()
  for (const fill of fills) {
    const trade = figures.get(`${fill.slot_id}#${fill.trade}`)
    const size = abs(stored(fill.assigned))
    if (trade === undefined || size === ZERO) continue
    const value = shareOfValue(stored(fill.value), size, stored(fill.quantity))
    if (fill.role === 'entry') {
      enter(trade, size, value)
      continue
    }
    exit(trade, size, value, stored(fill.slot_realized_pnl))
    if (fill.leg === null) continue
    const leg = trade.legs.get(fill.leg) ?? { quantity: ZERO, cost: ZERO }
    grow(leg, size, value)
    trade.legs.set(fill.leg, leg)
  }
}

/** What reconcile gave to a trade: more of the same side as at its entry, or the other side, which closes. */
async function addAssignments(
  db: JournalDb,
  figures: ReadonlyMap<string, TradeFigures>,
  window: Window,
  sides: ReadonlyMap<string, string>,
): Promise<void> {
  const assignments = await db
    .selectFrom('exposure_assignments')
    .select(['slot_id', 'trade', 'quantity', 'value', 'slot_realized_pnl'])
    .where(inWindow(window))
    .where('slot_id', 'is not', null)
    .execute()
  for (const { slot_id, trade: count, ...row } of assignments) {
    const key = `${slot_id}#${count}`
    const trade = figures.get(key)
    if (trade === undefined) continue
    const [quantity, value] = [stored(row.quantity), stored(row.value)]
    if ((sides.get(key) === 'buy') === quantity > ZERO) enter(trade, abs(quantity), value)
    else exit(trade, abs(quantity), value, stored(row.slot_realized_pnl))
  }
}

async function addWriteOffs(db: JournalDb, figures: ReadonlyMap<string, TradeFigures>, window: Window): Promise<void> {
  const rows = await db.selectFrom('dust_write_offs').select(['slot_id', 'trade', 'quantity']).where(inWindow(window)).execute()
  for (const row of rows) {
    const trade = figures.get(`${row.slot_id}#${row.trade}`)
    if (trade === undefined) continue
    const size = abs(stored(row.quantity))
    trade.openSize = sub(trade.openSize, size)
    trade.dustQuantity = add(trade.dustQuantity, size)
  }
}

function enter(trade: TradeFigures, size: Decimal, value: Decimal): void {
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

async function addStages(db: JournalDb, figures: ReadonlyMap<string, TradeFigures>, window: Window): Promise<void> {
  const moves = await db
    .selectFrom('transitions')
    .select(['entity_id', 'trade', 'to_state', 'time_us'])
    .where(inWindow(window))
    .where('entity', '=', 'slot')
    .orderBy('seq')
    .execute()
  for (const move of moves) {
    const trade = figures.get(`${move.entity_id}#${move.trade}`)
    if (trade === undefined) continue
    trade.stage = move.to_state
    if (move.to_state === 'closed') trade.closedAtUs = move.time_us
  }
}
