import { describe, expect, test } from 'vitest'
import { type Column, tableLines } from '../../src/tui/table.ts'
import { span, widthOf } from '../../src/tui/theme.tsx'

const COLUMNS: readonly Column[] = [
  { title: 'side', kind: 'text', min: 4, rank: 0 },
  { title: 'price', kind: 'number', min: 6, rank: 0 },
  { title: 'role', kind: 'text', min: 5, rank: 2 },
  { title: 'fee', kind: 'number', min: 4, rank: 1 },
]
const ROWS = [
  [span('buy'), span('2.1020'), span('quote'), span('0.02')],
  [span('sell'), span('10.5'), span('exit'), span('1.10')],
]

function drawn(width: number, titles = false): string[] {
  return tableLines({ columns: COLUMNS, rows: ROWS, width, titles, widestGap: 1 }).map((line) => line.map(({ text }) => text).join(''))
}

describe('tableLines', () => {
  test('numbers are right-aligned, texts left-aligned, titles above them', () => {
    expect(drawn(40, true)).toEqual(['side  price role   fee', 'buy  2.1020 quote 0.02', 'sell   10.5 exit  1.10'])
  })

  test('the least important columns are left out first', () => {
    expect(drawn(17)).toEqual(['buy  2.1020 0.02', 'sell   10.5 1.10'])
    expect(drawn(11)).toEqual(['buy  2.1020', 'sell   10.5'])
  })

  test('columns that must stay shrink, and no line is ever too wide', () => {
    for (let width = 4; width < 40; width += 1) {
      for (const line of tableLines({ columns: COLUMNS, rows: ROWS, width, titles: true })) expect(widthOf(line)).toBeLessThanOrEqual(width)
    }
    expect(drawn(9)).toEqual(['buy  2.10', 'sell 10.5'])
  })

  test('blanks go before decimals, and decimals before a text', () => {
    const columns: readonly Column[] = [
      { title: '', kind: 'text', min: 4, rank: 0 },
      { title: '', kind: 'number', min: 12, rank: 0 },
      { title: '', kind: 'number', min: 3, rank: 0 },
    ]
    const rows = [[span('realised'), span('20519.25'), span('1.123456789')]]
    const lines = [30, 28, 27].map(
      (width) => tableLines({ columns, rows, width, titles: false }).map((line) => line.map(({ text }) => text).join(''))[0],
    )
    expect(lines).toEqual(['realised  20519.25 1.123456789', 'realised 20519.25 1.12345679', 'realised 20519.25 1.1234568'])
  })

  test('a column of little weight goes before a text is cut', () => {
    const columns: readonly Column[] = [
      { title: '', kind: 'fill', min: 4, want: 10, rank: 0 },
      { title: '', kind: 'text', min: 2, rank: 2 },
    ]
    const rows = [[span('part filled'), span('id')]]
    const drawnAt = (width: number) =>
      tableLines({ columns, rows, width, titles: false }).map((line) => line.map(({ text }) => text).join(''))
    expect(drawnAt(14)).toEqual(['part filled id'])
    expect(drawnAt(12)).toEqual(['part filled '])
  })

  test('a filling column takes what is left', () => {
    const columns: readonly Column[] = [
      { title: '', kind: 'text', min: 2, rank: 0 },
      { title: '', kind: 'fill', min: 4, rank: 0 },
    ]
    const [line = []] = tableLines({ columns, rows: [[span('!'), span('a long message')]], width: 12, titles: false, widestGap: 1 })
    expect(line.map(({ text }) => text).join('')).toBe('!  a long m…')
  })
})
