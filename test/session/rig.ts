// The parts of a session put together by hand, so that a test can stand between the session and its venue.

import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '../../src/core/config/load-config.ts'
import { openWriter } from '../../src/core/journal/open.ts'
import type { StoreWriter } from '../../src/core/journal/writer.ts'
import { ZERO } from '../../src/core/kernel/decimal.ts'
import type { VenueEvent } from '../../src/core/kernel/inputs.ts'
import { MarketState } from '../../src/core/market/market-state.ts'
import { openFeed } from '../../src/core/market/open-feed.ts'
import { Doubts } from '../../src/core/recovery/doubts.ts'
import { CapitalRequests } from '../../src/core/session/capital-requests.ts'
import { Chronicle } from '../../src/core/session/chronicle.ts'
import { SessionControl } from '../../src/core/session/control.ts'
import { Engine } from '../../src/core/session/engine.ts'
import { FeedGate } from '../../src/core/session/feed-gate.ts'
import { SessionLoop } from '../../src/core/session/loop.ts'
import { openingOf } from '../../src/core/session/opening.ts'
import { Operation } from '../../src/core/session/operation.ts'
import { Pacer } from '../../src/core/session/pacer.ts'
import type { Arena, RunSessionOptions } from '../../src/core/session/port.ts'
import { gatingOf, SessionGates } from '../../src/core/session/session-gates.ts'
import { rehearsedSteps } from '../../src/core/session/steps.ts'
import { VenueLine } from '../../src/core/session/venue-line.ts'
import { loadStrategy } from '../../src/core/strategy/load-strategy.ts'
import type { Strategy } from '../../src/core/strategy/port.ts'
import { defaultBalances } from '../../src/core/venue/paper/default-balances.ts'
import { createPaperVenue, type PaperVenue } from '../../src/core/venue/paper/paper-venue.ts'
import type { Effect, TimedVenueEvent, Venue } from '../../src/core/venue/port.ts'
import { type ConfigText, MINUTE_US, newStore, virtualWall } from './harness.ts'

export interface RigWish {
  readonly feed?: string
  readonly seed?: number
  readonly strategyName?: string
  readonly strategy?: Strategy
  readonly config?: ConfigText
  readonly durationUs?: number
  readonly storePath?: string
  /** Called before an effect reaches the venue. */
  readonly onSend?: (effect: Effect, nowUs: number) => void
  /** What the venue says at once instead of letting the effect in; null where it lets it in. */
  readonly refuse?: (effect: Effect, nowUs: number) => VenueEvent | null
}

export interface Rig {
  readonly storePath: string
  readonly engine: Engine
  readonly loop: SessionLoop
  readonly venue: SpyVenue
  readonly journal: StoreWriter
  close(): Promise<void>
}

/** A paper venue that remembers what it was sent and what it said, and that may refuse what it is sent. */
export class SpyVenue implements Venue {
  readonly name = 'spy'
  readonly clock = 'session'
  readonly paper: PaperVenue
  readonly sent: { readonly effect: Effect; readonly nowUs: number }[] = []
  readonly said: TimedVenueEvent[] = []
  readonly #wish: RigWish
  #refusals: TimedVenueEvent[] = []

  constructor(paper: PaperVenue, wish: RigWish) {
    this.paper = paper
    this.#wish = wish
  }

  connect(signal: AbortSignal): Promise<void> {
    return this.paper.connect(signal)
  }

  send(effect: Effect, nowUs: number): void {
    this.#wish.onSend?.(effect, nowUs)
    this.sent.push({ effect, nowUs })
    const refusal = this.#wish.refuse?.(effect, nowUs) ?? null
    if (refusal === null) this.paper.send(effect, nowUs)
    else this.#refusals.push({ timeUs: nowUs + 1, event: refusal })
  }

  onMarket(...args: Parameters<Venue['onMarket']>): void {
    this.paper.onMarket(...args)
  }

  nextEventUs(): number | undefined {
    const [dueUs, refusedUs] = [this.paper.nextEventUs(), this.#refusals[0]?.timeUs]
    return dueUs === undefined || refusedUs === undefined ? (dueUs ?? refusedUs) : Math.min(dueUs, refusedUs)
  }

  take(nowUs: number): TimedVenueEvent[] {
    const events = [...this.#refusals.filter(({ timeUs }) => timeUs <= nowUs), ...this.paper.take(nowUs)]
    this.#refusals = this.#refusals.filter(({ timeUs }) => timeUs > nowUs)
    events.sort((a, b) => a.timeUs - b.timeUs)
    this.said.push(...events)
    return events
  }

  onNews(): void {
    // Session time drives it.
  }

  lookAtBooks(...args: Parameters<PaperVenue['lookAtBooks']>): ReturnType<Venue['lookAtBooks']> {
    return this.paper.lookAtBooks(...args)
  }

  findOrder(...args: Parameters<PaperVenue['findOrder']>): ReturnType<Venue['findOrder']> {
    return this.paper.findOrder(...args)
  }

  followFunding(): ReturnType<Venue['followFunding']> {
    return this.paper.followFunding()
  }

  health(): ReturnType<Venue['health']> {
    return this.paper.health()
  }

  calls(): ReturnType<Venue['calls']> {
    return this.paper.calls()
  }

  close(): Promise<void> {
    return this.paper.close()
  }
}

export async function buildRig(wish: RigWish): Promise<Rig> {
  const config = loadConfig({
    file: join(tmpdir(), 'dita.yaml'),
    text: JSON.stringify(wish.config ?? { mode: 'paper' }),
    overrides: { feedSource: wish.feed, seed: wish.seed, strategyName: wish.strategyName },
  })
  const feed = await openFeed({ ...config.feed, instrument: config.instrument })
  const { instrument } = feed
  const durationUs = wish.durationUs ?? 2 * MINUTE_US
  const control = new SessionControl()
  const wall = virtualWall()
  const startStrategy = await loadStrategy(config.strategy.name, config)
  const strategy = wish.strategy ?? startStrategy({ instrument, tickIntervalUs: 1_000_000, params: {} })
  const options = { config, sessionId: 'rig', durationUs, speed: 'max', wall, control } as unknown as RunSessionOptions
  const arena = { feed, account: 'paper/rig', venueName: 'paper' } as unknown as Arena
  const opening = openingOf(options, arena, strategy)
  const storePath = wish.storePath ?? newStore()
  const journal = openWriter({ path: storePath, holder: { sessionId: 'rig', pid: process.pid, since: 'now' }, wallUs: wall.wallUs })
  const chronicle = new Chronicle({ pricePlaces: 4, quantityPlaces: 4 })
  const engine = new Engine({ account: opening.account, journal, onFact: (fact) => chronicle.onFact(fact) })
  const paper = createPaperVenue({
    instrument,
    feeRates: { maker: config.paper.makerFeeRate, taker: config.paper.takerFeeRate },
    balances: {},
    idPrefix: 'rig',
    entryLatencyUs: config.paper.entryLatencyMs * 1000,
    responseLatencyUs: config.paper.responseLatencyMs * 1000,
  })
  const venue = new SpyVenue(paper, wish)
  const deposit = (amounts: ReturnType<typeof defaultBalances>, nowUs: number): void => {
    for (const [asset, amount] of Object.entries(amounts)) {
      engine.handle(nowUs, { type: 'FLOW_CAPITAL', asset, amount, note: 'rig' })
      paper.exchange.deposit(asset, amount)
    }
  }
  engine.handle(feed.startTimeUs, { type: 'OPEN_SESSION', session: opening })
  if (config.paper.balances !== null) deposit(config.paper.balances, feed.startTimeUs)
  engine.commit()
  const { absenceMarginUs, querySpacingUs } = opening
  const doubts = new Doubts({ rules: { absenceMarginUs, querySpacingUs }, startUs: feed.startTimeUs })
  const line = new VenueLine({ engine, venue, chronicle, doubts, nowMs: () => wall.nowMs() })
  const loop = new SessionLoop({
    engine,
    venue,
    line,
    steps: () => rehearsedSteps(feed),
    awaitVenue: async () => 0,
    feed,
    market: new MarketState(),
    strategy,
    instrument,
    pacer: new Pacer({ wall, speed: 'max', signal: control.signal }),
    control,
    capital: new CapitalRequests(),
    onCapital: () => undefined,
    chronicle,
    operation: new Operation({
      tickIntervalUs: opening.tickIntervalUs,
      nowMs: () => wall.nowMs(),
      lateUs: null,
      clockOffsetUs: () => 0,
      calls: () => venue.calls(),
    }),
    gates: new SessionGates({
      view: engine.view,
      instrument,
      baseline: () => ({ realized: ZERO, unrealized: ZERO, fees: new Map(), funding: new Map() }),
      venue,
      ...gatingOf(config),
    }),
    feedGate: new FeedGate(opening.limits.staleFeedUs, feed.startTimeUs),
    startUs: feed.startTimeUs,
    durationUs,
    tickIntervalUs: opening.tickIntervalUs,
    payIn: (mid, nowUs) => {
      if (config.paper.balances === null) deposit(defaultBalances(instrument, mid), nowUs)
    },
    onFirstMark: () => undefined,
    onProgress: () => undefined,
  })
  return {
    storePath,
    engine,
    loop,
    venue,
    journal,
    async close() {
      await journal.close()
      await feed.close()
    },
  }
}
