// The loop of a session: market events, venue answers and ticks in order of time, until something ends it. It owns
// session time; it opens and closes nothing.

import { DitaError, messageOf } from '../errors.ts'
import { type Halt, REQUESTS } from '../halt-reasons.ts'
import { type Decimal, ZERO } from '../kernel/decimal.ts'
import type { FeedReport, KernelInput, Severity } from '../kernel/inputs.ts'
import type { Instrument } from '../kernel/instrument.ts'
import type { Feed } from '../market/feed.ts'
import type { MarketState } from '../market/market-state.ts'
import type { PortfolioView, Strategy, StrategyIntent } from '../strategy/port.ts'
import { BY_HAND } from '../trading-words.ts'
import type { Venue } from '../venue/port.ts'
import { bookCapital, type CapitalBooked, type CapitalMove } from './capital.ts'
import type { CapitalRequests } from './capital-requests.ts'
import type { Chronicle } from './chronicle.ts'
import type { SessionControl, TradingWish } from './control.ts'
import type { Engine } from './engine.ts'
import type { FeedGate } from './feed-gate.ts'
import type { Gate } from './gates.ts'
import { flagLeftovers, lookOnceMore } from './last-look.ts'
import { observeMarket } from './observe.ts'
import type { Operation } from './operation.ts'
import type { Pacer } from './pacer.ts'
import { haltOf, type SessionGates } from './session-gates.ts'
import type { Step } from './steps.ts'
import type { VenueLine } from './venue-line.ts'

/** How long a stopping session waits for its last cancels: in virtual time above the longest round trip a config allows. */
const FINALITY_US = { session: 180_000_000, world: 30_000_000 } as const

/** While a session stops, a cancel that was lost or refused is asked for again so often. */
const ASK_AGAIN_US = 1_500_000

export interface LoopParts {
  readonly engine: Engine
  readonly venue: Venue
  readonly line: VenueLine
  /** Where the time comes from. */
  readonly steps: () => AsyncIterable<Step>
  /** Waits for the venue's next word, at most so long; only asked of a venue in the world. Returns the world's time. */
  readonly awaitVenue: (atMostUs: number) => Promise<number>
  readonly feed: Feed
  readonly market: MarketState
  readonly strategy: Strategy
  readonly instrument: Instrument
  readonly pacer: Pacer
  readonly control: SessionControl
  readonly capital: CapitalRequests
  /** Called with capital that was booked on request: an exchange of our own holds the money too. */
  readonly onCapital: (booked: CapitalBooked) => void
  readonly chronicle: Chronicle
  readonly operation: Operation
  readonly gates: SessionGates
  readonly feedGate: FeedGate
  readonly startUs: number
  readonly durationUs: number
  readonly tickIntervalUs: number
  /** Called once, at the first tick that has a mid: pays in the money that depends on it. */
  readonly payIn: (mid: Decimal, nowUs: number) => void
  /** Called once, when the first mark is set: what the account brought along is valued at it. */
  readonly onFirstMark: (mark: Decimal) => void
  /** Called with every step of time, before a tick changes what is settled: who looks on decides how often. */
  readonly onProgress: () => void
}

export class SessionLoop {
  readonly #parts: LoopParts
  readonly #portfolio: PortfolioView
  readonly #endUs: number
  #nowUs: number
  #nextTickUs: number
  #halt: Halt | null = null
  #funded = false
  #marked = false
  #silent = false
  /** Events of the batch at hand that the session has not come to. */
  #unread = 0
  /** Once it stops: until when it waits for the venue at the longest. */
  #stopsByUs: number | null = null
  ticks = 0

  constructor(parts: LoopParts) {
    this.#parts = parts
    this.#nowUs = parts.startUs
    this.#endUs = parts.startUs + parts.durationUs
    this.#nextTickUs = parts.startUs + parts.tickIntervalUs
    this.#portfolio = portfolioOf(parts)
  }

  get nowUs(): number {
    return this.#nowUs
  }

  get stopsByUs(): number | null {
    return this.#stopsByUs
  }

  /** What the feed delivered, as far as the session came: a feed reads ahead by up to a batch. */
  feedReport(): FeedReport {
    const report = this.#parts.feed.report()
    return this.#unread === 0 ? report : { ...report, events: report.events - this.#unread, lastTimeUs: this.#parts.feedGate.lastEventUs }
  }

  /** Runs until the feed ends, the time is up, a gate speaks, or a stop is asked for; says which. */
  async run(): Promise<Halt> {
    const { pacer, capital, engine } = this.#parts
    using _capital = capital.open(engine.view.account ?? '')
    pacer.start(this.#nowUs)
    for await (const { events, untilUs } of this.#parts.steps()) {
      this.#unread = events.length
      for (const event of events) {
        const waiting = this.#advanceTo(event.timeUs)
        if (waiting !== undefined) await waiting
        if (this.#halt !== null) return this.#halt
        this.#parts.venue.onMarket(event)
        this.#parts.market.apply(event)
        this.#parts.feedGate.onMarket(event)
        this.#parts.operation.onMarket(event.timeUs, event.venueTimeUs)
        this.#unread -= 1
      }
      if (untilUs !== null) {
        const waiting = this.#advanceTo(Math.max(untilUs, this.#nowUs))
        if (waiting !== undefined) await waiting
        if (this.#halt !== null) return this.#halt
      }
      this.#passOnNotices()
    }
    this.#passOnNotices()
    const detail = this.#parts.feed.report().truncated ? 'the recording breaks off before its end' : null
    return this.#parts.control.halt ?? { reason: 'feed_ended', detail }
  }

  /**
   * Cancels what rests, waits for the venue to say so, and lets what it says reach the journal. Says how much is left to a person:
   * orders that are still live, and positions of which the venue says otherwise.
   */
  async stop(): Promise<number> {
    const { venue, line, awaitVenue } = this.#parts
    if (venue.clock === 'world') this.#nowUs = Math.max(this.#nowUs, await awaitVenue(0))
    this.#cancelAll()
    line.commit(this.#nowUs)
    const deadlineUs = this.#nowUs + FINALITY_US[venue.clock]
    this.#stopsByUs = deadlineUs
    if (venue.clock === 'world') {
      await this.#awaitFinality(deadlineUs)
      await this.#lookOnceMore()
    } else {
      for (let dueUs = venue.nextEventUs(); dueUs !== undefined && dueUs <= deadlineUs; dueUs = venue.nextEventUs()) {
        this.#hearVenue(dueUs)
        line.commit(this.#nowUs)
      }
    }
    return flagLeftovers(this.#parts.engine, this.#nowUs)
  }

  async #lookOnceMore(): Promise<void> {
    const pause = async (us: number): Promise<void> => {
      for (const untilUs = this.#nowUs + us; this.#nowUs < untilUs; ) {
        this.#nowUs = Math.max(this.#nowUs, await this.#parts.awaitVenue(untilUs - this.#nowUs))
        this.#hearVenue(this.#nowUs)
      }
    }
    await lookOnceMore({ ...this.#parts, nowUs: () => this.#nowUs, pause })
    this.#nowUs = Math.max(this.#nowUs, await this.#parts.awaitVenue(0))
    this.#hearVenue(this.#nowUs)
    this.#parts.line.commit(this.#nowUs)
  }

  /** Until nothing of ours is live any more, save what is quarantined: that waits for a person. */
  async #awaitFinality(deadlineUs: number): Promise<void> {
    const { engine, line, awaitVenue } = this.#parts
    const isOpen = (): boolean => [...engine.view.liveOrders.values()].some(({ status }) => status !== 'quarantined')
    let askedUs = this.#nowUs
    while (this.#nowUs < deadlineUs && isOpen()) {
      const nowUs = await awaitVenue(deadlineUs - this.#nowUs)
      this.#hearVenue(nowUs)
      this.#nowUs = Math.max(this.#nowUs, nowUs)
      line.followDoubts(this.#nowUs)
      if (this.#nowUs - askedUs >= ASK_AGAIN_US) {
        askedUs = this.#nowUs
        this.#cancelAll()
      }
      line.commit(this.#nowUs)
      this.#parts.onProgress()
    }
  }

  /** When this loop has something to do, whatever happens. */
  nextDueUs(): number {
    return Math.min(this.#nextTickUs, this.#endUs, this.#parts.line.nextDueUs() ?? Number.POSITIVE_INFINITY)
  }

  /** Lets time pass up to an event: ticks and venue answers that are due before it come first. */
  #advanceTo(eventUs: number): Promise<void> | undefined {
    const dueUs = this.#dueUntil(eventUs)
    const waiting = this.#parts.pacer.until(dueUs)
    if (waiting !== undefined) return waiting.then(() => this.#pass(dueUs, eventUs))
    return this.#pass(dueUs, eventUs)
  }

  /** One step of time, then the next; iterative where nothing has to be waited for. */
  #pass(firstDueUs: number, eventUs: number): Promise<void> | undefined {
    let dueUs = firstDueUs
    for (;;) {
      this.#step(dueUs)
      if (this.#halt !== null || (dueUs === eventUs && dueUs < this.#nextTickUs)) return undefined
      dueUs = this.#dueUntil(eventUs)
      const waiting = this.#parts.pacer.until(dueUs)
      if (waiting !== undefined) {
        const next = dueUs
        return waiting.then(() => this.#pass(next, eventUs))
      }
    }
  }

  #step(dueUs: number): void {
    const { control, capital, line } = this.#parts
    if (control.halt !== null) {
      this.#halt = control.halt
      return
    }
    this.#hearVenue(dueUs)
    this.#nowUs = dueUs
    this.#obey(control.takeTradingWish())
    if (!capital.isEmpty) capital.settle({ book: (move) => this.#bookCapital(move), commit: () => line.commit(this.#nowUs) })
    // In virtual time a tick is soon enough, and every event would be dear.
    if (this.#parts.venue.clock === 'world' || dueUs >= this.#nextTickUs) this.#parts.line.followDoubts(dueUs)
    this.#parts.onProgress()
    if (dueUs >= this.#endUs) {
      this.#halt = { reason: 'duration_elapsed', detail: null }
    } else if (dueUs >= this.#nextTickUs) {
      this.#tick()
      this.#nextTickUs += this.#parts.tickIntervalUs
    }
  }

  /** What comes first. In the world a tick that was missed is gone: several at one moment would see one market. */
  #dueUntil(eventUs: number): number {
    const { venue, tickIntervalUs, operation } = this.#parts
    const untilUs = Math.min(eventUs, this.#endUs)
    if (venue.clock === 'world') {
      const missed = Math.floor((untilUs - this.#nextTickUs) / tickIntervalUs)
      if (missed > 0) {
        this.#nextTickUs += missed * tickIntervalUs
        operation.ticksMissed(missed)
      }
    }
    return Math.min(untilUs, this.#nextTickUs)
  }

  /** What an operator wants of trading: said once, and durable before anything is taken back. */
  #obey(wish: TradingWish | null): void {
    if (wish === null) return
    const { engine } = this.#parts
    engine.handle(Math.max(this.#nowUs, engine.lastFactUs), { type: 'CONTROL', action: wish, reason: BY_HAND })
    this.#parts.line.commit(this.#nowUs)
  }

  #hearVenue(untilUs: number): void {
    this.#nowUs = this.#parts.line.hear(untilUs, this.#nowUs)
  }

  #tick(): void {
    const { engine, market, instrument, operation } = this.#parts
    this.ticks += 1
    operation.tickBegins(this.#nowUs)
    // Money first: the equity of the first mark counts it.
    this.#payIn()
    const mark = market.mark ?? market.mid
    if (mark !== null) this.#setMark(mark)
    // Gates before the strategy: once one has spoken, nothing new may leave.
    this.#askGates()
    if (this.#halt === null) {
      if (this.#feedIsSilent()) this.#cancelAll()
      else this.#askStrategy()
    }
    engine.handle(this.#nowUs, { type: 'OBSERVE_MARKET', observation: observeMarket(instrument.symbol, market, engine.view) })
    if (this.#halt !== null) this.#noteGate(this.#halt)
    this.#parts.line.commit(this.#nowUs)
    operation.tickEnds(this.#nowUs)
    market.startTick()
  }

  #setMark(price: Decimal): void {
    const { engine, instrument, market, onFirstMark } = this.#parts
    // What new orders are judged by: how far from the mid, and on how old a market.
    const judged = { mid: market.mid, asOfUs: this.#parts.feedGate.bookUs }
    engine.handle(this.#nowUs, { type: 'MARK_PRICE', instrument: instrument.symbol, price, ...judged })
    if (this.#marked) return
    this.#marked = true
    onFirstMark(price)
  }

  #bookCapital(move: CapitalMove): CapitalBooked {
    const { engine, onCapital } = this.#parts
    const booked = bookCapital(engine, Math.max(this.#nowUs, engine.lastFactUs), move)
    onCapital(booked)
    return booked
  }

  #payIn(): void {
    const { mid } = this.#parts.market
    if (this.#funded || mid === null) return
    this.#funded = true
    this.#parts.payIn(mid, this.#nowUs)
  }

  #askStrategy(): void {
    const { market, strategy } = this.#parts
    let intents: readonly StrategyIntent[]
    try {
      intents = strategy.onTick({ market, portfolio: this.#portfolio })
    } catch (thrown) {
      this.#halt = strategyHalt(strategy.name, thrown)
      return
    }
    for (const intent of intents) this.#decide(intent)
  }

  /** A halt that was asked for and decided ends the session, once this tick is over. */
  #decide(input: KernelInput): void {
    for (const { body } of this.#parts.engine.handle(this.#nowUs, input)) {
      if (body.type !== 'TRADING_MOVED' || body.action !== 'halt') continue
      this.#halt = { reason: 'engine_requested_halt', detail: REQUESTS.strategy.say(this.#parts.strategy.name, body.reason) }
    }
  }

  #askGates(): void {
    const { halt, warnings } = this.#parts.gates.check(this.#nowUs)
    this.#halt = halt
    for (const gate of warnings) this.#flag(gate, 'warning', gate.warning ?? `A gate is near: ${gate.detail}.`)
  }

  /** Silent for half of what the gate allows: everything that rests is taken back; silent for all of it: the gate speaks. */
  #feedIsSilent(): boolean {
    const { feedGate, market, chronicle } = this.#parts
    const look = feedGate.look(this.#nowUs, market)
    if (look.state === 'live') {
      this.#silent = false
      return false
    }
    const { gate, isBeyond } = look
    if (isBeyond) this.#halt = haltOf(gate)
    else if (!this.#silent) {
      chronicle.say(this.#nowUs, 'warning', 'the feed is silent: everything that rests is taken back')
      this.#flag(gate, 'warning', `Everything that rests is taken back: ${gate.detail}.`)
    }
    this.#silent = true
    return true
  }

  /** Everything that rests and is not being cancelled: also what a lost or refused cancel has left. */
  #cancelAll(): void {
    const { engine, instrument } = this.#parts
    engine.handle(this.#nowUs, { type: 'CANCEL', target: { kind: 'instrument', instrument: instrument.symbol } })
  }

  #noteGate({ reason, detail, figures }: Halt): void {
    if (figures !== undefined) this.#flag({ reason, figures }, 'alarm', `The session halts: ${detail ?? reason}.`)
  }

  /** Under the gate's own reason, whether it warns or halts: its story is one query. */
  #flag({ reason, figures }: Pick<Gate, 'reason' | 'figures'>, severity: Severity, detail: string): void {
    this.#parts.engine.handle(this.#nowUs, { type: 'FLAG_RISK', code: reason, severity, ...figures, detail })
  }

  #passOnNotices(): void {
    for (const notice of this.#parts.feed.takeNotices()) {
      this.#parts.chronicle.say(notice.timeUs ?? this.#nowUs, notice.severity, notice.text)
    }
  }
}

function portfolioOf({ engine, instrument }: LoopParts): PortfolioView {
  const { view } = engine
  return {
    get position() {
      const position = view.positions.get(instrument.symbol)
      if (position === undefined) throw new RangeError(`no position in ${instrument.symbol}`)
      return position
    },
    balance: (asset) => view.balances.get(`wallet|${asset}`) ?? ZERO,
    get trading() {
      return view.trading
    },
    slots: view.slots,
    liveOrders: view.liveOrders,
  }
}

/** A strategy that failed ends its session in good order, with what it said and what to do; one of ours that throws is a defect. */
function strategyHalt(name: string, thrown: unknown): Halt {
  if (thrown instanceof DitaError) {
    const detail = REQUESTS.brokenStrategy.say(name, `${thrown.message} ${thrown.next}`)
    return { reason: 'engine_requested_halt', detail, exitCode: thrown.exitCode }
  }
  return { reason: 'unexpected_halt', detail: `the strategy ${name} failed: ${messageOf(thrown)}` }
}
