// Every venue of this house under one contract: paper in session time, BingX over real sockets in the world's.

import { describe } from 'vitest'
import { ruleOf } from '../../../src/core/exchange/fault-plan.ts'
import { dec } from '../../../src/core/kernel/decimal.ts'
import { Secret } from '../../../src/core/secret.ts'
import { createBingxVenue } from '../../../src/core/venue/bingx/bingx-venue.ts'
import { createPaperVenue } from '../../../src/core/venue/paper/paper-venue.ts'
import { BTC, KEY, rehearsed, SECRET, theMarket } from '../exchange/bingx/rehearsed.ts'
import { print } from '../exchange/helpers.ts'
import { worldClock } from './bingx/world-clock.ts'
import { type ContractWorld, venueContract } from './contract.ts'

const MONEY = dec('100000')
/** What the rehearsed exchange takes as well. */
const FEE_RATES = { maker: dec('0.0002'), taker: dec('0.0005') }

async function paperWorld(): Promise<ContractWorld> {
  const venue = createPaperVenue({
    ...{ instrument: { ...BTC, maxLeverage: dec('5') }, feeRates: FEE_RATES, balances: { USDT: MONEY }, idPrefix: 'contract' },
    ...{ entryLatencyUs: 5_000, responseLatencyUs: 3_000 },
  })
  let nowUs = 1_790_000_000_000_000
  venue.onMarket({ ...theMarket(), timeUs: nowUs })
  return {
    ...{ venue, instrument: BTC, money: MONEY, nowUs: () => nowUs, pays: null },
    async wait() {
      const dueUs = venue.nextEventUs()
      if (dueUs !== undefined) nowUs = Math.max(nowUs, dueUs)
      return dueUs !== undefined
    },
    prints(aggressor, price, size) {
      nowUs += 1
      venue.onMarket(print(nowUs, aggressor, price, size))
    },
  }
}

/** Placements take their time to arrive: what does not wait for them would overtake them. */
const SLOW_PLACEMENTS = ruleOf('delay', { on: 'place', params: { side: 'admission', ms: 40 } })

/** Longest time between two looks of the session; news comes sooner. */
const NAP_MS = 20

async function bingxWorld(): Promise<ContractWorld> {
  const place = await rehearsed({ balance: '100000', rules: [SLOW_PLACEMENTS], settings: { fillFeeDecimals: 18 } })
  const { exchange } = place
  const venue = createBingxVenue({
    ...{ restUrl: exchange.restUrl, streamUrl: exchange.streamUrl, kind: 'demo', instrument: BTC.symbol },
    ...{ credentials: { apiKey: new Secret(KEY), secret: new Secret(SECRET) }, maxLeverage: null, positionMode: 'one_way' },
    ...{ clock: worldClock(), random: () => 0.5, log: () => undefined },
    tuning: { questionPauseMs: 20, cancelSpacingMs: 100, snapshotIntervalMs: 2_000, closeTimeoutMs: 1_000 },
  })
  return {
    ...{ venue, instrument: BTC, money: MONEY, nowUs: () => Date.now() * 1_000 },
    pays: async (amount) => void (await place.control('funding', { amount })),
    async wait() {
      const nap = new AbortController()
      venue.onNews(() => nap.abort())
      if (venue.nextEventUs() === undefined) await worldClock().sleep(NAP_MS, nap.signal)
      venue.onNews(() => undefined)
      return true
    },
    prints: (aggressor, price, size) => exchange.onMarket(print(Date.now() * 1_000, aggressor, price, size)),
  }
}

describe('V08 every venue passes the contract', () => {
  venueContract('the paper venue', paperWorld)
  venueContract('BingX over the wire', bingxWorld)
})
