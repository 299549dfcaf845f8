// The BingX venue: USDT perpetuals over REST and the private stream, one account and one instrument. It carries effects out
// and news in; it keeps no state of an order that the kernel would have to trust.

import { DitaError, messageOf } from '../../errors.ts'
import { dec } from '../../kernel/decimal.ts'
import { ORDER_PREFIX } from '../../kernel/ids.ts'
import type { FundingEvent } from '../../kernel/inputs.ts'
import type { Instrument } from '../../kernel/instrument.ts'
import type { BooksQuestion, Effect, TimedVenueEvent, Venue, VenueBooks, VenueCalls, VenueHealth, VenueOrder } from '../port.ts'
import { createAnswers } from './answers.ts'
import { keepAsking } from './asking.ts'
import { checkAccount } from './connecting.ts'
import { type Desk, type KnownOrder, KnownOrders, measureClock } from './desk.ts'
import { inboxFull, unreachable, venueClosed } from './errors.ts'
import { Funding } from './funding.ts'
import { Inbox } from './inbox.ts'
import { ListenKey } from './listen-key.ts'
import { findOrder, lookAtBooks, lookForSession } from './looking.ts'
import { BINGX_DEFAULTS, type BingxTuning, type BingxVenueOptions } from './options.ts'
import { cancel, place } from './placing.ts'
import { readPrivateMessage } from './private-messages.ts'
import { venueWords } from './raw-text.ts'
import { Rest } from './rest.ts'
import { Sight } from './sight.ts'
import { Stream } from './stream.ts'
import { instrumentOf } from './symbols.ts'

export function createBingxVenue(options: BingxVenueOptions): BingxVenue {
  return new BingxVenue(options)
}

/**
 * `created` until `connect`; then `connected` until `close`. Effects are taken when connected only. News comes from three
 * places: answers to what we sent, questions about single orders, and looks at the whole account. The stream says when to ask.
 */
export class BingxVenue implements Venue {
  readonly name = 'bingx'
  readonly clock = 'world'
  readonly #options: BingxVenueOptions
  readonly #tuning: BingxTuning
  readonly #desk: Desk
  readonly #inbox: Inbox
  readonly #closing = new AbortController()
  readonly #funding: Funding
  readonly #listenKey: ListenKey
  readonly #stream: Stream
  /** What is under way, awaited when the venue closes. */
  readonly #tasks = new Set<Promise<void>>()
  #instrument: Instrument | null = null
  #closed: Promise<void> | null = null
  #opened = Promise.withResolvers<void>()
  #hasOpened = false
  #isStreamLost = false
  readonly #sight = new Sight()
  #lookNow = new AbortController()
  #wantsLook = false
  #warnedLeverage = ''

  constructor(options: BingxVenueOptions) {
    this.#options = options
    const tuning = { ...BINGX_DEFAULTS, ...options.tuning }
    this.#tuning = tuning
    const { restUrl, credentials, clock, random } = options
    const answers = createAnswers()
    const inbox = new Inbox({ clock, limit: tuning.longestInbox, log: options.log })
    this.#inbox = inbox
    const onBreaker = (isOpen: boolean) => this.#onBreaker(isOpen)
    const rest = new Rest({ restUrl, credentials, clock, tuning, onBreaker })
    this.#desk = {
      rest,
      answers,
      clock,
      tuning,
      orders: new KnownOrders(tuning.knownOrders),
      signal: this.#closing.signal,
      emit: (news) => inbox.emit(news),
      notice: (severity, text) => inbox.notice(severity, text),
      ask: (order) => this.#begin('a question', keepAsking(this.#desk, order)),
    }
    this.#funding = new Funding(this.#desk, options.instrument)
    this.#listenKey = new ListenKey({ rest, answers, clock, tuning, onExpired: () => this.#onKeyExpired() })
    this.#stream = new Stream({
      addressOf: async (signal) => `${options.streamUrl}?listenKey=${(await this.#listenKey.current(signal)).reveal()}`,
      clock,
      random,
      tuning,
      onOpen: () => this.#onStreamOpen(),
      onMessage: (message) => this.#onMessage(message),
      onGap: (why) => this.#onGap(why),
    })
  }

  /** What the venue said of the instrument; null before it was connected. */
  get instrument(): Instrument | null {
    return this.#instrument
  }

  async connect(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const { clock } = this.#options
    const limit = new AbortController()
    const finished = new AbortController()
    void clock.sleep(this.#tuning.connectTimeoutMs, finished.signal).then(() => limit.abort())
    const bounded = AbortSignal.any([signal, limit.signal, this.#closing.signal])
    try {
      this.#instrument = await checkAccount(this.#desk, this.#options, bounded)
      this.#stream.start()
      await Promise.race([this.#opened.promise, abortedOf(bounded)])
      if (!this.#hasOpened) throw unreachable('its private stream', 'it could not be opened in time')
      await this.#look(bounded)
    } catch (error) {
      signal.throwIfAborted()
      throw error
    } finally {
      finished.abort()
    }
    const closing = this.#closing.signal
    this.#begin('keeping the listen key', this.#listenKey.keepAlive(closing))
    this.#begin('looking at the account', this.#keepLooking(closing))
    this.#begin('measuring the clock', this.#keepTime(closing))
  }

  /** @throws DitaError VENUE_CLOSED, VENUE_QUEUE_FULL */
  send(effect: Effect, _nowUs: number): void {
    if (this.#closed !== null) throw venueClosed(effect.type)
    if (this.#inbox.isFull) throw inboxFull(this.#inbox.count)
    const [clientOrderId, instrument] =
      effect.type === 'submit' ? [effect.request.clientOrderId, effect.request.instrument] : [effect.clientOrderId, effect.instrument]
    const order = this.#desk.orders.meet(clientOrderId, instrument)
    if (order === null) {
      this.#refuse(effect, clientOrderId)
      return
    }
    if (effect.type === 'submit') {
      this.#submit(order, effect)
      return
    }
    if (effect.type === 'cancel') {
      if (effect.venueOrderId !== null) this.#desk.orders.bind(order, effect.venueOrderId)
      this.#begin('a cancel', cancel(this.#desk, order))
    } else {
      this.#desk.ask(order)
    }
  }

  onMarket(): void {
    // A real venue sees its own market.
  }

  nextEventUs(): number | undefined {
    return this.#inbox.nextUs()
  }

  take(nowUs: number): TimedVenueEvent[] {
    return this.#inbox.take(nowUs)
  }

  onNews(wake: () => void): void {
    this.#inbox.onNews(wake)
  }

  lookAtBooks(question: BooksQuestion, signal: AbortSignal): Promise<VenueBooks> {
    return lookAtBooks(this.#desk, question, AbortSignal.any([signal, this.#closing.signal]))
  }

  findOrder(order: { readonly clientOrderId: string; readonly instrument: string }, signal: AbortSignal): Promise<VenueOrder | null> {
    return findOrder(this.#desk, order.clientOrderId, order.instrument, AbortSignal.any([signal, this.#closing.signal]))
  }

  async followFunding(fromUs: number, signal: AbortSignal): Promise<readonly FundingEvent[]> {
    const closing = this.#closing.signal
    try {
      return await this.#funding.begin(fromUs, AbortSignal.any([signal, closing]))
    } catch (error) {
      if (!signal.aborted && !(error instanceof DitaError)) throw error
      if (!signal.aborted) this.#inbox.notice('warning', `${messageOf(error)} What was paid is booked once it can be asked for.`)
      return []
    } finally {
      this.#begin('asking for funding payments', this.#funding.keepAsking(closing))
    }
  }

  health(): VenueHealth {
    const { rest } = this.#desk
    const state = rest.breaker.isOpen ? 'unreachable' : rest.limiter.isPaused ? 'limited' : 'ok'
    return {
      state,
      clockOffsetUs: rest.time.offsetUs,
      queued: rest.limiter.queued,
      queueLimit: this.#tuning.queueLimit,
      budget: rest.limiter.budgetOf('place'),
      ...rest.tally.view(),
      ...this.#sight.view(),
    }
  }

  calls(): readonly VenueCalls[] {
    return this.#desk.rest.tally.calls()
  }

  close(): Promise<void> {
    this.#closed ??= this.#shut()
    return this.#closed
  }

  async #shut(): Promise<void> {
    const { clock } = this.#options
    const late = new AbortController()
    const placing = this.#desk.orders.all().map(({ placing: promise }) => promise)
    // What is on the wire gets its answer, for a bounded time: an answer that is here is no doubt later.
    await Promise.race([Promise.allSettled(placing), clock.sleep(this.#tuning.closeTimeoutMs, late.signal)])
    late.abort()
    await Promise.race([this.#listenKey.end(this.#closing.signal), clock.sleep(this.#tuning.closeTimeoutMs / 5, this.#closing.signal)])
    this.#closing.abort()
    await this.#stream.close()
    await Promise.allSettled(this.#tasks)
    await this.#desk.rest.close()
  }

  #submit(order: KnownOrder, { request }: Extract<Effect, { type: 'submit' }>): void {
    if (order.request !== null) {
      // Sent once already: whatever became of it, it is asked about and never sent again.
      this.#inbox.notice('alarm', `Order ${order.clientOrderId} was to be sent a second time; it is asked about instead.`)
      this.#desk.ask(order)
      return
    }
    order.request = request
    order.sentMs = this.#desk.rest.time.nowUs() / 1_000
    const placing = place(this.#desk, order, request, this.#instrument)
    order.placing = placing.finally(() => {
      order.placing = null
    })
    this.#begin('a placement', order.placing)
  }

  #refuse({ type }: Effect, clientOrderId: string): void {
    const reference = { clientOrderId, venueOrderId: null }
    const refusal = { code: 'NOT_SENT_INVALID', reason: 'BingX has no such instrument, so it was never sent' }
    if (type === 'submit') this.#inbox.emit({ type: 'ORDER_REJECT', ...refusal, ...reference })
    else if (type === 'cancel') this.#inbox.emit({ type: 'CANCEL_REJECT', ...refusal, ...reference })
    else this.#inbox.notice('alarm', `Order ${venueWords(clientOrderId)} cannot be asked about: BingX has no such instrument.`)
  }

  /** Nothing runs without somebody who hears of its failure. */
  #begin(what: string, task: Promise<void>): void {
    const handled = task.catch((error: unknown) => {
      if (!this.#closing.signal.aborted) this.#inbox.notice('alarm', `${what} at BingX failed: ${messageOf(error)}`)
    })
    this.#tasks.add(handled)
    void handled.then(() => this.#tasks.delete(handled))
  }

  #onBreaker(isOpen: boolean): void {
    if (isOpen) this.#inbox.notice('alarm', 'BingX does not answer any more: nothing new is sent until it does.', 'answered')
    else this.#inbox.notice('info', 'BingX answers again.')
  }

  #onStreamOpen(): void {
    this.#isStreamLost = false
    this.#sight.streamOpened()
    if (!this.#hasOpened) {
      this.#hasOpened = true
      this.#opened.resolve()
      return
    }
    this.#inbox.notice('info', 'The private stream of BingX is open again; the account is looked at anew.')
    this.#reconcile()
  }

  #onGap(why: string): void {
    // Of the tries to get it back only the first needs a word, until it is open again.
    if (!this.#isStreamLost) this.#inbox.notice('warning', `The private stream of BingX may have missed something (${venueWords(why)}).`)
    this.#isStreamLost = !this.#stream.isOpen
    if (this.#isStreamLost) this.#sight.streamLost(this.#options.clock.nowUs())
    // A key that the venue no longer takes would be refused for ever.
    if (!this.#stream.isOpen) this.#listenKey.drop()
    else this.#reconcile()
  }

  #onKeyExpired(): void {
    this.#listenKey.drop()
    this.#inbox.notice('info', 'The listen key of BingX has expired; a new one is taken.')
    this.#stream.renew()
  }

  /** REST says what a gap has hidden: every order that may be alive, and the account as a whole. */
  #reconcile(): void {
    for (const order of this.#desk.orders.all()) if (!order.isOver) this.#desk.ask(order)
    this.#lookSoon()
  }

  #onMessage(message: unknown): void {
    if (this.#inbox.isFull) return
    const read = readPrivateMessage(message)
    switch (read.kind) {
      case 'order':
        return this.#onOrderEvent(read)
      case 'account':
        if (read.cause === 'FUNDING_FEE') this.#funding.askSoon()
        else if (read.cause !== 'ORDER') this.#lookSoon()
        return
      case 'config':
        return this.#onConfigEvent(read)
      case 'key_expired':
        return this.#onKeyExpired()
      case 'none':
    }
  }

  #onOrderEvent(read: Extract<ReturnType<typeof readPrivateMessage>, { kind: 'order' }>): void {
    const { orders } = this.#desk
    const instrument = read.symbol === null ? null : instrumentOf(read.symbol)
    const isOurs = read.clientOrderId?.startsWith(ORDER_PREFIX) === true && instrument === this.#options.instrument
    const known = orders.find(read.clientOrderId, read.venueOrderId)
    const order = known ?? (isOurs ? orders.meet(read.clientOrderId as string, this.#options.instrument) : null)
    if (order === null || order === undefined) {
      if (read.isForced) this.#inbox.notice('alarm', `BingX closes a position by force on ${venueWords(read.symbol ?? 'an instrument')}.`)
      // Somebody else's order: what it did to the account is seen there.
      if (instrument === this.#options.instrument) this.#lookSoon()
      return
    }
    const isUnbound = order.venueOrderId === null
    if (read.venueOrderId !== null) orders.bind(order, read.venueOrderId)
    if (!read.isNew) {
      this.#desk.ask(order)
      return
    }
    // The venue has it, and nothing more is said: this alone is as good as an answer.
    if (read.venueOrderId === null || !isUnbound) return
    this.#inbox.emit({ type: 'ORDER_ACK', clientOrderId: order.clientOrderId, venueOrderId: read.venueOrderId })
  }

  /** Said again every few seconds: only a change is news. */
  #onConfigEvent({ symbol, highest }: { readonly symbol: string; readonly highest: string }): void {
    const { maxLeverage, instrument } = this.#options
    if (maxLeverage === null || instrumentOf(symbol) !== instrument || dec(highest) <= maxLeverage) return
    if (this.#warnedLeverage === highest) return
    this.#warnedLeverage = highest
    this.#inbox.notice('alarm', `The leverage of ${instrument} at BingX was set to ${highest}, above what the config allows.`)
  }

  #lookSoon(): void {
    this.#wantsLook = true
    this.#lookNow.abort()
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { event, isWhole } = await lookForSession(this.#desk, this.#options.instrument, signal)
    this.#sight.looked(isWhole, this.#options.clock.nowUs())
    this.#inbox.emit(event)
  }

  async #keepLooking(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options
    const { snapshotIntervalMs, snapshotIntervalUnstreamedMs, questionPauseMs } = this.#tuning
    while (!signal.aborted) {
      this.#lookNow = new AbortController()
      const pauseMs = this.#stream.isOpen && !this.#sight.isAccountLost ? snapshotIntervalMs : snapshotIntervalUnstreamedMs
      if (!this.#wantsLook) await clock.sleep(pauseMs, AbortSignal.any([signal, this.#lookNow.signal]))
      // Several reasons to look come together: one look serves them all.
      if (this.#wantsLook) await clock.sleep(questionPauseMs, signal)
      if (signal.aborted) return
      this.#wantsLook = false
      for (const order of this.#desk.orders.all()) if (order.isStale) this.#desk.ask(order)
      try {
        await this.#look(signal)
      } catch (error) {
        this.#sight.looked(false, clock.nowUs())
        if (!signal.aborted) this.#inbox.notice('warning', `The account at BingX could not be looked at: ${messageOf(error)}`)
      }
    }
  }

  async #keepTime(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options
    while (!signal.aborted) {
      await clock.sleep(this.#tuning.clockIntervalMs, signal)
      if (signal.aborted) return
      const before = this.#desk.rest.time.offsetUs ?? 0
      await measureClock(this.#desk, signal)
      const offsetMs = (this.#desk.rest.time.offsetUs ?? 0) / 1_000
      if (Math.abs(offsetMs - before / 1_000) > this.#tuning.largestClockOffsetMs) {
        this.#inbox.notice(
          'alarm',
          `The clocks of BingX and of this machine have moved apart by ${Math.round(offsetMs - before / 1_000)} ms.`,
        )
      }
    }
  }
}

function abortedOf(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
