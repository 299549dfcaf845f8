// Stamps that cannot be right, and recordings that were joined: what time the session has then.

import { describe, expect, test } from 'vitest'
import type { MarketEvent } from '../../../../src/core/market/events.ts'
import { bookAfter, play, START_MS, spot } from '../fixtures.ts'

const startUs = START_MS * 1_000
const HOUR_MS = 3_600_000
const touch = (atMs: number, u: number) => spot.ticker(atMs, u, ['9.9', '1'], ['10.0', '1'])
const timesMs = (events: readonly MarketEvent[]) => events.map((event) => (event.timeUs - startUs) / 1_000)
const stamped = (stamp: string, line: string) => line.replace(/^\d+/, stamp)

describe('impossible stamps', () => {
  test.each(['9999999999999999', '9999999999999', '9999999999999999999', '0000000000000', '4102444800000001', '0946684799999'])(
    'a line stamped %s is a bad line, at the start and later',
    async (stamp) => {
      const lines = [stamped(stamp, touch(0, 1)), touch(1, 2), stamped(stamp, touch(2, 3)), touch(3, 4)]
      const { events, report, notices } = await play(lines)
      expect(timesMs(events)).toEqual([1, 3])
      expect(report).toMatchObject({ events: 2, badLines: 2, firstTimeUs: startUs + 1_000, lastTimeUs: startUs + 3_000 })
      expect(notices).toEqual(
        [1, 3].map((n) => `Line ${n} of the recording was left out: its time stamp is not of the years 2000 to 2099.`),
      )
    },
  )
})

describe('a stamp that leaps ahead', () => {
  test('on one line only makes that line a bad one, and the rest is played', async () => {
    const { events, report, notices } = await play([touch(0, 1), touch(1, 2), touch(HOUR_MS, 3), touch(3, 4), touch(4, 5)])
    expect(timesMs(events)).toEqual([0, 1, 3, 4])
    expect(report).toMatchObject({ events: 4, badLines: 1, gaps: 0, lastTimeUs: startUs + 4_000 })
    expect(notices).toEqual([
      'Line 3 of the recording was left out: its time stamp leaps ahead by 3599.999 s, and the next line takes that back.',
    ])
  })

  test('and is followed is a pause of the recording', async () => {
    const { events, report, notices } = await play([touch(0, 1), touch(HOUR_MS, 2), touch(HOUR_MS + 5, 3), touch(3 * HOUR_MS, 4)])
    expect(timesMs(events)).toEqual([0, HOUR_MS, HOUR_MS + 5, 3 * HOUR_MS])
    expect([report.events, report.badLines, notices]).toEqual([4, 0, []])
  })

  test('again and again loses those lines only', async () => {
    const lines = Array.from({ length: 100 }, (_, index) => touch(index % 2 === 1 ? index * HOUR_MS : index, index))
    const { events, report } = await play([...lines, touch(100, 100)])
    expect(timesMs(events)).toEqual(Array.from({ length: 51 }, (_, index) => 2 * index))
    expect(report.badLines).toBe(50)
  })

  test('on the last line is played, and so is all of it in a recording of few lines', async () => {
    expect(timesMs((await play([touch(0, 1), touch(HOUR_MS, 2)])).events)).toEqual([0, HOUR_MS])
  })

  test('is weighed by the lines of this instrument alone, and bad lines between do not matter', async () => {
    const foreign = spot.ticker(HOUR_MS, 9, ['1', '1'], ['2', '1'], 'ETHUSDT')
    const { events, report } = await play([touch(0, 1), touch(HOUR_MS, 2), foreign, 'garbage', touch(2, 3)])
    expect(timesMs(events)).toEqual([0, 2])
    expect(report).toMatchObject({ events: 2, badLines: 2, skipped: 1 })
  })
})

describe('stamps that fall far', () => {
  const part = (u: number) => [touch(0, u), touch(100, u + 1), touch(5_000, u + 2), touch(5_100, u + 3)]

  test('with a second recording: the clock goes on from the first, at the pace of the second', async () => {
    const { events, report, notices } = await play([...part(10), ...part(10), ...part(10)])
    const played = events.filter(({ type }) => type === 'ticker')
    expect(timesMs(played)).toEqual([0, 100, 5_000, 5_100, 5_100, 5_200, 10_100, 10_200, 10_200, 10_300, 15_200, 15_300])
    expect(report).toMatchObject({ events: 12, gaps: 2, badLines: 0, lastTimeUs: startUs + 15_300_000 })
    expect(bookAfter(events).lastUpdateId).toBe(13)
    const seam =
      'the time stamps fall back by 5.100 s, as where one recording was joined to another: the clock goes on from the line before.'
    expect(notices.filter((text) => text.includes('time stamps'))).toEqual([`From line 5 on ${seam}`, `From line 9 on ${seam}`])
  })

  test('with a second recording its trades count again, with the book or without one', async () => {
    const trades = [0, 1, 2].map((index) => spot.trade(index * 2_000, index + 1, '9.9', '1'))
    const alone = await play([...trades, ...trades])
    expect(alone.events.filter(({ type }) => type === 'trade')).toHaveLength(6)
    const beside = await play([touch(0, 5), ...trades, touch(0, 5), ...trades])
    expect(beside.events.filter(({ type }) => type === 'trade')).toHaveLength(6)
    expect(beside.report.gaps).toBe(1)
  })

  test('on one line only, which is played at the time before', async () => {
    const { events, report, notices } = await play([touch(HOUR_MS, 1), touch(0, 2), touch(HOUR_MS + 7, 3), touch(HOUR_MS + 8, 4)])
    expect(timesMs(events)).toEqual([HOUR_MS, HOUR_MS, HOUR_MS + 7, HOUR_MS + 8])
    expect(report).toMatchObject({ events: 4, badLines: 0, gaps: 0 })
    expect(notices).toEqual(['From line 2 on the time stamps fall back by 3600.000 s: those lines are played at the time before.'])
  })

  test('for a while, and leap back by as much: the clock neither stands nor leaps', async () => {
    const wrong = [10, 20, 30].map((atMs) => touch(atMs, atMs))
    const right = [40, 50].map((atMs) => touch(HOUR_MS + atMs, atMs))
    const { events, report } = await play([touch(HOUR_MS, 1), ...wrong, ...right])
    expect(timesMs(events)).toEqual([0, 0, 10, 20, 40, 50].map((atMs) => HOUR_MS + atMs))
    expect(report).toMatchObject({ events: 6, gaps: 0, badLines: 0 })
  })

  test('by turns, where two clocks wrote: time does not run away', async () => {
    const lines = Array.from({ length: 400 }, (_, index) => touch(5_000 + 10 * index - (index % 4 < 2 ? 0 : 3_000), index))
    const { events, report } = await play(lines)
    expect(report).toMatchObject({ events: 400, gaps: 0 })
    expect(report.lastTimeUs).toBeLessThan(startUs + 9_100_000)
    expect(timesMs(events)).toEqual(timesMs(events).toSorted((a, b) => a - b))
  })

  test('again and again never carries the clock beyond the year 2099', async () => {
    const year = (years: number, u: number) => [0, 1].map((ms) => touch(years * 365 * 24 * HOUR_MS + ms, u + ms))
    const lines = Array.from({ length: 20 }, (_, index) => year(index % 2 === 0 ? 0 : 70, index * 2)).flat()
    const { events, report } = await play(lines)
    expect(Math.max(...events.map(({ timeUs }) => timeUs))).toBeLessThan(4_102_444_800_000_001)
    expect(report.events + report.badLines).toBe(40)
    expect(report.badLines).toBeGreaterThan(0)
  })
})
