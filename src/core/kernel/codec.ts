// Facts as text and back: canonical JSON with decimals as strings. The text is what the hash chain covers.

import { type Decimal, formatDecimal, readDecimal } from './decimal.ts'
import type { FactBody } from './facts.ts'

/** The names under which facts carry decimals; a name means a decimal everywhere or nowhere. */
// biome-ignore format: a list of words is read as one
const DECIMAL_KEYS: ReadonlySet<string> = new Set([
  'amount', 'ask', 'askDistanceBps', 'assigned', 'bid', 'bidDistanceBps', 'costAfter', 'equity', 'fee', 'filledQuantity', 'lotSize',
  'mark', 'maxExposure', 'maxLeverage', 'maxOrderNotional', 'maxQuantity', 'maxSessionLoss', 'minNotional', 'minQuantity', 'ourAsk',
  'ourBid', 'position', 'positionAfter', 'price', 'quantity', 'realizedPnl', 'slotRealizedPnl', 'tickSize', 'unassigned',
])

/**
 * One line of JSON; keys in the order the fact was made with, which is fixed by the code that makes it.
 * Throws TypeError on what JSON cannot hold, rather than writing a line that reads back as something else.
 */
export function encodeFactBody(body: FactBody): string {
  return encode(body)
}

/** Reads what `encodeFactBody` wrote. Throws SyntaxError or DecimalError on anything else. */
export function decodeFactBody(text: string): FactBody {
  return JSON.parse(text, revive) as FactBody
}

function revive(key: string, value: unknown): unknown {
  if (typeof value === 'string' && DECIMAL_KEYS.has(key)) return readDecimal(value)
  // The one list of decimals that facts carry.
  if (key === 'exitRatios' && Array.isArray(value)) return value.map((item) => readDecimal(String(item)))
  return value
}

const PLAIN = /^[ -!#-[\]-~]*$/

function encode(value: unknown): string {
  if (typeof value === 'bigint') return `"${formatDecimal(value as Decimal)}"`
  // Most texts need no escape, and JSON.stringify finds that out more slowly.
  if (typeof value === 'string') return PLAIN.test(value) ? `"${value}"` : JSON.stringify(value)
  if (typeof value === 'boolean' || value === null) return String(value)
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  if (typeof value !== 'object') throw new TypeError(`a fact cannot hold ${String(value)}`)
  if (Array.isArray(value)) return `[${value.map(encode).join(',')}]`
  // Its own keys only: what a library adds to every object's prototype is no part of a fact.
  const keys = Object.keys(value)
  const items: unknown[] = Object.values(value)
  let out = '{'
  for (let index = 0; index < keys.length; index += 1) out += `${index === 0 ? '' : ','}"${keys[index]}":${encode(items[index])}`
  return `${out}}`
}
