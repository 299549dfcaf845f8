// What a venue said, in a form that may be kept and shown: on one line, without control characters, and bounded.

import { escapeText } from '../../text.ts'

const LONGEST_RAW = 512
const LONGEST_WORDS = 200

/** An answer nobody understood, verbatim save for what must not reach a terminal. */
export function rawText(text: string): string {
  return shortened(escapeText(text.slice(0, LONGEST_RAW)), LONGEST_RAW)
}

/** A few words of the venue, as part of a sentence. */
export function venueWords(text: string): string {
  return shortened(escapeText(text.slice(0, LONGEST_WORDS)), LONGEST_WORDS)
}

/** Never ends within an escape: half of one would read as something else. */
function shortened(escaped: string, longest: number): string {
  return escaped.length <= longest ? escaped : escaped.slice(0, longest).replace(/\\(x[0-9a-f]?|u(\{[0-9a-f]*)?)?$/, '')
}
