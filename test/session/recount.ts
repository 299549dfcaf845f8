// All figures of a session once more, from the rows of `fills` alone, and the books once more from the rows of `postings`.

import { type Fraction, minus, NOTHING, over, plus, read, rounded, signOf, size, smaller, times, write } from './exact.ts'
import { query } from './harness.ts'

interface FillRow {
  readonly seq: number
  readonly side: 'buy' | 'sell'
  readonly price: string
  readonly quantity: string
  readonly fee: string
  readonly fee_asset: string
  readonly liquidity: string
  readonly realized_pnl: string
  readonly position_after: string
  readonly cost_after: string
}

export interface SideRecount {
  readonly count: number
  readonly quantity: string
  readonly value: string
  readonly averagePrice: string | null
}

export interface Recount {
  readonly count: number
  readonly maker: number
  readonly realized: string
  readonly position: string
  readonly cost: string
  readonly averagePrice: string | null
  readonly feesByAsset: Readonly<Record<string, string>>
  readonly bought: SideRecount
  readonly sold: SideRecount
  /** What the position at the end would bring at a mark, beyond its cost. */
  unrealizedAt(mark: string): string
  /** The rows whose own running figures differ from the ones found here. */
  readonly wrongRows: readonly string[]
}

/** Of one session; `account` carries the position in from the sessions before it. */
export function recount(storePath: string, sessionId: string): Recount {
  const [session] = query<{ account_id: number; first_seq: number }>(storePath, 'SELECT * FROM sessions WHERE session_id = ?', sessionId)
  if (session === undefined) throw new Error(`no session ${sessionId}`)
  const rows = query<FillRow>(storePath, 'SELECT * FROM fills WHERE account_id = ? ORDER BY seq', session.account_id)
  const last = query<{ last_seq: number }>(storePath, 'SELECT last_seq FROM sessions WHERE session_id = ?', sessionId)[0]?.last_seq ?? 0
  const books = new Books()
  const ours: FillRow[] = []
  for (const row of rows) {
    if (row.seq > last) break
    if (row.seq < session.first_seq) books.book(row)
    else {
      if (ours.length === 0) books.realized = NOTHING
      ours.push(row)
      books.book(row)
    }
  }
  if (ours.length === 0) books.realized = NOTHING
  const { position, cost, realized } = books
  return {
    count: ours.length,
    maker: ours.filter((row) => row.liquidity === 'maker').length,
    realized: write(realized),
    position: write(position),
    cost: write(cost),
    averagePrice: signOf(position) === 0 ? null : write(rounded(over(size(cost), size(position)))),
    feesByAsset: feesOf(ours),
    bought: sideOf(ours.filter((row) => row.side === 'buy')),
    sold: sideOf(ours.filter((row) => row.side === 'sell')),
    unrealizedAt: (mark) => write(minus(rounded(times(position, read(mark))), cost)),
    wrongRows: books.wrongRows,
  }
}

/**
 * Average cost: what a fill leaves of a position keeps its share of the cost the position had when it last grew, so that the steps
 * of closing it do not matter; the last share takes all that is left.
 */
class Books {
  position = NOTHING
  cost = NOTHING
  #grown = { position: NOTHING, cost: NOTHING }
  realized = NOTHING
  readonly wrongRows: string[] = []

  book(row: FillRow): void {
    const [price, quantity] = [read(row.price), read(row.quantity)]
    const change = row.side === 'buy' ? quantity : minus(NOTHING, quantity)
    const gained = signOf(this.position) * signOf(change) < 0 ? this.#reduce(change, price) : this.#extend(change, price)
    this.realized = plus(this.realized, gained)
    const found = { realized: write(gained), position: write(this.position), cost: write(this.cost) }
    const told = { realized: row.realized_pnl, position: row.position_after, cost: row.cost_after }
    if (JSON.stringify(found) !== JSON.stringify(told)) {
      this.wrongRows.push(`fill ${row.seq}: ${JSON.stringify(told)}, and by recount ${JSON.stringify(found)}`)
    }
  }

  #extend(change: Fraction, price: Fraction): Fraction {
    this.position = plus(this.position, change)
    this.cost = plus(this.cost, times(change, price))
    this.#grown = { position: this.position, cost: this.cost }
    return NOTHING
  }

  #reduce(change: Fraction, price: Fraction): Fraction {
    const held = this.position
    const closed = smaller(size(change), size(held))
    const isAll = signOf(minus(closed, size(held))) === 0
    const proceeds = times(signOf(held) > 0 ? closed : minus(NOTHING, closed), price)
    this.position = signOf(held) > 0 ? minus(held, closed) : plus(held, closed)
    const left = isAll ? NOTHING : rounded(over(times(this.#grown.cost, this.position), this.#grown.position))
    const released = minus(this.cost, left)
    this.cost = left
    const rest = signOf(change) > 0 ? minus(change, closed) : plus(change, closed)
    if (signOf(rest) !== 0) this.#extend(rest, price)
    return minus(proceeds, released)
  }
}

function feesOf(rows: readonly FillRow[]): Record<string, string> {
  const fees = new Map<string, Fraction>()
  for (const { fee, fee_asset } of rows) fees.set(fee_asset, plus(fees.get(fee_asset) ?? NOTHING, read(fee)))
  return Object.fromEntries([...fees].map(([asset, fee]) => [asset, write(fee)]))
}

function sideOf(rows: readonly FillRow[]): SideRecount {
  let [quantity, value] = [NOTHING, NOTHING]
  for (const row of rows) {
    quantity = plus(quantity, read(row.quantity))
    value = plus(value, times(read(row.quantity), read(row.price)))
  }
  const averagePrice = signOf(quantity) === 0 ? null : write(rounded(over(value, quantity)))
  return { count: rows.length, quantity: write(quantity), value: write(value), averagePrice }
}

interface PostingRow {
  readonly seq: number
  readonly ledger_account: string
  readonly asset: string
  readonly amount: string
}

/** Sums of all postings of a store by `ledger account|asset`, and the facts whose postings do not sum to zero. */
export function sumPostings(storePath: string): { readonly balances: ReadonlyMap<string, string>; readonly unbalanced: readonly string[] } {
  const balances = new Map<string, Fraction>()
  const facts = new Map<string, Fraction>()
  for (const { seq, ledger_account, asset, amount } of query<PostingRow>(
    storePath,
    'SELECT * FROM postings ORDER BY account_id, seq, line',
  )) {
    const value = read(amount)
    for (const [sums, key] of [
      [balances, `${ledger_account}|${asset}`],
      [facts, `${seq} ${asset}`],
    ] as const) {
      sums.set(key, plus(sums.get(key) ?? NOTHING, value))
    }
  }
  return {
    balances: new Map([...balances].map(([key, value]) => [key, write(value)])),
    unbalanced: [...facts].filter(([, sum]) => signOf(sum) !== 0).map(([key, sum]) => `${key}: ${write(sum)}`),
  }
}
