// The live market of one BingX perpetual as a feed: book, trades and mark over the public stream. It needs no key. A break in
// the numbering, or a lost stream, empties the book until the venue has given all of it again.

import { randomUUID } from 'node:crypto'
import { formatDecimal } from '../../kernel/decimal.ts'
import type { FeedReport } from '../../kernel/inputs.ts'
import type { Instrument } from '../../kernel/instrument.ts'
import type { MarketEvent } from '../../market/events.ts'
import type { Feed, FeedNotice } from '../../market/feed.ts'
import { Notices } from '../../market/notices.ts'
import { createAnswers } from './answers.ts'
import { instrumentFrom } from './contracts.ts'
import { unreachable } from './errors.ts'
import { MessageFault, type PublicMessage, type PublicTrade, readPublicMessage } from './feed-messages.ts'
import { contractOf } from './listing.ts'
import { symbolOf } from './looking.ts'
import { BINGX_DEFAULTS, type BingxClock, type BingxTuning } from './options.ts'
import { venueWords } from './raw-text.ts'
import { Rest } from './rest.ts'
import { Stream } from './stream.ts'

export interface BingxFeedOptions {
  readonly restUrl: string
  readonly streamUrl: string
  /** In our words: `BTC/USDT:USDT`. */
  readonly instrument: string
  /** The instrument as the venue's account knows it; null asks the contracts endpoint, whose leverage is out of date. */
  readonly known: Instrument | null
  /** Every change of the book, or its best twenty levels twice a second. */
  readonly depth: 'changes' | 'levels'
  readonly clock: BingxClock
  readonly random: () => number
  readonly tuning?: Partial<BingxTuning>
}

/** Events that nobody pulls are kept up to here; beyond it they are dropped, and the book begins anew. */
const MOST_BUFFERED = 50_000
/** Trades of the last instants, so that two equal ones of one millisecond get two ids. */
const MOST_TRADE_KEYS = 5_000

/** @throws DitaError VENUE_UNREACHABLE (exit 7), INSTRUMENT_UNSUPPORTED (exit 4) */
export async function openBingxFeed(options: BingxFeedOptions, signal: AbortSignal): Promise<Feed> {
  const tuning = { ...BINGX_DEFAULTS, ...options.tuning }
  const instrument = options.known ?? (await askInstrument(options, tuning, signal))
  const feed = new BingxFeed(options, tuning, instrument)
  try {
    await feed.open(signal)
  } catch (error) {
    await feed.close()
    throw error
  }
  return feed
}

async function askInstrument(options: BingxFeedOptions, tuning: BingxTuning, signal: AbortSignal): Promise<Instrument> {
  const { restUrl, clock, instrument } = options
  const rest = new Rest({ restUrl, credentials: null, clock, tuning, onBreaker: () => undefined })
  try {
    const answers = createAnswers()
    const contract = await contractOf({ rest, answers, clock, tuning, notice: () => undefined }, instrument, signal)
    return instrumentFrom(contract, instrument, null)
  } finally {
    await rest.close()
  }
}

class BingxFeed implements Feed {
  readonly source: string
  readonly instrument: Instrument
  readonly instrumentOrigin = 'venue'
  readonly startTimeUs: number
  readonly #symbol: string
  readonly #clock: BingxClock
  readonly #tuning: BingxTuning
  readonly #topics: readonly string[]
  readonly #stream: Stream
  readonly #notices = new Notices()
  #buffer: MarketEvent[] = []
  #news = Promise.withResolvers<void>()
  #opened = Promise.withResolvers<void>()
  #hasOpened = false
  #isClosed = false
  #send: (message: unknown) => void = () => undefined
  /** The venue's number of the last change; null while the whole book is awaited. */
  #depthId: number | null = null
  #bookId = 0
  #newestMs = 0
  #withinMs = 0
  #hasBook = false
  #isLost = false
  #firstTimeUs: number | null = null
  #lastTimeUs: number | null = null
  #events = 0
  #gaps = 0
  #badLines = 0
  #skipped = 0
  readonly #tradeKeys = new Map<string, number>()

  constructor(options: BingxFeedOptions, tuning: BingxTuning, instrument: Instrument) {
    const { streamUrl, clock, random, depth } = options
    this.source = 'bingx'
    this.instrument = instrument
    this.startTimeUs = clock.nowUs()
    this.#symbol = symbolOf(instrument.symbol)
    this.#clock = clock
    this.#tuning = tuning
    const book = depth === 'changes' ? 'incrDepth' : 'depth20@500ms'
    this.#topics = [book, 'bookTicker', 'trade', 'markPrice'].map((topic) => `${this.#symbol}@${topic}`)
    this.#stream = new Stream({
      addressOf: () => Promise.resolve(streamUrl),
      clock,
      random,
      tuning,
      onOpen: (send) => this.#onOpen(send),
      onMessage: (message) => this.#onMessage(message),
      onGap: (why) => this.#onGap(why),
    })
  }

  async open(signal: AbortSignal): Promise<void> {
    const finished = new AbortController()
    this.#stream.start()
    await Promise.race([this.#opened.promise, this.#clock.sleep(this.#tuning.connectTimeoutMs, AbortSignal.any([signal, finished.signal]))])
    finished.abort()
    signal.throwIfAborted()
    if (!this.#hasOpened) throw unreachable('its market stream', 'it could not be opened in time')
  }

  async *batches(): AsyncGenerator<readonly MarketEvent[]> {
    while (!this.#isClosed) {
      if (this.#buffer.length === 0) await this.#news.promise
      this.#news = Promise.withResolvers<void>()
      const batch = this.#buffer
      this.#buffer = []
      if (batch.length > 0) yield batch
    }
  }

  report(): FeedReport {
    return {
      source: this.source,
      events: this.#events,
      gaps: this.#gaps,
      badLines: this.#badLines,
      skipped: this.#skipped,
      firstTimeUs: this.#firstTimeUs,
      lastTimeUs: this.#lastTimeUs,
      truncated: false,
    }
  }

  takeNotices(): FeedNotice[] {
    return this.#notices.take()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#news.resolve()
    await this.#stream.close()
  }

  #onOpen(send: (message: unknown) => void): void {
    this.#send = send
    this.#depthId = null
    this.#isLost = false
    for (const dataType of this.#topics) send({ id: randomUUID(), reqType: 'sub', dataType })
    if (this.#hasOpened) this.#warn('The market stream of BingX is open again; the book begins anew.', 'info')
    this.#hasOpened = true
    this.#opened.resolve()
  }

  #onGap(why: string): void {
    // Of the tries to get it back only the first is a gap, until it is open again.
    if (this.#isLost) return
    this.#isLost = !this.#stream.isOpen
    this.#forgetBook(`The market stream of BingX may have missed something (${venueWords(why)}): the book begins anew.`)
    if (this.#stream.isOpen) this.#askWholeBook()
  }

  /** An empty snapshot tells everybody to forget what they know: nothing is traded on a book that may be wrong. */
  #forgetBook(why: string): void {
    this.#depthId = null
    this.#warn(why, 'warning')
    if (!this.#hasBook) return
    this.#hasBook = false
    this.#gaps += 1
    this.#push({ type: 'snapshot', timeUs: this.#stamp(), venueTimeUs: null, updateId: this.#nextBookId(null), bids: [], asks: [] })
  }

  #askWholeBook(): void {
    const [dataType] = this.#topics
    this.#send({ id: randomUUID(), reqType: 'unsub', dataType })
    this.#send({ id: randomUUID(), reqType: 'sub', dataType })
  }

  #onMessage(raw: unknown): void {
    try {
      this.#take(readPublicMessage(raw, this.#symbol))
    } catch (error) {
      if (!(error instanceof MessageFault)) throw error
      this.#badLines += 1
      this.#notices.addOnce(error.message, {
        timeUs: this.#lastTimeUs,
        severity: 'warning',
        text: `A message of BingX was left out: ${error.message}.`,
      })
    }
  }

  #take(message: PublicMessage): void {
    switch (message.kind) {
      case 'trades':
        for (const trade of message.trades) this.#takeTrade(trade)
        return
      case 'ticker': {
        const { timeMs, bid, ask } = message
        this.#hasBook = true
        this.#push({ type: 'ticker', timeUs: this.#stamp(), venueTimeUs: timeMs * 1_000, updateId: this.#nextTickerId(timeMs), bid, ask })
        return
      }
      case 'book':
        return this.#takeBook(message)
      case 'mark':
        this.#push({
          type: 'mark',
          timeUs: this.#stamp(),
          venueTimeUs: message.timeMs * 1_000,
          mark: message.mark,
          index: null,
          fundingRate: null,
          nextFundingUs: null,
        })
        return
      case 'reply':
        if (message.code !== '0') this.#refuse(message.code)
        return
      case 'other':
        this.#skipped += 1
    }
  }

  #refuse(code: string): void {
    this.#badLines += 1
    const text = `BingX refused a subscription, or reports an error: code ${venueWords(code) || 'none'}.`
    this.#notices.addOnce(`reply ${code}`, { timeUs: this.#lastTimeUs, severity: 'warning', text })
  }

  #takeBook({ timeMs, id, isWhole, bids, asks }: Extract<PublicMessage, { kind: 'book' }>): void {
    const previous = this.#depthId
    if (!isWhole && previous === null) {
      // The whole book is on its way: what comes before it belongs to the old one.
      this.#skipped += 1
      return
    }
    if (!isWhole && id !== null && previous !== null && id !== previous + 1) {
      // Said again, it changes nothing; otherwise something is missing.
      if (id <= previous) {
        this.#skipped += 1
        return
      }
      this.#forgetBook(`Changes of the order book are missing between ${previous} and ${id}: the book begins anew.`)
      this.#askWholeBook()
      return
    }
    this.#depthId = id
    this.#hasBook = true
    const stamps = { timeUs: this.#stamp(), venueTimeUs: timeMs === null ? null : timeMs * 1_000, updateId: this.#nextBookId(timeMs) }
    if (isWhole) this.#push({ type: 'snapshot', ...stamps, bids, asks })
    else this.#push({ type: 'depth', ...stamps, bids, asks, afterGap: false })
  }

  /** Trades have no id here: one is made of time, price, size, side, and the how-manieth of its kind it is. */
  #takeTrade({ timeMs, price, size, aggressor }: PublicTrade): void {
    const key = `${timeMs}-${formatDecimal(price)}-${formatDecimal(size)}-${aggressor}`
    const count = this.#tradeKeys.get(key) ?? 0
    this.#tradeKeys.set(key, count + 1)
    if (this.#tradeKeys.size > MOST_TRADE_KEYS) this.#tradeKeys.delete(this.#tradeKeys.keys().next().value as string)
    const venueTimeUs = timeMs * 1_000
    this.#push({ type: 'trade', timeUs: this.#stamp(), venueTimeUs, tradeId: `${key}-${count}`, price, size, aggressor, isMarket: true })
  }

  /**
   * The venue numbers tickers and changes apart from one another, and a book has to know which of the two is newer: they are
   * numbered by the venue's time, and within a millisecond as they come.
   */
  #nextTickerId(timeMs: number): number {
    if (timeMs > this.#newestMs) {
      this.#newestMs = timeMs
      this.#withinMs = 0
    }
    this.#withinMs = Math.min(this.#withinMs + 1, 999)
    return timeMs * 1_000 + this.#withinMs
  }

  /** Changes follow one another by their own numbers: whatever their times are, the later one is the newer one. */
  #nextBookId(timeMs: number | null): number {
    this.#bookId = Math.max(this.#bookId + 1, this.#nextTickerId(timeMs ?? this.#newestMs))
    return this.#bookId
  }

  /** The receiver's clock, which never runs backwards for a session. */
  #stamp(): number {
    return Math.max(this.#lastTimeUs ?? 0, this.#clock.nowUs())
  }

  #push(event: MarketEvent): void {
    this.#lastTimeUs = event.timeUs
    this.#firstTimeUs ??= event.timeUs
    this.#events += 1
    if (this.#buffer.length >= MOST_BUFFERED) {
      this.#buffer = []
      this.#forgetBook(`${MOST_BUFFERED} market events were not taken in time and are lost: the book begins anew.`)
      this.#askWholeBook()
      return
    }
    this.#buffer.push(event)
    this.#news.resolve()
  }

  #warn(text: string, severity: 'info' | 'warning'): void {
    this.#notices.add({ timeUs: this.#lastTimeUs, severity, text })
  }
}
