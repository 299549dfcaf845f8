// Exact fractions for the reference model: nothing is ever rounded but where `rounded` is written. Knows nothing of the
// kernel's own arithmetic, so that the two can disagree.

import type { Decimal } from '../../../src/core/kernel/decimal.ts'

const UNIT = 10n ** 18n

export class Rational {
  readonly numerator: bigint
  readonly denominator: bigint

  constructor(numerator: bigint, denominator = 1n) {
    if (denominator === 0n) throw new RangeError('a fraction over nothing')
    const common = commonDivisor(numerator, denominator) * (denominator < 0n ? -1n : 1n)
    this.numerator = numerator / common
    this.denominator = denominator / common
  }

  plus(other: Rational): Rational {
    return new Rational(this.numerator * other.denominator + other.numerator * this.denominator, this.denominator * other.denominator)
  }

  minus(other: Rational): Rational {
    return this.plus(other.negated())
  }

  times(other: Rational): Rational {
    return new Rational(this.numerator * other.numerator, this.denominator * other.denominator)
  }

  over(other: Rational): Rational {
    return new Rational(this.numerator * other.denominator, this.denominator * other.numerator)
  }

  negated(): Rational {
    return new Rational(-this.numerator, this.denominator)
  }

  size(): Rational {
    return this.sign() < 0 ? this.negated() : this
  }

  sign(): -1 | 0 | 1 {
    if (this.numerator === 0n) return 0
    return this.numerator < 0n ? -1 : 1
  }

  isZero(): boolean {
    return this.numerator === 0n
  }

  is(other: Rational): boolean {
    return this.numerator === other.numerator && this.denominator === other.denominator
  }

  above(other: Rational): boolean {
    return this.minus(other).sign() > 0
  }

  /** The nearest multiple of 10^-18; of two that are as near, the even one. */
  rounded(): Rational {
    const scaled = this.numerator * UNIT
    const rest = ((scaled % this.denominator) + this.denominator) % this.denominator
    const below = (scaled - rest) / this.denominator
    const halves = rest * 2n - this.denominator
    const up = halves > 0n || (halves === 0n && below % 2n !== 0n)
    return new Rational(up ? below + 1n : below, UNIT)
  }

  /** The largest multiple of a step that is not above it; for values that are not below zero. */
  wholeSteps(step: Rational): Rational {
    const { numerator, denominator } = this.over(step)
    return new Rational(numerator / denominator).times(step)
  }

  /** The same number as the kernel holds it. Throws where the kernel could not. */
  decimal(): Decimal {
    const scaled = this.numerator * UNIT
    if (scaled % this.denominator !== 0n) throw new RangeError(`${this} has more than 18 decimals`)
    return (scaled / this.denominator) as Decimal
  }

  toString(): string {
    return this.denominator === 1n ? `${this.numerator}` : `${this.numerator}/${this.denominator}`
  }
}

export const NOTHING = new Rational(0n)

export function exact(value: Decimal): Rational {
  return new Rational(value, UNIT)
}

export function smaller(a: Rational, b: Rational): Rational {
  return a.above(b) ? b : a
}

export function total(values: Iterable<Rational>): Rational {
  let sum = NOTHING
  for (const value of values) sum = sum.plus(value)
  return sum
}

function commonDivisor(a: bigint, b: bigint): bigint {
  let [large, small] = [a < 0n ? -a : a, b < 0n ? -b : b]
  while (small !== 0n) [large, small] = [small, large % small]
  return large
}
