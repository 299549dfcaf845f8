// One session from its first fact to its halt: opens itself in the journal, recovers what was left, runs the loop and stops in
// good order. It acquires nothing: what it runs with is handed in.

import { DitaError, EXIT, messageOf } from '../errors.ts'
import { type Halt, haltEntry, haltWords } from '../halt-reasons.ts'
import type { StoreWriter } from '../journal/writer.ts'
import { type Decimal, decimalPlacesOf, ZERO } from '../kernel/decimal.ts'
import type { SessionOpening } from '../kernel/inputs.ts'
import { unrealizedPnl } from '../kernel/valuation.ts'
import type { StateView } from '../kernel/views.ts'
import type { Feed } from '../market/feed.ts'
import { Doubts } from '../recovery/doubts.ts'
import type { Strategy } from '../strategy/port.ts'
import { defaultBalances } from '../venue/paper/default-balances.ts'
import type { Venue } from '../venue/port.ts'
import type { ModelSources } from './build-view-model.ts'
import type { CapitalRequests } from './capital-requests.ts'
import type { CheckpointRecord } from './checkpoints.ts'
import { Chronicle } from './chronicle.ts'
import type { Engine } from './engine.ts'
import { tellingFacts } from './fact-lines.ts'
import { FeedGate } from './feed-gate.ts'
import { limitsInForce } from './gate-limits.ts'
import { type Baseline, baselineOf } from './gates.ts'
import { SessionLoop } from './loop.ts'
import type { SessionNotices } from './notices.ts'
import { Onlookers } from './onlookers.ts'
import { expireOrphansOfPaper, replayed } from './open-engine.ts'
import { instrumentText, openingDenied, openingOf, refuseOtherPositions } from './opening.ts'
import { type Operation, operationOf } from './operation.ts'
import { Pacer } from './pacer.ts'
import type { Arena, Entered, RunSessionOptions, SessionStanding } from './port.ts'
import { recoverAccount } from './recover-account.ts'
import { type Gating, gatingOf, leavesOpen, SessionGates } from './session-gates.ts'
import { comparisonFlag } from './shutdown-check.ts'
import type { LookingOn } from './socket/observe-together.ts'
import { microseconds, orderSaltOf } from './time.ts'
import { VenueLine } from './venue-line.ts'
import type { MessageModel, RecoveryModel, SessionPhase, SessionViewModel } from './view-model.ts'

export interface SessionParts {
  readonly arena: Arena
  readonly strategy: Strategy
  readonly journal: StoreWriter
  readonly lookers: LookingOn
  readonly checkpoints: CheckpointRecord
  /** What it is asked to book while it runs. */
  readonly capital: CapitalRequests
  /** Who tells somebody that is away; null where nobody is to be told. */
  readonly notices: SessionNotices | null
  /** What somebody should read at the start, in whole sentences. */
  readonly problems: readonly string[]
}

/** A session between its first fact and its halt. Everything it runs with is handed in, and outlives it. */
export class Session {
  readonly #venue: Venue
  readonly #options: RunSessionOptions
  readonly #feed: Feed
  readonly #journal: StoreWriter
  readonly #engine: Engine
  readonly #opening: SessionOpening
  readonly #entered: Entered
  readonly #chronicle: Chronicle
  readonly #gating: Gating
  readonly #operation: Operation
  readonly #loop: SessionLoop
  readonly #doubts: Doubts
  readonly #feedGate: FeedGate
  readonly #onlookers: Onlookers
  readonly #parts: SessionParts
  #phase: SessionPhase = 'starting'
  #halt: Halt | null = null
  readonly #notices: SessionNotices | null
  #baseline: Baseline
  /** The position as an older session left it. */
  readonly #brought: { readonly quantity: Decimal; readonly cost: Decimal }
  /** When the account's last fact before this session was. */
  readonly #knownUntilUs: number | null
  #recovery: RecoveryModel | null = null

  /** Opens the session in the journal, with its money, and sets up everything it runs with. */
  constructor(options: RunSessionOptions, parts: SessionParts) {
    const { arena, strategy, journal, lookers, problems, capital, notices } = parts
    this.#options = options
    this.#parts = parts
    this.#notices = notices
    const { feed } = arena
    this.#feed = feed
    this.#journal = journal
    this.#gating = gatingOf(options.config)
    const opening = openingOf(options, arena, strategy)
    const { instrument, account } = opening
    this.#chronicle = new Chronicle({
      pricePlaces: decimalPlacesOf(instrument.tickSize),
      quantityPlaces: decimalPlacesOf(instrument.lotSize),
    })
    const { tickIntervalUs } = opening
    const sources = (): ModelSources => this.#sources()
    this.#onlookers = new Onlookers({ lookers, chronicle: this.#chronicle, instrument: instrument.symbol, tickIntervalUs, sources })
    this.#engine = replayed(account, journal, {
      onFact: (fact) => {
        this.#chronicle.onFact(fact)
        this.#onlookers.onFact(fact)
        notices?.onFact(fact)
      },
      onApplied: (fact, view) => this.#gating.drawdown.onFact(fact, view),
      ...(options.factLines !== undefined && { onCommitted: tellingFacts(options.factLines, { sessionId: options.sessionId, account }) }),
    })
    this.#opening = salted(opening, this.#engine.view, options.random)
    this.#knownUntilUs = this.#engine.lastFactUs === 0 ? null : this.#engine.lastFactUs
    refuseOtherPositions(this.#engine.view, this.#opening)
    if (options.place !== undefined) this.#chronicle.say(feed.startTimeUs, 'info', options.place)
    for (const text of [...journal.warnings, ...problems]) this.#chronicle.say(feed.startTimeUs, 'warning', text)
    this.#baseline = baselineOf(this.#engine.view, instrument)
    const { quantity, cost } = this.#engine.view.positions.get(instrument.symbol) ?? { quantity: ZERO, cost: ZERO }
    this.#brought = { quantity, cost }
    this.#entered = arena.enter(this.#engine.view, instrument)
    this.#venue = this.#entered.venue
    this.#openSession(this.#entered.money?.now ?? {})
    this.#doubts = doubtsOf(options, this.#opening, feed.startTimeUs)
    const pace = this.#venue.clock === 'world' ? 'max' : options.speed
    const pacer = new Pacer({ wall: options.wall, speed: pace, signal: options.control.signal })
    this.#operation = operationOf({ options, venue: this.#venue, pacer, tickIntervalUs })
    this.#feedGate = new FeedGate(this.#opening.limits.staleFeedUs, feed.startTimeUs)
    this.#loop = this.#createLoop(strategy, { capital, pacer })
  }

  #createLoop(strategy: Strategy, { capital, pacer }: { readonly capital: CapitalRequests; readonly pacer: Pacer }): SessionLoop {
    const { options, engine, venue, chronicle } = {
      options: this.#options,
      engine: this.#engine,
      venue: this.#venue,
      chronicle: this.#chronicle,
    }
    const { instrument, tickIntervalUs } = this.#opening
    const { market, money } = this.#entered
    const nowMs = (): number => options.wall.nowMs()
    const committed = (tookMs: number): void => this.#operation.committed(tookMs)
    const line = new VenueLine({ engine, venue, chronicle, doubts: this.#doubts, nowMs, committed })
    const loop: SessionLoop = new SessionLoop({
      engine,
      venue,
      line,
      steps: () => this.#entered.steps({ nextDueUs: () => loop.nextDueUs(), stop: options.control.signal }),
      awaitVenue: (atMostUs) => awaitNews(venue, options.wall, atMostUs),
      feed: this.#feed,
      market,
      strategy,
      instrument,
      pacer,
      control: options.control,
      capital,
      onCapital: ({ asset, amount }) => this.#entered.deposit(asset, amount),
      chronicle,
      operation: this.#operation,
      gates: new SessionGates({ view: engine.view, instrument, baseline: () => this.#baseline, venue, ...this.#gating }),
      feedGate: this.#feedGate,
      startUs: this.#feed.startTimeUs,
      durationUs: options.durationUs,
      tickIntervalUs,
      payIn: (mid, nowUs) => {
        if (money?.byDefault === true) this.#deposit(defaultBalances(instrument, mid), nowUs, 'default paper money')
      },
      onFirstMark: (mark) => {
        // What the session found, not what reconcile has booked since: that is this session's doing.
        this.#baseline = { ...this.#baseline, unrealized: unrealizedPnl(this.#brought, mark, instrument.kind) }
      },
      onProgress: () => this.#onlookers.onProgress(loop.nowUs),
    })
    return loop
  }

  /** Where it is and how it ended, for whoever asks from outside. */
  status(): { readonly sessionId: string; readonly phase: SessionPhase; readonly halt: Halt | null } {
    return { sessionId: this.#options.sessionId, phase: this.#phase, halt: this.#halt }
  }

  standing(): SessionStanding {
    return { isOver: this.#phase === 'halted', liveOrders: this.#engine.view.liveOrders.size }
  }

  /** Says how it ended; with orders that may still live at the venue, or a position that is another there, an end in good order is a finding. */
  async run(): Promise<Halt> {
    const { log, sessionId } = this.#options
    log.info('session_started', { sessionId, feed: this.#feed.source, strategy: this.#opening.strategy })
    const { halt, failure } = await this.#play()
    this.#halt = halt
    this.#phase = 'stopping'
    this.#options.onPhase?.('stopping')
    if (failure === null) this.#notices?.halted(halt)
    const left = await this.#cancelAll(failure !== null)
    await this.#compareBooks()
    this.#writeEnd(halt)
    if (failure !== null) throw failure.thrown
    const { reason, detail } = halt
    log.info('session_halted', { sessionId, word: haltWords(reason, detail).word, reason, detail })
    const isDone = (halt.exitCode ?? haltEntry(halt.reason).exitCode) === EXIT.done
    const isLeft = left > 0 || leavesOpen(this.#engine.view, this.#feed.instrument, this.#gating)
    return isLeft && isDone ? { ...halt, exitCode: EXIT.findings } : halt
  }

  /** Connects and runs the loop. What fails on the way is handed back, save a journal's failure: nothing may follow that. */
  async #play(): Promise<{ readonly halt: Halt; readonly failure: { readonly thrown: unknown } | null }> {
    const { log, sessionId } = this.#options
    try {
      await this.#connect()
      const refused = await this.#recover()
      if (refused !== null) return { halt: refused, failure: null }
      this.#phase = 'running'
      this.#options.onPhase?.('running')
      return { halt: await this.#loop.run(), failure: null }
    } catch (thrown) {
      log.error('session_failed', { sessionId, message: messageOf(thrown), cause: thrown })
      if (isJournalFailure(thrown)) throw thrown
      return { halt: haltOf(thrown, this.#phase), failure: { thrown } }
    }
  }

  /** A stop that is asked for meanwhile ends the wait; the loop then finds it at its first step. A venue in the world is connected. */
  async #connect(): Promise<void> {
    const { control } = this.#options
    if (this.#opening.mode !== 'paper') return
    try {
      await this.#venue.connect(control.signal)
    } catch (thrown) {
      if (control.halt === null) throw thrown
    }
  }

  /** What an older session left open at a venue in the world is found out before anything is traded. */
  async #recover(): Promise<Halt | null> {
    if (this.#opening.mode === 'paper') return null
    const { control, wall, onStart, log } = this.#options
    // It can take half a minute: who looks on sees which session it is, and that it is not connecting any more.
    this.#onlookers.publish()
    return recoverAccount({
      engine: this.#engine,
      venue: this.#venue,
      journal: this.#journal,
      instrument: this.#opening.instrument,
      sessionId: this.#options.sessionId,
      onStart,
      knownUntilUs: this.#knownUntilUs,
      quarantineAfterUs: microseconds(this.#options.config.engine.quarantineAfterSeconds),
      control,
      wall,
      log,
      say: (severity, text) => this.#chronicle.say(wall.wallUs(), severity, text),
      found: (recovery) => {
        this.#recovery = recovery
      },
    })
  }

  /** After a failure the orders that rest are taken back as far as that still works: the failure itself is what counts. */
  async #cancelAll(hasFailed: boolean): Promise<number> {
    try {
      return await this.#loop.stop()
    } catch (thrown) {
      if (!hasFailed || isJournalFailure(thrown)) throw thrown
      this.#options.log.error('cancelling_failed', { message: messageOf(thrown), cause: thrown })
      return this.#engine.view.liveOrders.size
    }
  }

  #openSession(money: Readonly<Record<string, Decimal>>): void {
    const { process, sessionId, wall } = this.#options
    const engine = this.#engine
    const startUs = this.#feed.startTimeUs
    const opened = engine.handle(startUs, { type: 'OPEN_SESSION', session: this.#opening })
    const denied = opened.find((fact) => fact.body.type === 'INTENT_DENIED')?.body
    if (denied?.type === 'INTENT_DENIED') throw openingDenied(denied)
    for (const flag of limitsInForce(this.#gating.limits, this.#opening.instrument.quote)) engine.handle(startUs, flag)
    if (this.#opening.mode === 'paper') expireOrphansOfPaper(engine, startUs)
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
      this.#entered.deposit(asset, amount)
    }
  }

  /** Before the halt, which a difference belongs to. */
  async #compareBooks(): Promise<void> {
    const { compareBooks, storePath, sessionId, log } = this.#options
    if (compareBooks === undefined) return
    this.#engine.commit()
    const flag = await comparisonFlag(compareBooks(storePath, sessionId, this.#engine.view), (message, cause) => {
      log.error('books_not_compared', { message, cause })
      this.#chronicle.say(this.#loop.nowUs, 'warning', message)
    })
    if (flag !== null) this.#engine.handle(this.#loop.nowUs, { type: 'FLAG_RISK', ...flag })
  }

  #writeEnd(halt: Halt): void {
    const nowUs = this.#loop.nowUs
    const report = { ...this.#loop.feedReport(), source: this.#opening.feedSource }
    this.#engine.handle(nowUs, { type: 'REPORT_FEED', report })
    this.#engine.handle(nowUs, { type: 'HALT_SESSION', reason: halt.reason, detail: halt.detail })
    this.#engine.commit()
    this.recordMetrics()
    this.#journal.recordRunEnd(this.#options.sessionId, this.#options.wall.wallUs())
    this.#phase = 'halted'
    this.#onlookers.publish()
  }

  /** What it measured of itself so far: written now and then, so that a crash leaves what there was. */
  recordMetrics(): void {
    const { sessionId, log } = this.#options
    const failure = this.#journal.recordMetrics(sessionId, this.#operation.metrics())
    if (failure === null) return
    log.error('metrics_not_recorded', { message: failure })
    const text = `What the session measures of itself could not be written: ${failure}. Orders and fills are not touched by that; is the disk full?`
    this.#chronicle.say(this.#loop.nowUs, 'warning', text)
  }

  /** Shows what somebody should read who looks on. */
  say(severity: MessageModel['severity'], text: string): void {
    this.#chronicle.say(this.#loop.nowUs, severity, text)
  }

  /** How it stands, for whoever looks on. */
  model(): SessionViewModel {
    return this.#onlookers.model()
  }

  #sources(): ModelSources {
    const { counts } = this.#engine
    const inWorld = this.#venue.clock === 'world'
    return {
      state: this.#engine.view,
      market: this.#entered.market,
      instrument: this.#opening.instrument,
      venueAddress: this.#parts.arena.venueAddress,
      chronicle: this.#chronicle,
      speed: String(this.#options.speed),
      phase: this.#phase,
      halt: this.#halt,
      stopsByUs: inWorld ? this.#loop.stopsByUs : null,
      startedAtUs: this.#feed.startTimeUs,
      nowUs: this.#loop.nowUs,
      feed: this.#loop.feedReport(),
      ticks: this.#loop.ticks,
      facts: counts.facts,
      commits: counts.commits,
      baseline: this.#baseline,
      gating: this.#gating,
      doubts: this.#doubts.list(),
      health: inWorld ? this.#venue.health() : null,
      recovery: this.#recovery,
      feedGate: this.#feedGate,
      strategy: this.#parts.strategy,
      walBytes: this.#journal.walBytes(),
      pace: this.#operation.pace,
      checkpoints: this.#parts.checkpoints,
      calls: inWorld ? this.#venue.calls() : [],
    }
  }
}

/**
 * Another store may trade the same account under the same name: the salt of order ids is made by an account's first session, and
 * kept by those that follow it in the store. A rehearsal's account is its own, and the same in any store.
 */
function salted(opening: SessionOpening, { session }: StateView, random: () => number): SessionOpening {
  return opening.mode === 'paper' ? opening : { ...opening, orderSalt: session?.orderSalt ?? orderSaltOf(random) }
}

function isJournalFailure(thrown: unknown): boolean {
  return thrown instanceof DitaError && (thrown.code === 'JOURNAL_FAILED' || thrown.code === 'JOURNAL_REFUSED')
}

function haltOf(thrown: unknown, phase: SessionPhase): Halt {
  const reason = phase === 'starting' ? 'startup_failure' : 'unexpected_halt'
  return { reason, detail: messageOf(thrown), ...(thrown instanceof DitaError ? { exitCode: thrown.exitCode } : {}) }
}

function doubtsOf({ config }: RunSessionOptions, { absenceMarginUs, querySpacingUs }: SessionOpening, startUs: number): Doubts {
  const quarantineAfterUs = microseconds(config.engine.quarantineAfterSeconds)
  return new Doubts({ rules: { absenceMarginUs, querySpacingUs }, startUs, limits: { quarantineAfterUs } })
}

/** How long a wait for news lasts at most, in milliseconds, before what is in doubt is looked at again. */
const LONGEST_WAIT_MS = 250

/** The world's time once the venue has news, or once the wait is over. */
async function awaitNews(venue: Venue, wall: RunSessionOptions['wall'], atMostUs: number): Promise<number> {
  const nap = new AbortController()
  venue.onNews(() => nap.abort())
  if (venue.nextEventUs() === undefined) await wall.sleep(Math.min(atMostUs / 1_000, LONGEST_WAIT_MS), nap.signal)
  venue.onNews(() => undefined)
  return wall.wallUs()
}
