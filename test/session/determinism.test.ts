// The same seed, feed and session id give the same journal, whatever else is in the store.

import { describe, expect, test } from 'vitest'
import { MINUTE_US, newStore, query, runPaper, summaryOf } from './harness.ts'

const HALF_HOUR = { durationUs: 30 * MINUTE_US, sessionId: 'same-1' }

describe('a simulated session of 30 minutes', () => {
  test('gives the same journal hash in two stores, one of which holds another session', async () => {
    const first = await runPaper({ ...HALF_HOUR, seed: 7 })
    const storePath = newStore()
    await runPaper({ storePath, sessionId: 'before', seed: 3, durationUs: 2 * MINUTE_US })
    const second = await runPaper({ ...HALF_HOUR, seed: 7, storePath })
    const [one, two] = [await summaryOf(first), await summaryOf(second)]
    expect(one.fills.count).toBeGreaterThan(0)
    expect(two.journal).toEqual(one.journal)
    expect(one.haltReason).toBe('duration_elapsed')
    expect(first.outcome.exitCode).toBe(0)
    expect({ ...two, time: null }).toEqual({ ...one, time: null })
    const facts = 'SELECT seq, time_us, type, body FROM journal WHERE session_id = ? ORDER BY seq'
    expect(query(second.storePath, facts, 'same-1')).toEqual(query(first.storePath, facts, 'same-1'))
  })

  test('gives another journal hash with another seed, and with another session id', async () => {
    const short = { durationUs: 3 * MINUTE_US }
    const hashOf = async (seed: number, sessionId: string) => (await summaryOf(await runPaper({ ...short, seed, sessionId }))).journal.hash
    const hash = await hashOf(7, 'same-1')
    expect(await hashOf(7, 'same-1')).toBe(hash)
    expect(await hashOf(8, 'same-1')).not.toBe(hash)
    expect(await hashOf(7, 'other')).not.toBe(hash)
  })

  test('does not depend on how fast it runs, nor on who looks on', async () => {
    const short = { durationUs: 3 * MINUTE_US, seed: 7 }
    const plain = await summaryOf(await runPaper(short))
    const paced = await summaryOf(await runPaper({ ...short, speed: 60 }))
    const watched = await summaryOf(await runPaper({ ...short, observer: { wants: () => true, publish: () => undefined } }))
    expect(paced.journal).toEqual(plain.journal)
    expect(watched.journal).toEqual(plain.journal)
  })
})

describe('an account that is carried on', () => {
  test('comes to the same journal hash by the same sessions, in any store', async () => {
    const config = { paper: { account: 'desk' } }
    const week = async (): Promise<unknown[]> => {
      const storePath = newStore()
      const hashes: unknown[] = []
      for (const [day, strategy] of ['market_maker', 'breakout', 'market_maker'].entries()) {
        const wish = { storePath, sessionId: `day-${day}`, seed: day, strategy, config, durationUs: 2 * MINUTE_US }
        hashes.push((await summaryOf(await runPaper(wish))).journal)
      }
      return hashes
    }
    expect(await week()).toEqual(await week())
  })
})
