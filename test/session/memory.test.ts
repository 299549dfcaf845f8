// A recording ten times as long takes about as much memory as one, and both little: measured on the real command line.

import { join } from 'node:path'
import { expect, test } from 'vitest'
import { timeDita } from '../../bench/machine.ts'
import { describeWithRecordings } from '../real-data/raw-market.ts'
import { RECORDINGS } from '../real-data/recordings.ts'
import { temporaryFolder } from './harness.ts'
import { writeLongRecording } from './long-recording.ts'

/** What a session may take at its peak, Node itself included, however long the recording is. */
const CEILING_MIB = 250
/** How much more ten recordings may take than one: the heap is collected when it likes, so the peaks are never quite equal. */
const MOST_GROWTH = 1.25

interface Summary {
  readonly haltReason: string
  readonly feed: { readonly events: number; readonly gaps: number }
}

function play(feed: string): { readonly peakMib: number; readonly summary: Summary } {
  const args = ['run', '--feed', feed, '--duration', '10h', '--speed', 'max', '--json', '--store', 'store/dita.db']
  const { peakMb, stdout } = timeDita(args, { folder: temporaryFolder(), tellsMemory: true })
  if (peakMb === null) throw new Error('the process did not tell its peak')
  return { peakMib: (peakMb * 1e6) / 2 ** 20, summary: JSON.parse(stdout) }
}

describeWithRecordings('memory', () => {
  test(`ten recordings in a row peak at no more than ${MOST_GROWTH} times one, and at no more than ${CEILING_MIB} MiB`, () => {
    const path = join(temporaryFolder(), 'long.jsonl.gz')
    const lines = writeLongRecording(RECORDINGS.usdm.path, path, 10)
    const short = play(RECORDINGS.usdm.path)
    const long = play(path)
    console.info(`peak memory: ${short.peakMib.toFixed(0)} MiB for one recording, ${long.peakMib.toFixed(0)} MiB for ten in a row`)
    // Both were played to their end: what was measured is all of them.
    expect(short.summary).toMatchObject({ haltReason: 'feed_ended', feed: { events: lines / 10, gaps: 0 } })
    expect(long.summary).toMatchObject({ haltReason: 'feed_ended', feed: { events: lines, gaps: 0 } })
    expect(long.peakMib / short.peakMib).toBeLessThanOrEqual(MOST_GROWTH)
    expect(long.peakMib).toBeLessThanOrEqual(CEILING_MIB)
  }, 120_000)
})
