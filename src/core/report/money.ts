// Profit, equity and inventory of a session, from what was loaded. Pure sums; a part that is not known is null.

import { add, type Decimal, formatDecimal, mul, neg, sub, ZERO } from '../kernel/decimal.ts'
import { unrealizedPnl } from '../kernel/valuation.ts'
import { heldOf, type Ledger, type Position, type Positions } from './holdings.ts'
import type { Marks } from './marks.ts'
import type { SessionRow, Sums } from './stored.ts'
import type { EquitySummary, InventorySummary, PnlSummary } from './summary-view.ts'
import type { Trading } from './trading.ts'

export interface MoneyInputs {
  readonly session: SessionRow
  readonly trading: Trading
  readonly positions: Positions
  readonly ledger: Ledger
  readonly marks: Marks | null
}

/**
 * net = realised + unrealised at the end − unrealised before − fees, in the quote asset.
 * Realised is the sum over the session's fills, which book it at average cost; unrealised is position × mark − cost, at the
 * session's last mark, and for what was open before at its first; fees in base count at the last mark. Where one part has no
 * price, it and the net are null.
 */
export function pnlSummary({ session, trading, positions, marks }: Omit<MoneyInputs, 'ledger'>): PnlSummary {
  const lastMark = marks?.last.price ?? null
  const realized = trading.realized.of(session.quote)
  const atEnd = openPnl(session, positions.end, lastMark)
  const before = openPnl(session, positions.before, marks?.first.price ?? null)
  const fees = feesInQuote(session, trading.fees, lastMark)
  const net = atEnd === null || before === null || fees === null ? null : sub(sub(add(realized, atEnd), before), fees)
  return {
    asset: session.quote,
    realized: formatDecimal(realized),
    // Flat or not, a valuation that never took place is not shown as one.
    unrealized: lastMark === null ? null : textOf(atEnd),
    unrealizedBefore: textOf(before),
    fees: formatDecimal(trading.fees.of(session.quote)),
    feesByAsset: trading.fees.texts(),
    net: textOf(net),
    mark: textOf(lastMark),
  }
}

/** What closing a position at the mark would realise: nothing for a flat one, not known for an open one without a mark. */
function openPnl(session: SessionRow, position: Position, mark: Decimal | null): Decimal | null {
  if (position.quantity === ZERO) return ZERO
  return mark === null || session.instrument_kind === 'inverse' ? null : unrealizedPnl(position, mark)
}

/** What the position at the session's end is worth at its last mark, signed, in quote; null where that is not known. */
export function endValueOf({ session, positions, marks }: Pick<MoneyInputs, 'session' | 'positions' | 'marks'>): Decimal | null {
  if (positions.end.quantity === ZERO) return ZERO
  return marks === null || session.instrument_kind === 'inverse' ? null : mul(positions.end.quantity, marks.last.price)
}

/** All fees in quote; null where an asset has no price here. */
function feesInQuote(session: SessionRow, fees: Sums, mark: Decimal | null): Decimal | null {
  let total = ZERO
  for (const asset of fees.keys()) {
    const fee = fees.of(asset)
    if (fee === ZERO) continue
    if (asset === session.quote) total = add(total, fee)
    else if (asset === session.base && mark !== null) total = add(total, mul(fee, mark))
    else return null
  }
  return total
}

/**
 * Equity is what is held of quote + what is held of base × mark, from postings: at the first mark the session saw, and at its
 * end at the last. The change between them is the session's net (`pnl.net`), plus what the move of the mark did to base held
 * beside the position, plus capital moved after the first mark, base at the last one. All in quote; null without a mark.
 */
export function equitySummary({ session, trading, positions, ledger, marks }: MoneyInputs, pnl: PnlSummary): EquitySummary {
  const { base, quote } = session
  if (marks === null)
    return { asset: quote, start: null, end: null, change: null, fromTrading: null, fromHoldings: null, fromCapital: null }
  const firstMark = marks.first.price
  const lastMark = marks.last.price
  const baseAtStart = add(heldOf(ledger.before, base), heldOf(ledger.untilSplit, base))
  const start = add(add(heldOf(ledger.before, quote), heldOf(ledger.untilSplit, quote)), mul(baseAtStart, firstMark))
  const baseAtEnd = add(heldOf(ledger.before, base), heldOf(ledger.inSession, base))
  const end = add(add(heldOf(ledger.before, quote), heldOf(ledger.inSession, quote)), mul(baseAtEnd, lastMark))
  const positionAtStart = sub(positions.before.quantity, ledger.untilSplit.of(`conversion|${base}`))
  const flowAfterStart = (asset: string): Decimal => add(trading.fromCapital.of(asset), ledger.untilSplit.of(`capital|${asset}`))
  return {
    asset: quote,
    start: formatDecimal(start),
    end: formatDecimal(end),
    change: formatDecimal(sub(end, start)),
    fromTrading: pnl.net,
    fromHoldings: formatDecimal(mul(sub(baseAtStart, positionAtStart), sub(lastMark, firstMark))),
    fromCapital: formatDecimal(add(flowAfterStart(quote), mul(flowAfterStart(base), lastMark))),
  }
}

/** One line an asset that the session touched; the session's own assets always. */
export function inventorySummary({ session, trading, ledger }: MoneyInputs): InventorySummary[] {
  const { fromFills, fromCapital, fees } = trading
  const assets = new Set([session.base, session.quote, ...fromFills.keys(), ...fromCapital.keys(), ...fees.keys()])
  return [...assets].map((asset) => {
    const before = ownedOf(ledger.before, asset, session)
    const fromFees = neg(fees.of(asset))
    const total = add(add(before, fromFills.of(asset)), add(fromFees, fromCapital.of(asset)))
    return {
      asset,
      before: formatDecimal(before),
      fromFills: formatDecimal(fromFills.of(asset)),
      fromFees: formatDecimal(fromFees),
      fromCapital: formatDecimal(fromCapital.of(asset)),
      total: formatDecimal(total),
    }
  })
}

/** What is held of an asset: coins in the wallet; of a contract's base, the contracts. */
export function ownedOf(sums: Sums, asset: string, session: SessionRow): Decimal {
  const isContract = session.instrument_kind !== 'spot' && asset === session.base
  return isContract ? heldOf(sums, asset) : sums.of(`wallet|${asset}`)
}

function textOf(value: Decimal | null): string | null {
  return value === null ? null : formatDecimal(value)
}
