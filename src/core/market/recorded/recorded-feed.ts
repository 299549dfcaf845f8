// The recorded feed: plays one raw capture in file order. It owns the counters and the notices of a replay; what a line
// says is read in message.ts, whether it follows in depth-chain.ts.

import { type Decimal, formatDecimal, isMultipleOf } from '../../kernel/decimal.ts'
import type { FeedReport } from '../../kernel/inputs.ts'
import type { Instrument } from '../../kernel/instrument.ts'
import type { MarketEvent, TickerEvent, TradeEvent } from '../events.ts'
import type { Feed, FeedNotice } from '../feed.ts'
import { Notices } from '../notices.ts'
import { DepthChain } from './depth-chain.ts'
import { type Breakage, GzipLines, LONGEST_LINE_BYTES } from './gzip-lines.ts'
import { type Diff, LineFault, type Message, readMessage, readStamp, type Snapshot, type TradeKind } from './message.ts'

const BATCH_EVENTS = 256
/** Clocks are stepped by a second or so; a stamp that falls further may be the seam of two recordings. */
const SEAM_US = 1_000_000
/** So many old diffs in a row are no repetition: the venue counts anew. */
const MOST_STALE = 100

interface RecordedFeedOptions {
  readonly path: string
  readonly instrument: Instrument
  readonly instrumentOrigin: 'config' | 'inferred'
  /** The name of the instrument in the recording: `BTCUSDT`. */
  readonly venueSymbol: string
  readonly startTimeUs: number
}

/** A recording as a feed. It may be played once; memory does not grow with its length. */
export class RecordedFeed implements Feed {
  readonly source: string
  readonly instrument: Instrument
  readonly instrumentOrigin: 'config' | 'inferred'
  readonly startTimeUs: number
  readonly #lines: GzipLines
  readonly #venueSymbol: string
  readonly #chain = new DepthChain()
  readonly #notices = new Notices()
  #batch: MarketEvent[] = []
  #events = 0
  #gaps = 0
  #badLines = 0
  #skipped = 0
  #firstTimeUs: number | null = null
  #lastTimeUs: number | null = null
  #truncated = false
  #closed = false
  #isFalling = false
  /** Whether the stamps fell far since an id last rose: if ids fall now, another recording has begun. */
  #mayBeSeam = false
  #staleInARow = 0
  #lastTickerId = -1
  #hasDiffs = false
  #tradeKind: TradeKind | null = null
  #fitsTick = true

  constructor(options: RecordedFeedOptions) {
    this.source = options.path
    this.instrument = options.instrument
    this.instrumentOrigin = options.instrumentOrigin
    this.startTimeUs = options.startTimeUs
    this.#venueSymbol = options.venueSymbol
    this.#lines = new GzipLines(options.path)
  }

  async *batches(): AsyncGenerator<readonly MarketEvent[]> {
    for await (const { firstLine, lines } of this.#lines.batches()) {
      let lineNumber = firstLine
      for (const line of lines) {
        this.#readLine(line, lineNumber)
        lineNumber += 1
        // Cut by count, not by what the inflater happens to give: a session that breaks off has then read as far on any machine.
        if (this.#batch.length >= BATCH_EVENTS) yield this.#takeBatch()
        if (this.#closed) return
      }
    }
    if (this.#lines.breakage !== null) this.#break(this.#lines.breakage)
    if (this.#batch.length > 0) yield this.#takeBatch()
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
      truncated: this.#truncated,
    }
  }

  takeNotices(): FeedNotice[] {
    return this.#notices.take()
  }

  /** The file is let go of by the walk over `batches`, at its next step. */
  close(): Promise<void> {
    this.#closed = true
    return Promise.resolve()
  }

  #takeBatch(): readonly MarketEvent[] {
    const batch = this.#batch
    this.#batch = []
    return batch
  }

  #readLine(line: string | null, lineNumber: number): void {
    if (line === '' || line === '\r') return
    if (line === null) {
      this.#refuse(lineNumber, `it is longer than ${LONGEST_LINE_BYTES / 1024 / 1024} MiB`)
      return
    }
    try {
      const { stampUs, jsonAt } = readStamp(line)
      const timeUs = this.#lastTimeUs === null ? stampUs : Math.max(stampUs, this.#lastTimeUs)
      const message = readMessage(line.slice(jsonAt), timeUs)
      if (this.#isForeign(message)) return
      if (timeUs !== stampUs || this.#isFalling) this.#noteFall(stampUs, timeUs, lineNumber)
      this.#firstTimeUs ??= timeUs
      this.#lastTimeUs = timeUs
      this.#take(message, timeUs)
    } catch (error) {
      if (!(error instanceof LineFault)) throw error
      this.#refuse(lineNumber, error.message)
    }
  }

  #refuse(lineNumber: number, why: string): void {
    this.#badLines += 1
    this.#warn(`Line ${lineNumber} of the recording was left out: ${why}.`)
  }

  /** Time never runs backwards for the session: a line from the past happens now. Said once for each fall. */
  #noteFall(stampUs: number, timeUs: number, lineNumber: number): void {
    const isFalling = stampUs < timeUs
    if (isFalling && !this.#isFalling) {
      const seconds = ((timeUs - stampUs) / 1e6).toFixed(3)
      this.#warn(`From line ${lineNumber} on the time stamps fall back by ${seconds} s: those lines are played at the time before.`)
    }
    if (timeUs - stampUs > SEAM_US) this.#mayBeSeam = true
    this.#isFalling = isFalling
  }

  /** Of a kind we do not know, or of another instrument: left out, and its stamp with it. */
  #isForeign(message: Message): boolean {
    if (message.kind === 'other') {
      this.#skip(message.name, `The recording carries ${quoted(message.name)}, which is not used.`)
      return true
    }
    if (message.symbol === null || message.symbol === this.#venueSymbol) return false
    this.#skip(message.symbol, `The recording also carries ${quoted(message.symbol)}, which is left out.`)
    return true
  }

  #take(message: Message, timeUs: number): void {
    switch (message.kind) {
      case 'ticker':
        this.#takeTicker(message.event)
        break
      case 'trade':
        this.#takeTrade(message.event, message.tradeKind)
        break
      case 'diff':
        this.#takeDiff(message.diff)
        break
      case 'snapshot':
        if (message.partial) this.#takePartial(message.snapshot)
        else this.#takeSnapshot(message.snapshot, timeUs)
        break
      case 'mark':
        this.#emit(message.event)
        break
      default:
        break
    }
  }

  #emit(event: MarketEvent): void {
    this.#events += 1
    this.#batch.push(event)
  }

  #skip(kind: string, text: string): void {
    this.#skipped += 1
    this.#notices.addOnce(kind, { timeUs: this.#lastTimeUs, severity: 'info', text })
  }

  #takeTicker(event: TickerEvent): void {
    if (event.updateId < this.#lastTickerId && this.#mayBeSeam) this.#restart(event.timeUs)
    else if (event.updateId > this.#lastTickerId) this.#mayBeSeam = false
    this.#lastTickerId = event.updateId
    this.#checkTick(event.bid.price)
    this.#checkTick(event.ask.price)
    this.#emit(event)
  }

  /** Aggregated trades are the same trades again, so the kind that comes first is the one that counts. */
  #takeTrade(event: TradeEvent, tradeKind: TradeKind): void {
    this.#tradeKind ??= tradeKind
    if (tradeKind !== this.#tradeKind) {
      this.#skip(tradeKind, `The recording carries ${tradeKind} beside ${this.#tradeKind}: the same trades, left out.`)
      return
    }
    if (event.isMarket) this.#checkTick(event.price)
    this.#emit(event)
  }

  #takeDiff(diff: Diff): void {
    this.#hasDiffs = true
    const before = this.#chain.lastId
    const isOld = before !== null && diff.lastId < before
    if (isOld && this.#mayBeSeam) this.#restart(diff.timeUs)
    else if (before !== null && diff.lastId > before) this.#mayBeSeam = false
    const link = this.#chain.link(diff)
    if (link === 'stale') {
      this.#events += 1
      this.#staleInARow += 1
      if (this.#staleInARow > MOST_STALE) this.#restart(diff.timeUs)
      return
    }
    this.#staleInARow = 0
    if (link === 'gap') {
      this.#gaps += 1
      this.#warn(`Updates of the order book are missing between ${before} and ${diff.firstId}: the book begins anew.`)
    }
    const { timeUs, venueTimeUs, lastId, bids, asks } = diff
    this.#emit({ type: 'depth', timeUs, venueTimeUs, updateId: lastId, bids, asks, afterGap: link === 'gap' })
  }

  #takeSnapshot(snapshot: Snapshot, timeUs: number): void {
    if (this.#mayBeSeam && this.#chain.lastId !== null && snapshot.updateId < this.#chain.lastId) this.#restart(timeUs)
    const joined = this.#chain.join(snapshot)
    if (joined === null) {
      this.#events += 1
      this.#warn(`A snapshot of the order book (id ${snapshot.updateId}) is too old to be joined to the updates and was not used.`)
      return
    }
    this.#emit(joined)
  }

  /** The best few levels are the whole book only where nothing better is recorded. */
  #takePartial(snapshot: Snapshot): void {
    if (this.#hasDiffs) this.#skip('partial depth', 'The recording carries partial depth beside full depth; it is left out.')
    else this.#emit({ type: 'snapshot', ...snapshot })
  }

  /** An empty snapshot tells the book to forget all it knows. It is no line of the recording, so it is not counted. */
  #restart(timeUs: number): void {
    this.#gaps += 1
    this.#chain.restart()
    this.#mayBeSeam = false
    this.#staleInARow = 0
    this.#lastTickerId = -1
    this.#warn('The update ids fall back, as where one recording was joined to another: the book begins anew.')
    this.#batch.push({ type: 'snapshot', timeUs, venueTimeUs: null, updateId: 0, bids: [], asks: [] })
  }

  #checkTick(price: Decimal): void {
    if (!this.#fitsTick || isMultipleOf(price, this.instrument.tickSize)) return
    this.#fitsTick = false
    const origin = this.instrumentOrigin === 'config' ? 'given in the config' : 'inferred from the beginning of the recording'
    const { symbol, tickSize } = this.instrument
    this.#warn(`The recording has prices that are no multiples of the tick of ${symbol}, ${formatDecimal(tickSize)} (${origin}).`)
  }

  #break(breakage: Breakage): void {
    this.#truncated = true
    const what = { cut: 'is cut off', damaged: 'is damaged', unreadable: 'can no longer be read' }[breakage.kind]
    this.#warn(`The recording ${what} after ${this.#events} events (${breakage.detail}): it was played up to there.`)
  }

  #warn(text: string): void {
    this.#notices.add({ timeUs: this.#lastTimeUs, severity: 'warning', text })
  }
}

/** A name from a file, safe to show: control characters escaped, and short. */
function quoted(name: string): string {
  return JSON.stringify(name.slice(0, 60))
}
