// What a session measures of itself: its ticks against the wall, how late the market's words were, its calls to the venue. These
// are measurements and no facts: nothing that is decided or journaled may depend on them.

import type { StoredMetric } from '../journal/session-metrics.ts'
import { Latencies } from '../latencies.ts'
import type { Venue, VenueCalls } from '../venue/port.ts'
import type { Pacer } from './pacer.ts'
import type { RunSessionOptions } from './port.ts'

/** A tick is late when it begins more than a tenth of its interval after it was due, and never for less than this. */
const LEAST_LATE_US = 20_000

export interface OperationParts {
  readonly tickIntervalUs: number
  /** Milliseconds, monotonic. */
  readonly nowMs: () => number
  /** How long ago something was due, by the wall, in microseconds; null where the session does not keep to the wall. */
  readonly lateUs: ((dueUs: number) => number) | null
  /** How far the venue's clock is ahead of ours, as far as it was measured. */
  readonly clockOffsetUs: () => number
  readonly calls: () => readonly VenueCalls[]
}

interface Circumstances {
  readonly options: Pick<RunSessionOptions, 'wall' | 'speed'>
  readonly venue: Venue
  readonly pacer: Pacer
  readonly tickIntervalUs: number
}

/** Ticks are on time or late where the session keeps to the wall: in the world, and at the speed of real time. */
export function operationOf({ options: { wall, speed }, venue, pacer, tickIntervalUs }: Circumstances): Operation {
  const isInWorld = venue.clock === 'world'
  const paced = speed === 1 ? (dueUs: number) => pacer.lateUs(dueUs) : null
  return new Operation({
    tickIntervalUs,
    nowMs: () => wall.nowMs(),
    lateUs: isInWorld ? (dueUs) => wall.wallUs() - dueUs : paced,
    clockOffsetUs: () => (isInWorld ? (venue.health().clockOffsetUs ?? 0) : 0),
    calls: () => venue.calls(),
  })
}

export class Operation {
  readonly #parts: OperationParts
  readonly #lateAfterUs: number
  readonly #tickLatencies = new Latencies()
  readonly #feedDelays = new Latencies()
  readonly #silences = new Latencies()
  readonly #commits = new Latencies()
  #onTime = 0
  #late = 0
  #missed = 0
  #begunMs = 0
  #clockOffsetUs = 0
  #lastEventUs: number | null = null

  constructor(parts: OperationParts) {
    this.#parts = parts
    this.#lateAfterUs = Math.max(LEAST_LATE_US, Math.floor(parts.tickIntervalUs / 10))
  }

  tickBegins(dueUs: number): void {
    const { lateUs, nowMs, clockOffsetUs } = this.#parts
    this.#clockOffsetUs = clockOffsetUs()
    if (lateUs === null) this.#begunMs = nowMs()
    else if (lateUs(dueUs) > this.#lateAfterUs) this.#late += 1
    else this.#onTime += 1
  }

  /** What the tick decided is committed. */
  tickEnds(dueUs: number): void {
    const { lateUs, nowMs } = this.#parts
    this.#tickLatencies.add(lateUs === null ? (nowMs() - this.#begunMs) * 1_000 : lateUs(dueUs))
  }

  /** Ticks that were due and never begun. */
  ticksMissed(count: number): void {
    this.#missed += count
  }

  /** How long a commit took until it was durable. */
  committed(tookMs: number): void {
    this.#commits.add(tookMs * 1_000)
  }

  /** Commits and ticks so far, for who looks on. */
  get pace(): { readonly commits: Latencies; readonly ticks: Latencies } {
    return { commits: this.#commits, ticks: this.#tickLatencies }
  }

  /** Of a market event, on the receiver's clock and on the venue's. */
  onMarket(timeUs: number, venueTimeUs: number | null): void {
    if (this.#lastEventUs !== null) this.#silences.add(timeUs - this.#lastEventUs)
    this.#lastEventUs = timeUs
    if (venueTimeUs !== null) this.#feedDelays.add(timeUs - venueTimeUs + this.#clockOffsetUs)
  }

  metrics(): StoredMetric[] {
    const { lateUs, calls } = this.#parts
    const counted = (outcome: string, count: number) => ({ measure: 'tick', subject: '', outcome, count, latencies: null })
    const ticks =
      lateUs === null
        ? []
        : [
            counted('on_time', this.#onTime),
            counted('late', this.#late),
            counted('missed', this.#missed),
            { ...counted('', this.#lateAfterUs), measure: 'late_after_us' },
          ]
    return [
      ...ticks,
      measured('tick_latency', this.#tickLatencies),
      measured('feed_delay', this.#feedDelays),
      measured('feed_silence', this.#silences),
      ...calls().map(({ endpoint, outcome, count, latencies }) => ({
        measure: 'venue_call',
        subject: endpoint,
        outcome,
        count,
        latencies: latencies === null ? null : latencies.toText(),
      })),
    ]
  }
}

function measured(measure: string, latencies: Latencies): StoredMetric {
  return { measure, subject: '', outcome: '', count: latencies.count, latencies: latencies.toText() }
}
