// What trades of slots had come to at a moment: sums over their fills up to then, and the stage they had reached.

import { abs, add, type Decimal, div, formatDecimal, mul, sub, ZERO } from '../kernel/decimal.ts'
import { inWindow, type JournalDb, stored, type Window } from './stored.ts'

/** What was filled, and its exact cost in quote. */
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
  realizedPnl: Decimal
  stage: string
  closedAtUs: number | null
}

interface Trade {
  readonly key: string
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
    await addStages(db, figures, upToEnd)
  }
  return { of: (key) => figures.get(key) ?? untouched() }
}

/** cost ÷ quantity; null where nothing was filled. */
export function averageOf({ quantity, cost }: Filled): string | null {
  return quantity === ZERO ? null : formatDecimal(div(cost, quantity))
}

function untouched(): TradeFigures {
  return {
    entry: { quantity: ZERO, cost: ZERO },
    exit: { quantity: ZERO, cost: ZERO },
    legs: new Map(),
    openSize: ZERO,
    realizedPnl: ZERO,
    stage: 'idle',
    closedAtUs: null,
  }
}

async function addFills(db: JournalDb, figures: ReadonlyMap<string, TradeFigures>, window: Window): Promise<void> {
  const fills = await db
    .selectFrom('fills')
    .select(['slot_id', 'trade', 'leg', 'role', 'price', 'assigned', 'slot_realized_pnl'])
    .where(inWindow(window))
    .where('slot_id', 'is not', null)
    .orderBy('seq')
    .execute()
  for (const fill of fills) {
    const trade = figures.get(`${fill.slot_id}#${fill.trade}`)
    const size = abs(stored(fill.assigned))
    if (trade === undefined || size === ZERO) continue
    const value = mul(size, stored(fill.price))
    if (fill.role === 'entry') {
      grow(trade.entry, size, value)
      trade.openSize = add(trade.openSize, size)
      continue
    }
    grow(trade.exit, size, value)
    trade.openSize = sub(trade.openSize, size)
    trade.realizedPnl = add(trade.realizedPnl, stored(fill.slot_realized_pnl))
    if (fill.leg === null) continue
    const leg = trade.legs.get(fill.leg) ?? { quantity: ZERO, cost: ZERO }
    grow(leg, size, value)
    trade.legs.set(fill.leg, leg)
  }
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
