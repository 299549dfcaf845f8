// The crash sweep by hand: `npm run crash` plays every point, `--sample N` about so many, `--only pwrite64:17,deep:4` those;
// `--seed N` and `--jobs N`; `--write` puts the outcome into docs/RELIABILITY.md. Exit 1 where anything was violated.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { bundledBuild } from '../test/crash/build.ts'
import { placed } from '../test/crash/page.ts'
import { pointOf, sampleOf } from '../test/crash/points.ts'
import { canTrace, countedPoints, seedOf, sweep, sweepPage, violationLines } from '../test/crash/sweep.ts'

const PAGE = fileURLToPath(new URL('../docs/RELIABILITY.md', import.meta.url))

function wholeNumber(name: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new RangeError(`--${name} must be a whole number above 0, not "${text}"; for example --${name} 2`)
  return Number(text)
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      sample: { type: 'string' },
      seed: { type: 'string', default: '1' },
      // A point waits for more than half of its time.
      jobs: { type: 'string', default: String(2 * availableParallelism()) },
      write: { type: 'boolean', default: false },
    },
  })
  const seed = wholeNumber('seed', values.seed)
  const jobs = wholeNumber('jobs', values.jobs)
  const startMs = performance.now()
  if (!canTrace()) console.log('LEFT OUT: every system call, since there is no strace here that may trace; only times are swept')
  using build = bundledBuild()
  const named = values.only?.split(',').map(pointOf)
  const { counts, points } = named === undefined ? await countedPoints(seed, build) : { counts: {}, points: named }
  for (const [call, count] of Object.entries(counts)) console.log(`${call}: 1 to ${count}`)
  const chosen = values.sample === undefined ? points : sampleOf(points, wholeNumber('sample', values.sample))
  let played = 0
  const verdicts = await sweep({
    // A point that is named is replayed with the seed that stands beside it.
    points: chosen.map((point) => ({ point, seed: named === undefined ? seedOf(point, seed) : seed })),
    jobs,
    build,
    onVerdict: (verdict) => {
      played += 1
      const { point, story, reached, elapsedMs } = verdict
      const lines = violationLines(verdict)
      const end = lines.length > 0 ? `${lines.length} violations` : reached ? 'held' : 'not struck'
      console.log(`${played}/${chosen.length} ${point}: ${story}: ${end}, ${(elapsedMs / 1_000).toFixed(1)} s`)
      for (const line of lines) console.log(`  VIOLATION ${line}`)
    },
  })
  const page = sweepPage({ verdicts, all: points.length, seed, elapsedMs: performance.now() - startMs })
  console.log(`\n${page}`)
  if (verdicts.some(({ violations }) => violations.length > 0)) process.exitCode = 1
  else if (values.write && named === undefined)
    writeFileSync(PAGE, placed(existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : '# Reliability\n', page))
}

if (import.meta.main) await main()
