// The shape of an explanation: parts with tables and sentences, the same for a terminal, a page and Markdown. Holds words; draws
// nothing.

import { amountText, countText, durationText, oneLine, plainText, signedText, timeText } from './format.ts'

export const UNKNOWN = '-'

/** A figure in a table. */
export interface Cell {
  /** As people read it. */
  readonly text: string
  /** Money to its last digit, where `text` is rounded: what a page and a file show. */
  readonly exact?: string
  /** Any other figure to its last digit, for who asks. */
  readonly full?: string
}

export interface Table {
  readonly head?: readonly string[]
  readonly rows: readonly (readonly Cell[])[]
  /** Columns of figures, which end flush. */
  readonly right?: readonly number[]
  /** What it is about, where the part's title does not say it. */
  readonly caption?: string
}

export type Block = Table | { readonly lines: readonly string[] }

export interface Part {
  readonly title: string
  readonly blocks: readonly Block[]
}

export const plain = (text: string): Cell => ({ text })
export const outside = (text: string): Cell => ({ text: oneLine(text) })
export const count = (value: number | null): Cell => ({ text: value === null ? UNKNOWN : countText(value) })
export const duration = (us: number | null): Cell => ({ text: us === null ? UNKNOWN : durationText(us) })
export const time = (us: number | null): Cell => ({ text: us === null ? UNKNOWN : timeText(us) })

/** Money, rounded for a screen to six places. */
export function money(amount: string | null): Cell {
  return amount === null ? plain(UNKNOWN) : { text: amountText(amount), exact: amountText(amount, 18) }
}

/** Money with its sign. */
export function profit(amount: string | null): Cell {
  return amount === null ? plain(UNKNOWN) : { text: signedText(amount), exact: signedText(amount, 18) }
}

/** What was paid, as it moves a result: with its sign turned round. */
export function cost(amount: string | null): Cell {
  return profit(amount === null ? null : negated(amount))
}

/** A quantity or a price. */
export function quantity(amount: string | null): Cell {
  return amount === null ? plain(UNKNOWN) : { text: plainText(amount), exact: plainText(amount, 18) }
}

/** A figure that is no money: rounded, and exact for who asks. `unit` stands right behind it. */
export function figure(value: string | null, options: FigureOptions = {}): Cell {
  if (value === null) return plain(UNKNOWN)
  const { unit = '', places = 2, isSigned = false } = options
  return { text: `${isSigned ? signedText(value, places) : amountText(value, places)}${unit}`, full: `${value}${unit}` }
}

export interface FigureOptions {
  readonly unit?: string
  readonly places?: number
  readonly isSigned?: boolean
}

export const percent = (value: string | null): Cell => figure(value, { unit: '%' })

/** Returns are small. */
export const returned = (value: string | null): Cell => figure(value, { unit: '%', places: 4, isSigned: true })

export function negated(amount: string): string {
  if (amount === '0') return amount
  return amount.startsWith('-') ? amount.slice(1) : `-${amount}`
}

/** `name  figure  unit`. */
export type NamedRow = readonly [name: string, figure: Cell, unit?: string]

export function namedRows(rows: readonly NamedRow[], caption?: string): Table {
  return {
    rows: rows.map(([name, cell, unit = '']) => [plain(name), cell, plain(unit)]),
    right: [1],
    ...(caption !== undefined && { caption }),
  }
}

/** Names with words beside them. */
export function namedWords(rows: readonly (readonly [name: string, words: string])[]): Table {
  return { rows: rows.map(([name, words]) => [plain(name), plain(words)]) }
}

/** A part with nothing in it is not there. */
export function isEmpty({ blocks }: Part): boolean {
  return blocks.every((block) => ('lines' in block ? block.lines.length === 0 : block.rows.length === 0))
}
