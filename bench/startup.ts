// Start-up: how long a person or a cron job waits for the small commands. Prints the median of several runs, after one
// that fills the caches. Needs dist/.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spreadText, timeDita } from './machine.ts'

const RUNS = 21

const folder = mkdtempSync(join(tmpdir(), 'dita-bench-'))
const bare = { folder, tellsMemory: false }
try {
  timeDita(['run', '--duration', '1m', '--speed', 'max', '--session', 'one', '--store', 'dita.db', '--json'], bare)
  for (const args of [['--version'], ['--help'], ['sessions', '--store', 'dita.db'], ['summarize', '--store', 'dita.db']]) {
    timeDita(args, bare)
    const elapsedMs = Array.from({ length: RUNS }, () => timeDita(args, bare).elapsedMs)
    console.log(`dita ${args[0]}: ${spreadText(elapsedMs)} ms, median of ${RUNS}`)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
