// Profit, equity and inventory of a session, from what was loaded. Pure sums; a part that is not known is null.

import { add, type Decimal, formatDecimal, neg, sub, ZERO } from '../kernel/decimal.ts'
import { notionalOf } from '../kernel/instrument.ts'
import { unrealizedPnl } from '../kernel/valuation.ts'
import type { ValuedFlow } from './flow-worth.ts'
import { heldOf, type Ledger } from './ledger.ts'
import type { Marks } from './marks.ts'
import type { Held, Position } from './positions.ts'
import { type StatedPrices, Valuer } from './prices.ts'
import type { Sums } from './stored.ts'
import type { EquitySummary, InventorySummary, PnlSummary } from './summary-view.ts'
import type { Terms, TermsBook } from './terms.ts'
import type { Trading } from './trading.ts'

export interface ProfitInputs {
  readonly own: Terms
  readonly trading: Trading
  readonly positions: readonly Position[]
  /** By instrument; left out where the session saw none. */
  readonly marks: ReadonlyMap<string, Marks>
}

export interface MoneyInputs extends ProfitInputs {
  readonly terms: TermsBook
  readonly ledger: Ledger
  readonly stated: StatedPrices
  /** The capital moved after the first mark, at what it was worth then. */
  readonly flows: readonly ValuedFlow[]
  readonly lastSeq: number
}

/**
 * net = realised + unrealised at the end − unrealised before − fees + funding, in the asset the session's instrument settles in.
 * Realised is the sum over the session's fills, which book it at average cost; unrealised is what closing at a mark would
 * realise, at the session's last mark, and for what was open before at its first; fees in other assets count at the price that
 * was stated when they were booked. Where one part has no price, it and the net are null.
 */
export function pnlSummary(inputs: ProfitInputs): PnlSummary {
  const { own, trading, marks } = inputs
  const { settle } = own
  // What an older session left open in another instrument, and this one neither traded nor priced, is none of its doing.
  const touched = new Set([own.symbol, ...marks.keys()])
  const positions = inputs.positions.filter(({ key, terms }) => touched.has(terms.symbol) || trading.byPosition.keys().includes(key))
  const lastMark = marks.get(own.symbol)?.last.price ?? null
  const realized = trading.realized.of(settle)
  const atEnd = openPnl(own, positions, ({ end, terms }) => [end, marks.get(terms.symbol)?.last.price])
  const before = openPnl(own, positions, (position) => [position.before, marks.get(position.terms.symbol)?.first.price])
  const fees = trading.unpriced.size > 0 ? null : trading.feeValues.total()
  const funding = trading.fromFunding.of(settle)
  const foreign = [trading.realized, trading.fromFunding].some((sums) =>
    sums.keys().some((asset) => asset !== settle && sums.of(asset) !== ZERO),
  )
  const unknown = atEnd === null || before === null || fees === null || foreign
  const net = unknown ? null : add(sub(sub(add(realized, atEnd), before), fees), funding)
  return {
    asset: settle,
    realized: formatDecimal(realized),
    realizedByAsset: trading.realized.texts(),
    // Flat or not, a valuation that never took place is not shown as one.
    unrealized: lastMark === null ? null : textOf(atEnd),
    unrealizedBefore: textOf(before),
    fees: formatDecimal(trading.fees.of(settle)),
    feesByAsset: trading.fees.texts(),
    feeValuesByAsset: Object.fromEntries(
      Object.keys(trading.fees.texts()).map((asset) => [
        asset,
        trading.unpriced.has(asset) ? null : formatDecimal(trading.feeValues.of(asset)),
      ]),
    ),
    feesValued: textOf(fees),
    funding: formatDecimal(funding),
    fundingByAsset: trading.fromFunding.texts(),
    net: textOf(net),
    mark: textOf(lastMark),
  }
}

/** What closing all positions would realise: nothing for a flat one; not known for one without a mark, or in another asset. */
function openPnl(
  own: Terms,
  positions: readonly Position[],
  at: (position: Position) => readonly [held: Held, mark: Decimal | undefined],
): Decimal | null {
  let total = ZERO
  for (const position of positions) {
    const [held, mark] = at(position)
    if (held.quantity === ZERO) continue
    if (mark === undefined || mark === ZERO || position.terms.settle !== own.settle) return null
    total = add(total, unrealizedPnl(held, mark, position.terms.kind))
  }
  return total
}

/** What the positions in the session's instrument are worth at its last mark, signed, in quote; null where that is not known. */
export function endValueOf({ own, positions, marks }: ProfitInputs): Decimal | null {
  const quantity = positions.filter(({ terms }) => terms.symbol === own.symbol).reduce((sum, { end }) => add(sum, end.quantity), ZERO)
  const mark = marks.get(own.symbol)?.last.price
  if (quantity === ZERO) return ZERO
  return mark === undefined ? null : notionalOf(own.kind, quantity, mark)
}

/**
 * Equity is the worth of all that is owned, from postings: what the session began with at the first mark it saw, with the capital
 * moved until then, and at its end at the last, each asset at the mark or at the price stated by then. The change between them is
 * the session's net (`pnl.net`), plus what the moves of prices did to what is held beside positions, plus capital moved after the
 * first mark, at what it was worth when it moved. All in the settle asset; null without a mark, or while something owned has no price.
 */
export function equitySummary(inputs: MoneyInputs, pnl: PnlSummary): EquitySummary {
  const { own, trading, ledger, flows, marks, stated, lastSeq } = inputs
  const mark = marks.get(own.symbol)
  const unknown = { start: null, end: null, change: null, fromTrading: null, fromHoldings: null, fromCapital: null, heldAssets: [] }
  if (mark === undefined) return { asset: own.settle, ...unknown }
  const atStart = new Valuer(own, { mark: mark.first.price, seq: mark.first.seq }, stated)
  const atEnd = new Valuer(own, { mark: mark.last.price, seq: lastSeq }, stated)
  const start = worthOf(sumsOf(ledger.before, ledger.untilSplit), (asset, amount) => atStart.inSettle(asset, amount))
  const end = worthOf(sumsOf(ledger.before, ledger.inSession), (asset, amount) => atEnd.inSettle(asset, amount))
  const others = assetsOf([ledger.before, ledger.inSession]).filter((asset) => asset !== own.settle)
  const held = others.map((asset) => {
    // What positions stand for is in `conversion` too, with the other sign: this is what is held beside them.
    const beside = [ledger.before, ledger.untilSplit].map((sums) => add(heldOf(sums, asset), sums.of(`conversion|${asset}`)))
    const atFirst = beside.reduce(add, ZERO)
    const fees = trading.fees.of(asset)
    const moved = movedOf(flows, asset)
    const left = atEnd.inSettle(asset, sub(add(atFirst, moved.amount), fees))
    const gain = difference(left, totalOf([atStart.inSettle(asset, atFirst), moved.worth]))
    return { asset, gain: gain === null || trading.unpriced.has(asset) ? null : add(gain, trading.feeValues.of(asset)) }
  })
  return {
    asset: own.settle,
    start: textOf(start),
    end: textOf(end),
    change: textOf(difference(end, start)),
    fromTrading: pnl.net,
    fromHoldings: textOf(totalOf(held.map(({ gain }) => gain))),
    fromCapital: textOf(totalOf(flows.map(({ worth }) => worth))),
    heldAssets: held.filter(({ gain }) => gain !== ZERO).map(({ asset }) => asset),
  }
}

/** What was moved of an asset, and what it was worth then; capital that has no price is nowhere yet. */
function movedOf(flows: readonly ValuedFlow[], asset: string): { readonly amount: Decimal; readonly worth: Decimal } {
  const priced = flows.flatMap((flow) => (flow.asset !== asset || flow.worth === null ? [] : [{ amount: flow.amount, worth: flow.worth }]))
  const sumOf = (name: 'amount' | 'worth'): Decimal => priced.map((flow) => flow[name]).reduce(add, ZERO)
  return { amount: sumOf('amount'), worth: sumOf('worth') }
}

/** The worth of coins and open contracts, account by account as the ledger holds them; null while one of them has no price. */
export function worthOf(sums: ReadonlyMap<string, Decimal>, value: (asset: string, amount: Decimal) => Decimal | null): Decimal | null {
  const worths = [...sums].map(([key, amount]) =>
    /^(wallet|position)\|/.test(key) ? value(key.slice(key.indexOf('|') + 1), amount) : ZERO,
  )
  return totalOf(worths)
}

/** Two sums as one. */
export function sumsOf(...parts: readonly Sums[]): Map<string, Decimal> {
  const keys = new Set(parts.flatMap((sums) => sums.keys()))
  return new Map([...keys].map((key) => [key, parts.reduce((total, sums) => add(total, sums.of(key)), ZERO)]))
}

/** One line an asset that the session touched; the session's own assets always. */
export function inventorySummary({ own, terms, trading, ledger }: MoneyInputs): InventorySummary[] {
  const { fromFills, fromCapital, fromFunding, fees } = trading
  const touched = [fromFills, fromCapital, fromFunding, fees].flatMap((sums) => sums.keys())
  return [...new Set([own.base, own.quote, ...touched])].map((asset) => {
    const before = ownedOf(ledger.before, asset, terms)
    const fromFees = neg(fees.of(asset))
    const change = add(add(fromFills.of(asset), fromFees), add(fromCapital.of(asset), fromFunding.of(asset)))
    return {
      asset,
      before: formatDecimal(before),
      fromFills: formatDecimal(fromFills.of(asset)),
      fromFees: formatDecimal(fromFees),
      fromCapital: formatDecimal(fromCapital.of(asset)),
      fromFunding: formatDecimal(fromFunding.of(asset)),
      total: formatDecimal(add(before, change)),
    }
  })
}

/** What is held of an asset: coins in the wallet, and contracts where they are counted in it. */
export function ownedOf(sums: Sums, asset: string, terms: TermsBook): Decimal {
  const kind = terms.contractsIn(asset)
  if (kind === 'linear') return heldOf(sums, asset)
  // Contracts bought are owed in the quote: the ledger has them with the other sign.
  return kind === 'inverse' ? sub(sums.of(`wallet|${asset}`), sums.of(`position|${asset}`)) : sums.of(`wallet|${asset}`)
}

function assetsOf(parts: readonly Sums[]): string[] {
  return [...new Set(parts.flatMap((sums) => sums.keys().map((key) => key.slice(key.indexOf('|') + 1))))].sort()
}

function totalOf(amounts: readonly (Decimal | null)[]): Decimal | null {
  return amounts.reduce((total, amount) => (total === null || amount === null ? null : add(total, amount)), ZERO as Decimal | null)
}

function difference(a: Decimal | null, b: Decimal | null): Decimal | null {
  return a === null || b === null ? null : sub(a, b)
}

function textOf(value: Decimal | null): string | null {
  return value === null ? null : formatDecimal(value)
}
