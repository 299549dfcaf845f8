// One run: a kernel, a strategy, an operator, a reconciler, a bad network and a model venue on one virtual clock, all driven by
// one seed. Judged after every step; the same seed does the same again.

import type { KernelInput } from '../../src/core/kernel/inputs.ts'
import type { KernelState } from '../../src/core/kernel/state.ts'
import { viewOf } from '../../src/core/kernel/views.ts'
import { judgeAgreement, judgeFlat } from './agreement.ts'
import { Auditor } from './auditor.ts'
import { Channel } from './channel.ts'
import { Engine, type Timeout } from './engine.ts'
import { type FaultCounts, Faults } from './faults.ts'
import { Features } from './features.ts'
import { carelessReconcile, garbageEvent, garbageIntent, garbageOperation, malformedMessage } from './garbage.ts'
import { Market } from './market.ts'
import { ModelVenue } from './model-venue.ts'
import { Random } from './random.ts'
import { RandomOperator } from './random-operator.ts'
import { randomIntent } from './random-strategy.ts'
import { Reconciler } from './reconciler.ts'
import { Schedule } from './schedule.ts'
import { SECOND_US, type Setup, STALE_US, START_US, setupOf } from './setup.ts'
import type { VenueAnswer, VenueRequest } from './venue-words.ts'

export interface RunResult {
  readonly seed: number
  readonly steps: number
  readonly facts: number
  readonly orders: number
  readonly fills: number
  readonly simulatedUs: number
  readonly faults: FaultCounts
  readonly features: ReadonlyMap<string, number>
  readonly violation: string | null
}

type Actor = 'strategy' | 'operator' | 'market' | 'venue' | 'patrol'

type Event =
  | { readonly kind: Actor }
  | { readonly kind: 'to_venue'; readonly message: VenueRequest }
  | { readonly kind: 'to_engine'; readonly answer: VenueAnswer }
  | { readonly kind: 'timeout'; readonly timeout: Timeout }

const TIMEOUT_US = 3 * SECOND_US
/** The longest an order may still arrive, and the longest any answer may be old. */
const CALM_US = 10 * SECOND_US + STALE_US + 5 * SECOND_US
/** The whole of replay is compared so often; all else after every step. */
const REPLAY_EVERY = 25
/** How often the venue is asked at the end before what still differs counts. */
const FINAL_ROUNDS = 10
/** The longest that a venue can ask us to wait. */
const LONGEST_WAIT_US = 61 * SECOND_US

/** How long each actor rests between two of its acts. */
const RESTS: Readonly<Record<Actor, readonly [leastUs: number, mostUs: number]>> = {
  strategy: [0.1 * SECOND_US, 2 * SECOND_US],
  operator: [2 * SECOND_US, 16 * SECOND_US],
  market: [0.4 * SECOND_US, 3 * SECOND_US],
  venue: [0.1 * SECOND_US, 2.5 * SECOND_US],
  patrol: [2 * SECOND_US, 8 * SECOND_US],
}

export function simulate(seed: number, steps: number): RunResult {
  return new Simulation(seed).run(steps)
}

class Simulation {
  readonly #seed: number
  readonly #random: Random
  readonly #faults: Faults
  readonly #features = new Features()
  readonly #setup: Setup
  readonly #market: Market
  readonly #venue: ModelVenue
  readonly #auditor: Auditor
  readonly #engine: Engine
  readonly #operator: RandomOperator
  readonly #reconciler: Reconciler
  readonly #schedule = new Schedule<Event>()
  readonly #requests: Channel<Event>
  readonly #answers: Channel<Event>
  readonly #quoting: number
  #nowUs = START_US
  #steps = 0
  #ending = false
  #marketSleepsUntilUs = 0

  constructor(seed: number) {
    this.#seed = seed
    const random = new Random(seed)
    const faults = new Faults(random)
    const setup = setupOf(random)
    const market = new Market(random, setup.listings)
    this.#random = random
    this.#faults = faults
    this.#setup = setup
    this.#market = market
    this.#venue = new ModelVenue({ random, faults, market, setup })
    this.#auditor = new Auditor(this.#venue)
    this.#operator = new RandomOperator({ random, setup, market, seed })
    this.#reconciler = new Reconciler({ random, faults, market })
    this.#requests = new Channel('request', { random, faults, schedule: this.#schedule })
    this.#answers = new Channel('answer', { random, faults, schedule: this.#schedule })
    this.#quoting = random.pick([0, 0.1, 0.1, 0.5])
    this.#engine = new Engine({
      random,
      faults,
      features: this.#features,
      auditor: this.#auditor,
      now: () => this.#nowUs,
      send: (message) => this.#send(message),
      watch: (timeout) => this.#schedule.add(this.#nowUs + TIMEOUT_US, { kind: 'timeout', timeout }),
      restarted: () => this.#reconciler.forget(),
    })
  }

  run(steps: number): RunResult {
    let violation: string | null = null
    try {
      this.#start()
      while (this.#steps < steps) this.#step()
      this.#finish()
    } catch (error) {
      violation = `${error instanceof Error ? `${error.name}: ${error.message}` : String(error)} (step ${this.#steps})`
    }
    return {
      seed: this.#seed,
      steps: this.#steps,
      facts: this.#auditor.journal.length,
      orders: this.#engine.state.orders.size,
      fills: this.#venue.trades.size,
      simulatedUs: this.#nowUs - START_US,
      faults: this.#faults.counts,
      features: this.#features.counts,
      violation,
    }
  }

  #start(): void {
    // Stopped before the opening was journaled, the engine opens again.
    while (this.#engine.state.session === null) this.#engine.tell(this.#operator.open(this.#nowUs))
    this.#engine.tell(this.#operator.fund())
    for (const kind of Object.keys(RESTS) as Actor[]) this.#rest(kind)
  }

  #step(): void {
    const next = this.#schedule.take()
    if (next === undefined) throw new Error('nothing is left to happen')
    this.#nowUs = Math.max(this.#nowUs, next.timeUs)
    this.#steps += 1
    this.#happen(next.item)
    this.#auditor.check(this.#engine.state)
    if (this.#steps % REPLAY_EVERY !== 0) return
    this.#auditor.checkReplay(this.#engine.state)
    this.#auditor.checkVenue()
  }

  #happen(event: Event): void {
    switch (event.kind) {
      case 'to_venue':
        return this.#answer(this.#venue.receive(event.message, this.#nowUs))
      case 'to_engine':
        return this.#hear(event.answer)
      case 'timeout':
        return this.#engine.timeOut(event.timeout)
      default:
        this.#act(event.kind)
        if (!this.#ending) this.#rest(event.kind)
    }
  }

  #rest(kind: Actor): void {
    const [leastUs, mostUs] = RESTS[kind]
    this.#schedule.add(this.#nowUs + this.#random.between(leastUs, mostUs), { kind })
  }

  #act(actor: Actor): void {
    switch (actor) {
      case 'strategy':
        this.#engine.tell(this.#wishes())
        return this.#oddities()
      case 'operator': {
        const inputs = this.#operator.act(viewOf(this.#engine.state), this.#nowUs)
        return this.#engine.tell(inputs)
      }
      case 'market':
        return this.#moveMarket()
      case 'venue':
        if (this.#faults.happens('venue_restarted', 0.004)) return this.#restartVenue()
        return this.#answer(this.#venue.act(this.#nowUs))
      case 'patrol':
        this.#engine.tell(this.#reconciler.review(this.#engine.state, this.#nowUs))
        return this.#ask()
    }
  }

  #wishes(): KernelInput[] {
    const state = viewOf(this.#engine.state)
    const symbols = this.#setup.listings.map(({ instrument }) => instrument.symbol)
    const wisher = { random: this.#random, state, market: this.#market, symbols, quoting: this.#quoting }
    const count = this.#random.pick([1, 1, 1, 2, 3])
    return Array.from({ length: count }, () => randomIntent(wisher))
  }

  #oddities(): void {
    const state = (): KernelState => this.#engine.state
    const { symbol } = this.#random.pick(this.#setup.listings).instrument
    if (this.#faults.happens('garbage_intent', 0.05)) this.#engine.tellGarbage(garbageIntent(this.#random, state(), symbol))
    if (this.#faults.happens('garbage_intent', 0.01)) this.#engine.tellGarbage(garbageOperation(this.#random, state()))
    if (this.#faults.happens('malformed_message', 0.02)) this.#engine.tellGarbage(malformedMessage(this.#random, symbol))
    if (this.#faults.happens('careless_reconcile', 0.02)) {
      this.#engine.tellGarbage(carelessReconcile(this.#random, state(), symbol, this.#nowUs))
    }
    if (this.#faults.happens('garbage_event', 0.02)) this.#engine.tell([garbageEvent(this.#random, state(), symbol, false)])
    if (this.#faults.happens('foreign_event', 0.02)) this.#engine.tell([garbageEvent(this.#random, state(), symbol, true)])
    const booked = this.#auditor.bookedTrades()
    if (booked.length > 0 && this.#faults.happens('fill_told_otherwise', 0.02)) {
      this.#engine.tell([this.#venue.tellOtherwise(this.#random.pick(booked))])
    }
    const paid = this.#venue.fundings.filter(({ instrument, fundingId }) => state().fundings.has(`${instrument}|${fundingId}`))
    if (paid.length > 0 && this.#faults.happens('funding_told_otherwise', 0.01)) {
      const { timeUs: _, ...payment } = this.#random.pick(paid)
      this.#engine.tell([this.#venue.payOtherwise(payment)])
    }
  }

  #moveMarket(): void {
    const { symbol } = this.#random.pick(this.#setup.listings).instrument
    this.#market.drift(symbol)
    // The feed falls silent for a while, and prices move on without anybody here knowing.
    if (this.#faults.happens('market_stale', 0.03)) this.#marketSleepsUntilUs = this.#nowUs + 8 * SECOND_US
    if (this.#nowUs >= this.#marketSleepsUntilUs && symbol !== this.#setup.unmarked)
      this.#engine.tell([this.#operator.mark(symbol, this.#nowUs)])
  }

  #send(message: VenueRequest): void {
    if (message.kind === 'submit' && this.#faults.happens('arrived_too_late', 0.015)) {
      const lateUs = this.#random.between(40 * SECOND_US, 60 * SECOND_US)
      this.#schedule.add(this.#nowUs + lateUs, { kind: 'to_venue', message: { ...message, late: true } })
    } else {
      this.#requests.send(this.#nowUs, { kind: 'to_venue', message })
    }
  }

  #restartVenue(): void {
    this.#venue.restart(this.#nowUs)
    this.#schedule.drop((event) => event.kind === 'to_venue' || event.kind === 'to_engine')
  }

  #answer(answers: readonly VenueAnswer[]): void {
    for (const answer of answers) this.#answers.send(this.#nowUs, { kind: 'to_engine', answer })
  }

  #hear(answer: VenueAnswer): void {
    const { state } = this.#engine
    if (answer.type === 'ORDER_REPORT') return this.#engine.tell(this.#reconciler.hearOrder(answer, state))
    if (answer.type !== 'ACCOUNT_REPORT') return this.#engine.tell([answer])
    for (const id of this.#reconciler.behind(answer, state)) this.#engine.toAsk.add(id)
    this.#engine.tell(this.#reconciler.hearAccount(answer, state))
  }

  /** Asks about what is in doubt, about what was to be asked, and now and then about all that is open, or all there is. */
  #ask(): void {
    const { state, toAsk } = this.#engine
    for (const [id, { status, cancel }] of state.liveOrders) {
      if (status === 'in_doubt' || status === 'quarantined' || cancel === 'in_doubt' || this.#random.chance(0.1)) toAsk.add(id)
    }
    this.#query()
    if (this.#random.chance(0.4)) this.#send({ kind: 'open_orders' })
    if (this.#random.chance(0.3)) this.#send({ kind: 'account' })
  }

  #query(): void {
    for (const clientOrderId of this.#engine.toAsk) {
      const message: VenueRequest = { kind: 'query', clientOrderId, askedAtUs: this.#nowUs }
      if (this.#engine.state.orders.has(clientOrderId)) this.#send(message)
    }
    this.#engine.toAsk.clear()
  }

  /** No more faults and no more wishes: everything under way arrives, everything is asked about, and then all must agree. */
  #finish(): void {
    this.#faults.stop()
    this.#ending = true
    this.#drain()
    for (const { instrument } of this.#setup.listings) {
      this.#engine.tell([{ type: 'LIST_INSTRUMENT', instrument }, this.#operator.mark(instrument.symbol, this.#nowUs)])
    }
    const cancels = this.#random.chance(0.5)
    if (!cancels) this.#venue.catchUp()
    this.#nowUs += CALM_US
    for (let round = 0; round < FINAL_ROUNDS; round += 1) this.#settle(cancels)
    // Not every look at the venue shows its positions, and no order is absent while one of them is another than ours.
    for (let round = 0; round < FINAL_ROUNDS && this.#isInDoubt(); round += 1) this.#settle(cancels)
    this.#agree()
    if (this.#random.chance(0.4)) this.#flatten()
  }

  #isInDoubt(): boolean {
    return [...this.#engine.state.liveOrders.values()].some(({ status }) => status === 'in_doubt')
  }

  /** Asks about everything that is open, and about the account, and waits until all of it was heard. */
  #settle(cancels: boolean): void {
    this.#nowUs += 4 * SECOND_US
    for (const { instrument } of cancels ? this.#setup.listings : []) {
      this.#engine.tell([{ type: 'CANCEL', target: { kind: 'instrument', instrument: instrument.symbol } }])
    }
    for (const id of this.#engine.state.liveOrders.keys()) this.#engine.toAsk.add(id)
    this.#query()
    this.#send({ kind: 'open_orders' })
    this.#send({ kind: 'account' })
    this.#drain()
  }

  #agree(): void {
    this.#auditor.checkReplay(this.#engine.state)
    this.#auditor.checkVenue()
    judgeAgreement(this.#engine.state, this.#venue, this.#auditor)
  }

  /** In a session without limits, and with coins enough, whatever is open in a slot can be closed: sold, or written off. */
  #flatten(): void {
    this.#nowUs += LONGEST_WAIT_US
    this.#engine.tell([{ type: 'HALT_SESSION', reason: 'duration_elapsed', detail: null }, ...this.#operator.openToFlatten(this.#nowUs)])
    const { state } = this.#engine
    for (let round = 0; round < FINAL_ROUNDS; round += 1) {
      for (const [slotId, { openSize }] of state.slots) {
        if (openSize !== 0n) this.#engine.tell([{ type: 'EXIT_RESIDUAL', slotId, reason: 'the end' }])
      }
      this.#settle(false)
    }
    judgeFlat(state)
    this.#agree()
  }

  #drain(): void {
    this.#schedule.drop(({ kind }) => kind in RESTS)
    while (this.#schedule.size > 0) this.#step()
  }
}
