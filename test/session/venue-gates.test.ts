// The gates on the ways to the venue and to the market: what they see, when they warn, when they halt.

import { describe, expect, test } from 'vitest'
import { dec } from '../../src/core/kernel/decimal.ts'
import type { MarketEvent } from '../../src/core/market/events.ts'
import { FeedGate } from '../../src/core/session/feed-gate.ts'
import type { VenueLimits } from '../../src/core/session/gate-limits.ts'
import { venueGates } from '../../src/core/session/venue-gates.ts'
import type { VenueHealth } from '../../src/core/venue/port.ts'

const SECOND_US = 1_000_000
const LIMITS: VenueLimits = {
  silenceUs: 10 * SECOND_US,
  streamUs: 20 * SECOND_US,
  accountUs: 30 * SECOND_US,
  failuresPercent: dec('50'),
}
const NO_LIMITS: VenueLimits = { silenceUs: 0, streamUs: 0, accountUs: 0, failuresPercent: dec('0') }
const NOW_US = 1_000 * SECOND_US

const healthOf = (seen: Partial<VenueHealth>): VenueHealth =>
  ({ silentSinceUs: null, streamLostUs: null, accountLostUs: null, lately: { calls: 0, unanswered: 0 }, ...seen }) as VenueHealth

const agoUs = (seconds: number): number => NOW_US - seconds * SECOND_US

function told(seen: Partial<VenueHealth>, limits = LIMITS): string[] {
  return venueGates(healthOf(seen), limits, NOW_US).map(
    ({ reason, detail, isBeyond }) => `${isBeyond ? 'HALT' : 'warn'} ${reason}: ${detail}`,
  )
}

describe('the gates on the way to the venue', () => {
  test.each([
    ['silentSinceUs', 10, 'risk_rpc_failure: no answer from the venue for'],
    ['streamLostUs', 20, "risk_gateway_unhealthy: the venue's private stream down for"],
    ['accountLostUs', 30, 'risk_stale_ledger: the account at the venue not seen for'],
  ] as const)('S02 by %s warn above half of the limit and halt above all of it', (name, limit, text) => {
    expect(told({ [name]: agoUs(limit / 2) })).toEqual([])
    expect(told({ [name]: agoUs(limit / 2 + 1) })).toEqual([`warn ${text} ${limit / 2 + 1} s, limit ${limit} s`])
    expect(told({ [name]: agoUs(limit) })).toEqual([`warn ${text} ${limit} s, limit ${limit} s`])
    expect(told({ [name]: agoUs(limit + 0.0015) })).toEqual([`HALT ${text} ${limit}.001 s, limit ${limit} s`])
    expect(told({ [name]: agoUs(limit + 1) }, NO_LIMITS)).toEqual([])
  })

  test('S02 by the share of calls that were not answered speaks above the limit, and not of too few calls', () => {
    expect(told({ lately: { calls: 19, unanswered: 19 } })).toEqual([])
    expect(told({ lately: { calls: 50, unanswered: 25 } })).toEqual([])
    expect(told({ lately: { calls: 50, unanswered: 26 } })).toEqual([
      'HALT risk_gateway_unhealthy: of the last 50 calls not answered by the venue: 52 %, limit 50 %',
    ])
    expect(told({ lately: { calls: 50, unanswered: 50 } }, NO_LIMITS)).toEqual([])
  })

  test('of a venue that is well say nothing', () => {
    expect(told({ lately: { calls: 50, unanswered: 0 } })).toEqual([])
  })
})

const event = (type: string, seconds: number): MarketEvent => ({ type, timeUs: seconds * SECOND_US }) as MarketEvent
const LEVEL = { price: dec('1'), size: dec('1') }
const BOOK = { bid: LEVEL, ask: LEVEL }
const NO_BOOK = { bid: null, ask: null }

describe('the gate on the market data', () => {
  const gate = (...events: MarketEvent[]): FeedGate => {
    const made = new FeedGate(10 * SECOND_US, 0)
    for (const each of events) made.onMarket(each)
    return made
  }

  test('S02 is silent above half of the limit, and beyond it above all of it', () => {
    const feed = gate(event('ticker', 100))
    expect(feed.look(105 * SECOND_US, BOOK)).toEqual({ state: 'live' })
    expect(feed.look(106 * SECOND_US, BOOK)).toMatchObject({ state: 'silent', isBeyond: false, gate: { reason: 'risk_stale_feed' } })
    expect(feed.look(110 * SECOND_US, BOOK)).toMatchObject({ isBeyond: false })
    expect(feed.look(111 * SECOND_US, BOOK)).toMatchObject({ isBeyond: true, gate: { figures: { value: '11', limit: '10' } } })
    expect(new FeedGate(0, 0).look(NOW_US, NO_BOOK)).toEqual({ state: 'live' })
  })

  test('S02 trades and marks beside a dead book are no market; with the book given up they are a gap', () => {
    const feed = gate(event('snapshot', 100), event('trade', 110), event('mark', 111))
    expect(feed.look(111 * SECOND_US, BOOK)).toMatchObject({ isBeyond: true, gate: { reason: 'risk_stale_feed' } })
    expect(feed.look(111 * SECOND_US, NO_BOOK)).toMatchObject({ isBeyond: true, gate: { reason: 'market_gap' } })
    // Nothing comes at all any more: that is silence, whatever was lost before.
    expect(gate(event('snapshot', 100)).look(111 * SECOND_US, NO_BOOK)).toMatchObject({ gate: { reason: 'risk_stale_feed' } })
  })
})
