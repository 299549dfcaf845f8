// Values that a user's own code made, taken without trusting them: lists read once, and texts for messages.

import { messageOf } from '../errors.ts'
import { escapeText } from '../text.ts'

const LONGEST_QUOTE = 40
const LONGEST_MESSAGE = 300

/** The elements of a list by their places: however it may iterate, there are no more than were counted. Null beyond `most`. */
export function elementsOf(list: readonly unknown[], most: number): unknown[] | null {
  const length = Number(list.length)
  return length > most ? null : Array.from({ length }, (_, index) => list[index])
}

/** A value for a message: what it is, and for short ones which. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'missing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'string') return `the text ${quoted(value)}`
  if (typeof value === 'number' || typeof value === 'boolean') return `the ${typeof value} ${value}`
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

export function quoted(text: string): string {
  return `"${escapeText(text.slice(0, LONGEST_QUOTE))}"`
}

/** The first line of what was thrown, without its full stop. Anything may be thrown, even what no text can be made of. */
export function thrownText(thrown: unknown): string {
  const line = textOf(thrown).split('\n')[0] ?? ''
  return escapeText(line.slice(0, LONGEST_MESSAGE)).replace(/\.$/, '')
}

function textOf(thrown: unknown): string {
  try {
    return String(messageOf(thrown))
  } catch {
    // Nothing more can be asked of it: even whether it is a list may throw.
    return `${typeof thrown === 'function' ? 'a function' : 'an object'} that has no text`
  }
}
