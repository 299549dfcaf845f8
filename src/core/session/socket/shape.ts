// Reads what came over the wire against a table of its fields. Copies what is known, leaves out what is not, trusts nothing.

export type Reader<T> = (value: unknown, path: string) => T

/** One reader a field; a field without one does not compile. */
type Shape<T> = { readonly [K in keyof T]-?: Reader<T[K]> }

/** What came does not have the shape that was agreed on. The message names the place and never quotes what stood there. */
export class NotAsAgreed extends Error {
  override readonly name = 'NotAsAgreed'
}

/** Keys that the table does not know are left out: later versions only ever add some. */
export function record<T extends object>(shape: Shape<T>): Reader<T> {
  const fields: readonly (readonly [string, Reader<unknown>])[] = Object.entries<Reader<unknown>>(shape)
  return (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new NotAsAgreed(`${path} is no object`)
    const found: Record<string, unknown> = {}
    for (const [key, read] of fields) found[key] = read(Reflect.get(value, key), `${path}.${key}`)
    return found as T
  }
}

export function listOf<T>(read: Reader<T>): Reader<readonly T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw new NotAsAgreed(`${path} is no list`)
    return value.map((item: unknown, index) => read(item, `${path}[${index}]`))
  }
}

/** Missing counts as null as well: an older version does not know what it does not say. */
export function optional<T>(read: Reader<T>): Reader<T | null> {
  return (value, path) => (value === undefined || value === null ? null : read(value, path))
}

export function oneOf<const T extends string | number | boolean>(known: readonly T[]): Reader<T> {
  return (value, path) => {
    const found = known.find((candidate) => candidate === value)
    if (found === undefined) throw new NotAsAgreed(`${path} is none of ${known.join(', ')}`)
    return found
  }
}

export const text: Reader<string> = (value, path) => {
  if (typeof value !== 'string') throw new NotAsAgreed(`${path} is no text`)
  return value
}

/** JSON has no other numbers than finite ones. */
export const number: Reader<number> = (value, path) => {
  if (typeof value !== 'number') throw new NotAsAgreed(`${path} is no number`)
  return value
}

/** @throws NotAsAgreed for what is no JSON */
export function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch (cause) {
    throw new NotAsAgreed('the line is no JSON', { cause })
  }
}
