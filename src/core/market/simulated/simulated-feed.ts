// The simulated feed: a seeded market without an end, in virtual time. The same seed and config give the same events.

import { DitaError, EXIT } from '../../errors.ts'
import { type Decimal, dec, formatDecimal, mul } from '../../kernel/decimal.ts'
import type { FeedReport } from '../../kernel/inputs.ts'
import type { Instrument } from '../../kernel/instrument.ts'
import type { MarketEvent } from '../events.ts'
import type { Feed, FeedNotice } from '../feed.ts'
import type { SimulatedOptions } from './options.ts'
import { SimulatedMarket } from './simulated-market.ts'

/** 2026-01-01T00:00:00Z: fixed, so that two runs have the same times. */
export const SIMULATED_START_US = Date.UTC(2026, 0, 1) * 1_000
const BATCH_EVENTS = 256
/** Fewer ticks leave no room for a book when the price halves; more do not fit a number with its fractions. */
const FEWEST_TICKS = 100
const MOST_TICKS = 1e12

/** What is traded where no config says otherwise; at a price of 2 a tick is half a basis point. */
export const BUILT_IN_INSTRUMENT: Instrument = {
  symbol: 'XRP/RLUSD',
  kind: 'spot',
  base: 'XRP',
  quote: 'RLUSD',
  settle: 'RLUSD',
  tickSize: dec('0.0001'),
  lotSize: dec('0.01'),
  minQuantity: dec('0.01'),
  maxQuantity: dec('0'),
  minNotional: dec('1'),
  maxLeverage: dec('1'),
}

interface SimulatedFeedOptions {
  readonly seed: number
  readonly simulated: SimulatedOptions
  readonly instrument: Instrument | null
}

/** @throws DitaError FEED_START_PRICE (exit 4) where the start price suits no book of the instrument's ticks */
export class SimulatedFeed implements Feed {
  readonly source = 'simulated'
  readonly instrument: Instrument
  readonly instrumentOrigin: 'config' | 'built-in'
  readonly startTimeUs = SIMULATED_START_US
  readonly #market: SimulatedMarket
  #events = 0
  #firstTimeUs: number | null = null
  #lastTimeUs: number | null = null
  #closed = false

  constructor({ seed, simulated, instrument }: SimulatedFeedOptions) {
    this.instrument = instrument ?? BUILT_IN_INSTRUMENT
    this.instrumentOrigin = instrument === null ? 'built-in' : 'config'
    checkStartPrice(simulated.startPrice, this.instrument)
    this.#market = new SimulatedMarket({ instrument: this.instrument, seed, startTimeUs: this.startTimeUs, config: simulated })
  }

  async *batches(): AsyncGenerator<readonly MarketEvent[]> {
    let events: MarketEvent[] = []
    this.#market.open(events)
    while (!this.#closed) {
      while (events.length < BATCH_EVENTS) this.#market.step(events)
      this.#events += events.length
      this.#firstTimeUs ??= this.startTimeUs
      this.#lastTimeUs = events.at(-1)?.timeUs ?? this.#lastTimeUs
      yield events
      events = []
    }
  }

  report(): FeedReport {
    return {
      source: this.source,
      events: this.#events,
      gaps: 0,
      badLines: 0,
      skipped: 0,
      firstTimeUs: this.#firstTimeUs,
      lastTimeUs: this.#lastTimeUs,
      truncated: false,
    }
  }

  takeNotices(): FeedNotice[] {
    return []
  }

  close(): Promise<void> {
    this.#closed = true
    return Promise.resolve()
  }
}

function checkStartPrice(startPrice: Decimal, { tickSize, symbol }: Instrument): void {
  const ticks = Number(startPrice) / Number(tickSize)
  if (ticks >= FEWEST_TICKS && ticks <= MOST_TICKS) return
  const bound = ticks < FEWEST_TICKS ? FEWEST_TICKS : MOST_TICKS
  const size = ticks < bound ? `fewer than ${FEWEST_TICKS}` : `more than ${MOST_TICKS}`
  throw new DitaError('FEED_START_PRICE', {
    fault: 'user',
    exitCode: EXIT.config,
    message: `The simulated start price ${formatDecimal(startPrice)} is ${size} ticks of ${symbol} (${formatDecimal(tickSize)}).`,
    next: `Set \`feed.simulated.start_price\` in the config to ${formatDecimal(mul(tickSize, dec(String(bound))))} or ${ticks < bound ? 'more' : 'less'}.`,
  })
}
