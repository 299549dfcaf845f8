// How our quotes have done so far, for who looks on: up-time, and what the mid did after their fills. By the formulas of the report
// (docs/METRICS.md) in bounded room, so that it may leave out what the report does not. Reads facts; decides nothing.

import { add, type Decimal, dec, div, formatFixed, mul, mulDiv, neg, sub, ZERO } from '../kernel/decimal.ts'
import type { Fact, FillFact } from '../kernel/facts.ts'
import type { MarketObservation } from '../kernel/inputs.ts'
import type { MarkoutModel, QuotingModel } from './view-model.ts'

const SECOND_US = 1_000_000
const HORIZONS_S = [1, 5, 30, 60, 300] as const
/** A mid counts as that of a moment for so many tick intervals. */
const FRESH_TICKS = 2
/** Fills that wait for the same horizon. Beyond, the oldest is left out. */
const MOST_WAITING = 2_000
const BPS = dec('10000')
const TWO = dec('2')
const BPS_PLACES = 2

interface Judged {
  readonly timeUs: number
  readonly side: 'buy' | 'sell'
  readonly quantity: Decimal
  readonly mid: Decimal
  /** In bps of that mid. */
  readonly halfSpread: Decimal
}

export class QuoteWatch {
  readonly #instrument: string
  readonly #tickIntervalUs: number
  readonly #horizons: readonly Horizon[]
  readonly #ticks = { all: 0, both: 0, bid: 0, ask: 0 }
  /** Σ quantity, and Σ quantity × half-spread. */
  #quantity = 0n
  #halfSpread = 0n
  #fills = 0
  #last: { readonly timeUs: number; readonly mid: Decimal | null } | null = null

  constructor(options: { readonly instrument: string; readonly tickIntervalUs: number }) {
    this.#instrument = options.instrument
    this.#tickIntervalUs = options.tickIntervalUs
    // A horizon within a tick cannot be seen.
    const seen = HORIZONS_S.map((seconds) => seconds * SECOND_US).filter((us) => us >= options.tickIntervalUs)
    this.#horizons = seen.map((us) => new Horizon(us, options.tickIntervalUs))
  }

  onFact({ body, timeUs }: Fact): void {
    if (body.type === 'MARKET_OBSERVED') this.#onTick(timeUs, body.observation)
    else if (body.type === 'FILL_BOOKED') this.#onFill(timeUs, body)
  }

  /** Null where no quote of ours was ever seen. */
  model(): QuotingModel | null {
    const { all, both, bid, ask } = this.#ticks
    if (bid + ask === 0 && this.#fills === 0) return null
    const halfSpreadBps =
      this.#quantity === 0n ? null : formatFixed(div(this.#halfSpread as Decimal, this.#quantity as Decimal), BPS_PLACES)
    const markouts = this.#horizons.map((horizon) => horizon.model())
    return { ticks: all, bothSides: both, bid, ask, fills: this.#fills, halfSpreadBps, markouts }
  }

  #onTick(timeUs: number, { instrument, bid, ask, ourBid, ourAsk }: MarketObservation): void {
    if (instrument !== this.#instrument) return
    this.#ticks.all += 1
    if (ourBid !== null) this.#ticks.bid += 1
    if (ourAsk !== null) this.#ticks.ask += 1
    if (ourBid !== null && ourAsk !== null) this.#ticks.both += 1
    const mid = bid === null || ask === null ? null : div((bid + ask) as Decimal, TWO)
    for (const horizon of this.#horizons) horizon.pass(timeUs, mid)
    this.#last = { timeUs, mid }
  }

  #onFill(timeUs: number, { role, instrument, inferred, side, quantity, price }: FillFact): void {
    if (role !== 'quote' || instrument !== this.#instrument || inferred) return
    const last = this.#last
    if (last === null || last.mid === null || last.mid <= ZERO || timeUs - last.timeUs > FRESH_TICKS * this.#tickIntervalUs) return
    const { mid } = last
    this.#fills += 1
    this.#quantity += quantity
    const halfSpread = inFavour(side, sub(mid, price), mid)
    this.#halfSpread += mul(halfSpread, quantity)
    for (const horizon of this.#horizons) horizon.add({ timeUs, side, quantity, mid, halfSpread })
  }
}

/** The fills whose horizon has not passed yet, and the sums of those whose has. */
class Horizon {
  readonly #horizonUs: number
  readonly #tickIntervalUs: number
  readonly #waiting: Judged[] = []
  #fills = 0
  #quantity = 0n
  #markout = 0n
  #kept = 0n

  constructor(horizonUs: number, tickIntervalUs: number) {
    this.#horizonUs = horizonUs
    this.#tickIntervalUs = tickIntervalUs
  }

  add(fill: Judged): void {
    this.#waiting.push(fill)
    if (this.#waiting.length > MOST_WAITING) this.#waiting.shift()
  }

  /** The first tick that is no earlier than the horizon decides. */
  pass(timeUs: number, mid: Decimal | null): void {
    let done = 0
    for (const { timeUs: filledUs, side, quantity, mid: before, halfSpread } of this.#waiting) {
      const lateUs = timeUs - filledUs - this.#horizonUs
      if (lateUs < 0) break
      done += 1
      if (mid === null || lateUs > FRESH_TICKS * this.#tickIntervalUs) continue
      this.#fills += 1
      this.#quantity += quantity
      const markout = inFavour(side, sub(mid, before), before)
      this.#markout += mul(markout, quantity)
      this.#kept += mul(add(halfSpread, markout), quantity)
    }
    if (done > 0) this.#waiting.splice(0, done)
  }

  model(): MarkoutModel {
    return { horizonUs: this.#horizonUs, fills: this.#fills, meanBps: this.#mean(this.#markout), realizedBps: this.#mean(this.#kept) }
  }

  #mean(sum: bigint): string | null {
    return this.#quantity === 0n ? null : formatFixed(div(sum as Decimal, this.#quantity as Decimal), BPS_PLACES)
  }
}

/** An amount in quote per base as bps of the mid: for what was bought a rise is in our favour, for what was sold a fall. */
function inFavour(side: 'buy' | 'sell', amount: Decimal, mid: Decimal): Decimal {
  return mulDiv(side === 'buy' ? amount : neg(amount), BPS, mid)
}
