// What stands beside a quote of ours in the ladder: its distance to the touch, and how it stands.

import type { QuoteModel } from '../core/session/view-model.ts'
import { spaced, withSign } from './format.ts'
import type { Cell } from './table.ts'
import { displayWidth, escapeText, fitNumber, truncateEnd } from './text.ts'
import { span } from './theme.tsx'

const DISTANCE_WIDTH = 9
/** Less of a status says nothing. */
const LEAST_STATUS_WIDTH = 4

/** Distance and status; where the column is narrow the unit goes first, then the end of the status, then decimals. */
export function distanceCell({ distanceBps, status }: QuoteModel): Cell {
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
