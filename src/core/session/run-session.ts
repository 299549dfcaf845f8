// One session from its first fact to its halt: acquires the parts in order, runs the loop, stops in good order, and
// lets go of everything in reverse, whatever happens.

import type { Config } from '../config/config.ts'
import { DitaError, EXIT, type ExitCode, messageOf } from '../errors.ts'
import { type Halt, haltEntry } from '../halt-reasons.ts'
import { openWriter } from '../journal/open.ts'
import type { StoreWriter } from '../journal/writer.ts'
import { type Decimal, decimalPlacesOf, formatDecimal, ZERO } from '../kernel/decimal.ts'
import type { SessionOpening } from '../kernel/inputs.ts'
import type { Instrument } from '../kernel/instrument.ts'
import type { StateView } from '../kernel/views.ts'
import type { Feed } from '../market/feed.ts'
import { MarketState } from '../market/market-state.ts'
import { openFeed } from '../market/open-feed.ts'
import { loadStrategy } from '../strategy/load-strategy.ts'
import type { Strategy } from '../strategy/port.ts'
import { defaultBalances } from '../venue/paper/default-balances.ts'
import { createPaperVenue, type PaperVenue } from '../venue/paper/paper-venue.ts'
import { buildViewModel } from './build-view-model.ts'
import { startCheckpoints } from './checkpoints.ts'
import { Chronicle } from './chronicle.ts'
import type { SessionControl } from './control.ts'
import type { Engine } from './engine.ts'
import { type Baseline, baselineOf } from './gates.ts'
import { SessionLoop } from './loop.ts'
import { closeCrashedSessions, expireOrphansOfPaper, replayed } from './open-engine.ts'
import { openingOf } from './opening.ts'
import { Pacer, type WallClock } from './pacer.ts'
import { paperAccountOf } from './paper-account.ts'
import { microseconds } from './time.ts'
import type { SessionPhase, SessionViewModel } from './view-model.ts'

/** Who looks on while a session runs. `wants` is asked first, since a model costs time to build. */
export interface SessionObserver {
  wants(): boolean
  publish(model: SessionViewModel): void
}

export interface RunSessionOptions {
  readonly config: Config
  readonly sessionId: string
  readonly durationUs: number
  readonly speed: number | 'max'
  readonly storePath: string
  readonly process: { readonly pid: number; readonly host: string; readonly version: string }
  readonly wall: WallClock & { wallUs(): number }
  readonly control: SessionControl
  readonly observer: SessionObserver | null
  readonly log: SessionLog
}

/** Where a session's own story goes, with causes: one line an entry. */
export interface SessionLog {
  info(event: string, fields: Readonly<Record<string, unknown>>): void
  error(event: string, fields: Readonly<Record<string, unknown>>): void
}

export interface SessionOutcome {
  readonly sessionId: string
  readonly halt: Halt
  readonly exitCode: ExitCode
  /** Sessions found dead at the start, now closed as crashed. */
  readonly crashedBefore: readonly string[]
  /** What could not be proved of the store at the start, in whole sentences. */
  readonly warnings: readonly string[]
}

/**
 * Runs a session to its end.
 * @throws DitaError for what cannot start (config, feed, store, strategy) and for a journal that fails on the way
 */
export async function runSession(options: RunSessionOptions): Promise<SessionOutcome> {
  const { config } = options
  await using feed = closing(await openFeed({ ...config.feed, instrument: config.instrument }))
  const { name, params } = config.strategy
  const startStrategy = await loadStrategy(name, config.strategy)
  const tickIntervalUs = microseconds(config.engine.tickIntervalSeconds)
  const strategy = startStrategy({ instrument: feed.part.instrument, tickIntervalUs, params })
  await using journal = closing(openStore(options))
  for (const text of journal.part.warnings) options.log.error('store', { text })
  if (journal.part.hasSession(options.sessionId)) throw sessionExists(options)
  const crashedBefore = closeCrashedSessions(journal.part)
  const session = new Session(options, feed.part, strategy, journal.part)
  await using _venue = closing(session.venue)
  using _checkpoints = startCheckpoints(journal.part, config.engine.checkpointIntervalSeconds, options.log)
  const halt = await session.run()
  return {
    sessionId: options.sessionId,
    halt,
    exitCode: halt.exitCode ?? haltEntry(halt.reason).exitCode,
    crashedBefore,
    warnings: journal.part.warnings,
  }
}

class Session {
  readonly venue: PaperVenue
  readonly #options: RunSessionOptions
  readonly #feed: Feed
  readonly #journal: StoreWriter
  readonly #engine: Engine
  readonly #opening: SessionOpening
  readonly #market: MarketState
  readonly #chronicle: Chronicle
  readonly #loop: SessionLoop
  readonly #speed: string
  #phase: SessionPhase = 'starting'
  #halt: Halt | null = null
  #observer: SessionObserver | null
  #baseline: Baseline

  /** Opens the session in the journal, with its money, and sets up everything it runs with. */
  constructor(options: RunSessionOptions, feed: Feed, strategy: Strategy, journal: StoreWriter) {
    const { config } = options
    this.#options = options
    this.#observer = options.observer
    this.#feed = feed
    this.#journal = journal
    this.#speed = options.speed === 'max' ? 'max' : String(options.speed)
    this.#opening = openingOf(options, feed, strategy)
    const { instrument } = this.#opening
    this.#chronicle = new Chronicle({
      pricePlaces: decimalPlacesOf(instrument.tickSize),
      quantityPlaces: decimalPlacesOf(instrument.lotSize),
    })
    this.#engine = replayed(this.#opening.account, journal, (fact) => this.#chronicle.onFact(fact))
    refuseOtherPositions(this.#engine.view, this.#opening)
    for (const text of journal.warnings) this.#chronicle.say(feed.startTimeUs, 'warning', text)
    const owed = openingMoney(config, this.#engine.view, instrument)
    this.#baseline = baselineOf(this.#engine.view, instrument)
    this.venue = createPaperVenue({
      instrument,
      feeRates: { maker: config.paper.makerFeeRate, taker: config.paper.takerFeeRate },
      ...paperAccountOf(this.#engine.view, instrument.symbol),
      idPrefix: options.sessionId,
      entryLatencyUs: config.paper.entryLatencyMs * 1000,
      responseLatencyUs: config.paper.responseLatencyMs * 1000,
    })
    // The paper exchange plays the same feed, and the loop tells it first: one book serves both.
    this.#market = new MarketState(this.venue.exchange.book)
    this.#openSession(owed.now)
    this.#loop = new SessionLoop({
      engine: this.#engine,
      venue: this.venue,
      feed,
      market: this.#market,
      strategy,
      instrument,
      pacer: new Pacer({ wall: options.wall, speed: options.speed, signal: options.control.signal }),
      control: options.control,
      chronicle: this.#chronicle,
      baseline: () => this.#baseline,
      startUs: feed.startTimeUs,
      durationUs: options.durationUs,
      tickIntervalUs: this.#opening.tickIntervalUs,
      staleFeedUs: this.#opening.limits.staleFeedUs,
      payIn: (mid, nowUs) => {
        if (owed.byDefault) this.#deposit(defaultBalances(instrument, mid), nowUs, 'default paper money')
      },
      onFirstMark: () => {
        const { unrealized } = baselineOf(this.#engine.view, instrument)
        this.#baseline = { ...this.#baseline, unrealized }
      },
      onProgress: () => this.#publish(false),
    })
  }

  async run(): Promise<Halt> {
    const { log, sessionId } = this.#options
    log.info('session_started', { sessionId, feed: this.#feed.source, strategy: this.#opening.strategy })
    const { halt, failure } = await this.#play()
    this.#halt = halt
    this.#phase = 'stopping'
    this.#cancelAll(failure !== null)
    this.#writeEnd(halt)
    if (failure !== null) throw failure.thrown
    log.info('session_halted', { sessionId, reason: halt.reason, detail: halt.detail })
    return halt
  }

  /** Connects and runs the loop. What fails on the way is handed back, save a journal's failure: nothing may follow that. */
  async #play(): Promise<{ readonly halt: Halt; readonly failure: { readonly thrown: unknown } | null }> {
    const { log, sessionId } = this.#options
    try {
      await this.#connect()
      this.#phase = 'running'
      return { halt: await this.#loop.run(), failure: null }
    } catch (thrown) {
      log.error('session_failed', { sessionId, message: messageOf(thrown), cause: thrown })
      if (isJournalFailure(thrown)) throw thrown
      return { halt: haltOf(thrown, this.#phase), failure: { thrown } }
    }
  }

  /** A stop that is asked for meanwhile ends the wait; the loop then finds it at its first step. */
  async #connect(): Promise<void> {
    const { control } = this.#options
    try {
      await this.venue.connect(control.signal)
    } catch (thrown) {
      if (control.halt === null) throw thrown
    }
  }

  /** After a failure the orders that rest are taken back as far as that still works: the failure itself is what counts. */
  #cancelAll(hasFailed: boolean): void {
    try {
      this.#loop.stop()
    } catch (thrown) {
      if (!hasFailed || isJournalFailure(thrown)) throw thrown
      this.#options.log.error('cancelling_failed', { message: messageOf(thrown), cause: thrown })
    }
  }

  #openSession(money: Readonly<Record<string, Decimal>>): void {
    const { process, sessionId, wall } = this.#options
    const engine = this.#engine
    const startUs = this.#feed.startTimeUs
    const opened = engine.handle(startUs, { type: 'OPEN_SESSION', session: this.#opening })
    const denied = opened.find((fact) => fact.body.type === 'INTENT_DENIED')?.body
    if (denied?.type === 'INTENT_DENIED') throw openingDenied(denied)
    expireOrphansOfPaper(engine, startUs)
    this.#deposit(money, startUs, 'paper.balances')
    engine.commit()
    this.#chronicle.say(startUs, 'info', instrumentText(this.#opening))
    this.#journal.recordRun({ sessionId, ...process, startedWallUs: wall.wallUs() })
  }

  /** Money is paid in twice, once in our books and once at the exchange: the two must agree from the start. */
  #deposit(amounts: Readonly<Record<string, Decimal>>, nowUs: number, note: string): void {
    for (const [asset, amount] of Object.entries(amounts)) {
      if (amount === ZERO) continue
      this.#engine.handle(nowUs, { type: 'FLOW_CAPITAL', asset, amount, note })
      this.venue.exchange.deposit(asset, amount)
    }
  }

  #writeEnd(halt: Halt): void {
    const nowUs = this.#loop.nowUs
    const report = { ...this.#loop.feedReport(), source: this.#opening.feedSource }
    this.#engine.handle(nowUs, { type: 'REPORT_FEED', report })
    this.#engine.handle(nowUs, { type: 'HALT_SESSION', reason: halt.reason, detail: halt.detail })
    this.#engine.commit()
    this.#journal.recordRunEnd(this.#options.sessionId, this.#options.wall.wallUs())
    this.#phase = 'halted'
    this.#publish(true)
  }

  #publish(last: boolean): void {
    const observer = this.#observer
    if (observer === null) return
    try {
      if (!last && this.#chronicle.unseen === 0 && !observer.wants()) return
      this.#chronicle.unseen = 0
      observer.publish(this.#model())
    } catch (thrown) {
      // A screen that fails is told of and given up; the session goes on without it.
      this.#observer = null
      this.#options.log.error('screen_failed', { message: messageOf(thrown), cause: thrown })
    }
  }

  #model(): SessionViewModel {
    const { counts } = this.#engine
    return buildViewModel({
      state: this.#engine.view,
      market: this.#market,
      instrument: this.#opening.instrument,
      chronicle: this.#chronicle,
      speed: this.#speed,
      phase: this.#phase,
      halt: this.#halt,
      startedAtUs: this.#feed.startTimeUs,
      nowUs: this.#loop.nowUs,
      feed: this.#loop.feedReport(),
      ticks: this.#loop.ticks,
      facts: counts.facts,
      commits: counts.commits,
      baseline: this.#baseline,
    })
  }
}

function openStore({ storePath, sessionId, process, wall }: RunSessionOptions): StoreWriter {
  const since = new Date(wall.wallUs() / 1000).toISOString()
  return openWriter({ path: storePath, holder: { sessionId, pid: process.pid, since }, wallUs: () => wall.wallUs() })
}

/** Which instrument, with the numbers that bind its orders, and where they came from. */
function instrumentText({ instrument, instrumentOrigin }: SessionOpening): string {
  const { symbol, kind, tickSize, lotSize } = instrument
  const origin = { config: 'from the config', inferred: 'inferred from the recording', 'built-in': 'built in' }[instrumentOrigin]
  return `instrument ${symbol}, ${kind}, tick ${formatDecimal(tickSize)}, lot ${formatDecimal(lotSize)}, ${origin ?? instrumentOrigin}`
}

function isJournalFailure(thrown: unknown): boolean {
  return thrown instanceof DitaError && (thrown.code === 'JOURNAL_FAILED' || thrown.code === 'JOURNAL_REFUSED')
}

function haltOf(thrown: unknown, phase: SessionPhase): Halt {
  const reason = phase === 'starting' ? 'startup_failure' : 'unexpected_halt'
  return { reason, detail: messageOf(thrown), ...(thrown instanceof DitaError ? { exitCode: thrown.exitCode } : {}) }
}

/**
 * What is paid in: each asset of `paper.balances` once in an account's life; without them the default money, to an account
 * that never had anything to buy this instrument with.
 */
function openingMoney({ paper }: Config, { balances }: StateView, { quote }: Instrument) {
  const isNew = (asset: string): boolean => !balances.has(`capital|${asset}`)
  const now = Object.fromEntries(Object.entries(paper.balances ?? {}).filter(([asset]) => isNew(asset)))
  return { now, byDefault: paper.balances === null && isNew(quote) }
}

/** Equity, margin and the gates look at one instrument: a position in another would be traded blind. */
function refuseOtherPositions({ positions }: StateView, { account, instrument }: SessionOpening): void {
  const other = [...positions.values()].find((position) => position.instrument !== instrument.symbol && position.quantity !== ZERO)
  if (other === undefined) return
  throw new DitaError('ACCOUNT_HOLDS_OTHER', {
    fault: 'user',
    exitCode: EXIT.config,
    message: `The account ${account} holds ${formatDecimal(other.quantity)} ${other.instrument}, and this session would trade ${instrument.symbol}.`,
    next: `Close that position with a session on ${other.instrument}, or name another \`paper.account\` in the config.`,
  })
}

function openingDenied(denied: { code: string; field: string; value: string; detail: string }): DitaError {
  return new DitaError('SESSION_DENIED', {
    fault: 'user',
    exitCode: EXIT.config,
    message: `The session cannot be opened, ${denied.code}: ${denied.detail} (${denied.field}=${denied.value})`,
    next: 'Correct the instrument or the slots of the strategy in the config.',
  })
}

function sessionExists({ sessionId, storePath }: RunSessionOptions): DitaError {
  return new DitaError('SESSION_EXISTS', {
    fault: 'user',
    exitCode: EXIT.usage,
    message: `The store ${storePath} already has a session ${sessionId}.`,
    next: `Read it with \`dita summarize ${sessionId}\`, or give another id with --session, or another store with --store.`,
  })
}

interface Closing<T> extends AsyncDisposable {
  readonly part: T
}

function closing<T extends { close(): Promise<void> }>(part: T): Closing<T> {
  return { part, [Symbol.asyncDispose]: () => part.close() }
}
