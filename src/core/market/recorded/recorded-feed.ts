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
import { RecordingClock } from './recording-clock.ts'
import { TradeIds } from './trade-ids.ts'

const BATCH_EVENTS = 256
/** So many old diffs, or old tickers, in a row are no repetition: the venue counts anew, or the newest id was a wrong one. */
const MOST_STALE = 100

interface RecordedFeedOptions {
  readonly path: string
  readonly instrument: Instrument
  readonly instrumentOrigin: 'config' | 'inferred'
  /** The name of the instrument in the recording: `BTCUSDT`. */
  readonly venueSymbol: string
  readonly startTimeUs: number
  /** Whether other instruments were seen in it already. */
  readonly isMixed: boolean
}

/** An understood line whose stamp is so far off that the next one has to say whether it is right. */
interface HeldLine {
  readonly json: string
  readonly stampUs: number
  readonly lineNumber: number
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
  readonly #clock = new RecordingClock()
  readonly #tradeIds = new TradeIds()
  readonly #notices = new Notices()
  #batch: MarketEvent[] = []
  #events = 0
  #gaps = 0
  #badLines = 0
  #skipped = 0
  #firstTimeUs: number | null = null
  #held: HeldLine | null = null
  #truncated = false
  #closed = false
  #isFalling = false
  /** Whether a recording may have been joined since an id last rose: if ids fall now, it was. */
  #mayBeSeam = false
  #staleInARow = 0
  #newestTickerId = -1
  #oldTickers = 0
  #isMixed: boolean
  #hasDiffs = false
  #tradeKind: TradeKind | null = null
  #fitsTick = true

  constructor(options: RecordedFeedOptions) {
    this.source = options.path
    this.instrument = options.instrument
    this.instrumentOrigin = options.instrumentOrigin
    this.startTimeUs = options.startTimeUs
    this.#venueSymbol = options.venueSymbol
    this.#isMixed = options.isMixed
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
    this.#settleHeld(null)
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
      lastTimeUs: this.#clock.lastUs,
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
      const json = line.slice(jsonAt)
      const timeUs = this.#clock.timeOf(stampUs)
      const message = readMessage(json, timeUs)
      if (this.#isForeign(message)) return
      if (this.#held === null && this.#clock.isSmooth(stampUs)) this.#play(message, timeUs, stampUs, lineNumber)
      else this.#readOdd({ json, stampUs, lineNumber })
    } catch (error) {
      if (!(error instanceof LineFault)) throw error
      this.#refuse(lineNumber, error.message)
    }
  }

  #play(message: Message, timeUs: number, stampUs: number, lineNumber: number): void {
    const fallUs = this.#clock.fallOf(stampUs)
    if (fallUs > 0 || this.#isFalling) this.#noteFall(fallUs, lineNumber)
    this.#firstTimeUs ??= timeUs
    this.#clock.advance(timeUs)
    this.#take(message, timeUs)
  }

  /** A line with an odd stamp, or the one after it, which says what is to be made of that one. */
  #readOdd(line: HeldLine): void {
    this.#settleHeld(line.stampUs)
    if (this.#clock.align(line.stampUs)) {
      const text = `From line ${line.lineNumber} on the time stamps are again what they were before they fell back: they count as before.`
      this.#notices.addOnce('aligned', { timeUs: this.#clock.lastUs, severity: 'warning', text })
    }
    if (this.#clock.isNear(line.stampUs)) this.#playOdd(line)
    else this.#held = line
  }

  /** Plays the line that is held, or leaves it out; at the end of the recording nothing takes its stamp back. */
  #settleHeld(nextStampUs: number | null): void {
    const held = this.#held
    if (held === null) return
    this.#held = null
    const fallUs = this.#clock.fallOf(held.stampUs)
    const isAlone = nextStampUs !== null && this.#clock.isTakenBack(held.stampUs, nextStampUs)
    if (fallUs < 0 && isAlone) {
      this.#refuse(held.lineNumber, `its time stamp leaps ahead by ${seconds(-fallUs)} s, and the next line takes that back`)
      return
    }
    if (fallUs > 0 && nextStampUs !== null && !isAlone) this.#join(held, fallUs)
    this.#playOdd(held)
  }

  /** Anew from its text, since its time is known only now. */
  #playOdd({ json, stampUs, lineNumber }: HeldLine): void {
    const timeUs = this.#clock.timeOf(stampUs)
    this.#play(readMessage(json, timeUs), timeUs, stampUs, lineNumber)
  }

  #join({ stampUs, lineNumber }: HeldLine, fallUs: number): void {
    const seam = `From line ${lineNumber} on the time stamps fall back by ${seconds(fallUs)} s, as where one recording was joined to another`
    this.#warn(`${seam}: the clock goes on from the line before.`)
    this.#clock.join(stampUs)
    this.#mayBeSeam = true
  }

  #refuse(lineNumber: number, why: string): void {
    this.#badLines += 1
    this.#warn(`Line ${lineNumber} of the recording was left out: ${why}.`)
  }

  /** Time never runs backwards for the session: a line from the past happens now. Said once for each fall. */
  #noteFall(fallUs: number, lineNumber: number): void {
    const isFalling = fallUs > 0
    if (isFalling && !this.#isFalling) {
      this.#warn(`From line ${lineNumber} on the time stamps fall back by ${seconds(fallUs)} s: those lines are played at the time before.`)
    }
    this.#isFalling = isFalling
  }

  /** Of a kind we do not know, or of another instrument: left out, and its stamp with it. */
  #isForeign(message: Message): boolean {
    if (message.kind === 'other') {
      this.#skip(message.name, `The recording carries ${quoted(message.name)}, which is not used.`)
      return true
    }
    if (message.symbol === this.#venueSymbol) return false
    if (message.symbol === null) {
      if (!this.#isMixed) return false
      this.#skip(
        'snapshot of no symbol',
        'The recording carries several instruments, and a snapshot that names none of them: it is not used.',
      )
      return true
    }
    this.#isMixed = true
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
    this.#notices.addOnce(kind, { timeUs: this.#clock.lastUs, severity: 'info', text })
  }

  #takeTicker(event: TickerEvent): void {
    const { updateId, timeUs } = event
    if (updateId < this.#newestTickerId || this.#isBeforeSnapshot(updateId)) {
      // Where the stamps fall with the ids, files overlap, and the ids will catch up as the stamps do.
      if (!this.#isFalling) this.#oldTickers += 1
      if (this.#oldTickers > MOST_STALE || (this.#mayBeSeam && updateId < this.#newestTickerId)) this.#restart(timeUs)
    } else {
      this.#oldTickers = 0
      if (updateId > this.#newestTickerId && this.#newestTickerId >= 0) this.#mayBeSeam = false
    }
    this.#newestTickerId = Math.max(this.#newestTickerId, updateId)
    this.#checkTick(event.bid.price)
    this.#checkTick(event.ask.price)
    this.#emit(event)
  }

  /** Where there are diffs, they tell whether a snapshot was from too far ahead; elsewhere the tickers have to. */
  #isBeforeSnapshot(updateId: number): boolean {
    return !this.#hasDiffs && this.#chain.lastId !== null && updateId < this.#chain.lastId
  }

  /** Aggregated trades are the same trades again, so the kind that comes first is the one that counts. */
  #takeTrade(event: TradeEvent, tradeKind: TradeKind): void {
    this.#tradeKind ??= tradeKind
    if (tradeKind !== this.#tradeKind) {
      this.#skip(tradeKind, `The recording carries ${tradeKind} beside ${this.#tradeKind}: the same trades, left out.`)
      return
    }
    if (!this.#isNewTrade(Number(event.tradeId), event.timeUs)) {
      this.#events += 1
      return
    }
    if (event.isMarket) this.#checkTick(event.price)
    this.#emit(event)
  }

  /** A trade that was given already is given no second time: its volume would fill orders again. */
  #isNewTrade(tradeId: number, timeUs: number): boolean {
    const lastId = this.#tradeIds.lastId
    if (lastId !== null && this.#mayBeSeam) {
      if (tradeId <= lastId) this.#restart(timeUs)
      else this.#mayBeSeam = false
    }
    const verdict = this.#tradeIds.judge(tradeId)
    if (verdict === 'resumed') this.#warn(`Trades count again from id ${tradeId} on: the last one, ${lastId}, was out of line.`)
    if (verdict !== 'repeated') return true
    const text = 'The recording carries trades whose ids are not above the last one: they are taken for repetitions and left out.'
    this.#notices.addOnce('repeated trades', { timeUs, severity: 'warning', text })
    return false
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
    if (this.#mayBeSeam) this.#tradeIds.restart()
    this.#mayBeSeam = false
    this.#staleInARow = 0
    this.#newestTickerId = -1
    this.#oldTickers = 0
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
    this.#notices.add({ timeUs: this.#clock.lastUs, severity: 'warning', text })
  }
}

function seconds(us: number): string {
  return (us / 1e6).toFixed(3)
}

/** A name from a file, safe to show: control characters escaped, and short. */
function quoted(name: string): string {
  return JSON.stringify(name.slice(0, 60))
}
