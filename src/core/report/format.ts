// Numbers, times and tables as people read them. For screens only: rounding happens here and nowhere else in a report.

import { DECIMAL_PLACES, type Decimal, decimalPlacesOf, formatDecimal, formatFixed, readDecimal, ZERO } from '../kernel/decimal.ts'
import { escapeText } from '../text.ts'

/** An amount with at least 2 and at most `most` decimals, thousands grouped: `1,234.50`. */
export function amountText(text: string, most = 6): string {
  const value = readDecimal(text)
  const places = Math.min(Math.max(decimalPlacesOf(value), 2), most)
  const rounded = formatFixed(value, places)
  if (value !== ZERO && isZero(rounded)) return twoDigits(value)
  const trimmed = places > 2 ? rounded.replace(/0+$/, '').replace(/\.(\d?)$/, (_, digit: string) => `.${digit.padEnd(2, '0')}`) : rounded
  return grouped(trimmed)
}

/** What would round to nothing: never shown as zero, and with two digits that count. */
function twoDigits(value: Decimal): string {
  const fraction = formatDecimal(value).split('.')[1] ?? ''
  return formatFixed(value, Math.min(fraction.search(/[1-9]/) + 2, DECIMAL_PLACES)).replace(/0$/, '')
}

/** The same with its sign always shown, for profits. */
export function signedText(text: string, most = 6): string {
  const amount = amountText(text, most)
  return amount.startsWith('-') || isZero(amount) ? amount : `+${amount}`
}

/** A quantity or price as exact as it is, at most `most` decimals. */
export function plainText(text: string, most = 8): string {
  const value = readDecimal(text)
  const rounded = formatFixed(value, Math.min(decimalPlacesOf(value), most))
  if (value !== ZERO && isZero(rounded)) return twoDigits(value)
  return grouped(rounded.includes('.') ? rounded.replace(/\.?0+$/, '') : rounded)
}

/** `1,234`. */
export function countText(count: number): string {
  return grouped(String(count))
}

/** `1 fill`, `1,234 fills`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`
}

/** `30m`, `1h 30m`, `12.5s`: the two largest units. */
export function durationText(durationUs: number): string {
  const seconds = durationUs / 1_000_000
  if (seconds < 1) return `${Math.round(durationUs / 1000)}ms`
  if (seconds < 60) return `${trimZeros(seconds.toFixed(1))}s`
  const whole = Math.round(seconds)
  const parts = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor((whole % 86_400) / 3600), 'h'],
    [Math.floor((whole % 3600) / 60), 'm'],
    [whole % 60, 's'],
  ] as const
  const first = parts.findIndex(([count]) => count > 0)
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count}${unit}`)
    .join(' ')
}

/** `2026-01-31 14:05:09` in UTC. */
export function timeText(timeUs: number): string {
  const date = new Date(timeUs / 1000)
  return Number.isNaN(date.getTime()) ? `${timeUs} µs` : date.toISOString().slice(0, 19).replace('T', ' ')
}

/** Text from outside on one line, with nothing in it that a terminal would act on. */
export function oneLine(text: string): string {
  return escapeText(text.replace(/\s+/g, ' ').trim())
}

/** Columns as wide as their widest cell; those named in `right` end flush, their decimal points under one another. */
export function table(texts: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const rows = pointsAligned(texts, right)
  const widths: number[] = []
  for (const row of rows) for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length)
  return rows.map((row) =>
    row
      .map((cell, column) => (right.includes(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
}

/** `+1,234.50`, `12`, `94.16%`: what stands before the point, and what from there on. */
const FIGURE = /^([+-]?[\d,]+)(\.\d+)?(%?)$/

/** Figures with fewer decimals than the longest of their column have blanks where those would stand; words end flush as they are. */
export function pointsAligned(rows: readonly (readonly string[])[], right: readonly number[]): readonly (readonly string[])[] {
  const behind = new Map(right.map((column) => [column, Math.max(0, ...rows.map((row) => lengthBehind(row[column] ?? '')))]))
  return rows.map((row) =>
    row.map((cell, column) => {
      const longest = behind.get(column) ?? 0
      return FIGURE.test(cell) ? cell + ' '.repeat(Math.max(0, longest - lengthBehind(cell))) : cell
    }),
  )
}

function lengthBehind(cell: string): number {
  const [, , fraction = '', unit = ''] = FIGURE.exec(cell) ?? []
  return fraction.length + unit.length
}

/** Breaks a line at spaces so that it fits `width`, the rest indented; a word that is longer stays whole. */
export function wrap(line: string, width: number, indent: string): string[] {
  const lines: string[] = []
  let current = ''
  for (const word of line.split(' ')) {
    const next = current === '' ? word : `${current} ${word}`
    if (next.length > width && current.trim() !== '') {
      lines.push(current)
      current = indent + word
    } else {
      current = next
    }
  }
  return [...lines, current]
}

/** Whether a text shows nothing but zeros. */
export function isZero(text: string): boolean {
  return /^-?[0.,]+$/.test(text)
}

/** Thousands parted by commas. */
export function grouped(text: string): string {
  const [whole = '', fraction] = text.split('.')
  const withCommas = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',')
  return fraction === undefined ? withCommas : `${withCommas}.${fraction}`
}

function trimZeros(text: string): string {
  return text.replace(/\.0$/, '')
}
