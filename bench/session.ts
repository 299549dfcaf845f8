// Whole sessions through the built command line: the recording from end to end, the same ten times as long, its summary,
// and half an hour of the simulated market. Prints medians of several runs. Needs dist/ and the recording.

import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RECORDINGS } from '../test/real-data/recordings.ts'
import { writeLongRecording } from '../test/session/long-recording.ts'
import { spreadText, timeDita } from './machine.ts'

const RUNS = 5
const TIMES_LONGER = 10

interface Summary {
  readonly feed: { readonly events: number }
  readonly time: { readonly startedWallUs: number; readonly endedWallUs: number }
  readonly fills: { readonly count: number }
  readonly journal: { readonly lastSeq: number }
}

const folder = mkdtempSync(join(tmpdir(), 'dita-bench-'))

/** Plays a session anew in a store of its own, several times. */
function play(name: string, args: readonly string[], runs: number): void {
  const [walls, rates, peaks]: number[][] = [[], [], []]
  let facts = 0
  let events = 0
  for (let run = 0; run < runs; run += 1) {
    rmSync(join(folder, 'store'), { recursive: true, force: true })
    const command = ['run', ...args, '--speed', 'max', '--session', 'bench', '--store', 'store/dita.db', '--json']
    const { elapsedMs, peakMb, stdout } = timeDita(command, { folder, tellsMemory: true })
    const summary: Summary = JSON.parse(stdout)
    const startedMs = (summary.time.endedWallUs - summary.time.startedWallUs) / 1000
    events = summary.feed.events
    facts = summary.journal.lastSeq
    walls?.push(elapsedMs)
    rates?.push((events / startedMs) * 1000)
    peaks?.push(peakMb ?? Number.NaN)
  }
  console.log(
    `${name}, from start to end: ${spreadText(walls ?? [])} ms, ${events.toLocaleString('en')} feed events, ${facts.toLocaleString('en')} facts`,
  )
  console.log(`${name}, once started: ${spreadText(rates ?? [])} feed events/s`)
  console.log(`${name}, peak memory: ${spreadText(peaks ?? [])} MB`)
}

try {
  if (existsSync(RECORDINGS.usdm.path)) {
    play('the recording', ['--feed', RECORDINGS.usdm.path, '--duration', '10m'], RUNS)
    const summarize = ['summarize', 'bench', '--store', 'store/dita.db']
    const elapsedMs = Array.from({ length: 2 * RUNS + 1 }, () => timeDita(summarize, { folder, tellsMemory: false }).elapsedMs)
    console.log(`dita summarize of it: ${spreadText(elapsedMs)} ms`)
    const long = join(folder, 'long.jsonl.gz')
    writeLongRecording(RECORDINGS.usdm.path, long, TIMES_LONGER)
    play(`the recording ${TIMES_LONGER} times in a row`, ['--feed', long, '--duration', '10h'], 3)
  } else {
    console.warn(`LEFT OUT: the recording, because ${RECORDINGS.usdm.path} is missing.`)
  }
  play('30 simulated minutes', ['--duration', '30m', '--seed', '7'], RUNS)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
