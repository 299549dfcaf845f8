// How much worse the orders of slots were filled than was intended: against their limit, and against the mid at the tick at which
// they were asked for. Formulas and sources are in docs/METRICS.md.

import { add, type Decimal, dec, formatDecimal, mulDiv, neg, sub, ZERO } from '../kernel/decimal.ts'
import { notionalOf } from '../kernel/instrument.ts'
import { FRESH_TICKS, type TickSeries } from './markouts.ts'
import { largestOf, textOrNull, weightedMeanOf } from './statistics.ts'
import { type JournalDb, stored } from './stored.ts'
import type { Terms } from './terms.ts'
import type { Fill, Tick, TickSink } from './tick-pass.ts'
import type { SlippageRow, SlippageSummary } from './trade-statistics-view.ts'

const BPS = dec('10000')
const REFERENCES = ['limit', 'mid'] as const
type Reference = (typeof REFERENCES)[number]

/** What an order of a slot was meant to get. */
interface Intended {
  readonly orderType: string
  readonly limit: Decimal | null
  readonly askedAtUs: number
  /** At the tick at which it was asked for; null until that is known, and where nobody knew one. */
  mid: Decimal | null
}

interface SlotFill {
  readonly clientOrderId: string
  readonly role: 'entry' | 'exit'
  readonly side: 'buy' | 'sell'
  readonly price: Decimal
  readonly quantity: Decimal
}

/** The orders that a session's slots asked for. Throws STORE_DAMAGED. */
export async function loadSlotOrders(db: JournalDb, sessionId: string): Promise<ReadonlyMap<string, Intended>> {
  const rows = await db
    .selectFrom('orders')
    .select(['client_order_id', 'order_type', 'price', 'prepared_at_us'])
    .where('session_id', '=', sessionId)
    .where('role', '!=', 'quote')
    .execute()
  return new Map(
    rows.map((row) => {
      const limit = row.price === null ? null : stored(row.price)
      return [row.client_order_id, { orderType: row.order_type, limit, askedAtUs: row.prepared_at_us, mid: null }]
    }),
  )
}

/** Finds the mid of each intent at its tick, and gathers the fills of slots in the session's instrument. */
export class Slippage implements TickSink {
  readonly #series: TickSeries
  readonly #orders: ReadonlyMap<string, Intended>
  readonly #waiting: readonly Intended[]
  readonly #fills: SlotFill[] = []
  readonly #leftOut = { inferred: 0, earlierOrders: 0 }
  #asked = 0
  #last: { readonly timeUs: number; readonly mid: Decimal | null } = { timeUs: Number.NEGATIVE_INFINITY, mid: null }

  constructor(series: TickSeries, orders: ReadonlyMap<string, Intended>) {
    this.#series = series
    this.#orders = orders
    this.#waiting = [...orders.values()].sort((a, b) => a.askedAtUs - b.askedAtUs)
  }

  onTick(tick: Tick): void {
    if (tick.instrument !== this.#series.instrument || this.#asked === this.#waiting.length) return
    // What was asked for at a tick stands before it in the journal, and has its time.
    this.#answerBefore(tick.timeUs)
    this.#last = { timeUs: tick.timeUs, mid: tick.mid }
  }

  onFill(fill: Fill): void {
    const { role, clientOrderId, side, price, quantity } = fill
    if ((role !== 'entry' && role !== 'exit') || clientOrderId === null || fill.instrument !== this.#series.instrument) return
    if (fill.inferred) this.#leftOut.inferred += 1
    else if (this.#orders.has(clientOrderId)) this.#fills.push({ clientOrderId, role, side, price, quantity })
    else this.#leftOut.earlierOrders += 1
  }

  summary(terms: Terms): SlippageSummary {
    this.#answerBefore(Number.POSITIVE_INFINITY)
    const rows = new Map<string, Row>()
    let withoutMidCount = 0
    for (const fill of this.#fills) {
      const order = this.#orders.get(fill.clientOrderId) as Intended
      if (order.mid === null) withoutMidCount += 1
      for (const reference of REFERENCES) {
        const price = order[reference]
        if (price === null || price <= ZERO) continue
        const key = `${fill.role}|${order.orderType}|${reference}`
        const row = rows.get(key) ?? new Row({ role: fill.role, orderType: order.orderType, reference })
        rows.set(key, row)
        row.add(fill, price, terms)
      }
    }
    const sorted = [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row.summary())
    return { asset: terms.quote, rows: sorted, leftOut: { ...this.#leftOut, withoutMidCount } }
  }

  /** Gives the orders that were asked for before a tick the mid of the last one that was not after them. */
  #answerBefore(tickUs: number): void {
    for (let order = this.#waiting[this.#asked]; order !== undefined && order.askedAtUs < tickUs; order = this.#waiting[this.#asked]) {
      this.#asked += 1
      const isFresh = order.askedAtUs - this.#last.timeUs <= FRESH_TICKS * this.#series.tickIntervalUs
      order.mid = isFresh ? this.#last.mid : null
    }
  }
}

class Row {
  readonly #about: { readonly role: 'entry' | 'exit'; readonly orderType: string; readonly reference: Reference }
  readonly #orders = new Set<string>()
  readonly #slips: Decimal[] = []
  readonly #quantities: Decimal[] = []
  #cost = ZERO

  constructor(about: { readonly role: 'entry' | 'exit'; readonly orderType: string; readonly reference: Reference }) {
    this.#about = about
  }

  add({ clientOrderId, side, price, quantity }: SlotFill, reference: Decimal, { kind }: Terms): void {
    const worse = side === 'buy' ? sub(price, reference) : neg(sub(price, reference))
    this.#orders.add(clientOrderId)
    this.#slips.push(mulDiv(worse, BPS, reference))
    this.#quantities.push(quantity)
    this.#cost = add(this.#cost, mulDiv(notionalOf(kind, quantity, reference), worse, reference))
  }

  summary(): SlippageRow {
    return {
      ...this.#about,
      orders: this.#orders.size,
      fills: this.#slips.length,
      quantity: formatDecimal(this.#quantities.reduce(add, ZERO)),
      meanBps: textOrNull(weightedMeanOf({ values: this.#slips, weights: this.#quantities })),
      worstBps: textOrNull(largestOf(this.#slips)),
      cost: formatDecimal(this.#cost),
    }
  }
}
