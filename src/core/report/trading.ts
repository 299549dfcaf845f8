// What a session traded, computed from its fills, fees, funding and capital flows alone: no running total of the engine is
// believed.

import { add, type Decimal, formatDecimal, neg, ZERO } from '../kernel/decimal.ts'
import { tradeValueOf } from '../kernel/instrument.ts'
import { signedBy } from '../kernel/ledger.ts'
import { positionKey } from '../kernel/state.ts'
import { feeValueOf } from './fee-value.ts'
import { inWindow, type JournalDb, Sums, slicesOf, stored, type Window } from './stored.ts'
import type { FillSideSummary, FillsSummary } from './summary-view.ts'
import { averagePrice, quantityAssetOf, type Terms, type TermsBook } from './terms.ts'

export interface Trading {
  readonly fills: Omit<FillsSummary, 'late'>
  /** Realised profit by the asset it is paid in, and fees by their own. */
  readonly realized: Sums
  readonly fees: Sums
  /** What the fees in an asset were worth, in the session's settle asset, each as it was booked; not of `unpriced` ones. */
  readonly feeValues: Sums
  /** Assets in which a fee was booked that nobody could value. */
  readonly unpriced: ReadonlySet<string>
  /** What fills did to what is held of an asset; of what contracts are counted in, to the contracts. */
  readonly fromFills: Sums
  readonly fromCapital: Sums
  readonly fromFunding: Sums
  /** Signed quantity filled, by position, and by the asset that quantities are in. */
  readonly byPosition: Sums
  readonly byQuantityAsset: Sums
  /** The first fill whose value is not its price × quantity, though it was not inferred. */
  readonly misvalued: { readonly seq: number; readonly expected: Decimal; readonly found: Decimal } | null
  /** The trades that were filled, as `slotId#trade`. */
  readonly filledTrades: ReadonlySet<string>
}

export interface TradingContext {
  readonly own: Terms
  readonly terms: TermsBook
}

/**
 * Sums the fills and the flows of the session. A spot fill of a side moves base by ± quantity and quote by ∓ value; a
 * contract's fill moves the contracts held, and settles what it realised.
 * @throws DitaError STORE_DAMAGED where a figure cannot be read
 */
export async function loadTrading(db: JournalDb, context: TradingContext, window: Window): Promise<Trading> {
  const totals = new TradingTotals(context)
  for (const slice of slicesOf(window)) for (const fill of await loadFills(db, slice)) totals.addFill(fill)
  for (const confirmation of await loadConfirmations(db, window)) totals.addConfirmation(confirmation)
  const flows = await db.selectFrom('capital_events').select(['asset', 'amount']).where(inWindow(window)).execute()
  for (const flow of flows) totals.fromCapital.add(flow.asset, stored(flow.amount))
  const funding = await db.selectFrom('funding_payments').select(['asset', 'amount']).where(inWindow(window)).execute()
  for (const payment of funding) totals.fromFunding.add(payment.asset, stored(payment.amount))
  return totals.trading()
}

const FEE_COLUMNS = ['seq', 'instrument', 'price', 'fee', 'fee_asset', 'fee_price'] as const

function loadFills(db: JournalDb, slice: Window) {
  return db
    .selectFrom('fills')
    .select([...FEE_COLUMNS, 'position_side', 'side', 'quantity', 'value', 'liquidity', 'inferred'])
    .select(['realized_pnl', 'assigned', 'slot_id', 'trade'])
    .where(inWindow(slice))
    .orderBy('seq')
    .execute()
}

function loadConfirmations(db: JournalDb, window: Window) {
  return db.selectFrom('fill_confirmations').select(FEE_COLUMNS).where(inWindow(window)).orderBy('seq').execute()
}

type Fill = Awaited<ReturnType<typeof loadFills>>[number]
type Confirmation = Awaited<ReturnType<typeof loadConfirmations>>[number]

class TradingTotals {
  readonly fromCapital = new Sums()
  readonly fromFunding = new Sums()
  readonly #realized = new Sums()
  readonly #fees = new Sums()
  readonly #feeValues = new Sums()
  readonly #unpriced = new Set<string>()
  readonly #fromFills = new Sums()
  readonly #byPosition = new Sums()
  readonly #byQuantityAsset = new Sums()
  readonly #filledTrades = new Set<string>()
  readonly #bought: SideTotals
  readonly #sold: SideTotals
  readonly #context: TradingContext
  readonly #counts = { count: 0, maker: 0, taker: 0, inferred: 0, confirmed: 0 }
  #misvalued: Trading['misvalued'] = null

  constructor(context: TradingContext) {
    this.#context = context
    this.#bought = new SideTotals(context.own)
    this.#sold = new SideTotals(context.own)
  }

  addFill(fill: Fill): void {
    const terms = this.#context.terms.of(fill.instrument)
    const side = fill.side === 'buy' ? 'buy' : 'sell'
    const [quantity, value, gain] = [stored(fill.quantity), stored(fill.value), stored(fill.realized_pnl)]
    const signed = signedBy(side, quantity)
    this.#counts.count += 1
    if (fill.liquidity === 'maker') this.#counts.maker += 1
    if (fill.liquidity === 'taker') this.#counts.taker += 1
    if (fill.inferred === 1) this.#counts.inferred += 1
    else this.#judgeValue(fill, terms, value)
    this.#realized.add(terms.settle, gain)
    this.#byPosition.add(positionKey(fill.instrument, fill.position_side), signed)
    this.#byQuantityAsset.add(quantityAssetOf(terms), signed)
    if (terms.kind === 'spot') {
      this.#fromFills.add(terms.base, signed)
      this.#fromFills.add(terms.quote, neg(signedBy(side, value)))
    } else {
      this.#fromFills.add(terms.settle, gain)
      if (this.#context.terms.contractsIn(quantityAssetOf(terms)) !== null) this.#fromFills.add(quantityAssetOf(terms), signed)
    }
    this.#addFee(fill, terms)
    if (fill.slot_id !== null && fill.trade !== null) this.#filledTrades.add(`${fill.slot_id}#${fill.trade}`)
    if (fill.instrument === this.#context.own.symbol) (side === 'buy' ? this.#bought : this.#sold).add(quantity, value)
  }

  /** What had been inferred is here: only its fee is new. */
  addConfirmation(fill: Confirmation): void {
    this.#counts.confirmed += 1
    this.#addFee(fill, this.#context.terms.of(fill.instrument))
  }

  /** In the asset that the session's profit is in, at the price of then. */
  #addFee(fill: Confirmation, terms: Terms): void {
    const asset = fill.fee_asset
    const feePrice = fill.fee_price === null ? null : stored(fill.fee_price)
    const fee = stored(fill.fee)
    this.#fees.add(asset, fee)
    const value = feeValueOf({ asset, fee, feePrice, price: stored(fill.price) }, this.#context.own, terms)
    if (value === null) this.#unpriced.add(asset)
    else this.#feeValues.add(asset, value)
  }

  #judgeValue({ seq, price, quantity }: Fill, { kind }: Terms, found: Decimal): void {
    const at = stored(price)
    const expected = at === ZERO ? ZERO : tradeValueOf(kind, stored(quantity), at)
    if (expected !== found) this.#misvalued ??= { seq, expected, found }
  }

  trading(): Trading {
    return {
      fills: { ...this.#counts, bought: this.#bought.summary(), sold: this.#sold.summary() },
      realized: this.#realized,
      fees: this.#fees,
      feeValues: this.#feeValues,
      unpriced: this.#unpriced,
      fromFills: this.#fromFills,
      fromCapital: this.fromCapital,
      fromFunding: this.fromFunding,
      byPosition: this.#byPosition,
      byQuantityAsset: this.#byQuantityAsset,
      misvalued: this.#misvalued,
      filledTrades: this.#filledTrades,
    }
  }
}

class SideTotals {
  readonly #terms: Terms
  #quantity = ZERO
  #count = 0
  #value = ZERO

  constructor(terms: Terms) {
    this.#terms = terms
  }

  add(quantity: Decimal, value: Decimal): void {
    this.#count += 1
    this.#quantity = add(this.#quantity, quantity)
    this.#value = add(this.#value, value)
  }

  summary(): FillSideSummary {
    return {
      count: this.#count,
      quantity: formatDecimal(this.#quantity),
      value: formatDecimal(this.#value),
      averagePrice: averagePrice(this.#terms, this.#quantity, this.#value),
    }
  }
}
