// Measures durable appends: commits of 100 facts with all their projections, each on disk when the call returns.
// Prints facts a second, the median of several runs, on a fresh store each.

import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openWriter } from '../src/core/journal/open.ts'
import { Traffic } from '../test/core/journal/traffic.ts'

const FACTS_A_COMMIT = 100
const COMMITS = 2_000
const RUNS = 5

interface Run {
  readonly factsPerSecond: number
  readonly storeBytes: number
}

/** `fillEvery`: every so many-th order is filled; 0 for none. */
async function measure(fillEvery: number): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'dita-bench-'))
  const path = join(folder, 'dita.db')
  const writer = openWriter({ path, holder: { sessionId: 'bench', pid: process.pid, since: 'now' }, wallUs: () => Date.now() * 1_000 })
  const traffic = new Traffic('bench')
  traffic.open('bench')
  let facts = 0
  let elapsedMs = 0
  try {
    for (let commit = 0; commit < COMMITS; commit += 1) {
      // Ticks are made whole, so a commit holds 100 facts and the few that finish its last tick.
      while (traffic.waiting < FACTS_A_COMMIT) traffic.tick(fillEvery)
      const batch = traffic.take()
      const startedMs = performance.now()
      writer.append('bench', batch, traffic.view)
      elapsedMs += performance.now() - startedMs
      facts += batch.length
    }
  } finally {
    await writer.close()
  }
  const storeBytes = statSync(path).size
  rmSync(folder, { recursive: true })
  return { factsPerSecond: (facts / elapsedMs) * 1_000, storeBytes }
}

for (const [name, fillEvery] of [
  ['market maker, one order in 20 filled', 20],
  ['kernel traffic without fills', 0],
] as const) {
  const runs: Run[] = []
  for (let run = 0; run < RUNS; run += 1) runs.push(await measure(fillEvery))
  const rates = runs.map((run) => Math.round(run.factsPerSecond)).sort((a, b) => a - b)
  const megabytes = ((runs[0]?.storeBytes ?? 0) / 1e6).toFixed(0)
  console.log(`durable append, ${name}: ${rates[Math.floor(RUNS / 2)]} facts/s (${rates[0]} to ${rates.at(-1)}), store ${megabytes} MB`)
}
