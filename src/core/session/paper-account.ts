// What the paper exchange is told of an account that is carried on: its money and its position, as our books have them. Reads state;
// moves nothing.

import type { OpenPosition } from '../exchange/account.ts'
import { type Decimal, ZERO } from '../kernel/decimal.ts'
import type { StateView } from '../kernel/views.ts'

export interface PaperAccount {
  /** By asset. */
  readonly balances: Readonly<Record<string, Decimal>>
  readonly position: OpenPosition
}

export function paperAccountOf(state: StateView, symbol: string): PaperAccount {
  const balances: Record<string, Decimal> = {}
  for (const [key, amount] of state.balances) {
    if (key.startsWith('wallet|')) balances[key.slice('wallet|'.length)] = amount
  }
  return { balances, position: positionOf(state, symbol) }
}

/** With the basis of its cost: else what is closed later would cost another last digit there than here. */
function positionOf(state: StateView, symbol: string): OpenPosition {
  const position = state.positions.get(symbol)
  if (position === undefined) return { quantity: ZERO, cost: ZERO }
  const { quantity, cost, basisQuantity, basisCost } = position
  return { quantity, cost, basis: { quantity: basisQuantity, cost: basisCost } }
}
