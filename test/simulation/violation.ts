// What a broken invariant is, and how one is stated.

import { type Decimal, formatDecimal } from '../../src/core/kernel/decimal.ts'

export class Violation extends Error {
  override readonly name = 'Violation'
}

export function must(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Violation(otherwise)
}

export function same(what: string, left: Decimal, right: Decimal): void {
  if (left !== right) throw new Violation(`${what} differ: ${formatDecimal(left)} and ${formatDecimal(right)}`)
}
