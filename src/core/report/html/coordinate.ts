// Where an exact figure becomes a place in a drawing: the only floats of a report, and only ever drawn, never shown or added up.

import { type Decimal, readDecimal } from '../../kernel/decimal.ts'

const UNIT = 1e18

/** How far from zero a decimal is drawn. */
export function coordinateOf(value: Decimal): number {
  return Number(value) / UNIT
}

/** The same of a figure of the summary; null where it is not known. */
export function coordinateOfText(text: string | null): number | null {
  return text === null ? null : coordinateOf(readDecimal(text))
}
