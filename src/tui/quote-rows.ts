// Our own quotes as rows of the market ladder, with their distance to the touch.

import type { QuoteModel } from '../core/session/view-model.ts'
import { amount } from './amounts.ts'
import { spaced, withSign } from './format.ts'
import type { Cell } from './table.ts'
import { span } from './theme.tsx'

/** A row for each quote of a side; `placeholder` gives a side without a quote a row that says so. */
export function quoteRows(side: 'bid' | 'ask', quotes: readonly QuoteModel[], placeholder: boolean): Cell[][] {
  const name = span(`our ${side}`, side === 'bid' ? 'buy' : 'sell')
  if (quotes.length === 0) return placeholder ? [[name, amount(null), amount(null), span('no quote', 'label')]] : []
  return quotes.map((quote) => [name, amount(quote.price), span(quote.size), span(`${distanceText(quote)} ${spaced(quote.status)}`)])
}

function distanceText({ distanceBps }: QuoteModel): string {
  return distanceBps === null ? '    — bps' : `${withSign(distanceBps)} bps`.padStart(9)
}
