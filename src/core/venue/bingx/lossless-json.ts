// JSON from a stranger: every number stays the text it was, so that no id and no price is rounded. Bounded; never a crash.

/** Raised where a text is no JSON, or more of it than anybody honest sends. */
export class JsonFault extends Error {
  override readonly name = 'JsonFault'
}

const DEEPEST = 32
/** Strings whole, also one that never ends (else each quote in it would be tried as a beginning), so that nothing inside them counts; then numbers as JSON writes them; then what opens and closes. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?$)|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|[[\]{}]/gs
/** Names that would reach beyond the object they stand in. */
const POISONED: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * Parses JSON with its numbers as texts: `{"orderId":1736012449498123456}` gives `{ orderId: '1736012449498123456' }`.
 * @throws JsonFault
 */
export function parseLossless(text: string): unknown {
  let depth = 0
  const quoted = text.replace(TOKEN, (token) => {
    const first = token.charCodeAt(0)
    if (first === QUOTE) return token
    if (first === OPEN_LIST || first === OPEN_OBJECT) {
      depth += 1
      if (depth > DEEPEST) throw new JsonFault(`it is nested deeper than ${DEEPEST}`)
      return token
    }
    if (first === CLOSE_LIST || first === CLOSE_OBJECT) {
      depth -= 1
      return token
    }
    return `"${token}"`
  })
  try {
    return JSON.parse(quoted, (name, value: unknown) => (POISONED.has(name) ? undefined : value))
  } catch (error) {
    if (error instanceof SyntaxError) throw new JsonFault('it is no JSON')
    throw error
  }
}

const QUOTE = 0x22
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
