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

export interface SentenceAmounts {
  /** Whether the parts as they are shown make the total as it is shown. */
  readonly addsUp: boolean
  readonly text: (amount: string) => string
  /** The same with its sign always shown. */
  readonly signed: (amount: string) => string
}

/**
 * The first amount is what the sentence is about. `parts`, signed as they are added, make it up where they are given; `others` are
 * only shown beside. Rounds half-even; none that is something is shown as nothing.
 */
export function sentenceAmounts(
  first: string,
  { parts = [], others = [] }: { readonly parts?: readonly string[]; readonly others?: readonly string[] } = {},
): SentenceAmounts {
  const total = readDecimal(first)
  const summands = parts.map(readDecimal)
  const all = [total, ...summands, ...others.map(readDecimal)]
  let fewest = FEWEST
  while (fewest < DECIMAL_PLACES && !(saysEnough(total, fewest) && all.every((value) => isShown(value, fewest)))) fewest += 1
  const isSum = (places: number): boolean => summands.length === 0 || summed(summands, places) === rounded(total, places)
  let places = fewest
  while (places < Math.min(fewest + MORE_FOR_A_SUM, DECIMAL_PLACES) && !isSum(places)) places += 1
  return isSum(places) ? amountsAt(places, true) : amountsAt(fewest, false)
}

/** As exact as the most exact of them is, up to `most` decimals. */
export function alikeAmounts(amounts: readonly string[], { most, fewest = FEWEST }: { readonly most: number; readonly fewest?: number }) {
  const values = amounts.map(readDecimal)
  let places = Math.min(Math.max(fewest, ...values.map((value) => decimalPlacesOf(rounded(value, most)))), most)
  while (places < DECIMAL_PLACES && !values.every((value) => isShown(value, places))) places += 1
  return amountsAt(places, true)
}

function amountsAt(places: number, addsUp: boolean): SentenceAmounts {
  const text = (amount: string): string => grouped(formatFixed(readDecimal(amount), places))
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

function isShown(value: Decimal, places: number): boolean {
  return value === ZERO || rounded(value, places) !== ZERO
}

/** Enough digits from the first that is not zero on, or all that there are. */
function saysEnough(value: Decimal, places: number): boolean {
  if (decimalPlacesOf(value) <= places) return true
  return (
    formatFixed(value, places)
      .replace(/^-?[0.]*/, '')
      .replace('.', '').length >= LEADING_DIGITS
  )
}
