// Runs the fault matrix against an exchange on loopback and says what became of every order. `--write` puts the table into
// docs/RELIABILITY.md; `--only WORD` runs the faults of that name, `--state STATE` one column; `--at-once N` as many cells beside one another.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { rowTitle } from '../test/faults/cells.ts'
import { allCells, complaintsOf, matrixPage, runCells } from '../test/faults/matrix.ts'
import { END, placed, START } from '../test/faults/page.ts'

const PAGE = fileURLToPath(new URL('../docs/RELIABILITY.md', import.meta.url))

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      write: { type: 'boolean' },
      only: { type: 'string' },
      state: { type: 'string' },
      'at-once': { type: 'string', default: '6' },
    },
  })
  const isWhole = values.only === undefined && values.state === undefined
  const cells = allCells().filter(
    ({ row, state }) => rowTitle(row).includes(values.only ?? '') && (values.state === undefined || state === values.state),
  )
  const startMs = Date.now()
  const outcomes = await runCells(cells, Number(values['at-once']), (outcome) => {
    const { fault, state, verdict, ours, truth, how, elapsedMs } = outcome
    process.stdout.write(`${fault} × ${state}: ${verdict ?? 'NOT KNOWN'}; we ${ours}, truth ${truth}, by ${how}, ${elapsedMs} ms\n`)
    for (const complaint of complaintsOf(outcome)) process.stdout.write(`  VIOLATION ${complaint}\n`)
  })
  const violations = outcomes.flatMap(complaintsOf)
  const seconds = ((Date.now() - startMs) / 1_000).toFixed(1)
  process.stdout.write(`cells ${outcomes.length} · violations ${violations.length} · ${seconds} s\n`)
  if (values.write === true && isWhole && violations.length === 0) {
    const before = existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : `# Reliability\n\n${START}\n${END}\n`
    writeFileSync(PAGE, placed(before, matrixPage(outcomes)))
  }
  process.exitCode = violations.length === 0 ? 0 : 1
}
