// Tables that fit: columns as wide as what is in them, right-aligned numbers, and the least important columns left out
// where the panel is narrow. Gives lines of spans; draws nothing.

import { displayWidth, fitNumber, padEnd, padStart } from './text.ts'
import { type Span, span } from './theme.tsx'

export interface Column {
  readonly title: string
  /** `number` is right-aligned and never loses leading digits; `fill` takes what the others leave. */
  readonly kind: 'text' | 'number' | 'fill'
  /** Keeps the column from changing its width with every value. */
  readonly min: number
  /** Columns with a higher rank are left out first; rank 0 stays. */
  readonly rank: number
}

export type Cell = Span

export interface TableOptions {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Cell[])[]
  readonly width: number
  readonly titles: boolean
  /** Columns stand one to this many spaces apart, as far as there is room. */
  readonly widestGap?: number
}

const WIDEST_GAP = 3
/** Exact amounts may have eighteen decimals; the screen shows as many as fit here. */
const WIDEST_NUMBER = 12
/** Before a column is left out, numbers are cut to this. */
const SHORT_NUMBER = 9
const STARTS_LIKE_A_NUMBER = /^[+-]?\d/

/** The table's lines, the titles first where they are wanted, none wider than `width`. */
export function tableLines({ columns, rows, width, titles, widestGap = WIDEST_GAP }: TableOptions): Span[][] {
  const natural = columns.map((column, index) => naturalWidth(column, index, rows, titles))
  const shown = chooseColumns(columns, natural, width)
  const gap = Math.min(widestGap, roomForGap(leastWidths(columns, natural), shown, width))
  const widths = fitWidths({ columns, natural, shown, width: width - gap * (shown.length - 1) })
  const line = (cells: readonly Cell[]): Span[] =>
    shown.flatMap((index, place) => {
      const { text, tone } = cells[index] ?? span('')
      const aligned = span(alignCell(text, columns[index]?.kind ?? 'text', widths[index] ?? 0), tone)
      return place === 0 ? [aligned] : [span(' '.repeat(gap)), aligned]
    })
  const body = rows.map(line)
  return titles ? [line(columns.map((column) => span(column.title, 'label'))), ...body] : body
}

function naturalWidth(column: Column, index: number, rows: readonly (readonly Cell[])[], titles: boolean): number {
  const content = rows.reduce((widest, row) => Math.max(widest, displayWidth(row[index]?.text ?? '')), 0)
  const bounded = column.kind === 'number' ? Math.min(WIDEST_NUMBER, content) : content
  return Math.max(column.min, bounded, titles ? displayWidth(column.title) : 0)
}

/** The columns that fit with a gap of one between them, their long numbers cut short. */
function chooseColumns(columns: readonly Column[], natural: readonly number[], width: number): number[] {
  const needs = leastWidths(columns, natural).map((least, index) => {
    const { kind, min } = columns[index] as Column
    return kind === 'number' ? Math.min(least, Math.max(min, SHORT_NUMBER)) : least
  })
  let shown = columns.map((_, index) => index)
  while (sumOf(needs, shown) + shown.length - 1 > width) {
    const worst = shown.reduce((rank, index) => Math.max(rank, columns[index]?.rank ?? 0), 0)
    if (worst === 0) break
    shown = shown.filter((index) => columns[index]?.rank !== worst)
  }
  return shown
}

/** What each column asks for: a filling one lives with its minimum, whatever is in it. */
function leastWidths(columns: readonly Column[], natural: readonly number[]): number[] {
  return columns.map((column, index) => (column.kind === 'fill' ? column.min : (natural[index] ?? 0)))
}

/** The widest gap that leaves every column that much. */
function roomForGap(least: readonly number[], shown: readonly number[], width: number): number {
  if (shown.length < 2) return 1
  const spare = width - sumOf(least, shown)
  return Math.max(1, Math.floor(spare / (shown.length - 1)))
}

interface Fit {
  readonly columns: readonly Column[]
  readonly natural: readonly number[]
  readonly shown: readonly number[]
  /** What the columns may take together, without gaps. */
  readonly width: number
}

/** Gives the filling column what is left, then takes from the widest until all fit. */
function fitWidths({ columns, natural, shown, width }: Fit): number[] {
  const widths = natural.slice()
  const fill = shown.find((index) => columns[index]?.kind === 'fill')
  if (fill !== undefined) {
    widths[fill] = 0
    widths[fill] = Math.max(columns[fill]?.min ?? 0, width - sumOf(widths, shown))
  }
  while (sumOf(widths, shown) > width) {
    const widest = shown.reduce((best, index) => ((widths[index] ?? 0) > (widths[best] ?? 0) ? index : best), shown[0] ?? 0)
    if ((widths[widest] ?? 0) <= 1) break
    widths[widest] = (widths[widest] ?? 0) - 1
  }
  return widths
}

function sumOf(widths: readonly number[], shown: readonly number[]): number {
  return shown.reduce((sum, index) => sum + (widths[index] ?? 0), 0)
}

function alignCell(text: string, kind: Column['kind'], width: number): string {
  if (kind !== 'number') return padEnd(text, width)
  return padStart(STARTS_LIKE_A_NUMBER.test(text) ? fitNumber(text, width) : text, width)
}
