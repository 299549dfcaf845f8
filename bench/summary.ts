// Explains a session of 1,000,000 facts with the built command line: as text, and as a page. Prints medians, peak memory and the
// page's size. Needs dist/. The session is a market maker's: each tick cancels and quotes anew, and one order in twenty is filled.

import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openWriter } from '../src/core/journal/open.ts'
import { dec } from '../src/core/kernel/decimal.ts'
import { Traffic } from '../test/core/journal/traffic.ts'
import { spreadText, timeDita } from './machine.ts'

const FACTS = 1_000_000
const FACTS_A_COMMIT = 2_000
const FILL_EVERY = 20
const RUNS = 5

async function writeSession(path: string): Promise<void> {
  const writer = openWriter({ path, holder: { sessionId: 'bench', pid: process.pid, since: 'now' }, wallUs: () => Date.now() * 1_000 })
  try {
    const traffic = new Traffic('bench')
    traffic.open('bench').capital('RLUSD', dec('10000'))
    for (let facts = 0; facts < FACTS; ) {
      while (traffic.waiting < Math.min(FACTS_A_COMMIT, FACTS - facts)) traffic.tick(FILL_EVERY)
      if (facts + traffic.waiting >= FACTS) traffic.halt('duration_elapsed')
      const batch = traffic.take()
      writer.append('bench', batch, traffic.view)
      facts += batch.length
    }
  } finally {
    await writer.close()
  }
}

const folder = mkdtempSync(join(tmpdir(), 'dita-bench-'))
try {
  mkdirSync(join(folder, 'store'), { mode: 0o700 })
  await writeSession(join(folder, 'store', 'dita.db'))
  const measure = (name: string, args: readonly string[]): void => {
    const runs = Array.from({ length: RUNS }, () =>
      timeDita(['summarize', 'bench', '--store', 'store/dita.db', ...args], { folder, tellsMemory: true }),
    )
    console.log(`${name}: ${spreadText(runs.map(({ elapsedMs }) => elapsedMs))} ms`)
    console.log(`${name}, peak memory: ${spreadText(runs.map(({ peakMb }) => peakMb ?? Number.NaN))} MB`)
  }
  measure('dita summarize of 1,000,000 facts', [])
  measure('the same as a page', ['--html', 'page.html'])
  console.log(`the page: ${Math.round(statSync(join(folder, 'page.html')).size / 1000)} kB`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
