// Amounts of one unit within one sentence: all with the same number of decimals, as few as say something, and so many that what is
// shown adds up. For screens only, like `format.ts`; the sections have each figure as it is.

import { add, DECIMAL_PLACES, type Decimal, decimalPlacesOf, formatFixed, readDecimal, ZERO } from '../kernel/decimal.ts'
import { grouped, isZero } from './format.ts'

/** Decimals that every amount has at least. */
const FEWEST = 2
/** Digits that count, of the amount that a sentence is about. */
const LEADING_DIGITS = 3
/** So many decimals more are shown for the sake of a sum; where that is not enough the sentence says "about". */
const MORE_FOR_A_SUM = 4
/** Decimals that an amount has at most, where the largest of the sentence needs no more to say something. */
const MOST = 8

export interface SentenceAmounts {
  /** Whether the parts as they are shown make the total as it is shown. */
  readonly addsUp: boolean
  readonly text: (amount: string) => string
  /** The same with its sign always shown. */
  readonly signed: (amount: string) => string
}

/**
 * The first amount is what the sentence is about. `parts`, signed as they are added, make it up where they are given; `others` are
 * only shown beside. Rounds half-even; none that is something is shown as nothing, and one that is too small for eight decimals is shown
 * as `<0.00000001`, since a grain of dust is not to fill the others up with digits. In the sum it counts as nothing.
 */
export function sentenceAmounts(
  first: string,
  { parts = [], others = [] }: { readonly parts?: readonly string[]; readonly others?: readonly string[] } = {},
): SentenceAmounts {
  const total = readDecimal(first)
  const summands = parts.map(readDecimal)
  const all = [total, ...summands, ...others.map(readDecimal)]
  const most = mostFor(all, MOST)
  let fewest = FEWEST
  while (fewest < most && !(saysEnough(total, fewest) && all.every((value) => isShown(value, fewest, most)))) fewest += 1
  const isSum = (places: number): boolean => summands.length === 0 || summed(summands, places) === rounded(total, places)
  let places = fewest
  while (places < Math.min(fewest + MORE_FOR_A_SUM, most) && !isSum(places)) places += 1
  return isSum(places) ? amountsAt(places, most, true) : amountsAt(fewest, most, false)
}

/**
 * As exact as the most exact of them is, up to `most` decimals, or as many more as the largest of them needs to say something; one that
 * is too small for that is shown as smaller than the least that can be, `<0.000001` where `most` is 6.
 */
export function alikeAmounts(amounts: readonly string[], { most, fewest = FEWEST }: { readonly most: number; readonly fewest?: number }) {
  const values = amounts.map(readDecimal)
  const bound = mostFor(values, most)
  const places = Math.max(fewest, ...values.map((value) => decimalPlacesOf(rounded(value, bound))))
  return amountsAt(Math.min(places, bound), bound, true)
}

/** At most so many decimals, unless even the largest amount is as good as nothing with them: prices of some coins are. */
function mostFor(values: readonly Decimal[], most: number): number {
  const told = values.filter((value) => value !== ZERO)
  const saysLittle = (places: number): boolean => told.length > 0 && told.every((value) => digitsOf(value, places) < LEADING_DIGITS)
  let places = most
  while (places < DECIMAL_PLACES && saysLittle(places)) places += 1
  return places
}

function amountsAt(places: number, most: number, addsUp: boolean): SentenceAmounts {
  const text = (amount: string): string => {
    const value = readDecimal(amount)
    if (value === ZERO || rounded(value, places) !== ZERO) return grouped(formatFixed(value, places))
    return rounded(value, most) === ZERO ? tooSmallText(value, most) : formatFixed(value, most)
  }
  const signed = (amount: string): string => {
    const shown = text(amount)
    return shown.startsWith('-') || isZero(shown) ? shown : `+${shown}`
  }
  return { addsUp, text, signed }
}

function rounded(value: Decimal, places: number): Decimal {
  return readDecimal(formatFixed(value, places))
}

function summed(values: readonly Decimal[], places: number): Decimal {
  return values.reduce((sum, value) => add(sum, rounded(value, places)), ZERO)
}

/** Whether it is not shown as nothing with so many decimals, as far as it can be shown at all with `most`. */
function isShown(value: Decimal, places: number, most: number): boolean {
  return rounded(value, places) !== ZERO || rounded(value, most) === ZERO
}

/** `<0.00000001`, `-<0.00000001`. */
function tooSmallText(value: Decimal, most: number): string {
  return `${value < ZERO ? '-' : ''}<0.${'1'.padStart(most, '0')}`
}

/** Enough digits, or all that there are. */
function saysEnough(value: Decimal, places: number): boolean {
  return decimalPlacesOf(value) <= places || digitsOf(value, places) >= LEADING_DIGITS
}

/** From the first that is not zero on. */
function digitsOf(value: Decimal, places: number): number {
  return formatFixed(value, places)
    .replace(/^-?[0.]*/, '')
    .replace('.', '').length
}
