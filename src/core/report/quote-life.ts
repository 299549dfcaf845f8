// What became of a session's quotes: how many were filled, by count and by quantity, and how long they rested. From the orders as
// they were asked for, their transitions and their fills, all of the session itself, so that no later one changes what is said.

import { sql } from 'kysely'
import { add, type Decimal, dec, formatDecimal, mul, mulDiv, ZERO } from '../kernel/decimal.ts'
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

  /** Of the orders of one side, without those of earlier sessions: how many were filled, and how much. */
  of(side: 'buy' | 'sell', foreign: ReadonlySet<string>): Counted {
    let [count, quantity] = [0, ZERO]
    for (const [clientOrderId, order] of this.#orders) {
      if (order.side !== side || foreign.has(clientOrderId)) continue
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
  const quotes = await loadQuotes(db, sessionId, window)
  const foreign = await filledOfOthers(db, sessionId, window)
  const lives = new Lives()
  for (const { endedAs, livedUs } of quotes) if (endedAs !== null) lives.end(endedAs, livedUs)
  const odd = new Set(quotes.flatMap(({ oddId }) => (oddId === null ? [] : [oddId])))
  if (odd.size > 0) await followOdd(db, window, odd, lives)
  const quoted = (side: string): Counted => {
    const taken = quotes.filter((quote) => quote.side === side && !isRefused(quote, lives))
    return { count: taken.length, quantity: totalOf(taken.map(({ quantity }) => quantity)) }
  }
  const bid = { quoted: quoted('buy'), filled: fills.of('buy', foreign) }
  const ask = { quoted: quoted('sell'), filled: fills.of('sell', foreign) }
  const both = { quoted: sumOf(bid.quoted, ask.quoted), filled: sumOf(bid.filled, ask.filled) }
  return {
    both: fillSummary(both),
    bid: fillSummary(bid),
    ask: fillSummary(ask),
    refused: REFUSED.reduce((sum, status) => sum + lives.endedAs(status), 0),
    canceled: lives.endedAs('canceled'),
    expired: lives.endedAs('expired'),
    cancelFillRatio: textOrNull(quotientOf(whole(lives.endedAs('canceled')), whole(both.filled.count))),
    lives: lives.livesUs.length,
    meanLifeUs: meanOfWhole(lives.livesUs),
    medianLifeUs: medianOfWhole(lives.livesUs),
    unfinished: quotes.length - OVER.reduce((sum, status) => sum + lives.endedAs(status), 0),
  }
}

/** Quotes come in few sizes: each is read once. */
function totalOf(quantities: readonly string[]): Decimal {
  const counts = new Map<string, number>()
  for (const quantity of quantities) counts.set(quantity, (counts.get(quantity) ?? 0) + 1)
  return [...counts].reduce((sum, [quantity, count]) => add(sum, mul(stored(quantity), whole(count))), ZERO)
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

/** One of the session's own quotes, in the states that it went through in the session. */
interface QuoteRow {
  readonly side: string
  readonly quantity: string
  /** The final state that it reached; null where it reached none, and for an odd one. */
  readonly endedAs: string | null
  /** From where the venue first had it to its end; null where the venue never had it, or it has no end. */
  readonly livedUs: number | null
  /** Its id where it came back to life, or ended more than once: such a one is followed step by step. */
  readonly oddId: string | null
}

const literals = (states: readonly string[]) => sql.join(states.map((state) => sql.lit(state)))

/** The session's quotes. A session has as many transitions as anything else: SQL sums them up, so that none is loaded. */
async function loadQuotes(db: JournalDb, sessionId: string, { accountId, firstSeq, lastSeq }: Window): Promise<readonly QuoteRow[]> {
  const { rows } = await sql<QuoteRow>`
    WITH moves AS (
      SELECT client_order_id AS id,
        min(CASE WHEN to_state IN (${literals(TAKEN)}) THEN time_us END) AS taken_us,
        max(CASE WHEN to_state IN (${literals(OVER)}) THEN time_us END) AS over_us,
        max(CASE WHEN to_state IN (${literals(OVER)}) THEN to_state END) AS ended_as,
        sum(to_state IN (${literals(OVER)})) > 1 OR sum(from_state IN (${literals(OVER)})) > 0 AS is_odd
      FROM transitions
      WHERE account_id = ${accountId} AND seq BETWEEN ${firstSeq} AND ${lastSeq} AND entity = 'order' AND slot_id IS NULL
        AND (to_state IN (${literals([...new Set([...TAKEN, ...OVER])])}) OR from_state IN (${literals(OVER)}))
      GROUP BY client_order_id
    )
    SELECT side, quantity,
      CASE WHEN NOT is_odd THEN ended_as END AS endedAs,
      CASE WHEN NOT is_odd THEN over_us - taken_us END AS livedUs,
      CASE WHEN is_odd THEN client_order_id END AS oddId
    FROM orders LEFT JOIN moves ON moves.id = client_order_id
    WHERE session_id = ${sessionId} AND role = 'quote'`.execute(db)
  return rows
}

/** Quotes of earlier sessions that were filled in this one. */
async function filledOfOthers(db: JournalDb, sessionId: string, window: Window): Promise<ReadonlySet<string>> {
  if (window.firstSeq === 1) return new Set()
  const rows = await db
    .selectFrom('fills')
    .innerJoin('orders', 'orders.client_order_id', 'fills.client_order_id')
    .select('fills.client_order_id as id')
    .distinct()
    .where('fills.account_id', '=', window.accountId)
    .where('fills.seq', '>=', window.firstSeq)
    .where('fills.seq', '<=', window.lastSeq)
    .where('fills.role', '=', 'quote')
    .where('orders.session_id', '!=', sessionId)
    .execute()
  return new Set(rows.flatMap(({ id }) => (id === null ? [] : [id])))
}

/** Whether the venue refused it, as things stood at the session's end. */
function isRefused({ endedAs, oddId }: QuoteRow, lives: Lives): boolean {
  return oddId === null ? endedAs !== null && IS_REFUSED.has(endedAs) : lives.refusedOdd.has(oddId)
}

/** Follows from state to state those quotes that do not go straight from the venue to their end. */
async function followOdd(db: JournalDb, window: Window, odd: ReadonlySet<string>, lives: Lives): Promise<void> {
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
    for (const { id, ...move } of moves) if (id !== null && odd.has(id)) lives.move(id, move)
  }
}

class Lives {
  readonly livesUs: number[] = []
  readonly refusedOdd = new Set<string>()
  readonly #restingSinceUs = new Map<string, number>()
  readonly #ended = new Map<string, number>()

  /** How many of the quotes were in a final state at the end: one that a late word brought back to life is not. */
  endedAs(status: string): number {
    return this.#ended.get(status) ?? 0
  }

  /** One that went straight to its end. */
  end(status: string, livedUs: number | null): void {
    this.#ended.set(status, this.endedAs(status) + 1)
    if (livedUs !== null && !IS_REFUSED.has(status)) this.livesUs.push(livedUs)
  }

  /** One step of an odd one. */
  move(id: string, { from, to, timeUs }: { readonly from: string; readonly to: string; readonly timeUs: number }): void {
    const sinceUs = this.#restingSinceUs.get(id)
    if (IS_OVER.has(from)) this.#count(id, from, -1)
    if (IS_OVER.has(to)) this.#count(id, to, 1)
    if (IS_TAKEN.has(to) && sinceUs === undefined && !IS_OVER.has(from)) this.#restingSinceUs.set(id, timeUs)
    const startUs = this.#restingSinceUs.get(id)
    if (!IS_OVER.has(to) || startUs === undefined) return
    if (!IS_REFUSED.has(to)) this.livesUs.push(timeUs - startUs)
    this.#restingSinceUs.delete(id)
  }

  #count(id: string, status: string, change: 1 | -1): void {
    this.#ended.set(status, this.endedAs(status) + change)
    if (!IS_REFUSED.has(status)) return
    if (change === 1) this.refusedOdd.add(id)
    else this.refusedOdd.delete(id)
  }
}
