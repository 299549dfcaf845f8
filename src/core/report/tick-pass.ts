// One pass over a session for all figures that follow its course: ticks, fills and movements of money, in the order of the
// journal. Reads; keeps nothing and computes nothing.

import { add, type Decimal, dec, div } from '../kernel/decimal.ts'
import { inWindow, type JournalDb, slicesOf, stored, type Window } from './stored.ts'

/**
 * What follows a session's course. Each method is called in the order of the facts; what a sink does not name it is not told.
 * Rows are only good to look at: decimals are read when they are asked for, once each, and throw STORE_DAMAGED.
 */
export interface TickSink {
  onTick?(tick: Tick): void
  onFill?(fill: Fill): void
  /** Capital, funding, and fees that came later than their fills. */
  onMovement?(movement: Movement): void
}

/** What was seen at a tick; null is what nobody knew. Distances in bps of the mid, zero at the touch. */
export interface Tick {
  readonly seq: number
  readonly timeUs: number
  readonly instrument: string
  readonly bid: Decimal | null
  readonly ask: Decimal | null
  /** Half-way between bid and ask. */
  readonly mid: Decimal | null
  readonly mark: Decimal | null
  readonly ourBid: Decimal | null
  readonly ourAsk: Decimal | null
  readonly bidDistanceBps: Decimal | null
  readonly askDistanceBps: Decimal | null
  /** Of the tick's instrument, signed, as the engine noted it. */
  readonly position: Decimal
}

export interface Fill {
  readonly seq: number
  readonly timeUs: number
  readonly instrument: string
  readonly positionSide: 'net' | 'long' | 'short'
  readonly side: 'buy' | 'sell'
  readonly price: Decimal
  readonly quantity: Decimal
  /** Unsigned exact worth in the settle asset. */
  readonly value: Decimal
  readonly fee: Decimal
  readonly feeAsset: string
  /** What one unit of the fee asset was worth in quote; null where nobody had said. */
  readonly feePrice: Decimal | null
  /** Null for an inferred one, whose liquidity nobody knows. */
  readonly liquidity: 'maker' | 'taker' | null
  readonly inferred: boolean
  /** What its order was for; null for a fill of no order of ours. */
  readonly role: 'entry' | 'exit' | 'quote' | null
  readonly clientOrderId: string | null
  readonly slotId: string | null
  readonly trade: number | null
  readonly realizedPnl: Decimal
  readonly positionAfter: Decimal
}

/** `amount` is signed, above zero what the account received; of a `fee` it is what was paid, so that a rebate is below zero. */
export type Movement = { readonly seq: number; readonly timeUs: number; readonly asset: string; readonly amount: Decimal } & (
  | { readonly type: 'capital'; readonly note: string }
  | { readonly type: 'funding'; readonly instrument: string }
  | ({ readonly type: 'fee' } & Pick<Fill, 'instrument' | 'price' | 'feePrice' | 'liquidity' | 'role'>)
)

/**
 * Leads every sink through the session.
 * @throws DitaError STORE_DAMAGED
 */
export async function passTicks(db: JournalDb, window: Window, sinks: readonly TickSink[]): Promise<void> {
  const movements = await loadMovements(db, window)
  let moved = 0
  const tell = {
    tick: sinks.filter((sink) => sink.onTick !== undefined),
    fill: sinks.filter((sink) => sink.onFill !== undefined),
    movement: sinks.filter((sink) => sink.onMovement !== undefined),
  }
  const moveUpTo = (seq: number): void => {
    for (let next = movements[moved]; next !== undefined && next.seq <= seq; next = movements[moved]) {
      moved += 1
      for (const sink of tell.movement) sink.onMovement?.(next)
    }
  }
  for (const slice of slicesOf(window)) {
    const ticks = await loadTicks(db, slice)
    const fills = await loadFills(db, slice)
    let filled = 0
    const fillUpTo = (seq: number): void => {
      for (let row = fills[filled]; row !== undefined && row.seq <= seq; row = fills[filled]) {
        filled += 1
        moveUpTo(row.seq)
        const fill = new StoredFill(row)
        for (const sink of tell.fill) sink.onFill?.(fill)
      }
    }
    for (const row of ticks) {
      fillUpTo(row.seq)
      moveUpTo(row.seq)
      const tick = new StoredTick(row)
      for (const sink of tell.tick) sink.onTick?.(tick)
    }
    fillUpTo(slice.lastSeq)
    moveUpTo(slice.lastSeq)
  }
}

function loadTicks(db: JournalDb, slice: Window) {
  return db
    .selectFrom('market_snapshots')
    .select(['seq', 'time_us', 'instrument', 'bid', 'ask', 'mark', 'our_bid', 'our_ask'])
    .select(['bid_distance_bps', 'ask_distance_bps', 'position'])
    .where(inWindow(slice))
    .orderBy('seq')
    .execute()
}

function loadFills(db: JournalDb, slice: Window) {
  return db
    .selectFrom('fills')
    .select(['seq', 'time_us', 'instrument', 'position_side', 'side', 'price', 'quantity', 'value', 'fee', 'fee_asset', 'fee_price'])
    .select(['liquidity', 'inferred', 'role', 'client_order_id', 'slot_id', 'trade', 'realized_pnl', 'position_after'])
    .where(inWindow(slice))
    .orderBy('seq')
    .execute()
}

type TickRow = Awaited<ReturnType<typeof loadTicks>>[number]
type FillRow = Awaited<ReturnType<typeof loadFills>>[number]

/** All at once: they are few beside ticks and fills, save confirmations after a long blindness, and those are fewer than fills. */
async function loadMovements(db: JournalDb, window: Window): Promise<Movement[]> {
  const capital = await db
    .selectFrom('capital_events')
    .select(['seq', 'time_us', 'asset', 'amount', 'note'])
    .where(inWindow(window))
    .execute()
  const funding = await db
    .selectFrom('funding_payments')
    .select(['seq', 'time_us', 'asset', 'amount', 'instrument'])
    .where(inWindow(window))
    .execute()
  const fees = await db
    .selectFrom('fill_confirmations')
    .select(['seq', 'time_us', 'instrument', 'client_order_id', 'price', 'fee', 'fee_asset', 'fee_price', 'liquidity'])
    .where(inWindow(window))
    .execute()
  const roles = fees.length === 0 ? new Map<string, string>() : await loadRoles(db, window)
  const movements: Movement[] = [
    ...capital.map((row) => ({ type: 'capital' as const, ...moneyOf(row), note: row.note })),
    ...funding.map((row) => ({ type: 'funding' as const, ...moneyOf(row), instrument: row.instrument })),
    ...fees.map((row) => ({
      type: 'fee' as const,
      ...moneyOf({ ...row, asset: row.fee_asset, amount: row.fee }),
      instrument: row.instrument,
      price: stored(row.price),
      feePrice: known(row.fee_price),
      liquidity: liquidityOf(row.liquidity),
      role: roleOf(roles.get(row.client_order_id) ?? null),
    })),
  ]
  return movements.sort((a, b) => a.seq - b.seq)
}

/** What the orders were for whose fees came later than their fills. */
async function loadRoles(db: JournalDb, window: Window): Promise<Map<string, string>> {
  const confirmed = db.selectFrom('fill_confirmations').select('client_order_id').where(inWindow(window))
  const orders = await db
    .selectFrom('orders')
    .select(['client_order_id', 'role'])
    .where('account_id', '=', window.accountId)
    .where('client_order_id', 'in', confirmed)
    .execute()
  return new Map(orders.map(({ client_order_id, role }) => [client_order_id, role]))
}

function moneyOf({ seq, time_us, asset, amount }: { seq: number; time_us: number; asset: string; amount: string }) {
  return { seq, timeUs: time_us, asset, amount: stored(amount) }
}

const TWO = dec('2')

/** Null stays null; a text is read. */
function known(text: string | null): Decimal | null {
  return text === null ? null : stored(text)
}

function liquidityOf(text: string | null): Fill['liquidity'] {
  return text === 'maker' || text === 'taker' ? text : null
}

function roleOf(text: string | null): Fill['role'] {
  return text === 'entry' || text === 'exit' || text === 'quote' ? text : null
}

class StoredTick implements Tick {
  readonly #row: TickRow
  #bid: Decimal | null = null
  #mid: Decimal | null = null
  #ask: Decimal | null = null
  #mark: Decimal | null = null
  #bidDistanceBps: Decimal | null = null
  #askDistanceBps: Decimal | null = null

  constructor(row: TickRow) {
    this.#row = row
  }

  get seq(): number {
    return this.#row.seq
  }
  get timeUs(): number {
    return this.#row.time_us
  }
  get instrument(): string {
    return this.#row.instrument
  }
  get bid(): Decimal | null {
    this.#bid ??= known(this.#row.bid)
    return this.#bid
  }
  get ask(): Decimal | null {
    this.#ask ??= known(this.#row.ask)
    return this.#ask
  }
  get mid(): Decimal | null {
    const { bid, ask } = this
    if (bid === null || ask === null) return null
    this.#mid ??= div(add(bid, ask), TWO)
    return this.#mid
  }
  get mark(): Decimal | null {
    this.#mark ??= known(this.#row.mark)
    return this.#mark
  }
  get ourBid(): Decimal | null {
    return known(this.#row.our_bid)
  }
  get ourAsk(): Decimal | null {
    return known(this.#row.our_ask)
  }
  get bidDistanceBps(): Decimal | null {
    this.#bidDistanceBps ??= known(this.#row.bid_distance_bps)
    return this.#bidDistanceBps
  }
  get askDistanceBps(): Decimal | null {
    this.#askDistanceBps ??= known(this.#row.ask_distance_bps)
    return this.#askDistanceBps
  }
  get position(): Decimal {
    return stored(this.#row.position)
  }
}

/** What every section asks of a fill is read at once; what only some ask is read when it is asked for. */
class StoredFill implements Fill {
  readonly #row: FillRow
  readonly price: Decimal
  readonly quantity: Decimal
  readonly value: Decimal
  readonly fee: Decimal

  constructor(row: FillRow) {
    this.#row = row
    this.price = stored(row.price)
    this.quantity = stored(row.quantity)
    this.value = stored(row.value)
    this.fee = stored(row.fee)
  }

  get seq(): number {
    return this.#row.seq
  }
  get timeUs(): number {
    return this.#row.time_us
  }
  get instrument(): string {
    return this.#row.instrument
  }
  get positionSide(): Fill['positionSide'] {
    return this.#row.position_side
  }
  get side(): Fill['side'] {
    return this.#row.side === 'buy' ? 'buy' : 'sell'
  }
  get feeAsset(): string {
    return this.#row.fee_asset
  }
  get feePrice(): Decimal | null {
    return known(this.#row.fee_price)
  }
  get liquidity(): Fill['liquidity'] {
    return liquidityOf(this.#row.liquidity)
  }
  get inferred(): boolean {
    return this.#row.inferred === 1
  }
  get role(): Fill['role'] {
    return roleOf(this.#row.role)
  }
  get clientOrderId(): string | null {
    return this.#row.client_order_id
  }
  get slotId(): string | null {
    return this.#row.slot_id
  }
  get trade(): number | null {
    return this.#row.trade
  }
  get realizedPnl(): Decimal {
    return stored(this.#row.realized_pnl)
  }
  get positionAfter(): Decimal {
    return stored(this.#row.position_after)
  }
}
