// Facts as text and back: canonical JSON with decimals as strings. The text is what the hash chain covers.

import { type Decimal, formatDecimal, readDecimal } from './decimal.ts'
import type { FactBody } from './facts.ts'
import { sha256Hex } from './sha256.ts'
import type { KernelState } from './state.ts'

/** The names under which facts carry decimals; a name means a decimal everywhere or nowhere. */
// biome-ignore format: a list of words is read as one
const DECIMAL_KEYS: ReadonlySet<string> = new Set([
  'amount', 'ask', 'askDistanceBps', 'assigned', 'averagePrice', 'bid', 'bidDistanceBps', 'cost', 'costAfter', 'equity', 'equityBefore', 'fee',
  'feePrice', 'filledQuantity', 'lotSize', 'mark', 'maxExposure', 'maxLeverage', 'maxOrderNotional', 'maxPosition', 'maxQuantity',
  'maxSessionLoss', 'mid', 'minNotional', 'minQuantity', 'ourAsk', 'ourBid', 'ours', 'position', 'positionAfter', 'price', 'priceCollarBps',
  'quantity', 'realizedPnl', 'slotRealizedPnl', 'tickSize', 'tradeValue', 'unassigned', 'venues',
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

/**
 * SHA-256 in hex over the whole state in canonical text: the same facts give the same hash, however they came in.
 * @public for whoever compares two replays of one journal
 */
export function stateHash(state: KernelState): string {
  return sha256Hex(encode(state))
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
  if (value instanceof Map || value instanceof Set) return `[${[...value].map(encode).sort().join(',')}]`
  if (Array.isArray(value)) return `[${value.map(encode).join(',')}]`
  // Its own keys only: what a library adds to every object's prototype is no part of a fact.
  const keys = Object.keys(value)
  const items: unknown[] = Object.values(value)
  let out = '{'
  for (let index = 0; index < keys.length; index += 1) out += `${index === 0 ? '' : ','}${encode(keys[index])}:${encode(items[index])}`
  return `${out}}`
}
