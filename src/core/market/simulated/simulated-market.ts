// The simulated market: makers who quote round a fair price, change their minds and refill, and takers who eat what they
// quote. It works in whole ticks and lots and says what happened as market events that agree with one another.

import type { Decimal } from '../../kernel/decimal.ts'
import type { Instrument } from '../../kernel/instrument.ts'
import type { BookLevel, MarketEvent } from '../events.ts'
import { Climate, MOST_ACTIVITY } from './climate.ts'
import { Ladder, type Rung } from './ladder.ts'
import type { SimulatedOptions } from './options.ts'
import { Random } from './random.ts'

const FEWEST_RUNGS = 12
const MOST_RUNGS = 40
/** A market order stops here: the rest of it would be refused by a taker with eyes. */
const MOST_RUNGS_EATEN = 6
/** Measured over days: what one action says, as depth, ticker and trades together, and how the moods change its rate. */
const EVENTS_PER_ACTION = 1.95
/** Of a usual level, in quote. */
const LEVEL_NOTIONAL = 2_000
const FEWEST_LOTS = 20
const LONGEST_STEP_SECONDS = 0.01

interface SimulatedMarketOptions {
  readonly instrument: Instrument
  readonly seed: number
  readonly startTimeUs: number
  readonly config: SimulatedOptions
}

export class SimulatedMarket {
  readonly #random: Random
  readonly #climate: Climate
  readonly #instrument: Instrument
  readonly #bids = new Ladder('bid')
  readonly #asks = new Ladder('ask')
  readonly #levelLots: number
  readonly #stepUs: number
  readonly #actionsPerStep: number
  #timeUs: number
  #updateId = 0
  #tradeCount = 0
  /** Trades come in bursts: each makes the next more likely for a while, and mostly on the same side. */
  #heat = 0
  #lastTakerBuys = true
  #toldBid: Rung | null = null
  #toldAsk: Rung | null = null

  constructor({ instrument, seed, startTimeUs, config }: SimulatedMarketOptions) {
    const actionsPerSecond = config.eventsPerSecond / EVENTS_PER_ACTION
    // At most every second step has an action, so that arrivals stay irregular.
    const stepSeconds = Math.min(LONGEST_STEP_SECONDS, 0.5 / (actionsPerSecond * MOST_ACTIVITY))
    this.#stepUs = Math.max(1, Math.floor(stepSeconds * 1e6))
    this.#actionsPerStep = (actionsPerSecond * this.#stepUs) / 1e6
    this.#random = new Random(seed)
    this.#climate = new Climate(this.#random, {
      startTicks: Number(config.startPrice) / Number(instrument.tickSize),
      volatilityBpsPerHour: config.volatilityBpsPerHour,
      spreadBps: config.spreadBps,
      stepSeconds: this.#stepUs / 1e6,
    })
    const lotNotional = (Number(config.startPrice) / 1e18) * (Number(instrument.lotSize) / 1e18)
    this.#levelLots = Math.max(FEWEST_LOTS, Math.round(LEVEL_NOTIONAL / lotNotional))
    this.#instrument = instrument
    this.#timeUs = startTimeUs
  }

  /** The book at the start. Called once, before the first step. */
  open(events: MarketEvent[]): void {
    const { fairTicks, halfSpreadTicks } = this.#climate
    this.#bids.add(Math.floor(fairTicks - halfSpreadTicks), this.#someLots())
    this.#asks.add(Math.ceil(fairTicks + halfSpreadTicks), this.#someLots())
    for (const side of [this.#bids, this.#asks]) while (side.count < 2 * FEWEST_RUNGS && this.#addBehind(side));
    this.#updateId += 1
    const [bids, asks] = [this.#levels(this.#bids), this.#levels(this.#asks)]
    events.push({ type: 'snapshot', timeUs: this.#timeUs, venueTimeUs: this.#timeUs, updateId: this.#updateId, bids, asks })
    this.#tellTouch(events, this.#timeUs)
  }

  /** Lets one step of time pass; most steps bring nothing. */
  step(events: MarketEvent[]): void {
    this.#timeUs += this.#stepUs
    this.#climate.step()
    if (!this.#random.chance(this.#actionsPerStep * this.#climate.activity)) return
    const timeUs = this.#timeUs + this.#random.below(this.#stepUs)
    this.#act(events, timeUs)
    this.#tidy(this.#bids)
    this.#tidy(this.#asks)
    this.#tellDepth(events, timeUs)
    this.#tellTouch(events, timeUs)
  }

  #act(events: MarketEvent[], timeUs: number): void {
    const { fairTicks, halfSpreadTicks } = this.#climate
    const random = this.#random
    this.#heat *= 0.96
    const edge = halfSpreadTicks / 4
    if (this.#asks.best().ticks < fairTicks + edge) this.#pickOff(this.#asks, events, timeUs)
    else if (this.#bids.best().ticks > fairTicks - edge) this.#pickOff(this.#bids, events, timeUs)
    else if (random.chance(0.07 + this.#heat)) this.#takeAtWhim(events, timeUs)
    else if (random.chance(this.#isWide() ? 0.85 : 0.52)) this.#place()
    else this.#cancel()
  }

  #isWide(): boolean {
    return this.#asks.best().ticks - this.#bids.best().ticks > 2.4 * this.#climate.halfSpreadTicks
  }

  /** A quote the fair price has run over is taken by whoever is faster: a taker, or the maker who withdraws it. */
  #pickOff(side: Ladder, events: MarketEvent[], timeUs: number): void {
    const { lots } = side.best()
    if (this.#random.chance(0.55)) this.#take(side, Math.ceil(lots * this.#random.between(0.4, 1.4)), events, timeUs)
    else side.remove(0, lots)
  }

  #takeAtWhim(events: MarketEvent[], timeUs: number): void {
    const random = this.#random
    const buys = random.chance(0.64) ? this.#lastTakerBuys : random.chance(0.5)
    // Many small orders and a few large ones: the tail of a square root.
    const lots = Math.ceil((this.#levelLots * 0.06) / Math.sqrt(1 - random.next() * 0.9995))
    this.#take(buys ? this.#asks : this.#bids, lots, events, timeUs)
  }

  #take(side: Ladder, lots: number, events: MarketEvent[], timeUs: number): void {
    const buys = side === this.#asks
    this.#lastTakerBuys = buys
    this.#heat = Math.min(0.4, this.#heat + 0.08)
    let left = lots
    for (let eaten = 0; left > 0 && eaten < MOST_RUNGS_EATEN; eaten += 1) {
      const { ticks, lots: offered } = side.best()
      const taken = Math.min(left, offered)
      side.remove(0, taken)
      left -= taken
      this.#tradeCount += 1
      const { price, size } = this.#level({ ticks, lots: taken })
      const tradeId = String(this.#tradeCount)
      events.push({ type: 'trade', timeUs, venueTimeUs: timeUs, tradeId, price, size, aggressor: buys ? 'buy' : 'sell', isMarket: true })
    }
  }

  #place(): void {
    const random = this.#random
    const { fairTicks, halfSpreadTicks } = this.#climate
    const bidGap = fairTicks - halfSpreadTicks - this.#bids.best().ticks
    const askGap = this.#asks.best().ticks - fairTicks - halfSpreadTicks
    const wantsBid = random.chance(0.7) ? bidGap > askGap : random.chance(0.5)
    const side = wantsBid ? this.#bids : this.#asks
    const reach = random.chance(0.5) ? 1.5 * halfSpreadTicks : this.#reachTicks()
    const draw = random.next()
    const distance = halfSpreadTicks + draw * draw * reach
    const wanted = wantsBid ? Math.floor(fairTicks - distance) : Math.ceil(fairTicks + distance)
    const other = (wantsBid ? this.#asks : this.#bids).best().ticks
    // Makers never take: a quote that would cross stops one tick short.
    const ticks = wantsBid ? Math.max(1, Math.min(wanted, other - 1)) : Math.max(wanted, other + 1)
    side.add(ticks, Math.ceil(this.#someLots() * (1 + distance / this.#reachTicks())))
  }

  #cancel(): void {
    const side = this.#random.chance(0.5) ? this.#bids : this.#asks
    const draw = this.#random.next()
    const depth = Math.floor(draw * Math.sqrt(draw) * side.count)
    const { lots } = side.at(depth)
    side.remove(depth, this.#random.chance(0.5) ? lots : Math.ceil(lots * this.#random.between(0.1, 0.7)))
  }

  /** Far quotes are withdrawn, a thin side is filled up from behind. */
  #tidy(side: Ladder): void {
    const distance = (this.#climate.fairTicks - side.worst().ticks) * side.direction
    if (side.count > MOST_RUNGS || (distance > 3 * this.#reachTicks() && side.count > FEWEST_RUNGS)) {
      side.remove(side.count - 1, side.worst().lots)
    }
    while (side.count < FEWEST_RUNGS && this.#addBehind(side));
  }

  /** False where the price scale has no room left, which takes a spread of nearly the whole price. */
  #addBehind(side: Ladder): boolean {
    const gap = 1 + this.#random.below(Math.ceil(this.#climate.halfSpreadTicks * 0.6))
    const ticks = side.worst().ticks - gap * side.direction
    const free = ticks >= 1 ? ticks : side.freeBehindBest()
    if (free === null) return false
    side.add(free, this.#someLots())
    return true
  }

  #reachTicks(): number {
    return Math.max(2 * FEWEST_RUNGS, 10 * this.#climate.halfSpreadTicks)
  }

  #someLots(): number {
    return Math.ceil(this.#levelLots * this.#random.between(0.2, 1.4))
  }

  #tellDepth(events: MarketEvent[], timeUs: number): void {
    const bids = this.#changes(this.#bids)
    const asks = this.#changes(this.#asks)
    this.#updateId += 1
    events.push({ type: 'depth', timeUs, venueTimeUs: timeUs, updateId: this.#updateId, bids, asks, afterGap: false })
  }

  #tellTouch(events: MarketEvent[], timeUs: number): void {
    const [bid, ask] = [this.#bids.best(), this.#asks.best()]
    // Rungs are never written to, so the same object is the same rung.
    if (bid === this.#toldBid && ask === this.#toldAsk) return
    this.#toldBid = bid
    this.#toldAsk = ask
    const updateId = this.#updateId
    events.push({ type: 'ticker', timeUs, venueTimeUs: timeUs, updateId, bid: this.#level(bid), ask: this.#level(ask) })
  }

  #changes(side: Ladder): BookLevel[] {
    return Array.from(side.takeChanges(), ([ticks, lots]) => this.#level({ ticks, lots }))
  }

  #levels(side: Ladder): BookLevel[] {
    side.takeChanges()
    return Array.from({ length: side.count }, (_, depth) => this.#level(side.at(depth)))
  }

  #level({ ticks, lots }: Rung): BookLevel {
    const price = (BigInt(ticks) * this.#instrument.tickSize) as Decimal
    return { price, size: (BigInt(lots) * this.#instrument.lotSize) as Decimal }
  }
}
