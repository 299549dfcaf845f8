// S03: where our quotes stood against the touch, recomputed from the columns of each tick and from the orders themselves.

import { describe, expect, test } from 'vitest'
import { describeWithRecordings } from '../real-data/raw-market.ts'
import { RECORDINGS } from '../real-data/recordings.ts'
import { type Fraction, minus, over, plus, read, rounded, signOf, size, times, write } from './exact.ts'
import { MINUTE_US, query, type RanSession, runPaper, summaryOf } from './harness.ts'

interface Tick {
  readonly seq: number
  readonly time_us: number
  readonly bid: string | null
  readonly ask: string | null
  readonly our_bid: string | null
  readonly our_ask: string | null
  readonly bid_distance_bps: string | null
  readonly ask_distance_bps: string | null
  readonly bid_within_2_bps: number | null
  readonly ask_within_2_bps: number | null
}

const BPS = read('10000')
const TWO = read('2')

/** (our bid − best bid) × 10⁴ ÷ mid, and the mirror image for asks. */
function distancesOf({ bid, ask, our_bid, our_ask }: Tick): { bid: Fraction | null; ask: Fraction | null } {
  if (bid === null || ask === null) return { bid: null, ask: null }
  // The mid is a decimal of the house: half a tick fits it.
  const mid = rounded(over(plus(read(bid), read(ask)), TWO))
  const toBps = (gap: Fraction) => rounded(over(times(gap, BPS), mid))
  return {
    bid: our_bid === null ? null : toBps(minus(read(our_bid), read(bid))),
    ask: our_ask === null ? null : toBps(minus(read(ask), read(our_ask))),
  }
}

function expectDistances(session: RanSession): readonly Tick[] {
  const ticks = query<Tick>(session.storePath, 'SELECT * FROM market_snapshots ORDER BY seq')
  const text = (value: Fraction | null) => (value === null ? null : write(value))
  const within = (value: Fraction | null) => (value === null ? null : signOf(minus(TWO, size(value))) >= 0 ? 1 : 0)
  for (const tick of ticks) {
    const { bid, ask } = distancesOf(tick)
    expect({ seq: tick.seq, bid: tick.bid_distance_bps, ask: tick.ask_distance_bps }).toEqual({
      seq: tick.seq,
      bid: text(bid),
      ask: text(ask),
    })
    expect({ seq: tick.seq, bid: tick.bid_within_2_bps, ask: tick.ask_within_2_bps }).toEqual({
      seq: tick.seq,
      bid: within(bid),
      ask: within(ask),
    })
  }
  return ticks
}

/** Our best quote of a side at a tick, from the moves of orders and cancels up to its fact. */
function quotesAt(session: RanSession, ticks: readonly Tick[], side: string): (string | null)[] {
  const orders = query<{ id: string; price: string; seq: number }>(
    session.storePath,
    `SELECT json_extract(body, '$.request.clientOrderId') AS id, json_extract(body, '$.request.price') AS price, seq FROM journal
     WHERE type = 'ORDER_PREPARED' AND json_extract(body, '$.request.side') = '${side}' AND json_extract(body, '$.request.role') = 'quote'`,
  )
  const gone = new Map<string, number>()
  const ends = `SELECT entity_id AS id, min(seq) AS seq FROM transitions WHERE (entity = 'cancel' AND to_state = 'requested')
    OR (entity = 'order' AND to_state IN ('filled', 'canceled', 'expired', 'rejected')) GROUP BY entity_id`
  for (const { id, seq } of query<{ id: string; seq: number }>(session.storePath, ends)) gone.set(id, seq)
  return ticks.map((tick) => {
    const open = orders.filter(({ id, seq }) => seq < tick.seq && (gone.get(id) ?? Number.MAX_SAFE_INTEGER) > tick.seq)
    const prices = open.map(({ price }) => price)
    if (prices.length === 0) return null
    return prices.reduce((a, b) => (signOf(minus(read(b), read(a))) * (side === 'buy' ? 1 : -1) > 0 ? b : a))
  })
}

function expectQuotes(session: RanSession, ticks: readonly Tick[]): void {
  expect(ticks.map(({ our_bid }) => our_bid)).toEqual(quotesAt(session, ticks, 'buy'))
  expect(ticks.map(({ our_ask }) => our_ask)).toEqual(quotesAt(session, ticks, 'sell'))
}

async function expectShares(session: RanSession, ticks: readonly Tick[]): Promise<void> {
  const { quoting } = await summaryOf(session)
  expect(quoting.ticks).toBe(ticks.length)
  for (const side of ['bid', 'ask'] as const) {
    const distances = ticks.flatMap((tick) => distancesOf(tick)[side] ?? [])
    const near = distances.filter((distance) => signOf(minus(TWO, size(distance))) >= 0).length
    expect(quoting[side].quotedTicks).toBe(distances.length)
    expect(quoting[side].withinTwoBpsTicks).toBe(near)
    expect(quoting[side].withinTwoBpsPercent).toBe(write(rounded(over(times(read(String(near)), read('100')), read(String(ticks.length))))))
    const sum = distances.reduce(plus, read('0'))
    expect(quoting[side].meanBps).toBe(write(rounded(over(sum, read(String(distances.length))))))
    const sorted = [...distances].sort((a, b) => signOf(minus(a, b)))
    const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
    expect(quoting[side].medianBps).toBe(low === undefined || high === undefined ? null : write(rounded(over(plus(low, high), TWO))))
    const { histogram } = quoting[side]
    expect(histogram['0-2'] + histogram['2-5'] + histogram['5-10'] + histogram['10+']).toBe(distances.length)
    expect(histogram['0-2']).toBe(near)
  }
}

describe('the distance of our quotes to the touch', () => {
  test('S03 distances to the touch are what each tick and the orders say, and the summary counts them right', async () => {
    const session = await runPaper({ durationUs: 10 * MINUTE_US, seed: 7 })
    const ticks = expectDistances(session)
    expect(ticks.length).toBe(599)
    expectQuotes(session, ticks)
    await expectShares(session, ticks)
  })

  test('S03 distances of a strategy that quotes nothing are not known, rather than zero', async () => {
    const session = await runPaper({ strategy: 'breakout' })
    const ticks = expectDistances(session)
    expect(ticks.every(({ bid_distance_bps, ask_distance_bps }) => bid_distance_bps === null && ask_distance_bps === null)).toBe(true)
    expect((await summaryOf(session)).quoting.bid).toMatchObject({ quotedTicks: 0, meanBps: null, medianBps: null })
  })
})

describeWithRecordings('the distance of our quotes to the touch', () => {
  test.each(Object.keys(RECORDINGS) as (keyof typeof RECORDINGS)[])(
    'S03 distances to the touch at every tick of the %s recording are what the tick and the orders say',
    async (market) => {
      const session = await runPaper({ durationUs: 10 * MINUTE_US, feed: RECORDINGS[market].path })
      const ticks = expectDistances(session)
      expectQuotes(session, ticks)
      await expectShares(session, ticks)
    },
  )
})
