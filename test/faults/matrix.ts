// The fault matrix as a whole: runs its cells a few at a time, and writes the table that docs/RELIABILITY.md shows.

import { type OrderState, REASONS, type Reason, ROWS, type Row, reasonAgainst, rowTitle, STATE_TITLES, STATES } from './cells.ts'
import { type CellOutcome, runCell } from './run-cell.ts'

export interface Cell {
  readonly row: Row
  readonly state: OrderState
}

/** Every fault and state that can meet. */
export function allCells(): Cell[] {
  const states = Object.keys(STATES) as OrderState[]
  return ROWS.flatMap((row) => states.filter((state) => reasonAgainst(row, state) === null).map((state) => ({ row, state })))
}

/** Most of a cell is waiting: a few of them share a machine well. */
export async function runCells(cells: readonly Cell[], atOnce: number, onOutcome: (outcome: CellOutcome) => void = () => undefined) {
  const outcomes: CellOutcome[] = []
  let next = 0
  const worker = async (): Promise<void> => {
    for (let cell = cells[next++]; cell !== undefined; cell = cells[next++]) {
      const outcome = await runCell(cell.row, cell.state)
      outcomes.push(outcome)
      onOutcome(outcome)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return outcomes
}

/** What is wrong with an outcome, in words; empty where nothing is. */
export function complaintsOf(outcome: CellOutcome): string[] {
  const { fault, state, verdict, ours, truth, orders, fillsEqual, positionEqual, struck, mended, guesses, conflicts, failures } = outcome
  const isOpen = verdict === 'quarantined (alarm)'
  const complaints: string[] = []
  if (struck === 0) complaints.push('the fault never struck')
  if (verdict === null) complaints.push(`we say ${ours}, the exchange ${truth}`)
  if (orders > 1) complaints.push(`${orders} orders under one id`)
  // What is in quarantine may have moved, and a person was called for that: until then nothing is believed.
  if (!isOpen && !fillsEqual) complaints.push('the fills differ')
  if (!isOpen && !positionEqual) complaints.push('the positions differ')
  if (isOpen && mended !== true) complaints.push('it stayed in quarantine after the fault was over')
  for (const guess of guesses) complaints.push(`a guess: ${guess}`)
  for (const conflict of conflicts) complaints.push(conflict)
  for (const failure of failures) complaints.push(`the exchange broke: ${String(failure)}`)
  return complaints.map((complaint) => `${fault} × ${state}: ${complaint}`)
}

const LETTERS: Readonly<Record<Reason, string>> = { event: 'a', placement: 'b', cancel: 'c', once: 'd' }

/** The table, with its legend. Of words that are the same on every machine: no times, no counts that vary. */
export function matrixPage(outcomes: readonly CellOutcome[]): string {
  const states = Object.keys(STATES) as OrderState[]
  const found = new Map(outcomes.map((outcome) => [`${outcome.fault}|${outcome.state}`, outcome]))
  const cellOf = (row: Row, state: OrderState): string => {
    const reason = reasonAgainst(row, state)
    if (reason !== null) return `– ${LETTERS[reason]}`
    const verdict = found.get(`${rowTitle(row)}|${state}`)?.verdict ?? null
    return verdict === null ? '**not known**' : verdict
  }
  return [
    '## Fault matrix',
    '',
    'Every fault of `dita exchange` ([what they do](EXCHANGE.md)) meets an order in every state that it can meet, over real sockets, with',
    `the session's own engine, line and doubts: ${allCells().length} cells. Each ends with what the exchange's truth log says, to the last fill and fee;`,
    'with the proof that the venue does not have the order; or in quarantine with an alarm, and then it is known once the fault is over.',
    'No order is called refused, absent or over on the way that is not, and under one client order id there is never more than one',
    'order. `node scripts/fault-matrix.ts` runs it; with `--write` this table is made anew.',
    '',
    ...states.map((state) => `- **${STATE_TITLES[state]}**: ${STATES[state]}.`),
    '',
    `| fault | ${states.map((state) => STATE_TITLES[state]).join(' | ')} |`,
    `|---|${states.map(() => '---').join('|')}|`,
    ...ROWS.map((row) => `| ${rowTitle(row)} | ${states.map((state) => cellOf(row, state)).join(' | ')} |`),
    '',
    'Cells that cannot be:',
    '',
    ...(Object.keys(REASONS) as Reason[]).map((reason) => `- **${LETTERS[reason]}**: ${REASONS[reason]}.`),
    '',
  ].join('\n')
}
