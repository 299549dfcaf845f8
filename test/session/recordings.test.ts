// Recordings that are not what they should be, played through whole sessions: what can be played is, and what cannot is said.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { failureOf, MINUTE_US, onlooker, query, runPaper, summaryOf, temporaryFolder } from './harness.ts'
import { Recording, XRP_CONFIG } from './recordings.ts'

const LONG = { durationUs: 60 * MINUTE_US, config: XRP_CONFIG }

/** A market that moves a little, so that quotes are replaced. */
function lively(from: number, until: number, recording = new Recording()): Recording {
  for (let at = from; at < until; at += 0.25) {
    const step = Math.round(at * 4) % 40
    recording.touch(at, `2.00${String(step).padStart(2, '0')}`, `2.00${String(step + 4).padStart(2, '0')}`)
    if (step % 3 === 0) recording.trade(at + 0.1, step % 2 === 0 ? 'buy' : 'sell', `2.00${String(step + 2).padStart(2, '0')}`, '25.0')
  }
  return recording
}

describe('a recording', () => {
  test('is played to its last event, and its count is that of its lines', async () => {
    const recording = lively(0, 60)
    const session = await runPaper({ ...LONG, feed: recording.write() })
    const { feed, haltReason, fills } = await summaryOf(session)
    expect(session.outcome.exitCode).toBe(0)
    expect(haltReason).toBe('feed_ended')
    expect(feed).toMatchObject({ events: recording.text.split('\n').length - 1, gaps: 0, badLines: 0, skipped: 0, truncated: false })
    expect(fills.count).toBeGreaterThan(0)
  })

  test('that is cut off is played to where it breaks, ends with exit code 0 and says so', async () => {
    const whole = await summaryOf(await runPaper({ ...LONG, feed: lively(0, 600).write() }))
    const messages: string[] = []
    const cut = lively(0, 600).write((gzip) => gzip.subarray(0, Math.floor(gzip.length * 0.6)))
    const session = await runPaper({
      ...LONG,
      feed: cut,
      observer: onlooker((model) => messages.push(...model.messages.map(({ text }) => text))),
    })
    const summary = await summaryOf(session)
    expect(session.outcome).toMatchObject({ halt: { reason: 'feed_ended' }, exitCode: 0 })
    expect(summary.feed.truncated).toBe(true)
    expect(summary.feed.events).toBeGreaterThan(500)
    expect(summary.feed.events).toBeLessThan(whole.feed.events ?? 0)
    expect(messages.join('\n')).toContain('cut off')
  })

  test('with a bad byte is played to where it breaks', async () => {
    const path = lively(0, 600).write((gzip) => {
      const spoilt = Buffer.from(gzip)
      spoilt.fill(0xff, Math.floor(gzip.length / 2), Math.floor(gzip.length / 2) + 64)
      return spoilt
    })
    const session = await runPaper({ ...LONG, feed: path })
    const { feed } = await summaryOf(session)
    expect(session.outcome.exitCode).toBe(0)
    expect(feed.truncated).toBe(true)
    expect(query(session.storePath, "SELECT 1 FROM orders WHERE status NOT IN ('filled', 'canceled', 'expired', 'rejected')")).toEqual([])
  })

  test('with lines that do not parse counts them, names them, and plays on as if they were not there', async () => {
    const good = lively(30, 60, lively(0, 30))
    const bad = lively(0, 30).raw('1760000030000000 {"stream":"xrpusdt@bookTicker","data":{"u":1,"b":"1e400"').raw('no stamp at all')
    const messages: string[] = []
    const whole = await runPaper({ ...LONG, feed: good.write() })
    const session = await runPaper({
      ...LONG,
      feed: lively(30, 60, bad).write(),
      observer: onlooker((model) => messages.push(...model.messages.map(({ text }) => text))),
    })
    const summary = await summaryOf(session)
    expect(summary.feed).toMatchObject({ badLines: 2, truncated: false })
    expect(messages.filter((text) => text.includes('left out')).length).toBeGreaterThan(1)
    const lines = lively(0, 30).text.split('\n').length
    expect(messages.join('\n')).toContain(`Line ${lines} of`)
    expect(session.outcome.exitCode).toBe(0)
    const told = 'SELECT time_us, side, price, quantity FROM fills ORDER BY seq'
    expect(query(session.storePath, told)).toEqual(query(whole.storePath, told))
  })

  test('whose sequence breaks counts the gap', async () => {
    const diff = (at: number, from: number, to: number) =>
      `${1_760_000_000_000_000 + at * 1_000_000} ${JSON.stringify({
        stream: 'xrpusdt@depth@100ms',
        data: { e: 'depthUpdate', E: 1, s: 'XRPUSDT', U: from, u: to, b: [['1.9999', '900.0']], a: [['2.0003', '900.0']] },
      })}`
    const recording = new Recording()
      .raw(diff(0, 1, 10))
      .raw(diff(1, 11, 20))
      .raw(diff(2, 31, 40))
      .raw(diff(3, 41, 50))
      .raw(diff(8, 51, 60))
    const { feed } = await summaryOf(await runPaper({ ...LONG, feed: recording.write() }))
    expect(feed).toMatchObject({ events: 5, gaps: 1, badLines: 0 })
  })

  test.each([
    ['is empty', Buffer.alloc(0)],
    ['is no gzip', Buffer.from('this is no recording\n')],
    ['holds nothing', gzipSync('')],
    ['holds only what is no market', gzipSync('hello\nworld\n')],
  ])('that %s is refused with exit code 7 before there is a store', async (_, bytes) => {
    const path = join(temporaryFolder(), 'bad.jsonl.gz')
    writeFileSync(path, bytes)
    const failure = await failureOf(runPaper({ feed: path }))
    expect(failure.exitCode).toBe(7)
    expect(failure.message).not.toContain('\n')
    expect(failure.next).not.toBe('')
  })
})
