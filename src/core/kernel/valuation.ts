// What a position and an account are worth at a mark. Pure figures; books nothing.

import { add, type Decimal, mul, sub, ZERO } from './decimal.ts'
import type { Instrument } from './instrument.ts'

/** position × mark − cost, in quote: what closing at the mark would realise, before fees. */
export function unrealizedPnl(position: { readonly quantity: Decimal; readonly cost: Decimal }, mark: Decimal): Decimal {
  return sub(mul(position.quantity, mark), position.cost)
}

/**
 * What the account owns in the instrument's base and quote, in quote: wallet and open contracts together. Null while
 * there is base to value and no mark. Assets that are neither base nor quote are not counted.
 */
export function equityOf(balances: ReadonlyMap<string, Decimal>, instrument: Instrument, mark: Decimal | null): Decimal | null {
  const held = (asset: string): Decimal => add(balances.get(`wallet|${asset}`) ?? ZERO, balances.get(`position|${asset}`) ?? ZERO)
  const base = held(instrument.base)
  if (base === ZERO) return held(instrument.quote)
  if (mark === null) return null
  return add(held(instrument.quote), mul(base, mark))
}
