// Several sums in one passage, of amounts that are all shown with one number of decimals: which number lets every one of them add up.
// For screens only; rounds nothing itself.

import { add, neg, readDecimal, ZERO } from '../kernel/decimal.ts'
import { alikeAmounts, type SentenceAmounts } from './sentence-amounts.ts'

/** What is shown as a total, and what is shown as making it up: the parts, less what is taken off. */
export interface ShownSum {
  readonly total: string
  readonly parts: readonly string[]
  readonly less?: readonly string[]
}

/** Digits that nobody reads are shown for no sum. */
const MOST_PLACES = 8
/** So many decimals more are tried. */
const MORE_FOR_SUMS = 4

/** Whether the figures, as `text` shows them, add up. */
export function showsSum({ total, parts, less = [] }: ShownSum, text: SentenceAmounts['text']): boolean {
  const shown = (amount: string) => shownValue(text(amount))
  const sum = [...parts.map(shown), ...less.map((amount) => neg(shown(amount)))].reduce(add, ZERO)
  return sum === shown(total)
}

/** What is shown as smaller than the least that can be counts as nothing, as in a sentence of one sum. */
const shownValue = (text: string) => (text.includes('<') ? ZERO : readDecimal(text.replaceAll(',', '').replace(/^\+/, '')))

/** `first`, or what shows the same amounts with a few decimals more where only then every sum adds up; `first` where none does. */
export function amountsForSums(first: SentenceAmounts, amounts: readonly string[], sums: readonly ShownSum[]): SentenceAmounts {
  const addUp = ({ text }: SentenceAmounts): boolean => sums.every((sum) => showsSum(sum, text))
  if (addUp(first)) return first
  const places = Math.max(...amounts.map((amount) => first.text(amount).split('.')[1]?.length ?? 0))
  for (let most = places + 1; most <= Math.min(places + MORE_FOR_SUMS, MOST_PLACES); most += 1) {
    const finer = alikeAmounts(amounts, { most, fewest: most })
    if (addUp(finer)) return finer
  }
  return first
}
