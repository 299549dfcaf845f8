// What a session saw of a real market at each tick, and what its strategies made of it, recomputed from the raw lines.

import { beforeAll, describe, expect, test } from 'vitest'
import { MINUTE_US, query, type RanSession, runPaper, SECOND_US } from '../session/harness.ts'
import { countBefore, describeWithRecordings, RawBook, type RawLine, readLines, units } from './raw-market.ts'
import { RECORDINGS } from './recordings.ts'

interface Touch {
  readonly timeUs: number
  /** Of the last line before the tick: what a strategy takes for the present. */
  readonly lineUs: number
  readonly bid: bigint | null
  readonly ask: bigint | null
}

/** The touch as of each second after the first line. */
function touchesOf(lines: readonly RawLine[]): Touch[] {
  const book = new RawBook()
  const startUs = (lines[0] as RawLine).timeUs
  const lastUs = (lines.at(-1) as RawLine).timeUs
  const touches: Touch[] = []
  let done = 0
  for (let timeUs = startUs + SECOND_US; timeUs <= lastUs; timeUs += SECOND_US) {
    for (const end = countBefore(lines, timeUs); done < end; done += 1) lines[done]?.apply?.(book)
    touches.push({ timeUs, lineUs: (lines[done - 1] as RawLine).timeUs, bid: book.best('buy'), ask: book.best('sell') })
  }
  return touches
}

/** Twice the mid, so that nothing is divided. */
function twiceMid({ bid, ask }: Touch): bigint | null {
  return bid === null || ask === null ? null : bid + ask
}

function brokenSide(mid: bigint, channel: readonly bigint[]): 'buy' | 'sell' | null {
  if (channel.every((other) => mid > other)) return 'buy'
  return channel.every((other) => mid < other) ? 'sell' : null
}

const LOOKBACK_US = 20 * SECOND_US
const BREAKOUT = { strategy: { breakout: { lookback_seconds: 20, stop_bps: 1, targets_bps: [0.5, 1, 2], max_holding_seconds: 15 } } }

describeWithRecordings('sessions on real recordings', () => {
  for (const [market, { path }] of Object.entries(RECORDINGS)) {
    describe(market, () => {
      let touches: Touch[] = []
      let session: RanSession

      beforeAll(async () => {
        touches = touchesOf(readLines(path))
        session = await runPaper({ durationUs: 10 * MINUTE_US, feed: path, strategy: 'breakout', config: BREAKOUT })
      })

      test('every tick comes once, on its second, and sees the touch that the lines before it leave', () => {
        const seen = query<{ time_us: number; bid: string | null; ask: string | null }>(
          session.storePath,
          'SELECT time_us, bid, ask FROM market_snapshots ORDER BY seq',
        )
        const value = (text: string | null) => (text === null ? null : units(text))
        expect(seen.map(({ time_us, bid, ask }) => ({ timeUs: time_us, bid: value(bid), ask: value(ask) }))).toEqual(
          touches.map(({ timeUs, bid, ask }) => ({ timeUs, bid, ask })),
        )
      })

      test('breakout enters only when the mid leaves the channel of the ticks before, on the side it leaves it', () => {
        const entries = query<{ side: string; prepared_at_us: number }>(
          session.storePath,
          "SELECT side, prepared_at_us FROM orders WHERE role = 'entry' ORDER BY intent_seq",
        )
        expect(entries.length).toBeGreaterThan(3)
        for (const { side, prepared_at_us } of entries) {
          const at = touches.findIndex(({ timeUs }) => timeUs === prepared_at_us)
          const now = touches[at]
          const mid = now === undefined ? null : twiceMid(now)
          if (now === undefined || mid === null) throw new Error(`no touch at ${prepared_at_us}`)
          const channel = touches
            .slice(0, at)
            .filter(({ lineUs }) => lineUs >= now.lineUs - LOOKBACK_US)
            .map(twiceMid)
            .filter((twice) => twice !== null)
          expect(now.lineUs - (touches[0] as Touch).lineUs).toBeGreaterThanOrEqual(LOOKBACK_US)
          expect({ at: prepared_at_us, broken: brokenSide(mid, channel) }).toEqual({
            at: prepared_at_us,
            broken: side,
          })
        }
      })

      test('breakout leaves no break of the channel untraded while it is free to trade', () => {
        const entries = new Set(
          query<{ at: number }>(session.storePath, "SELECT prepared_at_us AS at FROM orders WHERE role = 'entry'").map(({ at }) => at),
        )
        const busy = query<{ fromUs: number; untilUs: number }>(
          session.storePath,
          'SELECT opened_at_us AS fromUs, coalesce(closed_at_us, 9e18) AS untilUs FROM slots',
        )
        const missed = touches.filter((now, at) => {
          const mid = twiceMid(now)
          const before = touches.slice(0, at)
          if (
            mid === null ||
            now.lineUs - LOOKBACK_US < (before.find((touch) => twiceMid(touch) !== null)?.lineUs ?? Number.MAX_SAFE_INTEGER)
          )
            return false
          const channel = before.filter(({ lineUs }) => lineUs >= now.lineUs - LOOKBACK_US).map((touch) => twiceMid(touch) as bigint)
          const side = brokenSide(mid, channel)
          const isFree = busy.every(({ fromUs, untilUs }) => now.timeUs < fromUs || now.timeUs > untilUs)
          // A sale on spot may find no coins to sell; that a buy is never left out is enough to prove the point there.
          return side !== null && isFree && !entries.has(now.timeUs) && (market === 'usdm' || side === 'buy')
        })
        expect(missed.map(({ timeUs }) => timeUs)).toEqual([])
      })
    })
  }
})
