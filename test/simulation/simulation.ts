// One run: a kernel, a strategy, a bad network and a model venue on one virtual clock, all driven by one seed. Judged after
// every step; the same seed does the same again.

import { apply } from '../../src/core/kernel/apply.ts'
import { decide } from '../../src/core/kernel/decide.ts'
import { dec, ZERO } from '../../src/core/kernel/decimal.ts'
import type { FactBody, OrderRequest } from '../../src/core/kernel/facts.ts'
import type { KernelInput, SessionOpening, VenueEvent } from '../../src/core/kernel/inputs.ts'
import type { Instrument } from '../../src/core/kernel/instrument.ts'
import { CANCEL_PENDING } from '../../src/core/kernel/order-table.ts'
import { createState, type KernelState, viewOf } from '../../src/core/kernel/state.ts'
import { Auditor } from './auditor.ts'
import { judgeDecision } from './decision-rules.ts'
import { type FaultCounts, Faults } from './faults.ts'
import { ModelVenue, type VenueRequest } from './model-venue.ts'
import { Random } from './random.ts'
import { garbageEvent, randomIntent } from './random-strategy.ts'
import { Schedule } from './schedule.ts'

export interface RunResult {
  readonly seed: number
  readonly steps: number
  readonly facts: number
  readonly orders: number
  readonly fills: number
  readonly simulatedUs: number
  readonly faults: FaultCounts
  readonly violation: string | null
}

type Event =
  | { readonly kind: 'strategy' | 'venue' | 'patrol' }
  | { readonly kind: 'to_venue'; readonly message: VenueRequest }
  | { readonly kind: 'to_engine'; readonly event: VenueEvent }
  | { readonly kind: 'timeout'; readonly of: 'submit' | 'cancel'; readonly clientOrderId: string }

const START_US = 1_700_000_000_000_000
const SECOND_US = 1_000_000
const TIMEOUT_US = 3 * SECOND_US
const VALIDITY_US = 10 * SECOND_US
/** Replay is compared whole so often; all else after every step. */
const REPLAY_EVERY = 25
/** How often the venue is asked at the end before what still differs counts. */
const FINAL_ROUNDS = 6

export function simulate(seed: number, steps: number): RunResult {
  return new Simulation(seed).run(steps)
}

class Simulation {
  readonly #seed: number
  readonly #random: Random
  readonly #faults: Faults
  readonly #venue: ModelVenue
  readonly #instrument: Instrument
  readonly #auditor = new Auditor()
  readonly #schedule = new Schedule<Event>()
  #state: KernelState = createState()
  #nowUs = START_US
  #steps = 0
  #ending = false
  /** Counts the lives of the engine: what one was about to do, the next one does not. */
  #life = 1
  /** Orders that the kernel asked about and no question has left for yet. */
  readonly #toAsk = new Set<string>()

  constructor(seed: number) {
    this.#seed = seed
    this.#random = new Random(seed)
    this.#faults = new Faults(this.#random)
    this.#instrument = instrumentOf(this.#random.chance(0.5))
    const { base, quote } = this.#instrument
    this.#venue = new ModelVenue(this.#random, this.#faults, [quote, base, 'FEE'])
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
      orders: this.#state.orders.size,
      fills: this.#venue.trades.size,
      simulatedUs: this.#nowUs - START_US,
      faults: this.#faults.counts,
      violation,
    }
  }

  #start(): void {
    // Stopped before the opening was journaled, the engine opens again.
    while (this.#state.session === null) this.#tell({ type: 'OPEN_SESSION', session: openingOf(this.#seed, this.#instrument) })
    this.#tell({ type: 'FLOW_CAPITAL', asset: this.#instrument.quote, amount: dec('1000'), note: 'start' })
    this.#tell({ type: 'MARK_PRICE', instrument: this.#instrument.symbol, price: dec('2') })
    this.#schedule.add(this.#nowUs, { kind: 'strategy' })
    this.#schedule.add(this.#nowUs, { kind: 'venue' })
    this.#schedule.add(this.#nowUs + 5 * SECOND_US, { kind: 'patrol' })
  }

  #step(): void {
    const next = this.#schedule.take()
    if (next === undefined) throw new Error('nothing is left to happen')
    this.#nowUs = Math.max(this.#nowUs, next.timeUs)
    this.#steps += 1
    this.#happen(next.item)
    this.#judge()
  }

  #judge(): void {
    this.#auditor.check(this.#state, this.#instrument.symbol)
    if (this.#steps % REPLAY_EVERY !== 0) return
    this.#auditor.checkReplay(this.#state)
    this.#auditor.checkVenue(this.#venue)
  }

  #happen(event: Event): void {
    switch (event.kind) {
      case 'strategy':
        this.#tell(randomIntent(this.#random, this.#faults, viewOf(this.#state), this.#instrument.symbol))
        this.#oddEvents()
        return this.#again(event, 100_000, 2 * SECOND_US)
      case 'venue':
        if (this.#faults.happens('venue_restarted', 0.003)) this.#restartVenue()
        else this.#answer(this.#venue.act(this.#nowUs))
        return this.#again(event, 100_000, 3 * SECOND_US)
      case 'patrol':
        this.#ask()
        return this.#again(event, 2 * SECOND_US, 10 * SECOND_US)
      case 'to_venue':
        return this.#answer(this.#venue.receive(event.message, this.#nowUs))
      case 'to_engine':
        return this.#tell(event.event)
      case 'timeout':
        return this.#timeOut(event.of, event.clientOrderId)
    }
  }

  #again(event: Event, leastUs: number, mostUs: number): void {
    if (!this.#ending) this.#schedule.add(this.#nowUs + this.#random.between(leastUs, mostUs), event)
  }

  /** One input through the kernel: decided, journaled, applied, and only then carried out. The engine may stop anywhere in it. */
  #tell(input: KernelInput): void {
    const facts = decide(this.#state, { timeUs: this.#nowUs, input })
    if (this.#faults.happens('engine_stopped_within_decision', 0.004)) {
      for (const fact of facts.slice(0, this.#random.below(facts.length + 1))) apply(this.#state, fact)
      return this.#recover()
    }
    for (const fact of facts) {
      this.#auditor.commit(fact, this.#venue)
      apply(this.#state, fact)
    }
    judgeDecision(input, facts, viewOf(this.#state))
    if (this.#faults.happens('engine_stopped_before_sending', 0.004)) return this.#recover()
    const life = this.#life
    for (const { body } of facts) if (this.#life === life) this.#carryOut(body)
    if (this.#faults.happens('engine_stopped_after_sending', 0.004)) this.#recover()
  }

  #carryOut(body: FactBody): void {
    if (body.type === 'ORDER_PREPARED') return this.#submit(body.request)
    if (body.type === 'ORDER_QUERIED') this.#toAsk.add(body.clientOrderId)
    if (body.type !== 'CANCEL_MOVED' || body.to !== 'requested') return
    const { clientOrderId } = body
    this.#send({ kind: 'cancel', clientOrderId })
    this.#schedule.add(this.#nowUs + TIMEOUT_US, { kind: 'timeout', of: 'cancel', clientOrderId })
    this.#tell({ type: 'NOTE_CANCEL', clientOrderId, outcome: 'sent', detail: null })
  }

  #submit(request: OrderRequest): void {
    const { clientOrderId } = request
    this.#auditor.send(request)
    this.#send({ kind: 'submit', request })
    this.#schedule.add(this.#nowUs + TIMEOUT_US, { kind: 'timeout', of: 'submit', clientOrderId })
    this.#tell({ type: 'NOTE_SUBMIT', clientOrderId, outcome: 'sent', detail: null })
  }

  #timeOut(of: 'submit' | 'cancel', clientOrderId: string): void {
    const order = this.#state.orders.get(clientOrderId)
    if (order === undefined) return
    const unanswered = order.status === 'prepared' || order.status === 'submitting'
    if (of === 'submit' && unanswered) this.#tell({ type: 'NOTE_SUBMIT', clientOrderId, outcome: 'unknown', detail: 'time-out' })
    if (of === 'cancel' && CANCEL_PENDING[order.cancel])
      this.#tell({ type: 'NOTE_CANCEL', clientOrderId, outcome: 'unknown', detail: 'time-out' })
  }

  /** All that is left is the journal: a prepared order may have been sent, and so may a requested cancel. */
  #recover(): void {
    this.#life += 1
    const life = this.#life
    const live = this.#state
    this.#state = this.#auditor.rebuild()
    if (live.seq === this.#state.seq) this.#auditor.checkReplay(live)
    this.#auditor.checkReplay(this.#state)
    this.#toAsk.clear()
    for (const [clientOrderId, { status, cancel }] of [...this.#state.liveOrders]) {
      // The engine may be stopped while it recovers: the next life has then done all of this.
      if (this.#life !== life) return
      this.#toAsk.add(clientOrderId)
      const detail = 'the engine was stopped'
      if (status === 'prepared' || status === 'submitting') this.#tell({ type: 'NOTE_SUBMIT', clientOrderId, outcome: 'unknown', detail })
      if (CANCEL_PENDING[cancel]) this.#tell({ type: 'NOTE_CANCEL', clientOrderId, outcome: 'unknown', detail })
    }
  }

  #restartVenue(): void {
    this.#venue.restart(this.#nowUs)
    this.#schedule.drop((event) => event.kind === 'to_venue' || event.kind === 'to_engine')
  }

  /** Asks about what is in doubt, about what was to be asked, and now and then about all that is open or was traded. */
  #ask(): void {
    for (const [id, { status, cancel }] of this.#state.liveOrders) {
      if (status === 'in_doubt' || cancel === 'in_doubt' || this.#random.chance(0.1)) this.#toAsk.add(id)
    }
    for (const clientOrderId of this.#toAsk) this.#query(clientOrderId)
    this.#toAsk.clear()
    if (this.#random.chance(0.3)) this.#send({ kind: 'open_orders' })
    if (this.#random.chance(0.1)) this.#send({ kind: 'trades' })
  }

  #query(clientOrderId: string): void {
    const order = this.#state.orders.get(clientOrderId)
    if (order !== undefined) this.#send({ kind: 'query', clientOrderId, validUntilUs: order.request.validUntilUs })
  }

  #send(message: VenueRequest): void {
    if (this.#faults.happens('request_lost', 0.03)) return
    const event: Event = { kind: 'to_venue', message }
    this.#schedule.add(this.#nowUs + this.#latencyUs('request_delayed'), event)
    if (this.#faults.happens('request_duplicated', 0.02)) this.#schedule.add(this.#nowUs + this.#latencyUs('request_delayed'), event)
  }

  #answer(events: readonly VenueEvent[]): void {
    let latencyUs = this.#latencyUs('answer_delayed')
    for (const venueEvent of events) {
      if (this.#faults.happens('answer_lost', 0.04)) continue
      const event: Event = { kind: 'to_engine', event: venueEvent }
      if (this.#faults.happens('answer_reordered', 0.1)) latencyUs = this.#latencyUs('answer_delayed')
      this.#schedule.add(this.#nowUs + latencyUs, event)
      if (this.#faults.happens('answer_duplicated', 0.05)) this.#schedule.add(this.#nowUs + this.#latencyUs('answer_delayed'), event)
    }
  }

  #latencyUs(delay: 'request_delayed' | 'answer_delayed'): number {
    return this.#random.between(1_000, this.#faults.happens(delay, 0.05) ? 12 * SECOND_US : 200_000)
  }

  #oddEvents(): void {
    const { symbol } = this.#instrument
    if (this.#faults.happens('garbage_event', 0.02)) this.#tell(garbageEvent(this.#random, viewOf(this.#state), symbol, false))
    if (this.#faults.happens('foreign_event', 0.02)) this.#tell(garbageEvent(this.#random, viewOf(this.#state), symbol, true))
    const told = [...this.#auditor.booked]
    if (told.length > 0 && this.#faults.happens('fill_told_otherwise', 0.02)) {
      this.#tell(this.#venue.tellOtherwise(this.#random.pick(told)))
    }
  }

  /** No more faults and no more wishes: everything under way arrives, everything is asked about, and then all must agree. */
  #finish(): void {
    this.#faults.stop()
    this.#ending = true
    this.#drain()
    this.#nowUs += VALIDITY_US + 2 * TIMEOUT_US
    for (let round = 0; round < FINAL_ROUNDS; round += 1) {
      this.#send({ kind: 'trades' })
      this.#send({ kind: 'open_orders' })
      for (const id of [...this.#state.liveOrders.keys(), ...this.#toAsk]) this.#query(id)
      this.#toAsk.clear()
      this.#drain()
    }
    this.#auditor.checkReplay(this.#state)
    this.#auditor.checkVenue(this.#venue)
    this.#auditor.checkAgreement(this.#state, this.#venue)
  }

  #drain(): void {
    this.#schedule.drop((event) => event.kind === 'strategy' || event.kind === 'venue' || event.kind === 'patrol')
    while (this.#schedule.size > 0) this.#step()
  }
}

function instrumentOf(spot: boolean): Instrument {
  return {
    symbol: spot ? 'XRP/RLUSD' : 'XRP/USDT:USDT',
    kind: spot ? 'spot' : 'linear',
    base: 'XRP',
    quote: spot ? 'RLUSD' : 'USDT',
    settle: spot ? 'RLUSD' : 'USDT',
    tickSize: dec('0.0001'),
    lotSize: dec('0.01'),
    minQuantity: dec('0.01'),
    maxQuantity: ZERO,
    minNotional: ZERO,
    maxLeverage: dec('5'),
  }
}

function openingOf(seed: number, instrument: Instrument): SessionOpening {
  return {
    sessionId: `simulation-${seed}`,
    account: 'simulation',
    mode: 'demo',
    venue: 'model',
    strategy: 'random',
    feedSource: 'simulated',
    seed,
    durationUs: 3_600 * SECOND_US,
    tickIntervalUs: SECOND_US,
    instrument,
    instrumentOrigin: 'built-in',
    slotIds: ['a', 'b', 'c'],
    limits: { maxExposure: ZERO, maxSessionLoss: ZERO, maxOrderNotional: ZERO, maxOpenOrders: 0, staleFeedUs: 0 },
    orderValidityUs: VALIDITY_US,
  }
}
