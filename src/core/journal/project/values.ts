// How values become columns. A value that is not what it claims to be is refused: it never becomes 0 or null on the way.

import { type Decimal, div, formatDecimal, ZERO } from '../../kernel/decimal.ts'
import type { InstrumentKind } from '../../kernel/instrument.ts'

/** A value that a column must not hold. */
export class ValueRefused extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ValueRefused'
  }
}

export function text(value: Decimal): string {
  if (typeof value !== 'bigint') throw new ValueRefused(`${String(value)} is no decimal`)
  return formatDecimal(value)
}

export function textOrNull(value: Decimal | null): string | null {
  return value === null ? null : text(value)
}

/** A count or a time: a whole number that a float holds exactly. */
export function whole(value: number): number {
  if (!Number.isSafeInteger(value)) throw new ValueRefused(`${String(value)} is no whole number`)
  return value
}

export function wholeOrNull(value: number | null): number | null {
  return value === null ? null : whole(value)
}

export function flag(value: boolean): 0 | 1 {
  if (typeof value !== 'boolean') throw new ValueRefused(`${String(value)} is neither true nor false`)
  return value ? 1 : 0
}

/** Average price of what was filled, in quote per base; null where nothing was. */
export function averagePrice(kind: InstrumentKind, cost: Decimal, quantity: Decimal): string | null {
  if (quantity === ZERO || cost === ZERO) return null
  return text(kind === 'inverse' ? div(quantity, cost) : div(cost, quantity))
}
