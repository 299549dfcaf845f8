// What the venue has to say, until the session takes it: in order of arrival, by our clock, bounded. It understands nothing.

import type { TimedVenueEvent, VenueNotice } from '../port.ts'
import type { BingxClock, BingxLogEntry } from './options.ts'

type News = TimedVenueEvent['event']

/** The same sentence is not said again for so long, and so many sentences are remembered for it. */
const NOTICE_SPACING_US = 10_000_000
const MOST_REMEMBERED = 100

interface InboxOptions {
  readonly clock: BingxClock
  readonly limit: number
  readonly log: (entry: BingxLogEntry) => void
}

export class Inbox {
  readonly #options: InboxOptions
  readonly #said = new Map<string, number>()
  #waiting: TimedVenueEvent[] = []
  #lastUs = 0
  #wake: () => void = () => undefined

  constructor(options: InboxOptions) {
    this.#options = options
  }

  get count(): number {
    return this.#waiting.length
  }

  get isFull(): boolean {
    return this.#waiting.length >= this.#options.limit
  }

  emit(event: News): void {
    // What comes again by itself may be left out where nobody takes anything; what is said once never is.
    if (this.isFull && (event.type === 'NOTICE' || event.type === 'SNAPSHOT')) return
    this.#lastUs = Math.max(this.#lastUs, this.#options.clock.nowUs())
    this.#waiting.push({ timeUs: this.#lastUs, event })
    this.#wake()
  }

  notice(severity: BingxLogEntry['severity'], text: string, until?: VenueNotice['until']): void {
    const nowUs = this.#options.clock.nowUs()
    const saidUs = this.#said.get(text)
    if (saidUs !== undefined && nowUs - saidUs < NOTICE_SPACING_US) return
    this.#said.delete(text)
    this.#said.set(text, nowUs)
    if (this.#said.size > MOST_REMEMBERED) this.#said.delete(this.#said.keys().next().value as string)
    this.#options.log({ severity, text })
    this.emit({ type: 'NOTICE', severity, text, ...(until !== undefined && { until }) })
  }

  /** When the oldest one came. */
  nextUs(): number | undefined {
    return this.#waiting[0]?.timeUs
  }

  take(nowUs: number): TimedVenueEvent[] {
    const count = this.#waiting.findIndex(({ timeUs }) => timeUs > nowUs)
    return this.#waiting.splice(0, count < 0 ? this.#waiting.length : count)
  }

  onNews(wake: () => void): void {
    this.#wake = wake
  }
}
