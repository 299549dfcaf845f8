// Sums, means, medians and shares of exact fractions, rounded where docs/METRICS.md says so: for figures that are recomputed.

import { type Fraction, minus, NOTHING, over, plus, rounded, signOf, times, write } from '../session/exact.ts'

export type { Fraction } from '../session/exact.ts'

export const ONE = whole(1)
export const HUNDRED = whole(100)
export const BPS = whole(10_000)

export function whole(count: number | bigint): Fraction {
  return { n: BigInt(count), d: 1n }
}

export function opposite(value: Fraction): Fraction {
  return minus(NOTHING, value)
}

export function compare(a: Fraction, b: Fraction): number {
  const difference = a.n * b.d - b.n * a.d
  return difference === 0n ? 0 : difference > 0n ? 1 : -1
}

/** Numerators are added up by denominator first: there are few of those. */
export function sum(values: readonly Fraction[]): Fraction {
  const numerators = new Map<bigint, bigint>()
  for (const { n, d } of values) numerators.set(d, (numerators.get(d) ?? 0n) + n)
  return [...numerators].map(([d, n]) => ({ n, d })).reduce(plus, NOTHING)
}

export function text(value: Fraction | null): string | null {
  return value === null ? null : write(value)
}

/** Rounded once; null where there is nothing to divide by. */
export function quotient(a: Fraction, b: Fraction): Fraction | null {
  return signOf(b) === 0 ? null : rounded(over(a, b))
}

export function percent(part: number, of: number): string | null {
  return text(quotient(times(HUNDRED, whole(part)), whole(of)))
}

export function mean(values: readonly Fraction[]): Fraction | null {
  return quotient(sum(values), whole(values.length))
}

export function median(values: readonly Fraction[]): Fraction | null {
  const sorted = [...values].sort(compare)
  const [lower, upper] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  return lower === undefined || upper === undefined ? null : rounded(over(plus(lower, upper), whole(2)))
}

/** Of microseconds, rounded to one. */
export function meanTime(times: readonly number[]): number | null {
  return nearestWhole(mean(times.map(whole)))
}

export function medianTime(times: readonly number[]): number | null {
  return nearestWhole(median(times.map(whole)))
}

export function largest(values: readonly number[]): number | null {
  return values.length === 0 ? null : Math.max(...values)
}

function nearestWhole(value: Fraction | null): number | null {
  return value === null ? null : Number((2n * value.n + value.d) / (2n * value.d))
}

export interface Weighed {
  readonly value: Fraction
  readonly weight: Fraction
}

export function weightedMean(all: readonly Weighed[]): Fraction | null {
  return quotient(sum(all.map(({ value, weight }) => times(value, weight))), sum(all.map(({ weight }) => weight)))
}

/** Walks up the sorted values until more than half of the weight lies behind; at exactly half it is the mean of this one and the next. */
export function weightedMedian(all: readonly Weighed[]): Fraction | null {
  const sorted = [...all].sort((a, b) => compare(a.value, b.value))
  const half = over(sum(all.map(({ weight }) => weight)), whole(2))
  let passed = NOTHING
  for (const [index, { value, weight }] of sorted.entries()) {
    passed = plus(passed, weight)
    const side = compare(passed, half)
    if (side > 0) return value
    const next = sorted[index + 1]
    if (side === 0 && next !== undefined) return rounded(over(plus(value, next.value), whole(2)))
  }
  return null
}

/** The square root, rounded down at the 18th decimal, digit by digit. */
export function root(value: Fraction): Fraction {
  const unit = 10n ** 18n
  const target = (value.n * unit * unit) / value.d
  let found = 0n
  for (let bit = 1n << BigInt(Math.ceil(target.toString(2).length / 2)); bit > 0n; bit >>= 1n) {
    if ((found + bit) * (found + bit) <= target) found += bit
  }
  return over(whole(found), whole(unit))
}
