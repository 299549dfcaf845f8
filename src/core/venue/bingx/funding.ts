// Hears of the payments between longs and shorts: asks BingX for them, now and then and when the stream hints at one, and tells each
// once. It keeps no money; whether a payment is booked already is the kernel's to know, by its id.

import { DitaError } from '../../errors.ts'
import type { FundingEvent } from '../../kernel/inputs.ts'
import type { IncomeRow } from './answers.ts'
import { feeAssetOf } from './asking.ts'
import type { Desk } from './desk.ts'
import { askPart, symbolOf } from './looking.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Most contracts pay at 0, 8 and 16 o'clock UTC; others, and what is late, are found between. */
const PAID_EVERY_MS = 8 * HOUR_MS
/** A payment takes a moment to be listed. */
const LISTED_AFTER_MS = 20_000
/** What was listed late is found by looking at this much again. */
const OVERLAP_MS = HOUR_MS
/** The venue keeps them for three months, and answers at most so many at once (BingX API docs, “Get account profit and loss fund flow”). */
const KEPT_MS = 89 * DAY_MS
const MOST_ROWS = 1_000
/** A window that never holds so many, even where a contract pays every hour. */
const WINDOW_MS = 30 * DAY_MS
/** The venue's clock may be ahead of what we take it for: what it has just listed is not out of the window for that. */
const AHEAD_MS = 5_000
const FUNDING = 'FUNDING_FEE'

export class Funding {
  readonly #desk: Desk
  readonly #instrument: string
  /** Nothing from before it is ours to tell. */
  #floorMs = 0
  /** What was asked for up to now. */
  #askedMs = 0
  /** Id → when it was paid. */
  readonly #told = new Map<string, number>()
  /** Questions that failed since the last one that did not. */
  #failures = 0
  #askNow = new AbortController()

  constructor(desk: Desk, instrument: string) {
    this.#desk = desk
    this.#instrument = instrument
  }

  /** The stream says that something was paid. */
  askSoon(): void {
    this.#askNow.abort()
  }

  /** Everything paid since then that is listed by now. @throws DitaError VENUE_UNREACHABLE, VENUE_REFUSED: then it is asked for again */
  begin(fromUs: number, signal: AbortSignal): Promise<FundingEvent[]> {
    this.#floorMs = Math.ceil(fromUs / 1_000)
    this.#askedMs = this.#floorMs
    return this.#ask(signal)
  }

  async keepAsking(signal: AbortSignal): Promise<void> {
    const { clock, tuning, rest, emit, notice } = this.#desk
    while (!signal.aborted) {
      const untilPaidMs = PAID_EVERY_MS - (this.#nowMs() % PAID_EVERY_MS) + LISTED_AFTER_MS
      // A venue that does not know the call, say, is not asked, and complained of, every minute.
      const pauseMs = this.#failures > 0 ? tuning.fundingRetryMs * 2 ** Math.min(this.#failures - 1, 10) : untilPaidMs
      await clock.sleep(Math.min(pauseMs, tuning.fundingIntervalMs), AbortSignal.any([signal, this.#askNow.signal]))
      const isHinted = this.#askNow.signal.aborted
      // A hint that comes while we ask is for another question.
      this.#askNow = new AbortController()
      // The stream is ahead of the list.
      if (isHinted) await clock.sleep(tuning.questionPauseMs, signal)
      if (signal.aborted || rest.breaker.isOpen) continue
      try {
        for (const event of await this.#ask(signal)) emit(event)
      } catch (error) {
        if (!(error instanceof DitaError)) throw error
        if (!signal.aborted) notice('warning', `${error.message} What was paid meanwhile is booked once it can be asked for.`)
      }
    }
  }

  async #ask(signal: AbortSignal): Promise<FundingEvent[]> {
    this.#failures += 1
    const found = await this.#askAll(signal)
    this.#failures = 0
    return found
  }

  async #askAll(signal: AbortSignal): Promise<FundingEvent[]> {
    const nowMs = this.#nowMs()
    const sinceMs = Math.max(this.#floorMs, this.#askedMs - OVERLAP_MS, nowMs - KEPT_MS)
    const found = new Map<string, { readonly event: FundingEvent; readonly timeMs: number }>()
    for (let fromMs = sinceMs; fromMs <= nowMs; fromMs += WINDOW_MS) {
      const rows = await this.#askWindow(fromMs, Math.min(fromMs + WINDOW_MS - 1, nowMs + AHEAD_MS), signal)
      for (const row of rows) {
        const event = this.#eventOf(row)
        if (row.timeMs >= sinceMs && !this.#told.has(event.fundingId)) found.set(event.fundingId, { event, timeMs: row.timeMs })
      }
    }
    this.#askedMs = nowMs
    // Only now: where one of the windows could not be had, all of it is told later.
    for (const [id, { timeMs }] of found) this.#told.set(id, timeMs)
    // What is out of every later window need not be remembered.
    for (const [id, timeMs] of this.#told) if (timeMs < nowMs - 2 * OVERLAP_MS) this.#told.delete(id)
    return [...found.values()].map(({ event }) => event)
  }

  async #askWindow(startMs: number, endMs: number, signal: AbortSignal): Promise<readonly IncomeRow[]> {
    const symbol = symbolOf(this.#instrument)
    const parameters = { symbol, incomeType: FUNDING, startTime: String(startMs), endTime: String(endMs), limit: String(MOST_ROWS) }
    const rows = await askPart(this.#desk, { name: 'income', parameters, what: 'the funding payments', signal }, this.#desk.answers.income)
    if (rows.length >= MOST_ROWS)
      this.#desk.notice('warning', 'BingX lists more funding payments than one answer holds: some are not booked.')
    // A venue that ignores a filter is not believed.
    const ours = rows.filter((row) => row.symbol === symbol && row.type === FUNDING)
    return ours.sort((a, b) => a.timeMs - b.timeMs)
  }

  #eventOf({ timeMs, transactionId, amount, asset }: IncomeRow): FundingEvent {
    // The time is part of the id: nobody says that the venue's own number is never used twice.
    const fundingId = transactionId === null ? String(timeMs) : `${timeMs}-${transactionId}`
    return { type: 'FUNDING', instrument: this.#instrument, fundingId, asset: feeAssetOf(asset, this.#instrument), amount }
  }

  #nowMs(): number {
    return Math.floor(this.#desk.rest.time.nowUs() / 1_000)
  }
}
