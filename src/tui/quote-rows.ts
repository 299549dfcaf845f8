// Our own quotes as rows of the market ladder, with their distance to the touch.

import type { QuoteModel } from '../core/session/view-model.ts'
import { amount } from './amounts.ts'
import { spaced, withSign } from './format.ts'
import type { Cell } from './table.ts'
import { displayWidth, escapeText, fitNumber, truncateEnd } from './text.ts'
import { span } from './theme.tsx'

const DISTANCE_WIDTH = 9
/** Less of a status says nothing. */
const LEAST_STATUS_WIDTH = 4

/** A row for each quote of a side; `placeholder` gives a side without a quote a row that says so. */
export function quoteRows(side: 'bid' | 'ask', quotes: readonly QuoteModel[], placeholder: boolean): Cell[][] {
  const name = span(`our ${side}`, side === 'bid' ? 'buy' : 'sell')
  if (quotes.length === 0) return placeholder ? [[name, amount(null), amount(null), span('no quote', 'label')]] : []
  return quotes.map((quote) => [name, amount(quote.price), span(quote.size), distanceCell(quote)])
}

/** Distance and status; where the column is narrow the unit goes first, then the end of the status, then decimals. */
function distanceCell({ distanceBps, status }: QuoteModel): Cell {
  const distance = distanceBps === null ? '—' : escapeText(withSign(distanceBps))
  const whole = span(`${`${distance} bps`.padStart(DISTANCE_WIDTH)} ${spaced(status)}`)
  const short = `${distance} ${escapeText(spaced(status))}`
  const fitTo = (width: number): string => {
    if (displayWidth(whole.text) <= width) return whole.text
    if (displayWidth(short) <= width) return short
    return displayWidth(distance) + LEAST_STATUS_WIDTH < width ? truncateEnd(short, width) : fitNumber(distance, width)
  }
  return { ...whole, fitTo }
}
