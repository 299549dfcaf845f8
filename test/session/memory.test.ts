// A long recording takes no more memory than a short one: measured in processes of their own.

import { join } from 'node:path'
import { expect, test } from 'vitest'
import { describeWithRecordings, RECORDINGS } from '../real-data/raw-market.ts'
import { MINUTE_US, newStore, queryOne, temporaryFolder } from './harness.ts'
import { writeLongRecording } from './long-recording.ts'
import { startChild } from './processes.ts'

const CEILING_MIB = 350

async function peakOf(feed: string, sessionId: string): Promise<{ peakMib: number; storePath: string }> {
  const storePath = newStore()
  const child = startChild({ storePath, sessionId, feed, seed: 1, durationUs: 600 * MINUTE_US, speed: 'max', config: { mode: 'paper' } })
  const { code, stdout, stderr } = await child.ended
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toContain('ended feed_ended 0')
  return { peakMib: Number(/peak (\d+) KiB/.exec(stdout)?.[1]) / 1024, storePath }
}

describeWithRecordings('memory', () => {
  test('stays flat however long the recording is', async () => {
    const path = join(temporaryFolder(), 'long.jsonl.gz')
    const lines = writeLongRecording(RECORDINGS.usdm.path, path, 10)
    const short = await peakOf(RECORDINGS.usdm.path, 'short')
    const long = await peakOf(path, 'long')
    console.info(`peak memory: ${short.peakMib.toFixed(0)} MiB for one recording, ${long.peakMib.toFixed(0)} MiB for ten in a row`)
    const feed = queryOne<{ events: number; gaps: number }>(long.storePath, 'SELECT feed_events AS events, feed_gaps AS gaps FROM sessions')
    expect(feed).toEqual({ events: lines, gaps: 0 })
    expect(long.peakMib).toBeLessThan(CEILING_MIB)
  }, 120_000)
})
