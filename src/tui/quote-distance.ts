// What stands beside a quote of ours in the ladder: its distance to the touch, and how it stands.

import type { QuoteModel } from '../core/session/view-model.ts'
import { withSign } from './format.ts'
import { statusWordings } from './order-words.ts'
import type { Cell } from './table.ts'
import { displayWidth, escapeText, fitNumber } from './text.ts'
import { span } from './theme.tsx'

const DISTANCE_WIDTH = 9

/** Distance and status; where the column is narrow the unit goes first, then words of the status, then decimals. */
export function distanceCell({ distanceBps, status: standing }: QuoteModel): Cell {
  const distance = distanceBps === null ? '—' : escapeText(withSign(distanceBps))
  const [status = '', cancel = 'none'] = standing.split(', cancel ')
  const [words, ...shorter] = statusWordings({ status, cancel })
  const whole = span(`${`${distance} bps`.padStart(DISTANCE_WIDTH)} ${words}`)
  const fitTo = (width: number): string => {
    if (displayWidth(whole.text) <= width) return whole.text
    const fits = [words, ...shorter].map((text) => `${distance} ${text}`).find((text) => displayWidth(text) <= width)
    return fits ?? fitNumber(distance, width)
  }
  return { ...whole, fitTo }
}
