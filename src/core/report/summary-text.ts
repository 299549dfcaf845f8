// A summary as people read it: first one screen that says whether it worked, what it earned and why, and what went wrong;
// then the sections. Text only: no colours, no terminal.

import { type ComparisonView, comparisonParts, comparisonTitles } from './compare.ts'
import type { Block, Part, Table } from './document.ts'
import { firstScreen, titleOf } from './first-screen.ts'
import { pointsAligned, table, wrap } from './format.ts'
import type { SectionName } from './section-names.ts'
import { sectionsOf } from './sections.ts'
import type { SummaryView } from './summary-view.ts'

export interface RenderOptions {
  /** Columns to fit into; text that has no space to break at may be wider. */
  readonly width?: number | undefined
  /** Only these; without one the first screen and all of them. */
  readonly sections?: readonly SectionName[]
}

const LABEL_WIDTH = 13
const INDENT = 2
const DEFAULT_WIDTH = 100
const LEAST_WIDTH = 40

/** The summary, lines within `width` (100 without one, at least 40). */
export function renderSummary(view: SummaryView, options: RenderOptions = {}): string {
  const width = widthOf(options)
  const isWhole = options.sections === undefined || options.sections.length === 0
  const lines = isWhole ? answerLines(view, width) : wrap(titleOf(view), width, '  ')
  lines.push(...sectionsOf(view, options.sections).flatMap(({ parts }) => partsLines(parts, width)))
  return lines.join('\n')
}

/** Only the answers, so that a session ends with them in sight, and what to type for the rest. */
export function renderFirstScreen(view: SummaryView, options: Pick<RenderOptions, 'width'> = {}): string {
  const width = widthOf(options)
  const names = sectionsOf(view).map(({ name }) => name)
  const more = `\`dita summarize ${view.sessionId}\`, or a part of it with --section ${names.join(',')}`
  return [...answerLines(view, width), ...labelled('More', [more], width)].join('\n')
}

function widthOf({ width }: Pick<RenderOptions, 'width'>): number {
  return Math.max(width ?? DEFAULT_WIDTH, LEAST_WIDTH)
}

function answerLines(view: SummaryView, width: number): string[] {
  const answers = firstScreen(view).flatMap(({ question, lines }) => labelled(question, lines, width))
  return [...wrap(titleOf(view), width, '  '), '', ...answers]
}

/** Two sessions side by side, in the same width. */
export function renderComparison(view: ComparisonView, options: Pick<RenderOptions, 'width'> = {}): string {
  const width = widthOf(options)
  const titles = comparisonTitles(view).flatMap((title) => wrap(title, width, '  '))
  return [...titles, ...partsLines(comparisonParts(view), width)].join('\n')
}

function partsLines(parts: readonly Part[], width: number): string[] {
  return parts.flatMap(({ title, blocks }) => [
    '',
    ...wrap(title, width, '  '),
    ...blocksLines(blocks, width - INDENT).map((line) => (line === '' ? '' : ' '.repeat(INDENT) + line)),
  ])
}

/** The label before the first line, and all lines under one another. */
function labelled(label: string, texts: readonly string[], width: number): string[] {
  const lines = texts.flatMap((text) => wrap(text, width - LABEL_WIDTH, '  '))
  return lines.map((line, index) => `${(index === 0 ? label : '').padEnd(LABEL_WIDTH)}${line}`)
}

/** One under the other; two tables are parted by an empty line, which no table needs that follows words. */
function blocksLines(blocks: readonly Block[], width: number): string[] {
  const lines: string[] = []
  let isBehindTable = false
  for (const block of blocks) {
    const told = blockLines(block, width)
    if (told.length === 0) continue
    const isTable = !('lines' in block)
    if (isTable && isBehindTable) lines.push('')
    lines.push(...told)
    isBehindTable = isTable
  }
  return lines
}

function blockLines(block: Block, width: number): string[] {
  if ('lines' in block) return block.lines.flatMap((line) => wrap(line, width, '  '))
  return block.rows.length === 0
    ? []
    : [...(block.caption === undefined ? [] : wrap(block.caption, width, '  ')), ...tableLines(block, width)]
}

/**
 * The table in as many pieces as it takes to fit, each with the first column again; words that stand last are broken instead.
 */
export function tableLines({ head, rows, right = [] }: Table, width: number): string[] {
  const texts = pointsAligned([...(head === undefined ? [] : [head]), ...rows.map((row) => row.map(({ text }) => text))], right)
  const lines = table(texts, right)
  if (lines.every((line) => line.length <= width)) return lines
  const widths = columnWidths(texts)
  const last = widths.length - 1
  const before = widths.slice(0, last).reduce((sum, columns) => sum + columns + GAP, 0)
  if (head === undefined && !right.includes(last) && before + LEAST_WORDS <= width) return brokenRows(texts, { right, before, width })
  return piecesOf(widths, width).flatMap((columns, index) => {
    const kept = texts.map((row) => columns.map((column) => row[column] ?? ''))
    const flush = columns.flatMap((column, place) => (right.includes(column) ? [place] : []))
    return [...(index === 0 ? [] : ['']), ...table(kept, flush)]
  })
}

const GAP = 2
/** Less room than this breaks every word. */
const LEAST_WORDS = 20

function columnWidths(texts: readonly (readonly string[])[]): number[] {
  const widths: number[] = []
  for (const row of texts) for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length)
  return widths
}

/** Each row on as many lines as its last cell takes. */
function brokenRows(
  texts: readonly (readonly string[])[],
  { right, before, width }: { readonly right: readonly number[]; readonly before: number; readonly width: number },
): string[] {
  const starts = table(
    texts.map((row) => row.slice(0, -1)),
    right,
  )
  return texts.flatMap((row, index) => {
    const [first = '', ...rest] = wrap(row.at(-1) ?? '', width - before, '')
    return [`${(starts[index] ?? '').padEnd(before)}${first}`.trimEnd(), ...rest.map((line) => ' '.repeat(before) + line)]
  })
}

/** Which columns stand together: the first one always, and of the others as many as fit. */
function piecesOf(widths: readonly number[], width: number): number[][] {
  const pieces: number[][] = []
  let piece = [0]
  let used = widths[0] ?? 0
  for (const [column, columns] of widths.entries()) {
    if (column === 0) continue
    if (used + GAP + columns > width && piece.length > 1) {
      pieces.push(piece)
      piece = [0]
      used = widths[0] ?? 0
    }
    piece.push(column)
    used += GAP + columns
  }
  return [...pieces, piece]
}
