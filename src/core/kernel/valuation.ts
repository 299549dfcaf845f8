// What a position and an account are worth at a mark. Pure figures; books nothing.

import { add, type Decimal, mul, ONE, ZERO } from './decimal.ts'
import { type Instrument, type InstrumentKind, tradeValueOf } from './instrument.ts'
import { gainOf } from './ledger.ts'
import { priceKey } from './state.ts'

type Amounts = ReadonlyMap<string, Decimal>

/** What closing at the mark would realise, before fees, in the settle asset. */
export function unrealizedPnl(
  { quantity, cost }: { readonly quantity: Decimal; readonly cost: Decimal },
  mark: Decimal,
  kind: InstrumentKind = 'linear',
): Decimal {
  return quantity === ZERO ? ZERO : gainOf(kind, tradeValueOf(kind, quantity, mark), cost)
}

/** What one unit of an asset is worth in the instrument's quote; null where nobody has said. */
export function priceOf(asset: string, { base, quote }: Instrument, mark: Decimal | null, prices: Amounts): Decimal | null {
  if (asset === quote) return ONE
  return asset === base ? mark : (prices.get(priceKey(asset, quote)) ?? null)
}

/**
 * What the account owns, wallet and open contracts together, in the instrument's quote. Null while it owns an asset that has no
 * price: missing is not zero.
 */
export function equityOf(balances: Amounts, instrument: Instrument, mark: Decimal | null, prices: Amounts): Decimal | null {
  let equity = ZERO
  for (const [key, amount] of balances) {
    if (amount === ZERO || !(key.startsWith('wallet|') || key.startsWith('position|'))) continue
    const price = priceOf(key.slice(key.indexOf('|') + 1), instrument, mark, prices)
    if (price === null) return null
    equity = add(equity, mul(amount, price))
  }
  return equity
}
