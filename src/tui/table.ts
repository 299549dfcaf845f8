// Tables that fit: columns as wide as what is in them, right-aligned numbers, and the least important columns left out
// where the panel is narrow. Gives lines of spans; draws nothing.

import { displayWidth, fitNumber, padEnd, padStart, wholeWidth } from './text.ts'
import { type Span, span } from './theme.tsx'

export interface Column {
  readonly title: string
  /** `number` is right-aligned and never loses leading digits; `fill` takes what the others leave. */
  readonly kind: 'text' | 'number' | 'fill'
  /** Keeps the column from changing its width with every value. */
  readonly min: number
  /** What a filling column's text usually needs: other columns stand closer, and those from rank 2 on go, to give it that much. */
  readonly want?: number
  /** Columns with a higher rank are left out first; rank 0 stays. */
  readonly rank: number
}

export interface Cell extends Span {
  /** The cell's text for a column of that width, where it is more than a text to be cut at its end. */
  readonly fitTo?: (width: number) => string
}

export interface TableOptions {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Cell[])[]
  readonly width: number
  readonly titles: boolean
  /** Columns stand one to this many spaces apart, as far as there is room. */
  readonly widestGap?: number
}

/** Titles of a list's columns take a row where it has so many. */
export const ROWS_FOR_TITLES = 4
const WIDEST_GAP = 3
/** Exact amounts may have eighteen decimals; the screen shows as many as fit here. */
const WIDEST_NUMBER = 12
/** Before a column is left out, numbers are rounded to this. */
const SHORT_NUMBER = 9
/** A whole part of so many columns is given its room; no amount is longer. */
const WIDEST_WHOLE = 20
/** From this rank on a column is worth less than the whole text of the filling one. */
const RANK_BELOW_TEXT = 2
const STARTS_LIKE_A_NUMBER = /^[+-]?\d/

/** What a column asks for, in columns of the terminal. */
interface Demand {
  readonly column: Column
  /** As wide as what is in it. */
  readonly content: number
  /** Comfortable: steady while values change. */
  readonly natural: number
  /** What it can live with: numbers rounded, a filling text cut. */
  readonly least: number
}

/** The table's lines, the titles first where they are wanted, none wider than `width`. */
export function tableLines({ columns, rows, width, titles, widestGap = WIDEST_GAP }: TableOptions): Span[][] {
  const demands = columns.map((column, index) => demandOf(column, index, rows, titles))
  const shown = chooseColumns(demands, width)
  const gap = Math.min(widestGap, roomForGap(demands, shown, width))
  const widths = fitWidths(demands, shown, width - gap * (shown.length - 1))
  const line = (cells: readonly Cell[]): Span[] =>
    shown.flatMap((index, place) => {
      const cell = cells[index] ?? span('')
      const aligned = span(alignCell(cell, columns[index]?.kind ?? 'text', widths[index] ?? 0), cell.tone)
      return place === 0 ? [aligned] : [span(' '.repeat(gap)), aligned]
    })
  const body = rows.map(line)
  return titles ? [line(columns.map((column) => span(column.title, 'label'))), ...body] : body
}

function demandOf(column: Column, index: number, rows: readonly (readonly Cell[])[], titles: boolean): Demand {
  const { kind, min, want = 0 } = column
  const texts = [...(titles ? [column.title] : []), ...rows.map((row) => row[index]?.text ?? '')]
  const widest = (widthOfText: (text: string) => number): number => texts.reduce((most, text) => Math.max(most, widthOfText(text)), 0)
  if (kind !== 'number') {
    const content = widest(displayWidth)
    const natural = Math.max(min, want, content)
    return { column, content, natural, least: kind === 'fill' ? min : natural }
  }
  const whole = Math.min(WIDEST_WHOLE, widest(wholeWidth))
  const content = Math.min(Math.max(WIDEST_NUMBER, whole), widest(displayWidth))
  const natural = Math.max(min, content)
  return { column, content, natural, least: Math.min(natural, Math.max(min, SHORT_NUMBER, whole)) }
}

/** The columns that fit with a gap of one between them, their long numbers rounded. */
function chooseColumns(demands: readonly Demand[], width: number): number[] {
  let shown = demands.map((_, index) => index)
  for (;;) {
    const worst = shown.reduce((rank, index) => Math.max(rank, demands[index]?.column.rank ?? 0), 0)
    const needs = demands.map(({ column, least }) => (worst < RANK_BELOW_TEXT ? least : Math.max(least, column.want ?? 0)))
    if (worst === 0 || sumOf(needs, shown) + shown.length - 1 <= width) return shown
    shown = shown.filter((index) => demands[index]?.column.rank !== worst)
  }
}

/** The widest gap that leaves every column what it asks for. */
function roomForGap(demands: readonly Demand[], shown: readonly number[], width: number): number {
  if (shown.length < 2) return 1
  const spare =
    width -
    sumOf(
      demands.map(({ natural }) => natural),
      shown,
    )
  return Math.max(1, Math.floor(spare / (shown.length - 1)))
}

/**
 * Shares `width`, without gaps. The filling column has what is left; where nothing is left, columns give up their spare
 * blanks first, then decimals, and then whatever is widest.
 */
function fitWidths(demands: readonly Demand[], shown: readonly number[], width: number): number[] {
  const widths = demands.map(({ natural }) => natural)
  const fill = shown.find((index) => demands[index]?.column.kind === 'fill')
  if (fill !== undefined) {
    widths[fill] = 0
    widths[fill] = Math.max(demands[fill]?.least ?? 0, width - sumOf(widths, shown))
  }
  const solid = shown.filter((index) => index !== fill)
  const numbers = solid.filter((index) => demands[index]?.column.kind === 'number')
  const shrink = (candidates: readonly number[], floorOf: (demand: Demand) => number): void => {
    while (sumOf(widths, shown) > width) {
      const able = candidates.filter((index) => (widths[index] ?? 0) > floorOf(demands[index] as Demand))
      if (able.length === 0) return
      const widest = able.reduce((best, index) => ((widths[index] ?? 0) > (widths[best] ?? 0) ? index : best))
      widths[widest] = (widths[widest] ?? 0) - 1
    }
  }
  shrink(solid, ({ content }) => Math.max(1, content))
  shrink(numbers, ({ content, least }) => Math.min(content, least))
  shrink(shown, () => 1)
  return widths
}

function sumOf(widths: readonly number[], shown: readonly number[]): number {
  return shown.reduce((sum, index) => sum + (widths[index] ?? 0), 0)
}

function alignCell({ text, fitTo }: Cell, kind: Column['kind'], width: number): string {
  if (kind !== 'number') return padEnd(fitTo === undefined ? text : fitTo(width), width)
  return padStart(STARTS_LIKE_A_NUMBER.test(text) ? fitNumber(text, width) : text, width)
}
