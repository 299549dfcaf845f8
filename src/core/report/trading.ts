// What a session traded, computed from its fills and capital flows alone: no running total of the engine is believed.

import { add, type Decimal, div, formatDecimal, mul, neg, ZERO } from '../kernel/decimal.ts'
import { inWindow, type JournalDb, type SessionRow, Sums, slicesOf, stored, type Window } from './stored.ts'
import type { FillSideSummary, FillsSummary } from './summary-view.ts'

/** What has to be known of an instrument to read its fills. */
interface Terms {
  readonly instrument: string
  readonly instrument_kind: string
  readonly base: string
  readonly quote: string
  readonly settle: string
}

export interface Trading {
  readonly fills: FillsSummary
  /** Realised profit by quote asset, and fees by their asset. */
  readonly realized: Sums
  readonly fees: Sums
  /** What fills did to what is held of an asset; of a contract's base, to the position. */
  readonly fromFills: Sums
  readonly fromCapital: Sums
  /** Signed quantity filled of the session's own instrument. */
  readonly signedQuantity: Decimal
  /** The trades that were filled, as `slotId#trade`. */
  readonly filledTrades: ReadonlySet<string>
}

/**
 * Sums the fills and the capital flows of the session. A spot fill of a side moves base by ± quantity and quote by ∓ price ×
 * quantity (rounded half-even at the 18th decimal); a contract's fill moves the position, and settles what it realised.
 * @throws DitaError STORE_DAMAGED where a figure cannot be read
 */
export async function loadTrading(db: JournalDb, session: SessionRow, window: Window): Promise<Trading> {
  const totals = new TradingTotals(session, await loadTerms(db, window.accountId))
  for (const slice of slicesOf(window)) {
    const fills = await db
      .selectFrom('fills')
      .select(['instrument', 'side', 'price', 'quantity', 'fee', 'fee_asset', 'liquidity', 'realized_pnl', 'slot_id', 'trade'])
      .where(inWindow(slice))
      .execute()
    for (const fill of fills) totals.addFill(fill)
  }
  const flows = await db.selectFrom('capital_events').select(['asset', 'amount']).where(inWindow(window)).execute()
  for (const flow of flows) totals.fromCapital.add(flow.asset, stored(flow.amount))
  return totals.trading()
}

/** Terms of every instrument the account has traded: a late fill may belong to another one than the session's. */
async function loadTerms(db: JournalDb, accountId: number): Promise<Map<string, Terms>> {
  const rows = await db
    .selectFrom('sessions')
    .select(['instrument', 'instrument_kind', 'base', 'quote', 'settle'])
    .distinct()
    .where('account_id', '=', accountId)
    .execute()
  return new Map(rows.map((terms) => [terms.instrument, terms]))
}

interface FillColumns {
  readonly instrument: string
  readonly side: string
  readonly price: string
  readonly quantity: string
  readonly fee: string
  readonly fee_asset: string
  readonly liquidity: string
  readonly realized_pnl: string
  readonly slot_id: string | null
  readonly trade: number | null
}

class TradingTotals {
  readonly fromCapital = new Sums()
  readonly #realized = new Sums()
  readonly #fees = new Sums()
  readonly #fromFills = new Sums()
  readonly #filledTrades = new Set<string>()
  readonly #bought = new SideTotals()
  readonly #sold = new SideTotals()
  readonly #session: Terms
  readonly #terms: ReadonlyMap<string, Terms>
  #count = 0
  #maker = 0

  constructor(session: Terms, terms: ReadonlyMap<string, Terms>) {
    this.#session = session
    this.#terms = terms
  }

  addFill(fill: FillColumns): void {
    const terms = this.#terms.get(fill.instrument) ?? this.#session
    const buys = fill.side === 'buy'
    const quantity = stored(fill.quantity)
    const value = mul(stored(fill.price), quantity)
    const gain = stored(fill.realized_pnl)
    this.#count += 1
    if (fill.liquidity === 'maker') this.#maker += 1
    this.#realized.add(terms.quote, gain)
    this.#fees.add(fill.fee_asset, stored(fill.fee))
    this.#fromFills.add(terms.base, buys ? quantity : neg(quantity))
    if (terms.instrument_kind === 'spot') this.#fromFills.add(terms.quote, buys ? neg(value) : value)
    else this.#fromFills.add(terms.settle, gain)
    if (fill.slot_id !== null && fill.trade !== null) this.#filledTrades.add(`${fill.slot_id}#${fill.trade}`)
    if (fill.instrument === this.#session.instrument) (buys ? this.#bought : this.#sold).add(quantity, value)
  }

  trading(): Trading {
    return {
      fills: {
        count: this.#count,
        maker: this.#maker,
        taker: this.#count - this.#maker,
        bought: this.#bought.summary(),
        sold: this.#sold.summary(),
      },
      realized: this.#realized,
      fees: this.#fees,
      fromFills: this.#fromFills,
      fromCapital: this.fromCapital,
      signedQuantity: add(this.#bought.quantity, neg(this.#sold.quantity)),
      filledTrades: this.#filledTrades,
    }
  }
}

class SideTotals {
  quantity = ZERO
  #count = 0
  #value = ZERO

  add(quantity: Decimal, value: Decimal): void {
    this.#count += 1
    this.quantity = add(this.quantity, quantity)
    this.#value = add(this.#value, value)
  }

  summary(): FillSideSummary {
    return {
      count: this.#count,
      quantity: formatDecimal(this.quantity),
      value: formatDecimal(this.#value),
      averagePrice: this.quantity === ZERO ? null : formatDecimal(div(this.#value, this.quantity)),
    }
  }
}
