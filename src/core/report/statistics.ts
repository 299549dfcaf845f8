// Means, medians, roots and logarithms of exact decimals. Pure sums in whole numbers, so that every machine says the same; no
// figure becomes a float.

import { add, type Decimal, dec, div, formatDecimal, max, mulDiv, ONE, ZERO } from '../kernel/decimal.ts'

const TWO = dec('2')
const HUNDRED = dec('100')

/** A count as a decimal. */
export function whole(count: number): Decimal {
  return (BigInt(count) * ONE) as Decimal
}

/** The decimal string of a figure; null stays null. */
export function textOrNull(value: Decimal | null): string | null {
  return value === null ? null : formatDecimal(value)
}

/** 100 × part ÷ of, rounded half-even once; null of nothing. */
export function percentOf(part: number, of: number): string | null {
  return of === 0 ? null : formatDecimal(mulDiv(HUNDRED, whole(part), whole(of)))
}

/** a ÷ b, rounded half-even once; null where b is zero. */
export function quotientOf(a: Decimal, b: Decimal): Decimal | null {
  return b === ZERO ? null : div(a, b)
}

/** Σ ÷ n, rounded half-even once; null of nothing. */
export function meanOf(values: readonly Decimal[]): Decimal | null {
  return values.length === 0 ? null : div(values.reduce(add, ZERO), whole(values.length))
}

/** The middle value, of an even number the mean of the two in the middle; null of nothing. */
export function medianOf(values: readonly Decimal[]): Decimal | null {
  if (values.length === 0) return null
  const found = [...values]
  const upper = nthSmallest(found, Math.floor(found.length / 2))
  if (found.length % 2 === 1) return upper
  // What is left of the upper one is no larger than it: the largest there is the lower one.
  let lower = found[0] as Decimal
  for (let index = 1; index < found.length / 2; index += 1) if ((found[index] as Decimal) > lower) lower = found[index] as Decimal
  return div(add(lower, upper), TWO)
}

/** The same of whole numbers such as microseconds, rounded to one. */
export function medianOfWhole(values: readonly number[]): number | null {
  const sorted = Float64Array.from(values).sort()
  const [lower, upper] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]]
  return lower === undefined || upper === undefined ? null : Math.round((lower + upper) / 2)
}

/** The mean of whole numbers such as microseconds, rounded to one; null of nothing. */
export function meanOfWhole(values: readonly number[]): number | null {
  return values.length === 0 ? null : Math.round(values.reduce((sum, value) => sum + value, 0) / values.length)
}

/** The largest of whole numbers; null of nothing. */
export function largestOfWhole(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((largest, value) => Math.max(largest, value))
}

/** The largest of them; null of nothing. */
export function largestOf(values: readonly Decimal[]): Decimal | null {
  return values.length === 0 ? null : values.reduce(max)
}

/** Values that each count as much as their weight, which is above zero; the weights stand in the order of the values. */
export interface Weighted {
  readonly values: readonly Decimal[]
  readonly weights: readonly Decimal[]
}

/** Σ weight × value ÷ Σ weight, rounded half-even once; null of nothing. */
export function weightedMeanOf({ values, weights }: Weighted): Decimal | null {
  const products = values.reduce((sum, value, index) => sum + value * (weights[index] as Decimal), 0n)
  return meanOfProducts(products, weights.reduce(add, ZERO))
}

/** The same of sums that are known: `products` is Σ weight × value of the scaled whole numbers. */
export function meanOfProducts(products: bigint, weight: Decimal): Decimal | null {
  return weight === ZERO ? null : mulDiv(products as Decimal, 1n as Decimal, weight)
}

/**
 * The smallest value up to which there is more than half of the weight; where one ends at exactly half, the mean of it and the next.
 * Found by parting the values at one of them, again and again, until that one is it.
 */
export function weightedMedianOf({ values, weights }: Weighted): Decimal | null {
  const total = weights.reduce((sum, weight) => sum + weight, 0n)
  let window: readonly number[] = values.map((_, index) => index)
  let below = 0n
  let above: Decimal | null = null
  while (window.length > 0) {
    const pivot = values[window[window.length >>> 1] as number] as Decimal
    const [less, more]: [number[], number[]] = [[], []]
    let [weightBelow, weightUpTo] = [below, below]
    for (const index of window) {
      const [value, weight] = [values[index] as Decimal, weights[index] as Decimal]
      if (value < pivot) {
        less.push(index)
        weightBelow += weight
      } else if (value > pivot) more.push(index)
      if (value <= pivot) weightUpTo += weight
    }
    if (less.length > 0 && weightBelow * 2n >= total) {
      above = pivot
      window = less
    } else if (weightUpTo * 2n > total) {
      return pivot
    } else if (weightUpTo * 2n === total) {
      const next = more.reduce<Decimal | null>((least, index) => smaller(least, values[index] as Decimal), above)
      return next === null ? pivot : div(add(pivot, next), TWO)
    } else {
      below = weightUpTo
      window = more
    }
  }
  return null
}

function smaller(a: Decimal | null, b: Decimal): Decimal {
  return a === null || b < a ? b : a
}

/** The standard deviation of a sample, √(Σ (value − mean)² ÷ (n − 1)), rounded down at the 18th decimal; null of fewer than two. */
export function deviationOf(values: readonly Decimal[]): Decimal | null {
  if (values.length < 2) return null
  const count = BigInt(values.length)
  let [sum, squares] = [0n, 0n]
  for (const value of values) {
    sum += value
    squares += value * value
  }
  // n Σ x² − (Σ x)² over n (n − 1), in squares of the unit: nothing is rounded before the root.
  return wholeSqrtOf((count * squares - sum * sum) / (count * (count - 1n))) as Decimal
}

/** √(Σ value² ÷ n), rounded down at the 18th decimal; null of nothing. */
export function rootMeanSquareOf(values: readonly Decimal[]): Decimal | null {
  if (values.length === 0) return null
  return wholeSqrtOf(values.reduce((sum, value) => sum + value * value, 0n) / BigInt(values.length)) as Decimal
}

/** How many times the unit the logarithm reckons with: twelve digits more than it gives. */
const GUARD = 10n ** 12n
/** Of a series whose terms shrink ninefold: enough for 30 digits. */
const TERMS = 34n

/** The natural logarithm of what is above zero, good to the 18th decimal. */
export function lnOf(value: Decimal): Decimal {
  const unit = ONE * GUARD
  let mantissa: bigint = value * GUARD
  let halvings = 0n
  while (mantissa >= 2n * unit) {
    mantissa /= 2n
    halvings += 1n
  }
  while (mantissa < unit) {
    mantissa *= 2n
    halvings -= 1n
  }
  const logarithm = halvings * lnBetweenOneAndTwo(2n * unit, unit) + lnBetweenOneAndTwo(mantissa, unit)
  return mulDiv(logarithm as Decimal, 1n as Decimal, GUARD as Decimal)
}

/** ln m = 2 Σ z^(2i+1) ÷ (2i+1) with z = (m − 1) ÷ (m + 1), which is at most a third. */
function lnBetweenOneAndTwo(mantissa: bigint, unit: bigint): bigint {
  const z = ((mantissa - unit) * unit) / (mantissa + unit)
  const square = (z * z) / unit
  let power = z
  let sum = 0n
  for (let term = 0n; term < TERMS; term += 1n) {
    sum += power / (2n * term + 1n)
    power = (power * square) / unit
  }
  return 2n * sum
}

/** Newton's method from above: each step is smaller, until it is the root rounded down. */
function wholeSqrtOf(value: bigint): bigint {
  if (value < 2n) return value
  let root = 1n << BigInt(Math.ceil(value.toString(2).length / 2))
  for (;;) {
    const next = (root + value / root) / 2n
    if (next >= root) return root
    root = next
  }
}

/** Hoare's selection: puts the value of a rank in its place, all smaller ones before it, and gives it. */
function nthSmallest(values: Decimal[], rank: number): Decimal {
  let [left, right] = [0, values.length - 1]
  while (left < right) {
    const pivot = values[(left + right) >>> 1] as Decimal
    let [up, down] = [left, right]
    while (up <= down) {
      while ((values[up] as Decimal) < pivot) up += 1
      while ((values[down] as Decimal) > pivot) down -= 1
      if (up > down) break
      const held = values[up] as Decimal
      values[up] = values[down] as Decimal
      values[down] = held
      up += 1
      down -= 1
    }
    if (rank <= down) right = down
    else if (rank >= up) left = up
    else break
  }
  return values[rank] as Decimal
}
