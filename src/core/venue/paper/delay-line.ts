// A one-way line with a constant delay: what goes in first comes out first. Owns the waiting; knows no clock.

import { DitaError, EXIT } from '../../errors.ts'

/** Beyond this something feeds the line and nobody empties it. */
export const DELAY_LINE_LIMIT = 100_000

interface Waiting<T> {
  readonly dueUs: number
  readonly item: T
}

export class DelayLine<T> {
  readonly #name: string
  readonly #delayUs: number
  #waiting: Waiting<T>[] = []
  #head = 0
  #lastDueUs = 0

  constructor(name: string, delayUs: number) {
    this.#name = name
    this.#delayUs = delayUs
  }

  get length(): number {
    return this.#waiting.length - this.#head
  }

  /** When the next one comes out; undefined where none waits. */
  nextDueUs(): number | undefined {
    return this.#waiting[this.#head]?.dueUs
  }

  /** @throws DitaError VENUE_QUEUE_FULL */
  push(item: T, atUs: number): void {
    if (this.length >= DELAY_LINE_LIMIT) throw queueFull(this.#name)
    // Nothing overtakes: an earlier stamp behind a later one waits for it.
    this.#lastDueUs = Math.max(this.#lastDueUs, atUs + this.#delayUs)
    this.#waiting.push({ dueUs: this.#lastDueUs, item })
  }

  /** Takes the next one out; undefined where none waits. */
  shift(): Waiting<T> | undefined {
    const next = this.#waiting[this.#head]
    if (next === undefined) return undefined
    this.#head += 1
    if (this.#head === this.#waiting.length) {
      this.#waiting = []
      this.#head = 0
    } else if (this.#head >= 1_024) {
      this.#waiting = this.#waiting.slice(this.#head)
      this.#head = 0
    }
    return next
  }
}

function queueFull(name: string): DitaError {
  return new DitaError('VENUE_QUEUE_FULL', {
    fault: 'dita',
    exitCode: EXIT.defect,
    message: `${DELAY_LINE_LIMIT} ${name} wait at the paper venue and nobody takes them.`,
    next: 'Have the strategy send fewer orders at once; if it sends few, report this as a defect of dita.',
  })
}
