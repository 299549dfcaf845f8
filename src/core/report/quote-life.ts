// What became of a session's quotes: how many were filled, by count and by quantity, and how long they rested. From the orders as
// they were asked for, their transitions and their fills, all of the session itself, so that no later one changes what is said.

import { add, type Decimal, dec, formatDecimal, mul, mulDiv, sub, ZERO } from '../kernel/decimal.ts'
import type { QuoteFillSummary, QuoteLifeSummary } from './quoting-view.ts'
import { meanOfWhole, medianOfWhole, percentOf, quotientOf, textOrNull, whole } from './statistics.ts'
import { inWindow, type JournalDb, slicesOf, stored, type Window } from './stored.ts'
import type { Fill, TickSink } from './tick-pass.ts'

const HUNDRED = dec('100')
/** Where the venue has it, or had it: the first of these is where a quote's life begins. */
const TAKEN = ['acked', 'partially_filled', 'filled'] as const
/** What ends so never was a quote. */
const REFUSED = ['rejected', 'absent'] as const
/** Where it ends. */
const OVER = ['filled', 'canceled', 'expired', ...REFUSED] as const
const IS_REFUSED: ReadonlySet<string> = new Set(REFUSED)
const IS_TAKEN: ReadonlySet<string> = new Set(TAKEN)
const IS_OVER: ReadonlySet<string> = new Set(OVER)

/** Sums the fills of quotes by their order. */
export class QuoteFills implements TickSink {
  readonly #orders = new Map<string, { readonly side: 'buy' | 'sell'; quantity: Decimal }>()

  onFill({ role, side, clientOrderId, quantity }: Fill): void {
    if (role !== 'quote' || clientOrderId === null) return
    const order = this.#orders.get(clientOrderId)
    if (order === undefined) this.#orders.set(clientOrderId, { side, quantity })
    else order.quantity = add(order.quantity, quantity)
  }

  /** Of the orders of one side that are among `own`, null for all: how many were filled, and how much. */
  of(side: 'buy' | 'sell', own: ReadonlySet<string> | null): Counted {
    let [count, quantity] = [0, ZERO]
    for (const [clientOrderId, order] of this.#orders) {
      if (order.side !== side || own?.has(clientOrderId) === false) continue
      count += 1
      quantity = add(quantity, order.quantity)
    }
    return { count, quantity }
  }
}

interface Counted {
  readonly count: number
  readonly quantity: Decimal
}

/** @throws DitaError STORE_DAMAGED */
export async function loadQuoteLife(db: JournalDb, sessionId: string, window: Window, fills: QuoteFills): Promise<QuoteLifeSummary> {
  const own = await loadOwn(db, sessionId, window)
  const lives = await loadLives(db, window, own)
  const asked = await loadAsked(db, sessionId)
  const refused = await loadRefused(db, sessionId, lives.refused)
  const quoted = (side: string): Counted => lessOf(sumOfSide(asked, side), sumOfSide(refused, side))
  const bid = { quoted: quoted('buy'), filled: fills.of('buy', own) }
  const ask = { quoted: quoted('sell'), filled: fills.of('sell', own) }
  const both = { quoted: sumOf(bid.quoted, ask.quoted), filled: sumOf(bid.filled, ask.filled) }
  const count = asked.reduce((sum, row) => sum + row.count, 0)
  return {
    both: fillSummary(both),
    bid: fillSummary(bid),
    ask: fillSummary(ask),
    refused: lives.refused.size,
    canceled: lives.endedAs('canceled'),
    expired: lives.endedAs('expired'),
    cancelFillRatio: textOrNull(quotientOf(whole(lives.endedAs('canceled')), whole(both.filled.count))),
    lives: lives.livesUs.length,
    meanLifeUs: meanOfWhole(lives.livesUs),
    medianLifeUs: medianOfWhole(lives.livesUs),
    unfinished: count - OVER.reduce((sum, status) => sum + lives.endedAs(status), 0),
  }
}

/** So many quotes of a side and a size. */
interface Asked {
  readonly side: string
  readonly quantity: string
  readonly count: number
}

/** Quotes come in few sizes: each is read once. */
function sumOfSide(asked: readonly Asked[], wanted: string): Counted {
  let [count, quantity] = [0, ZERO]
  for (const row of asked) {
    if (row.side !== wanted) continue
    count += row.count
    quantity = add(quantity, mul(stored(row.quantity), whole(row.count)))
  }
  return { count, quantity }
}

function lessOf(a: Counted, b: Counted): Counted {
  return { count: a.count - b.count, quantity: sub(a.quantity, b.quantity) }
}

function sumOf(a: Counted, b: Counted): Counted {
  return { count: a.count + b.count, quantity: add(a.quantity, b.quantity) }
}

function fillSummary({ quoted, filled }: { readonly quoted: Counted; readonly filled: Counted }): QuoteFillSummary {
  return {
    quotes: quoted.count,
    filled: filled.count,
    fillPercent: percentOf(filled.count, quoted.count),
    quotedQuantity: formatDecimal(quoted.quantity),
    filledQuantity: formatDecimal(filled.quantity),
    quantityFillPercent: quoted.quantity === ZERO ? null : formatDecimal(mulDiv(HUNDRED, filled.quantity, quoted.quantity)),
  }
}

/**
 * The ids of the session's own quotes; null in an account's first session, where every quote is its own. Those that an earlier session
 * left are not among them.
 */
async function loadOwn(db: JournalDb, sessionId: string, window: Window): Promise<ReadonlySet<string> | null> {
  if (window.firstSeq === 1) return null
  const rows = await ownQuotes(db, sessionId).select('client_order_id as id').execute()
  return new Set(rows.map(({ id }) => id))
}

function ownQuotes(db: JournalDb, sessionId: string) {
  return db.selectFrom('orders').where('session_id', '=', sessionId).where('role', '=', 'quote')
}

function loadAsked(db: JournalDb, sessionId: string): Promise<Asked[]> {
  return ownQuotes(db, sessionId)
    .select(({ fn }) => ['side', 'quantity', fn.countAll<number>().as('count')])
    .groupBy(['side', 'quantity'])
    .execute()
}

/** Read at once; a statement holds only so many. */
const IDS_AT_ONCE = 500

async function loadRefused(db: JournalDb, sessionId: string, refused: ReadonlySet<string>): Promise<Asked[]> {
  const ids = [...refused]
  const found: Asked[] = []
  for (let first = 0; first < ids.length; first += IDS_AT_ONCE) {
    const rows = await ownQuotes(db, sessionId)
      .select(['side', 'quantity'])
      .where('client_order_id', 'in', ids.slice(first, first + IDS_AT_ONCE))
      .execute()
    for (const row of rows) found.push({ ...row, count: 1 })
  }
  return found
}

/** Follows the session's own quotes from state to state. */
async function loadLives(db: JournalDb, window: Window, own: ReadonlySet<string> | null): Promise<Lives> {
  const lives = new Lives()
  for (const slice of slicesOf(window)) {
    const moves = await db
      .selectFrom('transitions')
      .select(['client_order_id as id', 'from_state as from', 'to_state as to', 'time_us as timeUs'])
      .where(inWindow(slice))
      .where('entity', '=', 'order')
      // Only quotes are of no slot.
      .where('slot_id', 'is', null)
      .where((row) => row.or([row('to_state', 'in', [...TAKEN, ...OVER]), row('from_state', 'in', OVER)]))
      .orderBy('seq')
      .execute()
    for (const move of moves) if (move.id !== null && own?.has(move.id) !== false) lives.move(move.id, move)
  }
  return lives
}

class Lives {
  readonly livesUs: number[] = []
  readonly refused = new Set<string>()
  /** Those that rest at the moment: a handful, however many there were. */
  readonly #restingSinceUs = new Map<string, number>()
  readonly #ended = new Map<string, number>()

  /** How many of the quotes were in a final state at the end: one that a late word brought back to life is not. */
  endedAs(status: string): number {
    return this.#ended.get(status) ?? 0
  }

  move(id: string, { from, to, timeUs }: { readonly from: string; readonly to: string; readonly timeUs: number }): void {
    const wasOver = IS_OVER.has(from)
    if (wasOver) this.#count(id, from, -1)
    const sinceUs = this.#restingSinceUs.get(id) ?? (IS_TAKEN.has(to) && !wasOver ? timeUs : undefined)
    if (!IS_OVER.has(to)) {
      if (sinceUs !== undefined) this.#restingSinceUs.set(id, sinceUs)
      return
    }
    this.#count(id, to, 1)
    if (sinceUs === undefined) return
    if (!IS_REFUSED.has(to)) this.livesUs.push(timeUs - sinceUs)
    this.#restingSinceUs.delete(id)
  }

  #count(id: string, status: string, change: 1 | -1): void {
    this.#ended.set(status, this.endedAs(status) + change)
    if (!IS_REFUSED.has(status)) return
    if (change === 1) this.refused.add(id)
    else this.refused.delete(id)
  }
}
