// The fault matrix: docs/RELIABILITY.md shows what is found here. A normal run tries each fault on one state of an order, another
// for each fault; FAULT_MATRIX=all tries every cell, FAULT_MATRIX_FROM=3 other states.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { ROWS, rowTitle, STATE_TITLES } from './cells.ts'
import { allCells, type Cell, complaintsOf, matrixPage, runCells } from './matrix.ts'
import { matrixIn } from './page.ts'
import type { CellOutcome, Verdict } from './run-cell.ts'

const { FAULT_MATRIX = 'sample', FAULT_MATRIX_FROM = '0' } = process.env
const AT_ONCE = 4

function matrix(): string {
  const found = matrixIn(readFileSync(fileURLToPath(new URL('../../docs/RELIABILITY.md', import.meta.url)), 'utf8'))
  if (found === null) throw new Error('docs/RELIABILITY.md has no fault matrix: `node scripts/fault-matrix.ts --write` makes one')
  return found
}

/** The cell of the page where a fault meets a state. */
function pageCell({ row, state }: Cell): string {
  const line = matrix()
    .split('\n')
    .find((text) => text.startsWith(`| ${rowTitle(row)} |`))
  return line?.split(' | ')[1 + Object.keys(STATE_TITLES).indexOf(state)]?.replace(/ \|$/, '') ?? 'no such row'
}

/** One state for each row of the matrix, so that neighbours are tried on unlike ones. */
function sample(from: number): Cell[] {
  const cells = allCells()
  return ROWS.flatMap((row, index) => {
    const met = cells.filter((cell) => cell.row === row)
    return met.slice((from + index) % met.length).slice(0, 1)
  })
}

describe('the fault matrix', () => {
  test('V01 V02 V04 K13 K20 K21 K23 every order is known, proved absent, or in quarantine with an alarm, as the page says', {
    timeout: 300_000,
  }, async () => {
    const cells = FAULT_MATRIX === 'all' ? allCells() : sample(Number(FAULT_MATRIX_FROM))
    const outcomes = await runCells(cells, AT_ONCE)
    expect(outcomes).toHaveLength(cells.length)
    expect(outcomes.flatMap(complaintsOf)).toEqual([])
    const asFound = outcomes.map(({ fault, state, verdict }) => `${fault} × ${state}: ${verdict}`)
    const asWritten = cells.map((cell) => `${rowTitle(cell.row)} × ${cell.state}: ${pageCell(cell)}`)
    expect(asFound.sort()).toEqual(asWritten.sort())
  })

  test('V01 the page has every fault and every state, and of each cell an outcome or the reason why it cannot be', () => {
    const verdicts: readonly Verdict[] = ['same as the venue', 'absent (proved)', 'quarantined (alarm)']
    for (const cell of allCells()) expect(verdicts, `${rowTitle(cell.row)} × ${cell.state}`).toContain(pageCell(cell))
    // With nothing found, only the words of the outcomes are other ones.
    const skeleton = (page: string): string =>
      page.replaceAll(/same as the venue|absent \(proved\)|quarantined \(alarm\)|\*\*not known\*\*/g, '…')
    expect(skeleton(matrix())).toBe(skeleton(matrixPage([]).trim()))
  })

  test('V01 an outcome that is a guess, doubled, or without an alarm is complained about', () => {
    const good: CellOutcome = {
      ...{ fault: '`f`', state: 'sent', verdict: 'same as the venue', ours: 'acked 0', truth: 'open 0', orders: 1, how: 'answer' },
      ...{ fillsEqual: true, positionEqual: true, struck: 1, mended: null, guesses: [], conflicts: [], failures: [], elapsedMs: 1 },
    }
    const quarantined: CellOutcome = { ...good, verdict: 'quarantined (alarm)', fillsEqual: false, positionEqual: false, mended: true }
    expect([good, quarantined].flatMap(complaintsOf)).toEqual([])
    const bad: readonly CellOutcome[] = [
      { ...good, verdict: null },
      { ...good, orders: 2 },
      { ...good, struck: 0 },
      { ...good, fillsEqual: false },
      { ...good, positionEqual: false },
      { ...good, guesses: ['submitting to rejected, and the exchange has it open'] },
      { ...good, conflicts: ['FILL_CONFLICTED'] },
      { ...good, failures: ['disk'] },
      { ...quarantined, mended: false },
    ]
    expect(bad.map((outcome) => complaintsOf(outcome).length)).toEqual(bad.map(() => 1))
  })
})
