// The paper venue: the exchange in this process, at the end of a line with latency. Lives in session time only.

import { DitaError, EXIT } from '../../errors.ts'
import { Exchange, type ExchangeOptions } from '../../exchange/exchange.ts'
import type { FundingEvent, VenueEvent } from '../../kernel/inputs.ts'
import type { MarketEvent } from '../../market/events.ts'
import type { Effect, OrderNotFound, Venue, VenueBooks, VenueCalls, VenueHealth, VenueOrder } from '../port.ts'
import { DELAY_LINE_LIMIT, DelayLine } from './delay-line.ts'
import { paperBooks, paperOrder } from './paper-books.ts'

export interface PaperVenueOptions extends ExchangeOptions {
  /** From us to the exchange, and from the exchange to us: for submits, cancels and queries alike. */
  readonly entryLatencyUs: number
  readonly responseLatencyUs: number
}

/** A rehearsed venue has nothing to say to people: what it says is for the kernel, or the answer that it has no such order. */
export interface TimedPaperEvent {
  readonly timeUs: number
  readonly event: PaperEvent
}

type PaperEvent = VenueEvent | OrderNotFound

/** @throws DitaError INSTRUMENT_UNSUPPORTED, PAPER_OPTIONS_INVALID */
export function createPaperVenue(options: PaperVenueOptions): PaperVenue {
  assertOptions(options)
  return new PaperVenue(options)
}

/** It is in this process: there is no way to it that could fail. */
const NEVER_LOST = { silentSinceUs: null, lately: { calls: 0, unanswered: 0 }, streamLostUs: null, accountLostUs: null } as const

/**
 * A command reaches the exchange at the time it was sent plus the entry latency, and its answer reaches us the response
 * latency after that. One that arrives before a market event is matched against the book as it was before the event; one
 * that arrives at the very same time comes after it, as if everybody else had been faster. To know that, the venue has to
 * wait for the events of that time before it answers: no answer takes less than a microsecond.
 */
export class PaperVenue implements Venue {
  readonly name = 'paper'
  readonly clock = 'session'
  /** To look at in tests and reports; commands go through `send`. */
  readonly exchange: Exchange
  readonly #commands: DelayLine<Effect>
  readonly #answers: DelayLine<PaperEvent>
  readonly #responseLatencyUs: number
  #isClosed = false

  constructor(options: PaperVenueOptions) {
    this.exchange = new Exchange(options)
    this.#commands = new DelayLine('commands', options.entryLatencyUs)
    this.#responseLatencyUs = Math.max(options.responseLatencyUs, 1)
    this.#answers = new DelayLine('answers', this.#responseLatencyUs)
  }

  /** There is nothing to connect to; an aborted start is honoured all the same. */
  async connect(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
  }

  /** @throws DitaError VENUE_QUEUE_FULL, VENUE_CLOSED */
  send(effect: Effect, nowUs: number): void {
    if (this.#isClosed) throw venueClosed(effect)
    this.#commands.push(effect, nowUs)
  }

  onMarket(event: MarketEvent): void {
    const dueUs = this.#commands.nextDueUs()
    if (dueUs !== undefined && dueUs < event.timeUs) this.#arrive(event.timeUs - 1)
    this.exchange.onMarket(event)
    if (this.exchange.hasSaid) this.#collect()
  }

  /** Exact, since every command is answered on arrival: the first answer under way, or the one to the next command. */
  nextEventUs(): number | undefined {
    const answerUs = this.#answers.nextDueUs()
    const arrivalUs = this.#commands.nextDueUs()
    if (arrivalUs === undefined) return answerUs
    return Math.min(answerUs ?? Number.POSITIVE_INFINITY, arrivalUs + this.#responseLatencyUs)
  }

  /**
   * Hand over the market events before `nowUs` first: what arrives before it is matched against the book as it is now.
   * Those of `nowUs` itself may still come, so what arrives just then waits for them.
   */
  take(nowUs: number): TimedPaperEvent[] {
    this.#arrive(nowUs - 1)
    const events: TimedPaperEvent[] = []
    for (let dueUs = this.#answers.nextDueUs(); dueUs !== undefined && dueUs <= nowUs; dueUs = this.#answers.nextDueUs()) {
      events.push({ timeUs: dueUs, event: this.#answers.shift()?.item as PaperEvent })
    }
    return events
  }

  /** Session time drives it: it never has news between two steps. */
  onNews(): void {
    // Nobody is ever woken.
  }

  async lookAtBooks({ fillsFromUs }: { readonly fillsFromUs: number }): Promise<VenueBooks> {
    return paperBooks(this.exchange, fillsFromUs)
  }

  async findOrder({ clientOrderId }: { readonly clientOrderId: string }): Promise<VenueOrder | null> {
    const order = this.exchange.order(clientOrderId)
    return order === undefined ? null : paperOrder(order)
  }

  /** Nobody pays funding here. */
  async followFunding(): Promise<readonly FundingEvent[]> {
    return []
  }

  health(): VenueHealth {
    const queued = this.#commands.length
    const quiet = { budget: null, latencyMs: null, errors: new Map<string, number>(), calls: 0, clockOffsetUs: 0, ...NEVER_LOST }
    return { state: this.#isClosed ? 'unreachable' : 'ok', queued, queueLimit: DELAY_LINE_LIMIT, ...quiet }
  }

  calls(): readonly VenueCalls[] {
    return []
  }

  async close(): Promise<void> {
    this.#isClosed = true
  }

  #arrive(untilUs: number): void {
    for (let dueUs = this.#commands.nextDueUs(); dueUs !== undefined && dueUs <= untilUs; dueUs = this.#commands.nextDueUs()) {
      this.#execute(this.#commands.shift()?.item as Effect, dueUs)
      this.#collect()
    }
  }

  #execute(effect: Effect, nowUs: number): void {
    switch (effect.type) {
      case 'submit':
        return this.exchange.submit(effect.request, nowUs)
      case 'cancel':
        return this.exchange.cancel(effect.clientOrderId, effect.venueOrderId, nowUs)
      case 'query':
        return this.#query(effect.clientOrderId, nowUs)
    }
  }

  /** Nothing overtakes the question, so that what is not there when it arrives was never sent before it. */
  #query(clientOrderId: string, nowUs: number): void {
    if (this.exchange.query(clientOrderId, nowUs)) return
    this.#answers.push({ type: 'ORDER_NOT_FOUND', clientOrderId, venueTimeUs: this.exchange.nowUs }, this.exchange.nowUs)
  }

  #collect(): void {
    for (const { timeUs, event } of this.exchange.drain()) this.#answers.push(event, timeUs)
  }
}

function assertOptions(options: PaperVenueOptions): void {
  const faults: string[] = []
  for (const name of ['entryLatencyUs', 'responseLatencyUs'] as const) {
    if (!Number.isSafeInteger(options[name]) || options[name] < 0) faults.push(`${name} must be a whole number of µs, not ${options[name]}`)
  }
  if (options.idPrefix === '') faults.push('the ids need a prefix')
  if (faults.length === 0) return
  throw new DitaError('PAPER_OPTIONS_INVALID', {
    fault: 'user',
    exitCode: EXIT.config,
    message: `The paper venue cannot be set up: ${faults.join('; ')}.`,
    next: 'Correct `paper` in the config; `dita init` writes one that works.',
  })
}

function venueClosed(effect: Effect): DitaError {
  return new DitaError('VENUE_CLOSED', {
    fault: 'dita',
    exitCode: EXIT.defect,
    message: `A ${effect.type} was sent to the paper venue after it was closed.`,
    next: 'Report this as a defect of dita, with the session id.',
  })
}
