// How times and orders read in evidence. Pure text.

import { type Decimal, formatDecimal } from '../kernel/decimal.ts'
import type { OrderView } from '../kernel/views.ts'
import { escapeText } from '../text.ts'
import type { VenueOrder } from '../venue/port.ts'

const LONGEST_TIME_US = 8_640_000_000_000_000_000

/** Microseconds since 1970 as a time a person can read, in UTC. */
export function timeText(timeUs: number): string {
  const valid = Math.abs(timeUs) <= LONGEST_TIME_US
  return valid ? new Date(Math.trunc(timeUs / 1000)).toISOString() : `${timeUs} µs`
}

/** More of a text that a venue made up is not kept. */
const LONGEST_WORDS = 200

/** What a venue wrote, on one line and not endless. It is cut between two characters: half an escape would read as something else. */
export function shortText(text: string): string {
  let short = ''
  for (const character of text) {
    const written = escapeText(character)
    if (short.length + written.length > LONGEST_WORDS) return `${short}…`
    short += written
  }
  return short
}

const filledText = (filled: Decimal, quantity: Decimal): string => `${formatDecimal(filled)} of ${formatDecimal(quantity)} filled`

/** What we believe of an order: `in_doubt, 0 of 5 filled, no venue id`. */
export function ourOrderText({ status, cancel, filledQuantity, venueOrderId, request }: OrderView): string {
  const cancelText = cancel === 'none' ? '' : `, cancel ${cancel}`
  const { side, quantity, instrument } = request
  const id = venueOrderId === null ? 'no venue id' : `venue id ${venueOrderId}`
  return `${side} ${instrument} ${status}${cancelText}, ${filledText(filledQuantity, quantity)}, ${id}`
}

/** What the venue says of an order. */
export function venueOrderText({ side, instrument, status, words, filledQuantity, quantity, venueOrderId }: VenueOrder): string {
  return `${side} ${instrument} ${status} (${shortText(words)}), ${filledText(filledQuantity, quantity)}, venue id ${shortText(venueOrderId ?? 'none')}`
}
