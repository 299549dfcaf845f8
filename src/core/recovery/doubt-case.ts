// One order that a word of the venue is wanted about: what was asked, what came back, when to ask next. Knows no session.

import type { OrderView } from '../kernel/views.ts'
import { type AbsenceRules, counts, type NotFound, withNotFound } from './absence.ts'
import { timeText } from './words.ts'

/** Times of asking, in microseconds of session time. */
export interface DoubtLimits {
  /** So long after an order came into doubt it is quarantined, proved or not. */
  readonly quarantineAfterUs: number
  /** The pause between questions doubles from the session's query spacing up to this. */
  readonly slowestGapUs: number
  /** The pause between questions about a quarantined order. */
  readonly quarantinedGapUs: number
  /** A question that was not answered for so long is asked again. */
  readonly answerWithinUs: number
  /** A cancel that nobody spoke of for so long is in doubt. */
  readonly cancelWithinUs: number
  /** Questions that may leave within a second, over all orders. */
  readonly asksPerSecond: number
}

export const DOUBT_LIMITS: DoubtLimits = {
  quarantineAfterUs: 30_000_000,
  slowestGapUs: 8_000_000,
  quarantinedGapUs: 30_000_000,
  answerWithinUs: 5_000_000,
  cancelWithinUs: 30_000_000,
  asksPerSecond: 5,
}

/**
 * Why a word is wanted: the order is in doubt or quarantined, its cancel is in doubt, or the kernel asked about it
 * (`word`); `none` once that was answered.
 */
export type DoubtReason = 'in_doubt' | 'quarantined' | 'cancel' | 'word' | 'none'

/** Of the log the first and the last lines are kept: evidence has to fit a screen. */
const LOG_FIRST = 2
const LOG_LAST = 6

/** Questions of one order that may be on their way at once; older ones count as lost. */
const WAITING_LIMIT = 4

export class DoubtCase {
  readonly clientOrderId: string
  readonly instrument: string
  readonly validUntilUs: number
  reason: DoubtReason = 'none'
  /** Since when it has been in doubt; null while it is not. */
  sinceUs: number | null = null
  /** The kernel wants a word, and none has come. */
  isWanted = false
  /** A quarantine was proposed for this doubt: once is enough. */
  quarantineProposed = false
  /** The venue said that it does not have an order that it had confirmed. */
  isMissing = false
  /** When its pending cancel was first seen; null while none is pending. */
  cancelSinceUs: number | null = null
  notFound: readonly NotFound[] = []
  asks = 0
  lastAskedUs: number | null = null
  #gapUs: number
  #waiting: number[] = []
  #log: string[] = []
  #dropped = 0

  constructor({ request }: OrderView, rules: AbsenceRules) {
    this.clientOrderId = request.clientOrderId
    this.instrument = request.instrument
    this.validUntilUs = request.validUntilUs
    this.#gapUs = rules.querySpacingUs
  }

  get log(): readonly string[] {
    return this.#log
  }

  note(nowUs: number, text: string): void {
    this.#log.push(`${timeText(nowUs)} ${text}`)
    if (this.#log.length <= LOG_FIRST + LOG_LAST) return
    this.#log.splice(LOG_FIRST, 1)
    this.#dropped += 1
  }

  asked(nowUs: number, limits: DoubtLimits): void {
    if (this.lastAskedUs !== null) this.#gapUs = Math.min(this.#gapUs * 2, Math.max(limits.slowestGapUs, this.#gapUs))
    this.asks += 1
    this.lastAskedUs = nowUs
    this.#waiting.push(nowUs)
    if (this.#waiting.length > WAITING_LIMIT) this.#waiting.shift()
    this.note(nowUs, 'asked')
  }

  /** The venue has no such order. What nobody asked for proves nothing. */
  answeredNotFound(venueTimeUs: number, nowUs: number, order: OrderView): void {
    this.note(nowUs, `the venue, at ${timeText(venueTimeUs)} by its clock, has no such order`)
    const askedAtUs = this.#waiting.shift()
    if (askedAtUs === undefined) return
    this.isWanted = false
    const isConfirmed = order.status === 'acked' || order.status === 'partially_filled'
    // Of a question that left before the order was confirmed the answer is out of date.
    if (isConfirmed) this.isMissing = askedAtUs > order.updatedAtUs
    const answer = { askedAtUs, venueTimeUs }
    if (counts(answer, this.validUntilUs)) this.notFound = withNotFound(this.notFound, answer)
  }

  /** Something came back, and nobody can read it. */
  answeredUnreadably(nowUs: number, words: string): void {
    this.#waiting.shift()
    this.note(nowUs, words)
  }

  /** A refused cancel answers what was wanted of the cancel; of whether the order is there it says nothing. */
  cancelRefused(nowUs: number, words: string): void {
    this.note(nowUs, words)
    this.isWanted = false
  }

  /** The venue speaks of the order: whatever was gathered for its absence is worth nothing any more. */
  contradicted(nowUs: number, words: string): void {
    this.note(nowUs, words)
    this.notFound = []
    this.#waiting = []
    this.isWanted = false
    this.isMissing = false
    this.sinceUs = null
    this.quarantineProposed = false
  }

  /** Starts the questions anew with the shortest pause. */
  calmed(rules: AbsenceRules): void {
    this.#gapUs = rules.querySpacingUs
  }

  /** When the next question is due; never while none is wanted. */
  dueUs(rules: AbsenceRules, limits: DoubtLimits): number {
    if (this.reason === 'none') return Number.POSITIVE_INFINITY
    const { lastAskedUs } = this
    if (lastAskedUs === null) return Number.NEGATIVE_INFINITY
    const soonestUs =
      lastAskedUs + (this.#waiting.length > 0 ? Math.max(limits.answerWithinUs, rules.querySpacingUs) : rules.querySpacingUs)
    if (this.reason === 'quarantined') return Math.max(soonestUs, lastAskedUs + limits.quarantinedGapUs)
    const milestones = this.reason === 'in_doubt' ? [this.validUntilUs + 1, this.validUntilUs + rules.absenceMarginUs + 1] : []
    // An answer that comes right after one of these decides sooner than the next in turn.
    const telling = milestones.find((timeUs) => timeUs > lastAskedUs) ?? Number.POSITIVE_INFINITY
    return Math.max(soonestUs, Math.min(lastAskedUs + this.#gapUs, telling))
  }

  /** All that a person needs to judge by: what was asked when, and what was answered. */
  evidence(): string {
    const dropped = this.#dropped === 0 ? [] : [`(${this.#dropped} more)`]
    const lines = [...this.#log.slice(0, LOG_FIRST), ...dropped, ...this.#log.slice(LOG_FIRST)]
    const since = this.sinceUs === null ? '' : `In doubt since ${timeText(this.sinceUs)}; `
    return `${since}asked ${this.asks} times. ${lines.join('; ')}.`
  }
}
