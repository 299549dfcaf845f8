// `npm run bench`: all benches, one after the other, and what they say as one table.

import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { machineText } from './machine.ts'

const BENCHES = ['startup', 'kernel', 'append', 'feed', 'session', 'summary', 'screen'] as const

const rows: [bench: string, what: string, figure: string][] = []
let hasFailed = false
for (const bench of BENCHES) {
  process.stderr.write(`running ${bench} …\n`)
  const path = fileURLToPath(new URL(`./${bench}.ts`, import.meta.url))
  const { status, stdout } = spawnSync(process.execPath, ['--no-warnings', path], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 2 ** 28,
  })
  for (const line of stdout.split('\n')) {
    if (line.trim() === '') continue
    const colon = line.indexOf(': ')
    rows.push(colon === -1 ? [bench, line, ''] : [bench, line.slice(0, colon), line.slice(colon + 2)])
  }
  if (status === 0) continue
  hasFailed = true
  rows.push([bench, 'FAILED', `exit code ${status}`])
}

const widthOf = (column: 0 | 1): number => Math.max(...rows.map((row) => row[column].length))
const [benchWidth, whatWidth] = [widthOf(0), widthOf(1)]
console.log(machineText())
for (const [bench, what, figure] of rows) console.log(`${bench.padEnd(benchWidth)}  ${what.padEnd(whatWidth)}  ${figure}`)
if (hasFailed) process.exitCode = 1
