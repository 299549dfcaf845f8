// How a request to BingX is written and signed. Pure: the time is one of its parameters.

import { createHmac } from 'node:crypto'
import type { Secret } from '../../secret.ts'

/** Parameters in any order, by their names at the venue. */
export type Parameters = Readonly<Record<string, string>>

/** With one of these a value could smuggle in parameters of its own. */
const SMUGGLING = /[&=?#\r\n]/
const NAME = /^[a-zA-Z]{1,40}$/

/** Raised where a value must not be signed: a defect of the caller, found before anything leaves. */
export class UnsignableError extends Error {
  override readonly name = 'UnsignableError'
}

/**
 * What is signed: names in ASCII order, values as they are (BingX API docs, “Signature authentication”).
 * @throws UnsignableError
 */
export function canonicalOf(parameters: Parameters): string {
  return sorted(parameters)
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
}

/** Lowercase hex of HMAC-SHA256. */
export function signatureOf(canonical: string, secret: Secret): string {
  return createHmac('sha256', secret.reveal()).update(canonical, 'utf8').digest('hex')
}

/**
 * The query string as it goes out: the same order, values percent-encoded, the signature of the raw text last.
 * @throws UnsignableError
 */
export function signedQuery(parameters: Parameters, secret: Secret): string {
  return `${plainQuery(parameters)}&signature=${signatureOf(canonicalOf(parameters), secret)}`
}

/** @throws UnsignableError */
export function plainQuery(parameters: Parameters): string {
  return sorted(parameters)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')
}

function sorted(parameters: Parameters): [string, string][] {
  const entries = Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1))
  for (const [name, value] of entries) {
    if (!NAME.test(name)) throw new UnsignableError('A parameter has a name that BingX does not know.')
    if (SMUGGLING.test(value)) throw new UnsignableError(`The value of ${name} has a character that would end it.`)
  }
  return entries
}
