// How values are written on this venue's wire: bare integers beyond 2^53, decimals with fixed places, symbols. Pure.

import { type Decimal, formatFixed, truncateToStep } from '../../kernel/decimal.ts'
import type { Instrument } from '../../kernel/instrument.ts'

/** A number on the wire, exactly as it is written: an id beyond 2^53, a decimal. */
export class Bare {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

export function bare(text: string): Bare {
  return new Bare(text)
}

export type WireValue = string | number | boolean | null | Bare | readonly WireValue[] | WireObject
export type WireObject = { readonly [key: string]: WireValue | undefined }

/** JSON in which bare numbers keep all their digits. */
export function writeWire(value: WireValue): string {
  if (value instanceof Bare) return value.text
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(writeWire).join(',')}]`
  const members: string[] = []
  for (const [key, member] of Object.entries(value as WireObject)) {
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${writeWire(member)}`)
  }
  return `{${members.join(',')}}`
}

/** `BTC/USDT:USDT` is `BTC-USDT` here. */
export function wireSymbolOf(instrument: Instrument): string {
  return `${instrument.base}-${instrument.quote}`.toUpperCase()
}

/** A decimal with exactly so many places, half-even. */
export function fixed(value: Decimal, places: number): string {
  return formatFixed(value, places)
}

/** What is left of a number after the venue has cut off the decimals that it does not know. */
export function cutTo(value: Decimal, step: Decimal): Decimal {
  return truncateToStep(value, step)
}

/** `2023-12-16T20:58:36`: the wall clock of UTC+8, which is where this venue's people are. */
export function beijingTime(timeUs: number): string {
  return new Date(Math.floor(timeUs / 1_000) + 8 * 3_600_000).toISOString().slice(0, 19)
}
