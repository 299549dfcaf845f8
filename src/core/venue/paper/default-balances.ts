// The money a paper account starts with when the config names none.

import { type Decimal, dec, div, floorToStep, ZERO } from '../../kernel/decimal.ts'
import type { Instrument } from '../../kernel/instrument.ts'

const QUOTE = dec('10000')
/** What the base asset of a spot account is worth at the first mid, in quote. */
const BASE_WORTH = dec('5000')

/**
 * 10,000 of the quote asset; for spot also base worth 5,000 quote at the first mid, rounded down to a lot, so that
 * there is something to sell from the first minute.
 */
export function defaultBalances(instrument: Instrument, firstMid: Decimal): Record<string, Decimal> {
  if (instrument.kind !== 'spot') return { [instrument.settle]: QUOTE }
  const base = firstMid > ZERO ? floorToStep(div(BASE_WORTH, firstMid), instrument.lotSize) : ZERO
  return { [instrument.base]: base, [instrument.quote]: QUOTE }
}
